"""Sponsors and clients, honest and hostile, who act at random on one dapp; and what must hold whatever they do.

Anna and Bert are honest: they follow the rules in every job they take part in. Whatever the others do, sponsors
included, the crowd checks that those two lose nothing, that dues never fall, that nothing about a sealed model is
public, and that every job ends as a second implementation of the rules says. The machine is a slow one: no holdout is
scored by one input.
"""

from __future__ import annotations

from functools import partial

from deml.base.inputs import (
    Aggregate,
    Settle,
    Withdraw,
)
from deml.base.types import ETHER
from deml.wire import inputs
from tests.support import plots
from tests.support.crowd_hostile import HostileCrowd
from tests.support.crowd_state import (
    STRANGER,
    TOKENS,
    ends,
)


class Crowd(HostileCrowd):
    """One world full of people; `step` sends one input. Those who are `scheming` try plots of several inputs, too."""

    def step(self) -> None:
        """Let somebody send something, and check what it did."""
        if self.scheming and self.rng.random() < 0.01:
            plots.oversleep(self)
        if self.pending:
            self._watch(self.pending.pop(0))
            return
        if self.rng.random() < 0.03:
            self.pass_time()
        move = self._invited() if self.rng.random() < 0.72 else self._hostile
        self._watch(move)

    def finish(self) -> None:
        """Let everybody go home: each job ends when poked after each of its rounds, and every token leaves."""
        for course in list(self.courses.values()):
            pokes = 0
            while course.job.outcome is None:
                self.pass_time(max(self.world.now, *ends(course)) + 1)
                self._watch(partial(self.world.send, STRANGER, inputs.encode(Settle(course.id))))
                pokes += 1
                assert pokes <= 2 + 2 * course.terms.max_rounds
        for (owner, token), amount in list(self.world.state.balances.items()):
            self._watch(partial(self.world.do, owner, Withdraw(token, amount, owner)))
        for token in (*TOKENS, ETHER):
            assert self.world.held(token) == 0
        for move in list(self.averages.moves()):
            self._watch(move)
        for job_id in sorted(self.averages.not_made()):
            self._watch(partial(self.world.send, STRANGER, inputs.encode(Aggregate(job_id))))
        state = self.world.state
        held = state.places.keys()
        assert held <= self.averages.not_made()
        assert not state.buffers
        assert not state.scorings
        assert state.holdouts.keys() == state.initials.keys() == held
        assert {key.job_id for key in state.verified} | state.averages.keys() == held
        assert state.progress.open_jobs == len(held)
