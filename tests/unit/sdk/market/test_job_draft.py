"""A sponsor's file becomes terms that the dapp accepts, or an error before anything is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from deml.base.bounds import SeatsTooCheap, StakeTooSmall, TermOutOfBounds, TooMuchWork, WindowTooShort
from deml.base.inputs import CreateJob
from deml.base.outputs import JobCreated
from deml.base.types import Address, Amount, Timestamp
from deml.ipld import file_cid
from deml.market.errors import GridOutOfRange, TargetNotAboveBaseline, TooFewRowsForTarget
from deml.scoring.errors import CutOutOfRange, MetricMismatch, NoAverage, NoPairing, WrongShape
from deml_sdk.chain.tokens import BadAmount, Token
from deml_sdk.data.errors import NoSuchColumn
from deml_sdk.data.reading import Reading
from deml_sdk.errors import BadAddress, InitialModelMissing, UnreadableFile
from deml_sdk.jobspec.job_file import JobFile, Share
from deml_sdk.market.posting.cautions import warnings_of
from deml_sdk.market.posting.draft import START_DELAY_SECONDS, draft
from deml_sdk.market.posting.room import check_size
from deml_sdk.market.schedule import Clock
from tests.support import models
from tests.support.course import SPONSOR
from tests.support.world import START, TOKEN, World

COIN = Token(TOKEN, "TST", 6)


@pytest.fixture
def job(tmp_path):
    (tmp_path / "initial.safetensors").write_bytes(models.model(50).file)
    (tmp_path / "holdout.safetensors").write_bytes(models.holdout().file)
    (tmp_path / "spec.md").write_text("# What it is about")
    return JobFile(
        title="Tell small from large",
        spec=tmp_path / "spec.md",
        architecture=models.ARCHITECTURE,
        metric=models.METRIC,
        initial=tmp_path / "initial.safetensors",
        holdout=tmp_path / "holdout.safetensors",
        reading=Reading("y"),
        token="",
        escrow="1000.5",
        rule="market",
        target=900_000,
        grid=1_000,
        stake=Share(bps=1_000),
        bond_bps=2_000,
        commit=600,
        reveal=300,
        declare=300,
        submit=300,
        rounds=10,
        participants=10,
        confidence=950_000,
    )


def made(job, **changes):
    return draft(replace(job, **changes), COIN, START, bytes(32), lambda cid, nonce: b"\7" * 32)


def test_everything_that_can_be_worked_out_is(job):
    found = made(job)
    terms = found.terms
    assert terms.baseline == 500_000
    assert found.escrow == 1_000_500_000
    assert terms.stake == 100_050_000
    assert terms.initial_model_cid == str(models.model(50).cid)
    assert terms.spec_cid == str(file_cid(b"# What it is about"))
    assert terms.commit_until == START + START_DELAY_SECONDS + 600
    assert terms.window == 300
    assert (terms.max_rows, terms.min_rows) == (100, 100)
    assert (terms.confidence, terms.evidence_cut, terms.previous_job) == (950_000, 0, 0)
    assert terms.max_holdout_bytes == len(models.holdout().car)
    assert terms.max_model_bytes == 2 * len(models.model(50).car)
    assert found.holdout_cid == models.holdout().cid


def test_the_dapp_accepts_it(job):
    found, world = made(job), World()
    result = world.deposit(SPONSOR, found.escrow, CreateJob(found.terms))
    assert result.notice(JobCreated).terms == found.terms


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title": ""}, TermOutOfBounds),
        ({"rounds": 17}, TermOutOfBounds),
        ({"bond_bps": 100}, TermOutOfBounds),
        ({"participants": 129}, TermOutOfBounds),
        ({"declare": 119}, WindowTooShort),
        ({"target": 500_000}, TargetNotAboveBaseline),
        ({"grid": 400_001}, GridOutOfRange),
        ({"stake": Share(tokens="1")}, StakeTooSmall),
        ({"participants": 9}, SeatsTooCheap),
        ({"confidence": 999_999}, TermOutOfBounds),
        ({"min_rows": 101}, TermOutOfBounds),
        ({"target": 579_999}, TooFewRowsForTarget),
        ({"min_rows": 19}, TooFewRowsForTarget),
        ({"metric": "macro_f1"}, NoPairing),
        ({"evidence_cut": 1}, CutOutOfRange),
        ({"stake": Share(tokens="0.0000001")}, BadAmount),
        ({"metric": "r2"}, MetricMismatch),
        ({"architecture": '{"family": "logistic", "inputs": 2, "outputs": 1}'}, WrongShape),
        ({"allow_list": ("0x12",)}, BadAddress),
        ({"allow_list": tuple(f"0x{one:040x}" for one in range(513))}, TermOutOfBounds),
        ({"rows": 1_000_000, "model_bytes": 30 * 2**20, "holdout_bytes": 30 * 2**20}, TooMuchWork),
    ],
    ids=lambda value: getattr(value, "__name__", None) or next(iter(value)),
)
def test_what_the_dapp_would_refuse_is_refused_here(job, changes, error):
    with pytest.raises(error):
        made(job, **changes)


def test_files_that_are_not_there(job, tmp_path):
    with pytest.raises(InitialModelMissing, match="absent"):
        made(job, initial=tmp_path / "absent.safetensors")
    with pytest.raises(UnreadableFile, match="absent"):
        made(job, holdout=tmp_path / "absent.safetensors")


def test_a_holdout_may_be_a_table(job, tmp_path):
    rows = "\n".join(f"{x},{'large' if x >= 50 else 'small'}" for x in range(100))
    (tmp_path / "holdout.csv").write_text("size,kind\n" + rows + "\n")
    reading = Reading("kind", classes={"small": 0, "large": 1})
    found = made(job, holdout=tmp_path / "holdout.csv", reading=reading)
    assert found.terms.baseline == 500_000
    with pytest.raises(NoSuchColumn):
        made(job, holdout=tmp_path / "holdout.csv", reading=Reading("colour"))


def test_an_average_is_asked_for_and_checked(job):
    assert not made(job).terms.aggregate
    terms = made(job, aggregate=True).terms
    assert terms.aggregate
    forest = {
        "family": "trees",
        "task": "classification",
        "inputs": 1,
        "outputs": 2,
        "trees": 2,
        "nodes": 7,
        "depth": 2,
    }
    with pytest.raises(NoAverage):
        check_size(replace(terms, architecture=json.dumps(forest)))


class TestWarnings:
    CLOCK = Clock(Timestamp(START - 10), START)

    def test_sound_terms_need_none(self, job):
        assert warnings_of(made(job), self.CLOCK) == []

    def test_stakes_that_make_lies_cheap(self, job):
        (warning,) = warnings_of(made(job, rounds=9), self.CLOCK)
        assert "900.45 TST" in warning

    def test_windows_that_finality_outlasts(self, job):
        slow = Clock(Timestamp(START - 900), START)
        assert [one.split()[1] for one in warnings_of(made(job), slow)] == ["reveal", "declare", "submit"]

    def test_a_fixed_rule_open_to_everybody(self, job):
        fixed = {"rule": "fixed", "reward": "100", "threshold": 100_000}
        (warning,) = warnings_of(made(job, **fixed), self.CLOCK)
        assert "allow_list" in warning
        friends = (str(SPONSOR), "0x" + "b2" * 20)
        assert warnings_of(made(job, **fixed, allow_list=friends), self.CLOCK) == []

    def test_holdouts_that_take_several_transactions(self, job):
        wide = json.dumps({"family": "mlp", "task": "classification", "inputs": 30, "hidden": [512] * 3, "outputs": 2})
        large = made(job, rows=20_000, holdout_bytes=2_000_000)
        many = replace(large.prepared, targets=np.zeros(20_000))
        changed = replace(large, prepared=many, terms=replace(large.terms, architecture=wide))
        (warning,) = warnings_of(changed, self.CLOCK)
        assert "20,000 rows takes" in warning


def test_amounts_are_exact():
    coin = Token(Address("0x" + "70" * 20), "TST", 18)
    assert Share(tokens="0.000000000000000001").of(Amount(1), coin) == 1
    assert Decimal(coin.format(Amount(10**30 + 1)).replace(",", "")) == Decimal("1000000000000.000000000000000001")
    assert Share(tokens="1000000000000.000000000000000001").of(Amount(1), coin) == 10**30 + 1
