"""What a job takes in memory, at most, by its terms: the dapp sets it aside, and a sponsor looks before it posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.bounds import check_memory
from deml.base.limits import MAX_WORKING_BYTES
from deml.base.terms import Terms
from deml.scoring.architecture import Architecture
from deml.scoring.averaging import check_mean, mean_bytes
from deml.scoring.cost import BUDGET, Budget, Slicing, averaging
from deml.scoring.memory import BYTES_PER_NUMBER, averaging_bytes, holdout_bytes, model_bytes
from deml.scoring.metrics import Metric

PIECE_BYTES: Final = 8_192
"""Shorter pieces of an upload buffer are joined to the next chunk: each is an object."""

OBJECT_BYTES: Final = 64
"""A piece of a buffer, beside its bytes: an object's header, what the allocator adds, a reference."""

RECORD_BYTES: Final = 4_096
"""Of a job, open or ended, beside what its terms and clients bring."""

BYTES_PER_CLIENT: Final = 2_048
"""A client and its payout: six texts, five numbers of up to 128 bits, two objects; 1,400 in CPython 3.13."""

BYTES_PER_ACCOUNT: Final = 100
"""An account on the allow-list: a text of 42 characters and the reference to it."""

COPIES: Final = 2
"""Terms and clients are there twice while they change."""


@dataclass(frozen=True, slots=True)
class MemoryNeeds:
    """What a job may come to hold between two inputs, in bytes: as `posted`, once anybody takes part, and for each.

    What is `shared` are the holdout, uploaded or prepared; the initial model, loaded, and what each row of the holdout
    is worth by it; a buffer for the sponsor; the models' sums or their mean, where that is asked for. A `seat` is a
    client and its buffer, whose place a submitted file takes.
    Where one input cannot score all rows, sponsor and clients need the evidence so far, too.
    """

    posted: int
    shared: int
    seat: int

    def of(self, participants: int) -> int:
        """All that is needed with so many clients."""
        return self.posted + (self.shared + self.seat * participants if participants else 0)


def needs_of(terms: Terms, architecture: Architecture, slicing: Slicing) -> MemoryNeeds:
    """Most memory that a job of these terms can come to hold.

    Parameters
    ----------
    slicing
        How the scoring of its models is cut up.
    """
    row_numbers = BYTES_PER_NUMBER * terms.max_rows
    evidence = row_numbers if slicing.inputs(terms.max_rows) > 1 else 0
    published = buffer_bytes(terms.max_model_bytes) + evidence
    holdout = buffer_bytes(holdout_bytes(architecture, terms.max_rows, terms.max_holdout_bytes))
    averaging = max(model_bytes(architecture), mean_bytes(architecture)) if terms.aggregate else 0
    return MemoryNeeds(
        posted=COPIES * terms_bytes(terms),
        shared=holdout + model_bytes(architecture) + row_numbers + published + averaging,
        seat=COPIES * BYTES_PER_CLIENT + published,
    )


def check_average(
    terms: Terms, architecture: Architecture, metric: Metric, slicing: Slicing, budget: Budget = BUDGET
) -> None:
    """Refuse terms that ask for an average which has no meaning, or could not be made.

    Parameters
    ----------
    slicing
        How the scoring of its models is cut up.

    Raises
    ------
    NoAverage, TooMuchMemory, TooMuchWork
    """
    if not terms.aggregate:
        return
    check_mean(architecture)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    check_memory(averaging_bytes(architecture, *sizes), MAX_WORKING_BYTES)
    averaging(architecture, metric, *sizes, slicing, budget)


def buffer_bytes(size: int) -> int:
    """Most that an upload buffer of `size` bytes takes."""
    return size + OBJECT_BYTES * (size // PIECE_BYTES + 1)


def terms_bytes(terms: Terms) -> int:
    """Estimate what a job takes of which nothing is known but its terms."""
    texts = 4 * (len(terms.title) + len(terms.architecture))
    return RECORD_BYTES + texts + BYTES_PER_ACCOUNT * len(terms.allow_list)
