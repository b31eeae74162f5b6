"""Compiled contracts, as Foundry writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from deml_devnet.chain.errors import ArtifactMissing


@dataclass(frozen=True, slots=True)
class Artifact:
    """A contract's name, the code that creates it, and the code it then has, with zeros where immutables go.

    `immutables` are the places of those zeros, as offsets and lengths.
    """

    name: str
    creation_code: bytes
    runtime_code: bytes
    immutables: tuple[tuple[int, int], ...] = ()

    def is_code(self, code: bytes) -> bool:
        """Whether `code`, as found on chain, is this contract's, whatever its immutables."""
        blank = bytearray(code)
        for start, length in self.immutables:
            blank[start : start + length] = bytes(length)
        return bytes(blank) == self.runtime_code


def load_artifact(folder: Path, name: str) -> Artifact:
    """Read a contract's artifact.

    Raises
    ------
    ArtifactMissing
        If it is not there, is not linked, or cannot be read.
    """
    path = folder / f"{name}.sol" / f"{name}.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        creation, runtime = (document[key]["object"] for key in ("bytecode", "deployedBytecode"))
        references = document["deployedBytecode"].get("immutableReferences") or {}
        places = tuple((place["start"], place["length"]) for found in references.values() for place in found)
        return Artifact(name, bytes.fromhex(creation[2:]), bytes.fromhex(runtime[2:]), places)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactMissing(name, str(path)) from error
