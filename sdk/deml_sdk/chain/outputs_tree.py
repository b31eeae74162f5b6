"""The tree of outputs: keccak256 over 2^63 leaves, as the Application contract proves against.

Unused leaves are 32 zero bytes. The tree only ever grows to the right, over the application's whole life.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eth_utils.crypto import keccak

HEIGHT: Final = 63


def _empty_subtrees() -> tuple[bytes, ...]:
    roots = [bytes(32)]
    for _ in range(HEIGHT):
        roots.append(keccak(roots[-1] * 2))
    return tuple(roots)


EMPTY: Final = _empty_subtrees()
"""Root of a subtree without outputs, by its height."""


class OutputsTree:
    """Nodes of the tree that differ from `EMPTY`, level by level, leaves first."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[] for _ in range(HEIGHT + 1)]
        self.extend(leaves)

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """Hash of the whole tree."""
        return self._levels[HEIGHT][0] if len(self) else EMPTY[HEIGHT]

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Put hashes of outputs at the end."""
        if not leaves:
            return
        first = len(self)
        self._levels[0].extend(leaves)
        for height in range(HEIGHT):
            first //= 2
            below, level = self._levels[height], self._levels[height + 1]
            del level[first:]
            for left in range(2 * first, len(below), 2):
                level.append(keccak(below[left] + self._node(height, left + 1)))

    def siblings(self, index: int) -> list[bytes]:
        """Merkle proof of leaf `index`: `HEIGHT` sibling hashes, from the leaf up."""
        return [self._node(height, (index >> height) ^ 1) for height in range(HEIGHT)]

    def _node(self, height: int, position: int) -> bytes:
        level = self._levels[height]
        return level[position] if position < len(level) else EMPTY[height]
