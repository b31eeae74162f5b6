"""What scoring costs in the machine, and how it is cut into inputs that fit; integers, in machine cycles.

The rates were counted on an emulated riscv64 processor (``benchmarks/machine/count_prices.py``), whose counts agree
with the machine's to 1 to 3 %, and rounded up. What only a hostile input takes is set aside beside that. Costs add up:
twice the rows, bytes or parameters cost twice as much, fixed parts aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.bounds import TooMuchWork, check_slices
from deml.base.limits import MAX_PACKED_BYTES, MAX_SCORING_MCYCLES, SLICE_MCYCLES
from deml.scoring.architecture import Architecture, Work
from deml.scoring.averaging import mean_bytes
from deml.scoring.blocks import rows_at_once
from deml.scoring.memory import most_rows
from deml.scoring.metrics import Metric

MCYCLE: Final = 1_000_000

CYCLES_PER_INPUT: Final = 6 * MCYCLE
"""An accepted input with a few outputs: 2.5 million, 2 of them libcmt's root of outputs; reading headers and terms."""

HOSTILE_BLOCKS: Final = 104 * MCYCLE
"""Part of every input's budget that no honest one needs. A CAR may have 256 blocks however short it is, each of which
costs as much as hashing 2 KiB (`deml.ipld.reader`): 37 million for each of two files. A safetensors header of 64 KiB:
20 million."""

CYCLES_PER_HOSTILE_BYTE: Final = 1_000
"""Of a compressed stream that is nothing but tables of codes, for each eleven bytes of which zlib makes as many."""

CYCLES_PER_BYTE: Final = 73
"""Of a CAR: sha256 and the rest of reading it (71), joining."""

CYCLES_PER_INFLATED_BYTE: Final = 27
"""Of a CAR as long as a compressed stream may be: what no byte of a stream is saved for."""

CYCLES_PER_REPEATED_BYTE: Final = 5
"""Of what a compressed stream makes beyond that: copies of what it has made before."""

CYCLES_PER_BYTE_OF_SMALL_BLOCKS: Final = 18
"""More for a byte of a CAR whose blocks have 8 KiB and not 256 KiB, which no tool makes."""

CYCLES_PER_HASHED_BYTE: Final = 74
"""Of a file whose CID is computed: sha256, 73 in a real machine, and cutting it up."""

ADDING: Final = 5
"""How often a parameter is touched while a model is added to sums, beside reading it: with both, the dearest encoding,
a sparse delta of every number, is priced 1.09 times what was counted (``benchmarks/machine/count_averages.py``)."""

WRITING: Final = 8
"""How often one is touched while a mean is written: division, bounds, rounding, copies of bytes."""

CALLS_OF_A_TENSOR: Final = 10
"""Calls of numpy for each tensor that is added, or written."""

CYCLES_PER_DISTINCT_ROW: Final = 915
"""Of a holdout, while equal rows are sought: an object, and its place in a set."""

CYCLES_PER_DISTINCT_BYTE: Final = 8
"""Of a holdout's rows: copied, hashed, and looked at again."""

TENTHS: Final = 10
TENTHS_PER_PRODUCT: Final = 24
"""Of a cycle, for a multiply-add in float64 with OpenBLAS, among many."""

TENTHS_PER_PACKED: Final = 45
"""For a number that goes into a product."""

TENTHS_PER_TOUCH: Final = 100
"""For a number that an elementwise operation reads or writes: 6 to 13 cycles, by how it lies in memory."""

TENTHS_PER_CURVE: Final = 4_150
"""For an exponential, a logarithm, or what is made of one."""

TENTHS_PER_CALL: Final = 35_000
"""For a call of numpy, and Python around it."""


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
    rows = max(1, min(max_rows, (budget.a_slice - slice_cycles(architecture, metric, 0)) // a_row))
    a_slice = slice_cycles(architecture, metric, rows)
    reading = set_aside(max_model_bytes, max_holdout_bytes)
    reading += reading_cycles(architecture, metric, max_rows, max_model_bytes, max_holdout_bytes)
    if reading + a_slice > budget.an_input:
        raise TooMuchWork(_rounded_up(reading + a_slice), budget.an_input // MCYCLE)
    found = Slicing(rows, (budget.an_input - reading) // a_slice)
    check_slices(found.slices(max_rows))
    return found


@dataclass(frozen=True, slots=True)
class Averaging:
    """What the mean of a job's models costs, in cycles: of an input's budget what is left for steps, and each step.

    The steps are to add a model to the sums, to write the file and compute its CID, and to score a slice of rows.
    """

    an_input: int
    a_model: int
    the_file: int
    a_slice: int


def averaging(
    architecture: Architecture,
    metric: Metric,
    max_rows: int,
    max_model_bytes: int,
    max_holdout_bytes: int,
    cut: Slicing,
    budget: Budget,
) -> Averaging:
    """Price the mean of a job's models, of which every input does as many steps as fit beside what all set aside.

    Parameters
    ----------
    cut
        How the scoring of the job's models is cut up.

    Raises
    ------
    TooMuchWork
        If an input has no room for one of the steps.
    """
    model, calls = price(architecture.model_work), Work(calls=CALLS_OF_A_TENSOR * len(architecture.tensor_specs()))
    rows = most_rows(architecture, max_rows, max_holdout_bytes)
    beside = set_aside(max_model_bytes, max_holdout_bytes) + CYCLES_PER_INPUT + model + rows * metric.concluding
    found = Averaging(
        an_input=budget.an_input - beside,
        a_model=model + price(Work(touched=ADDING * architecture.parameters) + calls),
        the_file=price(Work(touched=WRITING * architecture.parameters) + calls)
        + CYCLES_PER_HASHED_BYTE * mean_bytes(architecture),
        a_slice=slice_cycles(architecture, metric, cut.rows),
    )
    dearest = max(found.a_model, found.the_file, found.a_slice)
    if dearest > found.an_input:
        raise TooMuchWork(_rounded_up(beside + dearest), budget.an_input // MCYCLE)
    return found


def set_aside(model_bytes: int, holdout_bytes: int) -> int:
    """Cycles of an input that no honest one needs, but that the dearest files of these sizes could take."""
    packed = min(model_bytes, MAX_PACKED_BYTES) + min(holdout_bytes, MAX_PACKED_BYTES)
    small_blocks = CYCLES_PER_BYTE_OF_SMALL_BLOCKS * (model_bytes + holdout_bytes)
    return HOSTILE_BLOCKS + CYCLES_PER_HOSTILE_BYTE * packed + small_blocks


def reading_mcycles(architecture: Architecture, metric: Metric, rows: int, model_bytes: int, holdout_bytes: int) -> int:
    """Millions of cycles to receive, verify and prepare a model and a holdout, and to conclude; rounded up."""
    return _rounded_up(reading_cycles(architecture, metric, rows, model_bytes, holdout_bytes))


def scoring_mcycles(architecture: Architecture, metric: Metric, rows: int) -> int:
    """Millions of cycles from a prepared model and holdout to the evidence of `rows` rows at once; rounded up."""
    return _rounded_up(slice_cycles(architecture, metric, rows))


def slice_cycles(architecture: Architecture, metric: Metric, rows: int) -> int:
    """Cycles that a slice of so many rows takes from the prepared holdout to its evidence."""
    return price(architecture.block_work) + price(Work(calls=20)) + rows * row_cycles(architecture, metric)


def row_cycles(architecture: Architecture, metric: Metric) -> int:
    """Cycles that a row takes from the prepared holdout to its evidence, with its share of a block's."""
    a_row = architecture.row_work + metric.work(architecture.classes)
    if architecture.outputs > 1:
        a_row += Work(touched=10)  # looking along a row
    return price(a_row) + -(-price(architecture.block_work) // rows_at_once(architecture.widest))


def price(work: Work) -> int:
    """Cycles that operations take; rounded up."""
    tenths = (
        TENTHS_PER_PRODUCT * work.products
        + TENTHS_PER_PACKED * work.packed
        + TENTHS_PER_TOUCH * work.touched
        + TENTHS_PER_CURVE * work.curves
        + TENTHS_PER_CALL * work.calls
    )
    return -(-tenths // TENTHS)


def reading_cycles(
    architecture: Architecture, metric: Metric, max_rows: int, model_bytes: int, holdout_bytes: int
) -> int:
    """Cycles to receive, verify and prepare a model and a holdout, and to conclude."""
    rows = most_rows(architecture, max_rows, holdout_bytes)
    return (
        CYCLES_PER_INPUT
        + _unpacking_cycles(model_bytes)
        + _unpacking_cycles(holdout_bytes)
        + CYCLES_PER_DISTINCT_BYTE * holdout_bytes
        + price(architecture.model_work)
        + rows * architecture.inputs * price(architecture.feature_work)
        + rows * (CYCLES_PER_DISTINCT_ROW + metric.concluding)
    )


def _unpacking_cycles(size: int) -> int:
    """Cycles to unpack and verify a file of so many bytes, however it is sent."""
    packed = min(size, MAX_PACKED_BYTES)
    inflating = CYCLES_PER_INFLATED_BYTE * packed + CYCLES_PER_REPEATED_BYTE * (size - packed)
    return CYCLES_PER_BYTE * size + inflating


def _rounded_up(cycles: int) -> int:
    return -(-cycles // MCYCLE)
