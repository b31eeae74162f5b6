"""What scoring one submission costs in the machine, at worst; integers, in machine cycles.

The rates come from measurements in the Cartesi Machine (emulator 0.21, Debian 13 for riscv64, Python 3.13, numpy 2.2,
OpenBLAS), rounded up. What was not measured there itself is counted in what was, and says so.
"""

from __future__ import annotations

from typing import Final

from deml.scoring.architecture import Architecture

FIXED_CYCLES: Final = 110_000_000
"""An accepted input with three outputs over HTTP takes 15 million. A CAR may have 256 blocks however short it is, each
of which costs as much as hashing 2 KiB (`deml.ipld.reader`): 37 million for each of two files. A safetensors header of
64 KiB: 20 million, counted as bytecodes."""

CYCLES_PER_BYTE: Final = 230
"""Of the packed stream: JSON and hex (36). Of the CAR: joining and inflating (60, estimated), sha256 (70), blocks of
8 KiB (18). Reading safetensors: copying and checking (46, estimated)."""

CYCLES_PER_PRODUCT: Final = 4
"""A multiply-add in float64 with OpenBLAS: 1000 x 64 x 32 x 10 took 6.1 million for 2.4 million of them."""

CYCLES_PER_ELEMENT: Final = 150
"""One feature or activation. An elementwise operation takes 9 (64,000 additions: 0.58 million); widening, checking,
standardising and scaling a feature, or rescaling, bias, ReLU and scaling of an activation take at most 12."""

CYCLES_PER_CLASS: Final = 1_000
"""One exponential or logarithm: 10,000 took 9 million."""

CYCLES_PER_PARAMETER: Final = 100
"""Widening, checking and scaling a weight: 8 elementwise operations."""

MCYCLE: Final = 1_000_000


def scoring_mcycles(architecture: Architecture, rows: int, model_bytes: int, holdout_bytes: int) -> int:
    """Millions of cycles for the dearest input of a job, rounded up: the reveal of its holdout.

    A submission reads no holdout, and so costs less.

    Parameters
    ----------
    rows
        Most rows of the holdout.
    model_bytes, holdout_bytes
        Largest files, and largest CARs.
    """
    work = architecture.work(rows)
    cycles = (
        FIXED_CYCLES
        + CYCLES_PER_BYTE * (model_bytes + holdout_bytes)
        + CYCLES_PER_PRODUCT * work.products
        + CYCLES_PER_ELEMENT * work.elements
        + CYCLES_PER_CLASS * rows * (architecture.classes + 1)
        + CYCLES_PER_PARAMETER * architecture.parameters
    )
    return -(-cycles // MCYCLE)
