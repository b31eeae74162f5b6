"""The bounds that terms must keep, whatever their reward rule and architecture; one check for the dapp and the CLI."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base import limits
from deml.base.errors import DemlError
from deml.base.terms import Terms
from deml.base.types import Amount, Timestamp


@dataclass(eq=False)
class TermOutOfBounds(DemlError):
    term: str
    value: int
    low: int
    high: int
    what = "{term} is {value}; it must lie between {low} and {high}."


@dataclass(eq=False)
class WindowTooShort(DemlError):
    window: str
    seconds: int
    minimum: int
    what = "The {window} window lasts {seconds} seconds; the shortest allowed is {minimum}."


@dataclass(eq=False)
class JobTooLong(DemlError):
    seconds: int
    limit: int
    what = "The job could last {seconds} seconds with all its rounds and their scoring; the longest allowed is {limit}."


@dataclass(eq=False)
class UnprintableTitle(DemlError):
    position: int
    what = "The title has a control character at position {position}."


@dataclass(eq=False)
class StakeTooSmall(DemlError):
    stake: Amount
    minimum: Amount
    what = "The stake is {stake}; with this reward rule it must be at least {minimum}, a hundredth of the escrow."


@dataclass(eq=False)
class SeatsTooCheap(DemlError):
    stake: Amount
    minimum: Amount
    what = "The stake is {stake}; anybody can take every place, so it must be at least {minimum}, the escrow by places."


@dataclass(eq=False)
class TooMuchWork(DemlError):
    needed: int
    limit: int
    what = "Reading a file and scoring one slice would cost about {needed} million cycles; one input may cost {limit}."


@dataclass(eq=False)
class TooMuchMemory(DemlError):
    needed: int
    limit: int
    what = "Reading the files and scoring a model could take {needed} bytes of memory; one input may take {limit}."


@dataclass(eq=False)
class TooManySlices(DemlError):
    slices: int
    limit: int
    what = "Scoring one model on maxRows rows would take {slices} slices; at most {limit} are done."


def check_terms(terms: Terms, escrow: Amount, now: Timestamp) -> None:
    """Refuse terms with a value outside its bounds.

    Parameters
    ----------
    terms
        What the sponsor promises.
    escrow
        The amount deposited with them.
    now
        When they take effect: the timestamp of the input's block.

    Raises
    ------
    TermOutOfBounds, WindowTooShort, JobTooLong, UnprintableTitle
    """
    for term, value, low, high in (
        ("escrow", escrow, 1, limits.MAX_AMOUNT),
        ("title, in bytes,", len(terms.title.encode()), 1, limits.MAX_TITLE_BYTES),
        ("architecture, in bytes,", len(terms.architecture.encode()), 1, limits.MAX_ARCHITECTURE_BYTES),
        ("baseline", terms.baseline, -limits.MAX_SCORE, limits.MAX_SCORE),
        ("maxRounds", terms.max_rounds, 1, limits.MAX_ROUNDS),
        ("stake", terms.stake, 0, limits.MAX_AMOUNT),
        ("bondBps", terms.bond_bps, limits.MIN_BOND_BPS, limits.MAX_BOND_BPS),
        ("maxParticipants", terms.max_participants, 1, limits.MAX_PARTICIPANTS),
        ("maxModelBytes", terms.max_model_bytes, 1, limits.MAX_FILE_BYTES),
        ("maxHoldoutBytes", terms.max_holdout_bytes, 1, limits.MAX_FILE_BYTES),
        ("maxRows", terms.max_rows, 1, limits.MAX_ROWS),
        ("minRows", terms.min_rows, 1, terms.max_rows),
        ("confidence", terms.confidence, *_confidences(terms)),
        ("evidenceCut", terms.evidence_cut, 0, limits.MAX_SCORE if terms.confidence else 0),
        ("allowList, in accounts,", len(terms.allow_list), 0, limits.MAX_ALLOWED),
    ):
        if not low <= value <= high:
            raise TermOutOfBounds(term, value, low, high)
    _check_title(terms.title)
    _check_windows(terms, now)


def check_stake(stake: Amount, escrow: Amount) -> None:
    """Refuse a stake below the least that rules with rivalry ask for: the escrow divided by 100, rounded up.

    Raises
    ------
    StakeTooSmall
    """
    minimum = Amount(-(-escrow // limits.MIN_STAKE_DIVISOR))
    if stake < minimum:
        raise StakeTooSmall(stake, minimum)


def check_seats(terms: Terms, escrow: Amount) -> None:
    """Refuse a job of which a stranger could hold all places by locking up less than the escrow.

    Where an allow-list names no more accounts than there are places, nobody can take another's.

    Raises
    ------
    SeatsTooCheap
    """
    if terms.allow_list and len(terms.allow_list) <= terms.max_participants:
        return
    minimum = Amount(-(-escrow // terms.max_participants))
    if terms.stake < minimum:
        raise SeatsTooCheap(terms.stake, minimum)


def check_memory(needed: int, limit: int) -> None:
    """Refuse a job of which one input could need more memory than it may.

    Raises
    ------
    TooMuchMemory
    """
    if needed > limit:
        raise TooMuchMemory(needed, limit)


def check_slices(slices: int) -> None:
    """Refuse a job of which one model would be scored without an end in sight.

    Raises
    ------
    TooManySlices
    """
    if slices > limits.MAX_SLICES:
        raise TooManySlices(slices, limits.MAX_SLICES)


def _confidences(terms: Terms) -> tuple[int, int]:
    return (limits.MIN_CONFIDENCE, limits.MAX_CONFIDENCE) if terms.confidence else (0, 0)


def _check_title(title: str) -> None:
    for position, character in enumerate(title):
        if ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0:
            raise UnprintableTitle(position)


def _check_windows(terms: Terms, now: Timestamp) -> None:
    ends = (now, terms.commit_until, terms.holdout_until, terms.declare_until, terms.submit_until)
    names = ("commit", "reveal", "declare", "submit")
    for window, begin, end in zip(names, ends[:-1], ends[1:], strict=True):
        if end - begin < limits.MIN_WINDOW_SECONDS:
            raise WindowTooShort(window, end - begin, limits.MIN_WINDOW_SECONDS)
    duration = terms.latest_end - now
    if duration > limits.MAX_JOB_SECONDS:
        raise JobTooLong(duration, limits.MAX_JOB_SECONDS)
