"""What scoring costs in the machine, at worst, and how it is cut into inputs that fit; integers, in machine cycles.

The rates come from measurements in the Cartesi Machine (emulator 0.21, Debian 13 for riscv64, Python 3.13, numpy 2.2,
OpenBLAS), rounded up; ``docs/scoring.md`` has the table. What was not measured there itself is counted in what was, and
says so. Costs add up: twice the rows, bytes or parameters cost twice as much, fixed parts aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.bounds import check_slices, check_work
from deml.base.limits import MAX_SCORING_MCYCLES, SLICE_MCYCLES
from deml.scoring.architecture import Architecture, Work
from deml.scoring.metrics import Metric

MCYCLE: Final = 1_000_000

CYCLES_PER_INPUT: Final = 110 * MCYCLE
"""An accepted input with three outputs over HTTP takes 15 million. A CAR may have 256 blocks however short it is, each
of which costs as much as hashing 2 KiB (`deml.ipld.reader`): 37 million for each of two files. A safetensors header of
64 KiB: 20 million, counted as bytecodes."""

CYCLES_PER_BYTE: Final = 230
"""Of the packed stream: JSON and hex (36). Of the CAR: joining and inflating (60, estimated), sha256 (70), blocks of
8 KiB (18). Reading safetensors: copying and checking (46, estimated)."""

CYCLES_PER_FEATURE: Final = 150
"""Widening, checking and preparing a number of the holdout, once: to scale 1000 x 64 took 5.3 million, 83 each."""

CYCLES_PER_PARAMETER: Final = 150
"""Widening, checking and scaling a weight, and adding it to the initial model's: 16 elementwise operations."""

CYCLES_PER_ROW: Final = 1_000
"""Concluding from a row's evidence: the dearest is to sort it and to search for it twice (`roc_auc`), 20 steps each
among a million rows, at 12 cycles (estimated)."""

CYCLES_PER_SLICE: Final = MCYCLE
"""Calls of numpy and bytecodes between them, which do not depend on the rows: some hundred (estimated)."""

CYCLES_PER_PRODUCT: Final = 4
"""A multiply-add in float64 with OpenBLAS: 1000 x 64 x 32 x 10 took 6.1 million for 2.4 million of them."""

CYCLES_PER_ELEMENT: Final = 150
"""One activation. An elementwise operation takes 9 (64,000 additions: 0.58 million); standardising and scaling a
feature, or bias, ReLU and scaling of an activation, take at most 16."""

CYCLES_PER_LOOKUP: Final = 64
"""A number fetched by its index, and what is decided by it: one level of one decision tree takes 60 instructions on an
emulated riscv64 processor, whose counts agree with the machine's to 1 % where both were measured."""

CYCLES_PER_CURVE: Final = 1_000
"""An exponential, a logarithm, or what is made of one: 10,000 took 9 million."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one input may cost, and how much of it a slice of rows takes, in cycles."""

    an_input: int = MAX_SCORING_MCYCLES * MCYCLE
    a_slice: int = SLICE_MCYCLES * MCYCLE


BUDGET: Final = Budget()
"""What holds in the machine."""


@dataclass(frozen=True, slots=True)
class Slicing:
    """How the scoring of a model is cut up: `rows` of a slice, and the most slices `an_input` does beside reading."""

    rows: int
    an_input: int

    def slices(self, rows: int) -> int:
        """Count the slices of a holdout."""
        return -(-rows // self.rows)

    def inputs(self, rows: int) -> int:
        """Count the inputs that it takes to score a model on a holdout of `rows`."""
        return -(-self.slices(rows) // self.an_input)


def slicing(
    architecture: Architecture,
    metric: Metric,
    max_rows: int,
    max_model_bytes: int,
    max_holdout_bytes: int,
    budget: Budget = BUDGET,
) -> Slicing:
    """Cut up the scoring of a job's models; every input is taken to read as much as its dearest, the reveal.

    Parameters
    ----------
    max_rows
        Most rows of the holdout.
    max_model_bytes, max_holdout_bytes
        Largest files, and largest CARs.

    Raises
    ------
    TooMuchWork
        If one slice does not fit beside what an input may have to read.
    TooManySlices
        If the largest holdout takes too many.
    """
    a_row = row_cycles(architecture, metric)
    rows = max(1, min(max_rows, (budget.a_slice - CYCLES_PER_SLICE) // a_row))
    a_slice = CYCLES_PER_SLICE + rows * a_row
    reading = _reading_cycles(architecture, max_rows, max_model_bytes, max_holdout_bytes)
    check_work(_rounded_up(reading + a_slice), budget.an_input // MCYCLE)
    found = Slicing(rows, (budget.an_input - reading) // a_slice)
    check_slices(found.slices(max_rows))
    return found


def reading_mcycles(architecture: Architecture, rows: int, model_bytes: int, holdout_bytes: int) -> int:
    """Millions of cycles to receive, verify and prepare a model and a holdout, and to conclude; rounded up."""
    return _rounded_up(_reading_cycles(architecture, rows, model_bytes, holdout_bytes))


def scoring_mcycles(architecture: Architecture, metric: Metric, rows: int) -> int:
    """Millions of cycles from a prepared model and holdout to the evidence of `rows` rows at once; rounded up."""
    return _rounded_up(CYCLES_PER_SLICE + rows * row_cycles(architecture, metric))


def row_cycles(architecture: Architecture, metric: Metric) -> int:
    """Cycles that a row takes from the prepared holdout to its evidence."""
    evidence = Work(elements=architecture.outputs, curves=metric.curves(architecture.classes))
    return price(architecture.work(1)) + price(evidence)


def price(work: Work) -> int:
    """Cycles that operations take."""
    return (
        CYCLES_PER_PRODUCT * work.products
        + CYCLES_PER_ELEMENT * work.elements
        + CYCLES_PER_LOOKUP * work.lookups
        + CYCLES_PER_CURVE * work.curves
    )


def _reading_cycles(architecture: Architecture, rows: int, model_bytes: int, holdout_bytes: int) -> int:
    return (
        CYCLES_PER_INPUT
        + CYCLES_PER_BYTE * (model_bytes + holdout_bytes)
        + CYCLES_PER_PARAMETER * architecture.parameters
        + CYCLES_PER_FEATURE * rows * architecture.inputs
        + CYCLES_PER_ROW * rows
    )


def _rounded_up(cycles: int) -> int:
    return -(-cycles // MCYCLE)
