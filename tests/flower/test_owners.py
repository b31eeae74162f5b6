"""Owners' programs: what an app, a server or a death makes them do, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict

from deml.base.inputs import Accept, Commit, Submit
from deml.base.states import Ending
from deml.base.types import Amount, JobId
from deml.scoring.safetensors import read_tensors, write_tensors
from deml_flower.keeper import Policy
from deml_flower.matching import Fate
from deml_flower.mod import deml_mod
from deml_flower.spool import ModelOffer, Spool
from deml_flower.wire import RECORD
from deml_sdk.files.model_texts import Promise
from deml_sdk.jobspec.document import PrivacyTerms
from deml_sdk.jobspec.errors import SpecNotHere
from deml_sdk.market.judging import promises
from tests.flower.in_process import Make, arrays_for, fates, refused, threshold_of
from tests.support.campaign_party import model_from
from tests.support.served_world import bodies


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (lambda one: Policy(frozenset(), one.max_stake, one.min_pay), "its sponsor is"),
        (lambda one: Policy(one.sponsors, Amount(199), one.min_pay), "its stake is 200, and at most 199"),
    ],
)
def test_an_owner_stakes_nothing_that_it_has_not_agreed_to(make: Make, policy: Callable[[Policy], Policy], reason: str):
    """Whoever writes the app chooses job and model; what they cost is the owner's to say."""
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    hospital.policy = policy(hospital.policy)
    server = federation.server()
    federation.start(server)
    assert fates(federation, server) == {0: Fate.FAILED}
    assert reason in refused(hospital)
    assert [type(one.body) for one in federation.served.world.history if one.meta.sender == hospital.wallet] == []


def test_a_model_that_the_job_cannot_score_costs_no_stake(make: Make):
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: float("nan")})
    federation.start()
    assert "not a finite number" in refused(hospital)
    assert [one for one in federation.served.world.history if one.meta.sender == hospital.wallet] == []


@pytest.mark.parametrize("known", [True, False])
def test_an_app_cannot_promise_privacy_for_an_owner(make: Make, monkeypatch: pytest.MonkeyPatch, known: bool):
    """A job that asks for it, or of which nobody knows whether it does, is refused before a stake is paid."""
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})

    def spec(_: Any, job: Any) -> Any:
        if not known:
            raise SpecNotHere("bafkrei", job.job_id)
        return SimpleNamespace(privacy=PrivacyTerms(max_epsilon=8.0, max_delta=1e-5))

    monkeypatch.setattr(promises, "job_spec", spec)
    federation.start()
    assert "privacy" in refused(hospital)
    assert [one for one in federation.served.world.history if one.meta.sender == hospital.wallet] == []


def test_what_an_apps_file_says_of_itself_is_not_published(make: Make):
    federation = make(played=1)
    hospital = federation.hospital("client1", {})
    client = federation.party.client("client1")

    def app(message: Message, context: Context) -> Message:
        tensors, job = read_tensors(model_from(60)), JobId(1)
        spool = Spool(hospital.folder)
        spool.offer(ModelOffer(client.app, job, 1), write_tensors(tensors, Promise(0.1, 1e-6, "me").texts))
        return deml_mod(message, context, lambda *_: hospital.plain_app([])(message, context))

    hospital.learns = {1: 60}
    hospital.app = app  # type: ignore[assignment]
    federation.start()
    (submitted,) = bodies(federation.served.world, Submit)
    assert client.file(1, submitted.model_cid) == write_tensors(read_tensors(model_from(60)))


def test_a_program_that_is_down_is_named_and_commits_when_it_runs_again(make: Make):
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    hospital.running = False
    server = federation.server()

    def wake() -> None:
        hospital.running = bool(hospital.sent)

    federation.on_wait = wake
    result = federation.start(server)
    assert "has not answered" in refused(hospital)
    assert fates(federation, server) == {0: Fate.FAILED}
    assert federation.paid("client1") == 200, "the market pays it all the same"
    assert threshold_of(result.arrays) == 100, "but its reply was an error, so the strategy knows no number of examples"


def test_once_committed_a_node_needs_nothing_more_of_the_server(make: Make):
    """The server dies after the commitments, and the sponsor never reveals: the bond is shared among the nodes."""
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})

    class Dead(Exception):
        pass

    answer = hospital.answer

    def die(message: Message) -> Message:
        answer(message)
        raise Dead

    hospital.answer = die  # type: ignore[method-assign]
    with pytest.raises(Dead):
        federation.start()
    while not (job := federation.party.sponsor().job(1)).ended:
        federation.wait(200)
    assert job.ending is Ending.HOLDOUT_NOT_REVEALED
    assert federation.paid("client1") == 160, "20 % of 800"


def test_messages_of_rounds_that_nobody_pays_for_pass_as_they_are(make: Make):
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    config = ConfigRecord({"server-round": 1})
    message = Message(RecordDict({"arrays": arrays_for(100), "config": config}), hospital.node_id, "train")
    reply = hospital.answer(message)
    assert threshold_of(reply.content.array_records["arrays"]) == 60
    assert federation.served.world.history == []


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"app": "../../x", "job": "1", "keys": ["w"], "tensors": ["w"]},
        {"app": "0x" + "a9" * 20, "job": "x", "keys": [], "tensors": []},
        {"app": "0x" + "a9" * 20, "job": "1", "keys": ["w", "b"], "tensors": ["w"]},
    ],
)
def test_a_servers_record_that_cannot_be_read_is_refused(make: Make, record: dict[str, Any]):
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    content = RecordDict({"arrays": arrays_for(100), "config": ConfigRecord({"server-round": 1})})
    content[RECORD] = ConfigRecord(record)
    assert "is not what belongs there" in (hospital.answer(Message(content, 100, "train")).error.reason or "")
    assert list(hospital.folder.iterdir()) == []


@pytest.mark.parametrize("records", [{}, {"one": arrays_for(60), "two": arrays_for(60)}])
def test_a_reply_that_is_not_one_model_is_refused_before_anything_is_sent(make: Make, records: dict[str, ArrayRecord]):
    federation = make(played=1)
    hospital = federation.hospital("client1", {})
    hospital.app = lambda message, context: deml_mod(  # type: ignore[assignment]
        message, context, lambda asked, _: Message(RecordDict(dict(records)), reply_to=asked)
    )
    federation.start()
    assert f"with {len(records)} ArrayRecords" in refused(hospital)
    assert bodies(federation.served.world, Accept) == []


def test_a_supernode_that_names_no_folder_sends_nothing(make: Make):
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    del hospital.settings["deml-folder"]
    federation.start()
    assert "does not say where its owner's program waits" in refused(hospital)
    assert bodies(federation.served.world, Commit) == []
