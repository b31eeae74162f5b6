"""That an output belongs to a claim."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """Merkle proof that an output is in the tree whose root was claimed: its index and 63 sibling hashes."""

    output_index: int
    siblings: tuple[bytes, ...]
