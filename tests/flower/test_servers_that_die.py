"""Servers that die, campaigns that end, models that no job takes: what was sent stands, and nothing is sent twice."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, Context, Message

from deml.base.inputs import Commit
from deml_flower.errors import ArrayNotReal, ArraysDiffer, TooFewRounds
from deml_flower.rounds import PaidRounds
from deml_sdk.campaigns.errors import CampaignBusy
from deml_sdk.client import Client
from tests.flower.in_process import InProcess, Make, threshold_of
from tests.support.served_world import bodies


class Killed(BaseException):
    """The server's program ends here."""


POINTS = {
    "after a job is posted": (PaidRounds, "open", True, (1, 2)),
    "after messages are sent": (InProcess, "push_messages", True, (1, 2)),
    "with the replies in hand": (InProcess, "pull_messages", True, (1, 2)),
    "while the job goes on": (PaidRounds, "attend", True, (1, 4)),
    "before the model is kept": (PaidRounds, "keep", False, (1, 2)),
}
"""Where it ends: what is called, whether it ends after the call, and in which calls."""


@pytest.mark.parametrize(("point", "call"), [(point, call) for point, (*_, calls) in POINTS.items() for call in calls])
def test_a_server_that_dies_goes_on_and_opens_no_round_twice(
    make: Make, monkeypatch: pytest.MonkeyPatch, point: str, call: int
):
    federation = make()
    hospital = federation.hospital("client1", {1: 60, 2: 53})
    owner, name, after, _ = POINTS[point]
    real, calls = getattr(owner, name), itertools.count(1)

    def deadly(*given: Any, **named: Any) -> Any:
        dies = next(calls) == call
        if dies and not after:
            raise Killed
        found = real(*given, **named)
        if dies:
            raise Killed
        return found

    monkeypatch.setattr(owner, name, deadly)
    with pytest.raises(Killed):
        federation.start()
    federation.party.restart()
    hospital.sent.clear()
    assert threshold_of(federation.start().arrays) == 53
    assert federation.party.jobs() == [1, 2]
    assert federation.paid("client1") == 400
    assert len(bodies(federation.served.world, Commit)) == 2, "what was committed to stands"


def test_a_server_that_is_begun_anew_trains_what_the_job_says_and_not_another_first_model(
    make: Make, monkeypatch: pytest.MonkeyPatch
):
    """Apps begin with random weights; the job's initial model is what gains are measured against."""
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    opened = PaidRounds.open

    def deadly(*given: Any) -> Any:
        opened(*given)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(PaidRounds, "open", deadly)
        with pytest.raises(Killed):
            federation.start(start=100)
    asked: list[float] = []
    app = hospital.app

    def watched(message: Message, context: Context) -> Message:
        asked.append(threshold_of(message.content.array_records["arrays"]))
        return app(message, context)

    hospital.app = watched  # type: ignore[assignment]
    federation.start(start=90)
    assert asked == [100]


def test_a_campaign_that_is_over_is_not_played_again(make: Make):
    federation = make()
    federation.hospital("client1", {1: 60, 2: 52})
    federation.start()
    inputs = len(federation.served.world.history)
    assert threshold_of(federation.start().arrays) == 52
    assert len(federation.served.world.history) == inputs


def test_rounds_end_with_the_budget(make: Make):
    """Each spends 200 of 800: the second may be held only by 1,000."""
    federation = make(budget="999")
    federation.hospital("client1", {1: 60, 2: 52})
    result = federation.start()
    assert federation.party.jobs() == [1]
    assert threshold_of(result.arrays) == 60


def test_more_rounds_than_there_are_rows_for_are_refused_before_anything_is_sent(make: Make):
    federation = make(played=2)
    federation.hospital("client1", {})
    federation.played = 3
    with pytest.raises(TooFewRounds):
        federation.start()
    assert federation.served.world.history == []


def test_two_servers_do_not_run_one_campaign(make: Make):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    with federation.server()._rounds.held(1), pytest.raises(CampaignBusy):
        federation.start()


@pytest.mark.parametrize(
    ("arrays", "error"),
    [
        (ArrayRecord({"w": Array(np.zeros((1, 1)))}), ArraysDiffer),
        (ArrayRecord({"w": Array(np.zeros((1, 1), int)), "b": Array(np.zeros(1))}), ArrayNotReal),
    ],
)
def test_a_model_that_no_job_could_score_is_refused_at_once(make: Make, arrays: ArrayRecord, error: type[Exception]):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    with pytest.raises(error):
        federation.server().start(InProcess(federation.hospitals), arrays, num_rounds=1)
    assert federation.served.world.history == []


def test_the_sponsor_is_a_client_like_any_other(make: Make):
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    federation.start()
    assert isinstance(federation.party.sponsor(), Client)
    assert hospital.wallet != federation.party.sponsor().account
    home = federation.party.home / "sponsor"
    kept = {one.name for one in home.rglob("*")}
    assert hospital.wallet not in kept, "the server's disk has nothing of a node's wallet"
