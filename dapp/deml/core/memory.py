"""What jobs take in memory, at most: reserved for open ones, estimated for the records of ended ones."""

from __future__ import annotations

from typing import Final

from deml.base.terms import Terms
from deml.core.job import Job
from deml.scoring import Slicing

OVERHEAD_BYTES: Final = 256 * 2**10
"""Of an open job beside its files: its terms (at most one payload, and 100 bytes for an allowed account) and 128
clients, twice over."""

BYTES_PER_NUMBER: Final = 8
"""A parameter of a loaded model, or a row's evidence, in float64."""

RECORD_BYTES: Final = 4_096
"""Of an ended job, beside what its terms and clients bring."""

BYTES_PER_CLIENT: Final = 2_048
"""A client and its payout: six texts, five numbers of up to 128 bits, two objects; 1,400 in CPython 3.13."""

BYTES_PER_ACCOUNT: Final = 100
"""An account on the allow-list: a text of 42 characters and the reference to it."""


def reserved_for(terms: Terms, parameters: int, slicing: Slicing) -> int:
    """Most memory that a job of these terms can come to need.

    The sponsor's two buffers; the holdout prepared in float64 (four times a file of float16); the initial model,
    loaded; two models in parsing; for each client one buffer, whose place a submitted file takes, and, where one input
    cannot score all rows, the evidence so far.

    Parameters
    ----------
    parameters
        Numbers in a model.
    slicing
        How its scoring is cut up.
    """
    owners = terms.max_participants + 1
    holdout, models = 5 * terms.max_holdout_bytes, (2 + owners) * terms.max_model_bytes
    evidence = owners * terms.max_rows if slicing.inputs(terms.max_rows) > 1 else 0
    return OVERHEAD_BYTES + holdout + models + BYTES_PER_NUMBER * (parameters + evidence)


def record_bytes(job: Job) -> int:
    """Estimate what the record of an ended job takes."""
    terms = job.terms
    texts = 4 * (len(terms.title) + len(terms.architecture))
    return RECORD_BYTES + texts + BYTES_PER_CLIENT * len(job.clients) + BYTES_PER_ACCOUNT * len(terms.allow_list)
