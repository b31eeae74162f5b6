"""Whether the Application has memory for a job, and for its clients: looked at before an escrow is deposited."""

from __future__ import annotations

from collections.abc import Iterator

from deml.base.bounds import check_memory
from deml.base.limits import MAX_RESERVED_BYTES, MAX_WORKING_BYTES
from deml.base.terms import Terms
from deml.scoring import parse_architecture, parse_metric, slicing
from deml.scoring.memory import working_bytes
from deml.scoring.reservation import MemoryNeeds, check_average, needs_of
from deml_sdk.market.errors import JobTooLarge, NoRoomNow


def needs_of_terms(terms: Terms) -> MemoryNeeds:
    """Most memory that a job can come to hold.

    Raises
    ------
    DemlError
        If the terms are not such as the dapp accepts.
    """
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    return needs_of(terms, architecture, slicing(architecture, metric, *sizes))


def check_size(terms: Terms) -> None:
    """Refuse a job of which one input could need more memory than it may, or that no Application has room for.

    Raises
    ------
    TooMuchMemory, JobTooLarge
    NoAverage, TooMuchWork
        If the terms ask for an average that could not be made.
    """
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    check_memory(working_bytes(architecture, *sizes), MAX_WORKING_BYTES)
    check_average(terms, architecture, metric, slicing(architecture, metric, *sizes))
    most = needs_of_terms(terms).of(terms.max_participants)
    if most > MAX_RESERVED_BYTES:
        raise JobTooLarge(most, MAX_RESERVED_BYTES)


def check_room(terms: Terms, reserved_bytes: int) -> None:
    """Refuse to post a job that nobody could accept now: other jobs hold the memory.

    Parameters
    ----------
    reserved_bytes
        What the Application's open jobs hold.

    Raises
    ------
    NoRoomNow
    """
    free, needed = MAX_RESERVED_BYTES - reserved_bytes, needs_of_terms(terms).of(1)
    if needed > free:
        raise NoRoomNow(needed, free)


def scarce_room(terms: Terms, reserved_bytes: int) -> Iterator[str]:
    """Tell where there is room for some of the clients only."""
    free, needs = MAX_RESERVED_BYTES - reserved_bytes, needs_of_terms(terms)
    if needs.of(terms.max_participants) > free:
        clients = (free - needs.posted - needs.shared) // needs.seat
        yield (
            f"The Application has memory left for {clients} of the {terms.max_participants} clients; others are "
            f"refused until jobs end. Smaller files take less: a client sets {needs.seat:,} bytes aside."
        )
