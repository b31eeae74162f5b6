"""Models run where they come from, each by its own library, in a process apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from deml_learn.models.errors import LoaderFailed
from deml_learn.models.exits import Exit, Says
from deml_learn.models.source import Original, SourceOutputs

Array = NDArray[Any]

PROGRAM: Final = "deml_learn.models.judge_process"
LONGEST: Final = 200
"""Characters of a judge's name."""


@dataclass(frozen=True, slots=True)
class OnnxRun:
    """An ONNX file, how its input is fed, and what is taken from it."""

    data: bytes
    entrance: str
    shape: tuple[int | None, ...]
    double: bool
    exits: Sequence[Exit]

    @property
    def request(self) -> Mapping[str, Any]:
        """What the other process is asked."""
        exits = [{"name": one.name, "names": list(one.names), "classes": one.says is Says.CLASS} for one in self.exits]
        fields = {"entrance": self.entrance, "shape": list(self.shape), "double": self.double, "exits": exits}
        return {"library": "onnx", **fields}


def by_onnx(run: OnnxRun) -> Original:
    """Make what runs an ONNX file as it is, up to its real outputs."""
    return by_library(run.data, "ONNX file", run.request, len(run.exits))


def by_library(data: bytes, name: str, request: Mapping[str, Any], exits: int) -> Original:
    """Make what runs a file by the library that the request names.

    Parameters
    ----------
    name
        What errors call the file.
    exits
        How many outputs there are.
    """

    def original(x: Array) -> SourceOutputs:
        # Not before it is run: a browser's tab has no processes, and reads models all the same.
        from deml_learn.models.apart import Asked, ask, read_outputs

        asked = Asked(PROGRAM, data, name, request, x)
        with ask(asked) as (answer, out):
            match answer:
                case {"judge": str(judge)} if len(judge) <= LONGEST and judge.isprintable():
                    return SourceOutputs(read_outputs(out, asked, exits), judge)
                case _:
                    raise LoaderFailed(name, "its answer makes no sense")

    return original
