"""A whole job by the SDK's client: intents that are made and then sent, over HTTP, on the real protocol."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deml.base.inputs import Accept, Commit, Settle, Submit
from deml.base.outputs import Accepted, DuesFixed
from deml.base.states import Phase
from deml_sdk.errors import NotGiven, StorageUnavailable
from deml_sdk.market.journal import Journal
from deml_sdk.market.watching.events import Claimed, Done, Waiting
from tests.support import models
from tests.support.models import PERCENT
from tests.support.party import draft_for, join, opened
from tests.support.served_world import ServedWorld, bodies


def test_a_job_from_posting_to_payday(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    world = served.world
    job_id = opened(sponsor, world)
    assert [one.job_id for one in anna.jobs()] == [job_id]
    join(anna, job_id, 70)
    terms = anna.job(job_id).terms

    world.wait_until(terms.commit_until + 31)
    sponsor.send(sponsor.reveal(job_id))
    sponsor.share_holdout(job_id)
    world.wait_until(terms.holdout_until + 31)
    assert anna.phase(job_id) is Phase.DECLARE
    assert anna.judge(job_id, models.model(70).file).credited == 70 * PERCENT
    anna.send(anna.declare(job_id))
    assert anna.declared(job_id) == {anna.account: 70 * PERCENT}
    world.wait_until(terms.declare_until + 31)
    fixed = sponsor.send(sponsor.settle(job_id))
    assert [type(one) for one in fixed.notices] == [DuesFixed]
    assert anna.dues(job_id) == {anna.account: 500}
    world.wait(31)
    anna.send(anna.submit(job_id))
    anna.share_model(job_id)
    sponsor.send(sponsor.settle(job_id))
    assert {one: payout.total for one, payout in anna.payouts(job_id).items()} == {anna.account: 600}
    assert [one.kind for one in anna.notices(job_id)][-1] == "Settled"
    (stored,) = sponsor.save_models(job_id, tmp_path / "models").values()
    assert stored.read_bytes() == models.model(70).file


def test_to_make_an_intent_changes_nothing_anywhere(served: ServedWorld, tmp_path: Path):
    sponsor = served.client("sponsor", tmp_path)
    intent = sponsor.post(draft_for(sponsor, served.world))
    assert served.world.history == []
    assert served.files.files == {}
    assert list(Path(tmp_path).rglob("*.json")) == []
    job_id = sponsor.send(intent).job_id
    assert set(served.files.files) == {str(models.model(50).cid)}
    assert sponsor.journal.holdout(sponsor.job(job_id).terms.holdout_commitment) is not None
    assert sponsor.journal.content(str(models.holdout().cid)) == models.holdout().file


def test_an_intent_says_all_that_a_user_should_see(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    intent = anna.accept(job_id)
    told = json.loads(json.dumps(intent.as_json()))
    assert told["action"] == f"accept job {job_id}"
    assert told["sends"]["deposit"] == "100 TST"
    assert told["deposit"]["amount"] == "100"
    assert told["inputs"][0]["input"] == "accept"
    assert told["public"] == ["that this wallet takes part, its stake, and where its pay goes"]
    assert any("re-org" in one for one in told["warnings"])
    assert told["jobId"] == job_id
    assert [one["function"] for one in told["calls"]] == ["approve", "depositERC20Tokens"]
    assert told["bytes"] == sum(len(call.data) for call in intent.calls)
    assert told["gas"]["units"] > 100_000
    assert isinstance(intent.inputs[0], Accept)


def test_warnings_go_when_their_reason_does(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    served.world.wait(31)
    assert not any("re-org" in one for one in anna.accept(job_id).warnings)


def test_gas_is_estimated_once_and_what_is_sent_encoded_once(
    served: ServedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    join(anna, job_id, 70)
    encoded = []
    encode = anna.chain.input_call
    monkeypatch.setattr(anna.chain, "input_call", lambda payload: encoded.append(payload) or encode(payload))
    before = len(served.services.calls("eth_estimateGas"))
    intent = anna.commit(job_id, models.model(80).file)
    anna.send(intent)
    assert len(served.services.calls("eth_estimateGas")) == before + 1
    assert len(encoded) == 1
    assert intent.calls[0].gas == 100_000


def test_what_opens_a_commitment_is_filed_before_it_is_sent(
    served: ServedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    anna.send(anna.accept(job_id))
    intent = anna.commit(job_id, models.model(70).file)
    assert anna.journal.model(bytes.fromhex(intent.record.commitment)) is None

    def fail(self: Journal, record: object) -> None:
        raise StorageUnavailable("journal", "No space left on device")

    monkeypatch.setattr(Journal, "write", fail)
    with pytest.raises(StorageUnavailable):
        anna.send(intent)
    assert bodies(served.world, Commit) == []


def test_a_reader_needs_neither_a_wallet_nor_a_home(served: ServedWorld, tmp_path: Path):
    job_id = opened(served.client("sponsor", tmp_path), served.world)
    from deml_sdk import Client

    with Client(served.marketplace()) as reader:
        assert reader.job(job_id).escrow == 1_000
        assert [one.kind for one in reader.notices()] == ["JobCreated"]
        assert reader.evidence(job_id).created is False
        with pytest.raises(NotGiven, match="wallet"):
            reader.accept(job_id)


def test_a_job_that_is_held_on_to_is_read_anew(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    opened(sponsor, served.world)
    (old,) = anna.jobs()
    anna.send(anna.accept(old))
    anna.send(anna.commit(old, models.model(70).file))
    assert old.clients == ()
    assert anna.committed_model(old).cid == str(models.model(70).cid)


def test_what_was_left_out_is_missed_when_it_is_needed():
    from deml_sdk import Client, Marketplace

    with Client(Marketplace(app_address="0x" + "a9" * 20)) as client:
        with pytest.raises(NotGiven, match="node_url"):
            client.jobs()
        with pytest.raises(NotGiven, match="rpc_url"):
            client.clock()


def test_watching_tells_of_everything_and_ends_with_its_jobs(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    join(anna, job_id, 70)
    terms = sponsor.job(job_id).terms
    told: list[str] = []
    ends = (terms.commit_until, terms.holdout_until, terms.declare_until)
    for moment in (*ends, terms.declare_until + 100, terms.declare_until + 200):
        served.world.wait_until(moment + 31)
        for one in (sponsor, anna):
            one.watch([job_id], on_event=lambda event: told.append(type(event).__name__), once=True)
    assert "Done" in told
    assert "Failed" not in told
    assert len(bodies(served.world, Submit)) == 1
    assert served.world.history[-1].body == Settle(job_id)
    assert anna.payouts(job_id)[anna.account].pay == 500


def test_what_is_waited_for_is_told_when_it_changes(
    served: ServedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    join(anna, job_id, 70)
    end = sponsor.job(job_id).terms.commit_until
    looks = iter((None, None, end + 31, None, None))

    def meanwhile(_seconds: float) -> None:
        moment = next(looks, -1)
        if moment == -1:
            raise KeyboardInterrupt
        if moment is not None:
            served.world.wait_until(moment)

    monkeypatch.setattr("time.sleep", meanwhile)
    told: list[object] = []
    with pytest.raises(KeyboardInterrupt):
        sponsor.watch([job_id], on_event=told.append)
    first, nothing, *done, second = told
    assert (type(first), nothing, type(second)) == (Waiting, Claimed((), 0), Waiting)
    assert {type(one) for one in done} == {Done}
    assert first != second


def test_the_answer_has_what_the_dapp_made_of_it(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    answer = anna.send(anna.accept(job_id))
    assert [type(one) for one in answer.notices] == [Accepted]
    assert [one.input_index for one in answer.receipts] == [None, 1]
    assert [one.input.index for one in answer.results] == [1]
