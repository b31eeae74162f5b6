"""Averages by clients of the SDK: watched for, counted in inputs, and made at home, to the byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from deml.base.inputs import Aggregate
from deml.base.outputs import Aggregated
from deml.base.terms import FixedRule
from deml.base.types import Amount, Timestamp
from deml.ipld import file_cid
from deml.scoring import BUDGET, Budget
from deml.scoring.errors import NoAverage
from deml_sdk.market import slices
from deml_sdk.market.acting import acceptance, client_steps
from deml_sdk.market.acting.average_steps import aggregate, average_file
from deml_sdk.market.errors import AverageDiffers, NothingToAverage, TooLate, WouldBeRefused
from deml_sdk.market.schedule import average_can_be_made
from deml_sdk.market.watching.events import Done
from deml_sdk.market.words.text import details, outcome
from tests.support import models
from tests.support.course import ANNA, BERT, GUESTS, SPONSOR
from tests.support.models import PERCENT
from tests.support.slow import SLOW
from tests.support.watched import WatchedJob
from tests.unit.core.test_averages import SMALL, slow_world
from tests.unit.sdk.market.test_watch_on_the_protocol import failures

TERMS = {"rule": FixedRule(Amount(100), 10 * PERCENT), "aggregate": True, "allow_list": GUESTS}


def made_of(play: WatchedJob) -> str:
    files = [load(models.model(percent).file) for percent in (70, 90)]
    mean = {name: ((files[0][name].astype(float) + files[1][name]) / 2).astype(np.float32) for name in files[0]}
    return str(file_cid(save(mean)))


@pytest.mark.parametrize("budget", [BUDGET, SLOW], ids=["fast", "slow"])
def test_the_sponsor_has_it_made_by_itself(tmp_path: Path, budget: Budget) -> None:
    play = WatchedJob(tmp_path, budget=budget, **TERMS)
    play.join(ANNA, 70)
    play.join(BERT, 90)
    events = [*play.run(SPONSOR, ANNA, BERT), *play.tick(SPONSOR, ANNA, BERT)]
    assert (failures(events), play.refused()) == ([], [])
    assert {one.meta.sender for one in play.sent(Aggregate)} == {SPONSOR}
    (told,) = [notice for one in play.sent(Aggregate) for notice in one.all(Aggregated)]
    assert (told.model_cid, told.models, told.score) == (made_of(play), 2, 80 * PERCENT)
    said = f"had the verified models averaged: {told.model_cid}, of 2 model(s), scores 0.800000"
    assert said in [one.text for one in events if isinstance(one, Done)]


@pytest.mark.parametrize("helps", [True, False])
def test_who_helps_has_it_made_for_a_sponsor_that_is_away(tmp_path: Path, helps: bool) -> None:
    play = settled_by_anna(tmp_path)
    play.tick(BERT, helps=helps)
    assert [one.meta.sender for one in play.sent(Aggregate)] == ([BERT] if helps else [])


def test_it_can_be_made_for_as_long_as_the_dapp_takes_it(tmp_path: Path) -> None:
    play = settled_by_anna(tmp_path)
    anna = play.client(ANNA)
    until = play.job().average.until
    play.world.wait_until(until + 1)
    with pytest.raises(TooLate):
        aggregate(anna, play.job())
    assert not average_can_be_made(play.job(), Timestamp(until + 1))
    assert average_can_be_made(play.job(), until)
    play.tick(SPONSOR)
    assert not play.sent(Aggregate)
    shown = details(play.job(), play.world.now, anna.token(play.job().terms.reward_token))
    assert shown["average"] == "not made in time"


def settled_by_anna(home: Path, **changes: object) -> WatchedJob:
    """A job of which the average is still to be made: its sponsor looked at it last before it was settled."""
    play = WatchedJob(home, **{**TERMS, **changes})
    play.join(ANNA, 70)
    play.join(BERT, 90)
    while not play.job().ended:
        play.tick(ANNA, BERT, *(() if play.job().data_cid else (SPONSOR,)))
    return play


def test_somebody_else_may_be_faster(tmp_path: Path) -> None:
    play = settled_by_anna(tmp_path)
    anna = play.client(ANNA)
    intent = aggregate(anna, play.job())
    play.client(BERT).send(aggregate(play.client(BERT), play.job()))
    assert anna.send(intent).notices == ()
    with pytest.raises(WouldBeRefused, match="has been made"):
        aggregate(anna, play.job())


def test_nobody_is_asked_to_make_what_there_is_not(tmp_path: Path) -> None:
    play = WatchedJob(tmp_path, **TERMS)
    with pytest.raises(WouldBeRefused, match="not settled yet"):
        aggregate(play.client(ANNA), play.job())
    with pytest.raises(NothingToAverage):
        average_file(play.client(ANNA), play.job())
    plain = settled_by_anna(tmp_path / "plain", aggregate=False)
    with pytest.raises(WouldBeRefused, match="ask for none"):
        aggregate(plain.client(ANNA), plain.job())


def test_anybody_makes_the_same_bytes_from_public_inputs(tmp_path: Path) -> None:
    play = settled_by_anna(tmp_path)
    stranger = play.client(GUESTS[4])
    before = average_file(stranger, play.job())
    assert str(file_cid(before)) == made_of(play)
    told = stranger.send(aggregate(stranger, play.job())).notices[-1]
    assert isinstance(told, Aggregated)
    assert told.model_cid == str(file_cid(average_file(stranger, play.job())))
    shown = outcome(play.job(), play.world.now, stranger.token(play.job().terms.reward_token))
    assert shown["average"] == f"{told.model_cid}, of 2 model(s), scores 0.800000"


def test_even_where_the_dapp_was_asked_for_none(tmp_path: Path) -> None:
    play = settled_by_anna(tmp_path, aggregate=False)
    assert str(file_cid(average_file(play.client(ANNA), play.job()))) == made_of(play)


def test_changes_to_the_initial_model_are_averaged_as_the_models_that_they_make(tmp_path: Path) -> None:
    play = WatchedJob(tmp_path, **TERMS)
    one = np.float32([[1]])
    delta = save({"layers.0.weight": one, "layers.0.bias:delta": np.float32([20])})
    anna = play.client(ANNA)
    anna.send(acceptance.accept(anna, play.job(), ANNA))
    anna.send(client_steps.commit(anna, play.job(), delta, Amount(0)))
    play.join(BERT, 90)
    play.run(SPONSOR, ANNA, BERT)
    play.tick(SPONSOR)
    assert play.job().average.model_cid == made_of(play)
    assert str(file_cid(average_file(play.client(BERT), play.job()))) == made_of(play)


def test_another_average_than_the_dapp_told_of_is_not_passed_off_for_it(tmp_path: Path) -> None:
    play = settled_by_anna(tmp_path)
    job = play.job()
    false = replace(job, average=replace(job.average, model_cid=str(models.model(99).cid)))
    with pytest.raises(AverageDiffers) as caught:
        average_file(play.client(ANNA), false)
    assert caught.value.made == made_of(play)


def test_forests_have_no_average_at_home_either(tmp_path: Path) -> None:
    play = settled_by_anna(tmp_path)
    forest = '{"family":"trees","task":"classification","inputs":1,"outputs":2,"trees":2,"nodes":7,"depth":2}'
    job = play.job()
    with pytest.raises(NoAverage):
        average_file(play.client(ANNA), replace(job, terms=replace(job.terms, architecture=forest)))


def test_a_client_counts_the_inputs_that_the_machine_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = slow_world().state.budget
    monkeypatch.setattr(slices, "BUDGET", budget)
    play = settled_by_anna(tmp_path, budget=budget, **SMALL)
    anna = play.client(ANNA)
    counted = []
    while play.job().average.score is None:
        counted.append(len(aggregate(anna, play.job()).inputs))
        play.world.do(ANNA, Aggregate(play.id))
    assert counted == list(range(len(counted), 0, -1))
    assert len(counted) > 3
