"""A campaign runs unattended: round after round, through outages and deaths of its program, within its budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from deml.base.inputs import CreateJob, Deposit, RevealHoldout
from deml.ipld import file_cid
from deml.scoring import load_model, parse_architecture
from deml_sdk.campaigns.errors import BudgetTooSmall, CampaignBusy, NotACampaign
from deml_sdk.campaigns.folder import CampaignFolder
from deml_sdk.campaigns.rounds import StartedFrom
from deml_sdk.campaigns.run import DONE, SPENT, CampaignOver, CampaignRunner, NotYetOpened, RoundEnded, RoundOpened
from deml_sdk.client import Client
from tests.support import models
from tests.support.campaign_party import TICK, Unattended, model_from
from tests.support.party import opened
from tests.support.served_world import ServedWorld

ARCHITECTURE = parse_architecture(models.ARCHITECTURE)


def of(**percents: int) -> dict[str, bytes]:
    """Models that score so much, by client."""
    return {name: models.model(percent).file for name, percent in percents.items()}


BRINGS = {1: of(client1=70, client2=60), 2: of(client1=72, client2=80), 3: of(client2=90)}


def kinds(events, kind):
    return [one for one in events if isinstance(one, kind)]


def test_each_round_starts_from_what_scored_best_before_it(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path)
    events = party.run(BRINGS)
    assert [one.number for one in kinds(events, RoundOpened)] == [1, 2, 3]
    assert [one.reason for one in kinds(events, CampaignOver)] == [DONE]
    found = party.sponsor().campaign(2)
    assert [one.job_id for one in found.rounds] == party.jobs() == [1, 2, 3]
    assert [one.origin for one in found.rounds] == [None, StartedFrom.BEST, StartedFrom.BEST]
    assert [one.terms.initial_model_cid for one in found.rounds] == [
        str(models.model(percent).cid) for percent in (50, 70, 80)
    ]
    assert party.sponsor().campaign_model(1) == models.model(90).file
    assert [
        len({one.terms.holdout_commitment for one in found.rounds}),
        len({one.data_cid for one in found.rounds}),
    ] == [
        3,
        3,
    ]
    one, two = (party.client(name).account for name in ("client1", "client2"))
    assert [played.spent for played in found.rounds] == [400, 200, 200]
    token = found.latest.terms.reward_token
    assert (dict(found.spent), dict(found.held)) == ({token: 800}, {})
    assert [(who.client, who.rounds, who.models, dict(who.earned)) for who in found.clients] == [
        (one, 2, 1, {token: 200}),
        (two, 3, 3, {token: 600}),
    ]


def test_the_average_opens_the_next_round_where_it_scores_best(served: ServedWorld, tmp_path: Path):
    """One model errs upwards, the other downwards. The bytes of their mean are made at home, as the dapp made them."""
    party = Unattended(served, tmp_path, rounds=2, aggregate=True)
    party.run({1: {"client1": model_from(30), "client2": model_from(70)}, 2: of(client1=60)})
    found = party.sponsor().campaign(1)
    first, second = found.rounds
    assert first.average is not None
    assert first.best is not None
    assert first.best.score < first.average.score == 1_000_000
    assert second.origin is StartedFrom.AVERAGE
    assert second.terms.baseline == 1_000_000
    learnt = party.sponsor().campaign_model(1)
    assert str(file_cid(learnt)) == second.terms.initial_model_cid == first.average.model_cid
    made, halfway = (load_model(ARCHITECTURE, one).tensors for one in (learnt, model_from(50)))
    assert {name: one.tolist() for name, one in made.items()} == {name: one.tolist() for name, one in halfway.items()}


def test_a_round_that_brings_nothing_better_leaves_the_model_as_it_was(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path)
    party.run({1: of(client1=80), 3: of(client2=90)})
    found = party.sponsor().campaign(1)
    assert [one.ending for one in found.rounds] == ["settled", "nobody-accepted", "settled"]
    assert [one.origin for one in found.rounds] == [None, StartedFrom.BEST, StartedFrom.INITIAL]
    assert found.model is not None
    assert found.model.model_cid == str(models.model(90).cid)


def test_a_round_starts_from_the_sponsors_own_model_where_one_is_given(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path, rounds=2)
    own = tmp_path / "own.safetensors"
    own.write_bytes(models.model(60).file)
    runner = CampaignRunner(party.sponsor(), CampaignFolder(party.folder), start=own)
    while party.jobs() != [1, 2]:
        served.world.wait(TICK)
        list(runner.look())
        party.take_part(BRINGS)
    found = party.sponsor().campaign(1)
    assert [one.terms.initial_model_cid for one in found.rounds] == [str(models.model(60).cid)] * 2
    assert found.rounds[1].origin is StartedFrom.INITIAL, "which the round before had started from"


@pytest.mark.parametrize(("budget", "count", "reason"), [("1200", 2, DONE), ("1199", 1, SPENT)])
def test_it_opens_no_round_that_the_budget_does_not_hold(
    served: ServedWorld, tmp_path: Path, budget: str, count: int, reason: str
):
    """The first round spends 400, and the second holds 800 while it goes on: 1,200 is enough for it, 1,199 is not."""
    party = Unattended(served, tmp_path, rounds=2, budget=budget)
    events = party.run(BRINGS)
    assert len(kinds(events, RoundOpened)) == count
    assert [one.reason for one in kinds(events, CampaignOver)] == [reason]
    assert max(one.spent for one in kinds(events, RoundEnded)) <= int(budget)


def test_a_budget_below_one_escrow_is_refused_before_anything_is_sent(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path, budget="799")
    with pytest.raises(BudgetTooSmall):
        party.look()
    assert served.world.history == []


def test_a_program_that_dies_after_posting_finds_its_job_again(
    served: ServedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The transaction is out, the number of the job is not written down: the next program opens no second one."""
    party = Unattended(served, tmp_path)
    send = Client.send

    def die(self: Client, intent: object) -> None:
        send(self, intent)
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "send", die)
    with pytest.raises(KeyboardInterrupt):
        party.look()
    monkeypatch.setattr(Client, "send", send)
    party.restart()
    assert CampaignFolder(party.folder).read().rounds[0].job_id is None
    events = party.look()
    assert [one.job_id for one in kinds(events, RoundOpened)] == party.jobs() == [1]


def test_a_program_that_dies_before_posting_posts_once(
    served: ServedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    party = Unattended(served, tmp_path)

    def die(self: Client, intent: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Client, "send", die)
        with pytest.raises(KeyboardInterrupt):
            party.look()
    party.restart()
    assert CampaignFolder(party.folder).read().rounds[0].commitment is not None
    party.look()
    assert party.jobs() == [1]


@pytest.mark.parametrize("service", ["chain", "node", "ipfs"])
def test_an_outage_is_told_of_and_waited_out(served: ServedWorld, tmp_path: Path, service: str):
    party = Unattended(served, tmp_path, rounds=2)
    served.services.dead.add(service)
    assert kinds(party.look(), NotYetOpened)
    assert served.world.history == []
    served.services.dead.clear()
    assert kinds(party.look(), RoundOpened)
    if service != "ipfs":
        served.services.dead.add(service)
        assert not kinds(party.look(), RoundEnded)
        served.services.dead.clear()
    party.run(BRINGS)
    assert party.jobs() == [1, 2]


def test_a_stranger_that_names_a_round_does_not_become_one(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path, rounds=2)
    party.look()
    stranger = served.client("client5", tmp_path)
    copied = opened(stranger, served.world, previous_job=1)
    party.run({1: of(client1=70)})
    assert [one.job_id for one in party.sponsor().campaign(1).rounds] == [1, 3]
    theirs = stranger.campaign(copied)
    assert ([one.job_id for one in theirs.rounds], theirs.earlier) == ([copied], 1)


def test_two_programs_cannot_run_one_campaign(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path)
    with CampaignFolder(party.folder).held(), pytest.raises(CampaignBusy):
        party.sponsor().run_campaign(party.folder, on_event=print)
    with pytest.raises(NotACampaign):
        party.sponsor().run_campaign(tmp_path / "elsewhere", on_event=print)


def test_parts_are_shown_only_in_their_rounds(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path, rounds=2)
    party.look()
    plan = CampaignFolder(party.folder).read()
    sent = [one.body for one in served.world.history]
    assert [type(one) for one in sent] == [Deposit]
    assert isinstance(sent[0].order, CreateJob)
    contents = {CampaignFolder(party.folder).part(one).read_bytes() for one in plan.rounds}
    assert len(contents) == 2
    assert not contents & set(served.files.files.values())
    party.run(BRINGS)
    shown = [one.body.data_cid for one in served.world.history if isinstance(one.body, RevealHoldout)]
    assert shown == [one.cid for one in plan.rounds]


def test_a_runner_that_is_over_stays_so(served: ServedWorld, tmp_path: Path):
    party = Unattended(served, tmp_path, rounds=2)
    party.run(BRINGS)
    before = len(served.world.history)
    runner = CampaignRunner(party.sponsor(), CampaignFolder(party.folder))
    assert [one.reason for one in kinds(list(runner.look()), CampaignOver)] == [DONE]
    assert len(served.world.history) == before
