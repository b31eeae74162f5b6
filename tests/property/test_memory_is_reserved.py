"""No architecture, however extreme, takes more memory than was reserved: measured, and run where there is no more.

A job goes the way it goes in the dapp: uploaded in chunks, revealed, scored slice by slice. What it holds between
inputs stays within what `createJob` reserved, and what an input needs beside that within `working_bytes`.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from deml.base.commitment import holdout_commitment
from deml.base.inputs import Codec, Commit, Metadata, RevealHoldout, Slot, Stream, Upload
from deml.base.outputs import ScoringProgress
from deml.base.states import Phase
from deml.base.terms import MarketRule
from deml.base.types import Score
from deml.core import transition
from deml.core.buffers import drop, extend, read_sent
from deml.core.state import Initial, ScoringKey, State
from deml.core.verification import credited, load, proceed
from deml.scoring import (
    BUDGET,
    Budget,
    RowEvidence,
    Scoring,
    conclude,
    load_holdout,
    load_model,
    reading_mcycles,
    score,
    scoring_mcycles,
    slicing,
)
from deml.scoring.cost import MCYCLE, set_aside
from deml.scoring.memory import working_bytes
from tests.support.course import ANNA, SPONSOR, Course, salt_of, terms_from_now
from tests.support.deployment import CHAIN_ID
from tests.support.extremes import Extreme, extremes
from tests.support.families import FAMILIES
from tests.support.models import Content
from tests.support.scale import SCALE
from tests.support.world import World

ROOT = Path(__file__).parents[2]
CHUNK = 65_000
PAGE = resource.getpagesize()
OF_THE_ALLOCATOR = 2**25
"""What malloc asks for beyond what it is asked for, and cannot give back."""

Input = Callable[[], object]


class Play:
    """One job of a dapp that has no other, and does one slice an input, two at most.

    Of a scoring, the first slices and the last are done; what lies between is taken as read.
    """

    def __init__(self, job: Extreme) -> None:
        self.job = job
        sizes = (job.max_rows, job.max_model_bytes, job.max_holdout_bytes)
        needed = reading_mcycles(job.architecture, job.metric, *sizes)
        needed += scoring_mcycles(job.architecture, job.metric, 1)
        world = World(Budget(set_aside(*sizes[1:]) + MCYCLE * needed + BUDGET.a_slice))
        self.state = world.state
        self.cut = slicing(job.architecture, job.metric, *sizes, world.state.budget)
        self.holdout, self.initial, self.model = Content(job.holdout), Content(job.initial), Content(job.model)
        self.cars = {one: one.car for one in (self.holdout, self.initial, self.model)}
        nonce, cid = terms_from_now(world).nonce, self.holdout.cid
        self.salt = salt_of(SPONSOR, nonce)
        course = Course(
            world,
            architecture=job.text,
            metric=job.metric.name,
            initial_model_cid=str(self.initial.cid),
            baseline=Score(0 if self.cut.inputs(job.max_rows) > 1 else self._score_at_home()),
            holdout_commitment=holdout_commitment(CHAIN_ID, world.app, nonce, SPONSOR, cid.binary, self.salt),
            max_participants=1,
            allow_list=(ANNA,),
            rule=MarketRule(Score(2**39), 1),
            confidence=950_000 if job.metric.pairing else 0,
            evidence_cut=min(job.metric.largest_cut, 10**6),
            max_rows=job.max_rows,
            max_model_bytes=job.max_model_bytes,
            max_holdout_bytes=job.max_holdout_bytes,
        )
        course.accept(ANNA)
        world.do(ANNA, Commit(course.id, bytes(32)))
        course.enter(Phase.REVEAL)
        self.course, self.meta = course, Metadata(CHAIN_ID, world.app, SPONSOR, 9, world.now, 9)
        self.working = working_bytes(job.architecture, *sizes)

    def _score_at_home(self) -> int:
        held = load_holdout(self.job.architecture, self.job.metric, self.job.holdout, self.job.max_rows)
        return score(load_model(self.job.architecture, self.job.initial), held)

    def inputs(self) -> Iterator[Input]:
        """What comes in, one after another."""
        yield from self._uploads(SPONSOR, Slot.HOLDOUT, self.holdout)
        yield from self._uploads(SPONSOR, Slot.INITIAL_MODEL, self.initial)
        yield self._reveal
        yield from self._slices(ScoringKey(self.course.id, SPONSOR))
        worth = np.zeros(self.state.holdouts[self.course.id].rows, np.int64)
        self.state.initials[self.course.id] = Initial(load_model(self.job.architecture, self.job.initial), worth)
        yield from self._uploads(ANNA, Slot.WEIGHTS, self.model)
        yield self._submit
        yield from self._slices(ScoringKey(self.course.id, ANNA))

    def _slices(self, key: ScoringKey) -> Iterator[Input]:
        if key not in self.state.scorings:
            return
        yield lambda: self._score(key)
        if key in self.state.scorings:
            self._pass_over(key)
            yield lambda: self._score(key)

    def _pass_over(self, key: ScoringKey) -> None:
        """Let all rows but those of the last slice be scored, one like another."""
        scoring = self.state.scorings[key]
        rows = max(scoring.rows, self.job.max_rows - self.cut.rows)
        rest = np.resize(scoring.parts[0], rows - scoring.rows)
        self.state.scorings[key] = replace(scoring, rows=rows, parts=(*scoring.parts, rest))

    def _uploads(self, owner: str, slot: Slot, content: Content) -> Iterator[Input]:
        car = self.cars[content]
        for seq, start in enumerate(range(0, len(car), CHUNK)):
            chunk = car[start : start + CHUNK]
            yield lambda seq=seq, chunk=chunk: extend(
                self.state, self.course.job, owner, Upload(self.course.id, slot, seq, chunk)
            )

    def _reveal(self) -> None:
        streams = Stream(Codec.CAR, b""), Stream(Codec.CAR, b"")
        order = RevealHoldout(self.course.id, str(self.holdout.cid), self.salt, *streams)
        fork = self.state.fork()
        transition(fork, self.meta, order)
        fork.merge()

    def _submit(self) -> None:
        fork = self.state.fork()
        file = read_sent(fork, self.course.job, ANNA, Slot.WEIGHTS, Stream(), self.model.cid)
        drop(fork, self.course.job, ANNA, Slot.WEIGHTS)
        model = load(fork, self.course.job, file)
        self._judge(fork, proceed(fork, self.course.job, ANNA, Scoring(file), model))
        fork.merge()

    def _score(self, key: ScoringKey) -> None:
        fork = self.state.fork()
        scoring = fork.scorings[key]
        model = load(fork, self.course.job, scoring.file)
        self._judge(fork, proceed(fork, self.course.job, key.owner, scoring, model, slices=1))
        fork.merge()

    def _judge(self, state: State, found: RowEvidence | ScoringProgress) -> None:
        """Conclude what there is to conclude, as is done with a client's model."""
        if not isinstance(found, ScoringProgress) and self.course.id in state.initials:
            credited(state, self.course.job, Score(conclude(state.holdouts[self.course.id], found)), found)


@pytest.mark.parametrize("family", FAMILIES)
def test_peaks_stay_within_what_was_reserved(family: str) -> None:
    jobs = list(extremes(family, range(4 * SCALE)))
    assert len(jobs) >= 2 * SCALE
    for job in jobs:
        play = Play(job)
        reserved = play.course.job.reserved_bytes
        tracemalloc.start()
        try:
            for one in play.inputs():
                tracemalloc.reset_peak()
                one()
                held, peak = tracemalloc.get_traced_memory()
                assert held <= reserved, job.name
                assert peak <= reserved + play.working, job.name
        finally:
            tracemalloc.stop()


def play_within_limits() -> None:
    """Play jobs, each where there is no more address space than was reserved for it."""
    with threadpool_limits(1):
        for family in FAMILIES:
            for job in extremes(family, range(100, 100 + 4 * SCALE)):
                play = Play(job)
                inputs = play.inputs()
                taken = PAGE * int(Path("/proc/self/statm").read_text().split()[0])
                limit = taken + play.course.job.reserved_bytes + play.working + OF_THE_ALLOCATOR
                resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
                for one in inputs:
                    one()
                resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_no_job_needs_more_address_space_than_was_reserved_for_it() -> None:
    script = "from tests.property.test_memory_is_reserved import play_within_limits; play_within_limits()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]


def test_a_limit_that_is_too_low_is_noticed() -> None:
    """Else the test before this one would prove nothing."""
    script = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**28, -1)); bytearray(2**28)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr
