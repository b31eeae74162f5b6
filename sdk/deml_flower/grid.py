"""The way to the nodes, watched: while replies are waited for, the sponsor's duties in the market go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from flwr.app import Message, RecordDict
from flwr.proto.node_pb2 import NodeInfo
from flwr.serverapp import Grid
from flwr.supercore.run import Run


class MarketGrid(Grid):
    """Passes everything on to the app's grid.

    Parameters
    ----------
    grid
        The app's.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.goes_on: Callable[[], bool] | None = None
        """Does what is due in the market and pauses; tells whether replies may still come. None outside of a round."""

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        """Send messages and wait for replies: until all are here, time is up, or the round's job has ended."""
        if self.goes_on is None:
            return self._grid.send_and_receive(messages, timeout=timeout)
        waiting = set(self._grid.push_messages(messages))
        deadline = None if timeout is None else time.monotonic() + timeout
        replies: list[Message] = []
        while waiting:
            came = list(self._grid.pull_messages(waiting))
            replies += came
            waiting -= {one.metadata.reply_to_message_id for one in came}
            if not waiting or not self.goes_on() or (deadline is not None and time.monotonic() > deadline):
                break
        return replies

    # The rest

    def set_run(self, run: Run) -> None:
        """See `Grid`."""
        self._grid.set_run(run)

    @property
    def run(self) -> Run:
        """See `Grid`."""
        return self._grid.run

    def create_message(
        self, content: RecordDict, message_type: str, dst_node_id: int, group_id: str, ttl: float | None = None
    ) -> Message:
        """See `Grid`."""
        return self._grid.create_message(content, message_type, dst_node_id, group_id, ttl)

    def get_node_ids(self) -> Iterable[int]:
        """See `Grid`."""
        return self._grid.get_node_ids()

    def get_nodes(self) -> Iterable[NodeInfo]:
        """See `Grid`."""
        return self._grid.get_nodes()

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """See `Grid`."""
        return self._grid.push_messages(messages)

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """See `Grid`."""
        return self._grid.pull_messages(message_ids)
