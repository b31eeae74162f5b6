"""ONNX models: a chain of the operators that `docs/models.md` lists, or one tree ensemble or linear model."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from deml_learn.models.judges import OnnxRun, by_onnx
from deml_learn.models.onnx.chain import follow
from deml_learn.models.onnx.graph import KIND, read_graph
from deml_learn.models.onnx.layers import formed
from deml_learn.models.onnx.tail import end_of
from deml_learn.models.source import Source

Array = NDArray[Any]

GUESSED: Final = (
    "The file does not tell whether the one output is a value or a logit; it is taken for a value. "
    "--task classification says otherwise."
)


def read_onnx(data: bytes, task: str | None) -> Source:
    """Read a model.

    Parameters
    ----------
    task
        What it does, where the file does not tell.

    Raises
    ------
    LibraryMissing, MalformedSource, ExternalData, TaskDisagrees, Unimportable
        The last names the first operator that is not known, or does with the scores what is not known, and its node.
    """
    graph = read_graph(data)
    chain = follow(graph)
    ending = end_of(graph, chain)
    form, guessed = formed(chain, graph, ending.classifies, task)
    run = OnnxRun(data, graph.entrance, tuple(graph.shape), graph.double, ending.exits)
    return Source(
        KIND,
        form,
        labels=ending.labels,
        notes=(*ending.notes, *((GUESSED,) if guessed else ())),
        exits=ending.exits,
        original=by_onnx(run),
    )
