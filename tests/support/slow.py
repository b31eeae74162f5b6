"""A machine so slow that the hundred rows of the tests' holdouts do not fit one input.

A slice has ten rows, and an input does three slices beside reading what the tests' jobs let it read.
"""

from __future__ import annotations

from typing import Final

from deml.scoring import Budget, parse_architecture, parse_metric
from deml.scoring.cost import reading_cycles, set_aside, slice_cycles
from tests.support import models

SLICE_ROWS: Final = 10
INPUT_SLICES: Final = 3
INPUT_ROWS: Final = INPUT_SLICES * SLICE_ROWS


def _budget() -> Budget:
    architecture = parse_architecture(models.ARCHITECTURE)
    metric = parse_metric(models.METRIC, architecture)
    a_slice = slice_cycles(architecture, metric, SLICE_ROWS)
    reading = reading_cycles(architecture, metric, models.ROWS, 4_096, 8_192)
    return Budget(set_aside(4_096, 8_192) + reading + INPUT_SLICES * a_slice, a_slice)


SLOW: Final = _budget()
