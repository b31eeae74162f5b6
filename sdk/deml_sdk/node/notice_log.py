"""The dapp's notices with their blocks; those in finalised blocks are asked for only once."""

from __future__ import annotations

from collections.abc import Sequence

from deml_sdk.node.client import NodeClient
from deml_sdk.node.records import NOTICE_SELECTOR, Seen, StoredInput, StoredOutput


class NoticeLog:
    """All notices so far.

    Parameters
    ----------
    node
        Who keeps them.
    """

    def __init__(self, node: NodeClient) -> None:
        self._node = node
        self._final: list[Seen] = []
        self._passed = 0

    def read(self, finalised_block: int) -> Sequence[Seen]:
        """Return every notice in order; outputs of inputs up to `finalised_block` will never change."""
        recent: list[Seen] = []
        inputs: dict[int, StoredInput] = {}
        for output in self._node.outputs(start=self._passed, output_type=NOTICE_SELECTOR):
            of = inputs.get(output.input_index) or self._node.input(output.input_index)
            inputs[of.index] = of
            seen = _seen(output, of)
            if of.block_number <= finalised_block:
                self._passed += 1
                self._final += seen
            else:
                recent += seen
        return [*self._final, *recent]


def _seen(output: StoredOutput, of: StoredInput) -> list[Seen]:
    notice = output.notice
    return [] if notice is None else [Seen(notice, of.block_number, of.timestamp)]
