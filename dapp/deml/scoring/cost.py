"""What scoring one submission costs in the machine, at worst; integers, in machine cycles.

The rates come from measurements in the Cartesi Machine (emulator 0.21, Debian 13, numpy 2.2, OpenBLAS), rounded up.
"""

from __future__ import annotations

from typing import Final

from deml.scoring.families import Architecture

CYCLES_PER_BYTE: Final = 230
"""Receiving and hex-decoding a byte (about 40), joining and inflating it (60), sha256 (70), CAR, safetensors (60)."""

CYCLES_PER_PRODUCT: Final = 4
"""A multiply-add in float64 with OpenBLAS: 1000 x 64 x 32 x 10 took 6.1 Mcycles for 2.4 million."""

CYCLES_PER_ELEMENT: Final = 400
"""Standardising, scaling, rounding, ReLU and a metric's exp on one value: about 30 elementwise passes of 9 cycles, and
those of a loss."""

CYCLES_PER_PARAMETER: Final = 100
"""Widening, checking and scaling a weight."""

FIXED_CYCLES: Final = 30_000_000
"""Receiving the input and emitting outputs over HTTP."""

MCYCLE: Final = 1_000_000


def scoring_mcycles(architecture: Architecture, rows: int, model_bytes: int, holdout_bytes: int) -> int:
    """Millions of cycles for the dearest input of a job, rounded up: a submission, or the reveal of the holdout.

    Parameters
    ----------
    rows
        Most rows of the holdout.
    model_bytes, holdout_bytes
        Largest files; the reveal reads one of each.
    """
    cycles = (
        FIXED_CYCLES
        + CYCLES_PER_BYTE * (model_bytes + holdout_bytes)
        + CYCLES_PER_PRODUCT * architecture.products(rows)
        + CYCLES_PER_ELEMENT * architecture.elements(rows)
        + CYCLES_PER_PARAMETER * architecture.parameters
    )
    return -(-cycles // MCYCLE)
