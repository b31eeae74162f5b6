"""Random interleavings of all inputs, by honest and hostile parties, in every phase: the invariants of the protocol.

`World` holds, after every input: tokens are conserved; a refused input left the state as it was; notices read back as
they were made; nothing but a `DemlError` refuses. `Crowd` holds: dues never fall and final pay covers them; who follows
the rules loses nothing; sealed models stay sealed; endings are those of a second implementation; every job ends when
poked after its last round, and every token leaves.

The seeds are fixed, and a failure names its own.
"""

from __future__ import annotations

from collections import Counter

import pytest

from deml.base.inputs import Accept, CreateJob, DirectInput, TopUp
from deml.base.limits import MAX_RESERVED_BYTES
from deml.base.states import AWAITED, Ending, Phase, Standing
from deml.core.transition import HANDLERS
from tests.support.crowd import Crowd
from tests.support.crowd_state import PORTALS
from tests.support.digest import digest
from tests.support.scale import SCALE
from tests.support.slow import SLOW
from tests.support.world import Result, World

STEPS = 10_000 * SCALE
STEPS_A_WORLD = 250


CAPACITY = 220_000
"""Bytes for all jobs where there are plots: a hoarder can hold them."""


def test_whatever_anybody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    seed = 0
    while seen["steps"] < STEPS:
        scheming = seed % 2 == 0
        monkeypatch.setattr("deml.core.closing.MAX_RESERVED_BYTES", CAPACITY if scheming else MAX_RESERVED_BYTES)
        crowd = Crowd(seed, scheming=scheming)
        try:
            for _ in range(STEPS_A_WORLD):
                crowd.step()
            crowd.finish()
        except Exception as error:
            error.add_note(f"Crowd({seed}), after {len(crowd.world.history)} inputs")
            raise
        assert crowd.world.digest() == digest(crowd.world.state), "a value that should be frozen has changed"
        crowd.averages.make_room()
        seen += crowd.seen
        seed += 1
    check_coverage(seen)


def check_coverage(seen: Counter[str]) -> None:
    """Say what was never reached; without it the run proves little."""
    assert seen["steps"] >= STEPS >= 10_000
    assert 2 * seen["accepted"] >= seen["steps"]
    wanted = [f"accepted {kind.__name__}" for kind in HANDLERS]
    wanted += [f"deposit for {kind.__name__}: done" for kind in (CreateJob, TopUp, Accept)]
    wanted += [f"portal {index}" for index in range(len(PORTALS))]
    wanted += [f"phase {phase}" for phase in Phase if phase not in (Phase.OVER, Phase.ENDED)]
    wanted += [f"ending {ending}" for ending in Ending]
    wanted += [f"standing {one}" for one in Standing if one not in (Standing.DECLARED, Standing.PAID, *AWAITED)]
    wanted += ["round 1", "round 2", "round 3", "rule FixedRule", "rule MarketRule", "burnt", "compensated"]
    wanted += [f"refused {code}" for code in ("WRONG_PHASE", "JOB_ENDED", "COMMITMENT_MISMATCH", "NOT_DUE")]
    wanted += [
        "round begun a window late",
        "mismatch",
        "refuted baseline",
        "refuted in its window",
        "refuted in the window after",
        "average not above the best model",
    ]
    wanted += [f"refused {code}" for code in ("NOT_SETTLED", "NOTHING_TO_AGGREGATE", "TOO_LATE_TO_AGGREGATE")]
    wanted += ["all places squatted", "capacity held", "shaved", "poked windows late", "refused TOO_MANY_MISMATCHES"]
    wanted += [f"refused {code}" for code in ("NOTHING_TO_SCORE", "BEING_SCORED", "ALREADY_REFUTED")]
    missing = [one for one in wanted if not seen[one]]
    assert not missing, f"never reached: {missing}"
    assert len(DirectInput.__args__) + 2 == len(HANDLERS)
    assert len([one for one in seen if one.startswith("refused ")]) >= 25


def test_the_same_inputs_bring_about_the_same_again() -> None:
    for seed in range(3):
        crowd = Crowd(seed, scheming=seed % 2 == 0)
        for _ in range(120):
            crowd.step()
        crowd.finish()
        again = World(SLOW)
        for first in crowd.world.history:
            again.now = first.meta.timestamp
            assert_same(first, again.resend(first.meta.sender, first.payload))
        assert digest(again.state) == digest(crowd.world.state)


def assert_same(first: Result, second: Result) -> None:
    assert second.meta == first.meta
    assert second.emissions == first.emissions
    reports = [one.problem.as_report() if one.problem else None for one in (first, second)]
    assert reports[0] == reports[1]
