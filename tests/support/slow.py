"""A machine so slow that the hundred rows of the tests' holdouts do not fit one input.

A slice has ten rows, and an input does three slices beside reading what the tests' jobs let it read.
"""

from __future__ import annotations

from typing import Final

from deml.scoring import Budget, parse_architecture, parse_metric, reading_mcycles
from deml.scoring.cost import CYCLES_PER_SLICE, MCYCLE, row_cycles
from tests.support import models

SLICE_ROWS: Final = 10
INPUT_SLICES: Final = 3
INPUT_ROWS: Final = INPUT_SLICES * SLICE_ROWS


def _budget() -> Budget:
    architecture = parse_architecture(models.ARCHITECTURE)
    a_slice = CYCLES_PER_SLICE + SLICE_ROWS * row_cycles(architecture, parse_metric(models.METRIC, architecture))
    reading = reading_mcycles(architecture, models.ROWS, 4_096, 8_192)
    return Budget((reading + INPUT_SLICES) * MCYCLE, a_slice)


SLOW: Final = _budget()
