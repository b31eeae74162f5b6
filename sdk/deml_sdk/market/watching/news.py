"""What of a watcher's events is new: what is waited for is told when it changes, and not at every look."""

from __future__ import annotations

from deml_sdk.market.watching.events import CLAIMING, Claimed, Done, EventPlace, Failed, Over, Waiting


class News:
    """What was told last of each job, and of claiming."""

    def __init__(self) -> None:
        self._told: dict[EventPlace, Waiting | Over | Claimed] = {}

    def has(self, event: object) -> bool:
        """Tell whether an event is new. Whatever was done or failed is, and whatever else is no watcher's."""
        match event:
            case Waiting(place) | Over(place):
                return self._changes(place, event)
            case Claimed(executed) if not executed:
                return self._changes(CLAIMING, event)
            case Done(place) | Failed(place):
                self._told.pop(place, None)
            case _:
                pass
        return True

    def _changes(self, place: EventPlace, event: Waiting | Over | Claimed) -> bool:
        changed = self._told.get(place) != event
        self._told[place] = event
        return changed
