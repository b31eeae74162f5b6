"""ONNX models: a chain of the operators that `docs/models.md` lists, or one tree ensemble or linear model."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from deml_learn.models.onnx_chain import follow
from deml_learn.models.onnx_graph import KIND, read_graph
from deml_learn.models.onnx_layers import formed
from deml_learn.models.onnx_run import runner
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
        What it does, where it has one output and the file does not tell.

    Raises
    ------
    LibraryMissing, MalformedSource, ExternalData, Unimportable
        The last names the first operator that is not known, and its node.
    """
    graph = read_graph(data)
    chain = follow(graph)
    form, guessed = formed(chain, graph, task)
    return Source(
        KIND,
        form,
        labels=chain.labels,
        notes=(GUESSED,) if guessed else (),
        original=runner(data, graph, chain),
        judge="run by ONNX's reference implementation",
    )
