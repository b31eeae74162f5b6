"""The interface for pins: promises to keep a file. A Kubo node of one's own gives them, and so do pinning services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from deml.ipld import Cid
from deml_sdk.ipfs.pieces import Piece


class PinState(StrEnum):
    """How far a pin is, in the words of the Pinning Service API."""

    QUEUED = "queued"
    PINNING = "pinning"
    PINNED = "pinned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin.

    `id` and `created` are the service's; `details` is what it says about the state, `expires` and `cost` what it says
    of these, empty where it does not. `piece` is what it says that it stored on Filecoin.
    """

    cid: str
    state: PinState
    name: str = ""
    id: str = ""
    created: str = ""
    details: str = ""
    expires: str = ""
    cost: str = ""
    piece: Piece | None = None


class Pinner(Protocol):
    """Who keeps files."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def pin(self, cid: Cid, name: str, report: Callable[[Pin], None]) -> Pin:
        """Ask to have a file kept; `report` may be called meanwhile. The pin may still be queued when this returns.

        Raises
        ------
        ServiceUnreachable, BadAnswer, PinningRefused
        """

    def look(self, pin: Pin) -> Pin:
        """See how far a pin is.

        Raises
        ------
        NotPinned
        ServiceUnreachable, BadAnswer, PinningRefused
        """

    def pins(self, cid: Cid | None = None) -> Iterator[Pin]:
        """Yield the pins, in any state, or those of one file.

        Raises
        ------
        ServiceUnreachable, BadAnswer, PinningRefused
        """

    def unpin(self, cid: Cid) -> int:
        """Let a file go; return how many pins that were.

        Raises
        ------
        NotPinned
        ServiceUnreachable, BadAnswer, PinningRefused
        """

    def check(self) -> str:
        """Tell what answers there.

        Raises
        ------
        ServiceUnreachable, BadAnswer, PinningRefused
        """

    def close(self) -> None:
        """Close the connections."""
