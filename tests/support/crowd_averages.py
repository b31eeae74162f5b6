"""What a crowd does about averages, and what must hold of those that are told: a second implementation of the mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from safetensors.numpy import load, save

from deml.base.inputs import Aggregate, Metadata
from deml.base.outputs import Aggregated, Settled
from deml.base.states import Ending
from deml.base.types import Address, JobId, Timestamp
from deml.core import closing
from deml.ipld import file_cid
from tests.support import models
from tests.support.course import Course
from tests.support.deployment import CHAIN_ID
from tests.support.models import PERCENT
from tests.support.world import Result, World

ANYBODY = Address("0x" + "77" * 20)


class Averages:
    """The averages of all jobs of a crowd."""

    def __init__(self, world: World, courses: Mapping[JobId, Course]) -> None:
        self.world, self.courses = world, courses
        self.wanted: dict[JobId, tuple[Settled, Timestamp]] = {}
        self.told: list[JobId] = []

    def watch(self, result: Result) -> Iterator[str]:
        """Check what an input did, and name what is worth counting."""
        for settled in result.all(Settled):
            if settled.ending == Ending.SETTLED and self.courses[settled.job_id].terms.aggregate:
                self.wanted[settled.job_id] = (settled, self.world.now)
        for told in result.all(Aggregated):
            assert isinstance(result.body, Aggregate)
            assert not result.transfers
            yield self._check(told)
        self._check_what_is_held()

    def moves(self) -> Iterator[partial[Result]]:
        """Somebody has an average made."""
        for job_id in self.wanted:
            if self._can_be_made(job_id):
                yield partial(self.world.do, ANYBODY, Aggregate(job_id))

    def not_made(self) -> set[JobId]:
        """Jobs whose average was wanted, and not made in time."""
        return self.wanted.keys() - set(self.told)

    def make_room(self) -> None:
        """Let all windows pass, and somebody need as much memory as there is; this is no input."""
        state, meta = self.world.state, Metadata(CHAIN_ID, self.world.app, ANYBODY, 0, self.world.now, 0)
        while state.places:
            fork = state.fork()
            closing.end_overdue(fork, replace(meta, timestamp=Timestamp(meta.timestamp + 2 * 86_400)))
            fork.merge()
        assert not state.verified
        assert not state.averages
        assert not state.holdouts
        assert not state.initials
        assert state.progress.reserved_bytes == 0

    def _can_be_made(self, job_id: JobId) -> bool:
        _, since = self.wanted[job_id]
        return job_id not in self.told and self.world.now <= since + self.courses[job_id].terms.window

    def _check(self, told: Aggregated) -> str:
        """Compute the mean of what the settlement lists by numpy alone, and count where its threshold is right."""
        settled, since = self.wanted[told.job_id]
        course = self.courses[told.job_id]
        assert told.job_id not in self.told
        self.told.append(told.job_id)
        assert self.world.now <= since + course.terms.window
        files = [load(course.models[one.client].file) for one in settled.models]
        assert [str(course.models[one.client].cid) for one in settled.models] == [
            one.model_cid for one in settled.models
        ]
        mean = {}
        for name in files[0]:
            total = np.zeros(files[0][name].shape)
            for one in files:
                total += one[name]
            mean[name] = (total / len(files)).astype(np.float32)
        assert told.models == len(files)
        assert told.model_cid == str(file_cid(save(mean)))
        (weight,), (bias,) = mean["layers.0.weight"][0].tolist(), mean["layers.0.bias"].tolist()
        right = sum((weight * x + bias > 0) == (x >= models.ROWS // 2) for x in range(models.ROWS))
        assert told.score == right * PERCENT
        best = max(one.score for one in settled.models)
        return f"average {'above' if told.score > best else 'not above'} the best model"

    def _check_what_is_held(self) -> None:
        """Models are held for jobs that are settled and can still be averaged, or are not settled; nothing else is."""
        state = self.world.state
        for job_id in (*(key.job_id for key in state.verified), *state.averages):
            assert self.courses[job_id].terms.aggregate
            assert job_id in state.places
            assert job_id not in self.told
