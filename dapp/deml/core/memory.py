"""What jobs take in memory, at most: reserved for open ones, estimated for the records of ended ones."""

from __future__ import annotations

from typing import Final

from deml.base.terms import Terms
from deml.core.job import Job
from deml.scoring import Architecture, Slicing
from deml.scoring.memory import BYTES_PER_NUMBER, holdout_bytes, model_bytes

OVERHEAD_BYTES: Final = 256 * 2**10
"""Of an open job beside its files: its terms (at most one payload, and 100 bytes for an allowed account) and 128
clients, twice over."""

PIECE_BYTES: Final = 8_192
"""Shorter pieces of an upload buffer are joined to the next chunk: each is an object."""

OBJECT_BYTES: Final = 64
"""A piece of a buffer, beside its bytes: an object's header, what the allocator adds, a reference."""

RECORD_BYTES: Final = 4_096
"""Of an ended job, beside what its terms and clients bring."""

BYTES_PER_CLIENT: Final = 2_048
"""A client and its payout: six texts, five numbers of up to 128 bits, two objects; 1,400 in CPython 3.13."""

BYTES_PER_ACCOUNT: Final = 100
"""An account on the allow-list: a text of 42 characters and the reference to it."""


def reserved_for(terms: Terms, architecture: Architecture, slicing: Slicing) -> int:
    """Most memory that a job of these terms can come to hold between two inputs.

    The holdout, uploaded or prepared; the initial model, loaded; for the sponsor and each client a buffer, whose place
    a submitted file takes, and, where one input cannot score all rows, the evidence so far.

    Parameters
    ----------
    slicing
        How the scoring of its models is cut up.
    """
    owners = terms.max_participants + 1
    holdout = buffer_bytes(holdout_bytes(architecture, terms.max_rows, terms.max_holdout_bytes))
    models = owners * buffer_bytes(terms.max_model_bytes)
    evidence = owners * terms.max_rows * BYTES_PER_NUMBER if slicing.inputs(terms.max_rows) > 1 else 0
    return OVERHEAD_BYTES + holdout + models + model_bytes(architecture) + evidence


def buffer_bytes(size: int) -> int:
    """Most that an upload buffer of `size` bytes takes."""
    return size + OBJECT_BYTES * (size // PIECE_BYTES + 1)


def record_bytes(job: Job) -> int:
    """Estimate what the record of an ended job takes."""
    terms = job.terms
    texts = 4 * (len(terms.title) + len(terms.architecture))
    return RECORD_BYTES + texts + BYTES_PER_CLIENT * len(job.clients) + BYTES_PER_ACCOUNT * len(terms.allow_list)
