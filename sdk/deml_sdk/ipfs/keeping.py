"""Keeping files at several places: what is kept where, and having the rest kept.

Nothing is remembered here: each place is asked what it has, so a run that broke off is continued by the next, and one
that finds everything kept does nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from deml.base.errors import DemlError
from deml.ipld import Cid, file_cid
from deml_sdk.errors import Unavailable
from deml_sdk.ipfs.errors import NotPinned
from deml_sdk.ipfs.interface import BlockStore
from deml_sdk.ipfs.pieces import Piece
from deml_sdk.ipfs.pins import Pin, Pinner, PinState

if TYPE_CHECKING:
    from deml_sdk.ipfs.filecoin import FilecoinChain

PAUSES: Final = (1.0, 2.0, 5.0, 10.0)
"""Seconds between two rounds, the last one again and again: services take minutes, and count requests."""


class KeptState(StrEnum):
    """What has become of a file at a place."""

    PROVED = "proved"
    """It is pinned, and Filecoin's chain has a proof of possession."""

    PINNED = "pinned"
    PINNING = "pinning"
    QUEUED = "queued"
    FAILED = "failed"
    MISSING = "missing"
    AWAY = "away"
    """The place cannot be reached."""

    WITHHELD = "withheld"
    """This machine knows the file as one that must not be published yet: no place is asked for it."""


KEPT: Final = (KeptState.PROVED, KeptState.PINNED)
ON_THE_WAY: Final = (KeptState.PINNING, KeptState.QUEUED)


@dataclass(frozen=True, slots=True)
class Content:
    """A file to be kept.

    Parameters
    ----------
    what
        What it is, for people.
    cid
        Its CID.
    load
        Gets its bytes, for a place to which they can be given.
    withheld
        Why it must not be named to anybody; empty where it may.
    """

    what: str
    cid: Cid
    load: Callable[[], bytes]
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class KeepingPlace:
    """Where files are kept.

    Parameters
    ----------
    name
        What to call it, in one word.
    pinner
        Who keeps files there.
    store
        Takes the bytes of a file, where that is possible: a node of one's own.
    filecoin
        Tells proofs of what the place stores on Filecoin; None where nobody is asked.
    """

    name: str
    pinner: Pinner
    store: BlockStore | None = None
    filecoin: FilecoinChain | None = None

    def close(self) -> None:
        """Close the connections."""
        self.pinner.close()
        if self.filecoin is not None:
            self.filecoin.close()


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file at one place; `expires` and `cost` are empty where the place does not state them."""

    what: str
    cid: str
    place: str
    state: KeptState
    details: str = ""
    expires: str = ""
    cost: str = ""
    piece: Piece | None = None


@dataclass
class Keeper:
    """Keeps files at places.

    Parameters
    ----------
    contents, places
        What, and where; a place that takes bytes comes before those that fetch them from it.
    name
        What the pins are called where they have names; the file's kind follows.
    report
        Told of everything found.
    """

    contents: Sequence[Content]
    places: Sequence[KeepingPlace]
    name: str = ""
    report: Callable[[KeptFile], None] = lambda _kept: None
    _found: dict[tuple[int, int], KeptFile] = field(default_factory=dict, init=False)
    _pins: dict[tuple[int, int], Pin] = field(default_factory=dict, init=False)
    _asked: set[tuple[int, int]] = field(default_factory=set, init=False)

    def look(self) -> list[KeptFile]:
        """Tell what is kept where; nothing is changed."""
        self._round(asking=False)
        return self._cells()

    def keep(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> list[KeptFile]:
        """Have kept what is not, and wait until it is, at most `seconds`; the places go on afterwards.

        A place that cannot be reached does not hold up the others: it is tried again while one is waited for.
        """
        self._round(asking=True)
        waited, rounds = 0.0, 0
        while waited < seconds and any(one.state in ON_THE_WAY for one in self._cells()):
            pause = min(PAUSES[min(rounds, len(PAUSES) - 1)], seconds - waited)
            sleep(pause)
            waited, rounds = waited + pause, rounds + 1
            self._round(asking=True)
        return self._cells()

    def _cells(self) -> list[KeptFile]:
        """What is known, file by file."""
        everywhere = range(len(self.places))
        return [self._found[row, column] for row in range(len(self.contents)) for column in everywhere]

    def _round(self, *, asking: bool) -> None:
        """Visit every place once, for all that is not settled there."""
        for column, place in enumerate(self.places):
            away: Unavailable | None = None
            for row, content in enumerate(self.contents):
                before = self._found.get((row, column))
                if before is not None and (before.state in KEPT or (before.state is KeptState.FAILED and asking)):
                    continue
                if content.withheld:
                    kept = self._kept(content, place, KeptState.WITHHELD, content.withheld)
                elif away is not None:
                    kept = self._kept(content, place, KeptState.AWAY, str(away))
                else:
                    kept, away = self._visit((row, column), asking=asking)
                if kept != before:
                    self.report(kept)
                self._found[row, column] = kept

    def _visit(self, cell: tuple[int, int], *, asking: bool) -> tuple[KeptFile, Unavailable | None]:
        """See, or have kept, one file at one place; with what keeps the place from answering, if something does."""
        content, place = self.contents[cell[0]], self.places[cell[1]]
        try:
            pin = self._look(cell)
            if asking and cell not in self._asked and (pin is None or pin.state is PinState.FAILED):
                pin = self._ask(content, place)
                self._asked.add(cell)
        except _NotHere as error:
            return self._kept(content, place, KeptState.FAILED, str(error.cause)), None
        except Unavailable as error:
            return self._kept(content, place, KeptState.AWAY, str(error)), error
        except DemlError as error:
            return self._kept(content, place, KeptState.FAILED, str(error)), None
        if pin is None:
            return self._kept(content, place, KeptState.MISSING, ""), None
        self._pins[cell] = pin
        return self._of_pin(content, place, pin), None

    def _look(self, cell: tuple[int, int]) -> Pin | None:
        """The pin that is furthest; None where there is none."""
        content, place = self.contents[cell[0]], self.places[cell[1]]
        if cell in self._pins:
            with suppress(NotPinned):
                return place.pinner.look(self._pins[cell])
            del self._pins[cell]
        order = (PinState.FAILED, PinState.QUEUED, PinState.PINNING, PinState.PINNED)
        return max(place.pinner.pins(content.cid), key=lambda one: order.index(one.state), default=None)

    def _ask(self, content: Content, place: KeepingPlace) -> Pin:
        """Have a file kept: by giving its bytes where that is possible, else by naming it."""
        if place.store is not None:
            try:
                loaded = content.load()
            except DemlError as error:
                raise _NotHere(error) from error
            if file_cid(loaded) == content.cid.v1():
                place.store.add(loaded)
                return Pin(str(content.cid), PinState.PINNED)
        return place.pinner.pin(content.cid, f"{self.name} {content.what}".strip(), lambda _pin: None)

    def _of_pin(self, content: Content, place: KeepingPlace, pin: Pin) -> KeptFile:
        kept = self._kept(content, place, KeptState(pin.state.value), pin.details)
        if kept.state is not KeptState.PINNED or pin.piece is None:
            return replace(kept, expires=pin.expires, cost=pin.cost)
        piece, details = pin.piece, pin.details
        if place.filecoin is not None:
            try:
                piece = place.filecoin.with_proof(piece)
            except Unavailable as error:
                details = f"{details} (its proof cannot be looked up: {error})".strip()
        state = KeptState.PINNED if piece.proof is None else KeptState.PROVED
        return replace(kept, state=state, details=details, expires=pin.expires, cost=pin.cost, piece=piece)

    @staticmethod
    def _kept(content: Content, place: KeepingPlace, state: KeptState, details: str) -> KeptFile:
        return KeptFile(content.what, str(content.cid), place.name, state, details)


@dataclass(eq=False)
class _NotHere(Exception):
    """A file cannot be had, whatever its place does."""

    cause: DemlError


def lacking(found: Sequence[KeptFile]) -> Iterator[KeptFile]:
    """Yield what is not kept."""
    return (one for one in found if one.state not in KEPT)
