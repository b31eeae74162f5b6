"""What can go wrong with stored blocks."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class BlockNotStored(DemlError):
    cid: str
    what = "The block {cid} is not in this store."
    fix = "Add its file first, for instance with 'ipfs dag import' or a job's upload."


@dataclass(eq=False)
class DagTooLarge(DemlError):
    root: str
    limit: int
    what = "More than {limit} blocks hang below {root}."
    fix = "Ask for a smaller part."
