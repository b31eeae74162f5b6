"""ONNX models run by ONNX's own reference implementation."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.onnx_chain import Chain
from deml_learn.models.onnx_graph import Graph
from deml_learn.models.source import Original

Array = NDArray[Any]

LEAST: Final = 2.0**-40
"""Smallest probability: as in the family `trees`."""


def runner(data: bytes, graph: Graph, chain: Chain) -> Original:
    """Make what computes the scores that `chain` ends in, as logits or values."""

    def original(x: Array) -> Array:
        from onnx import ModelProto, ValueInfoProto
        from onnx.reference import ReferenceEvaluator

        proto = ModelProto.FromString(data)
        del proto.graph.output[:]
        proto.graph.output.append(ValueInfoProto(name=chain.scores))
        _cut(proto.graph, chain.scores)
        rows = x.astype(np.float32)
        if len(graph.shape) == 4:
            rows = rows.reshape(-1, *(one or 1 for one in graph.shape[1:]))
        (said,) = ReferenceEvaluator(proto).run([chain.scores], {graph.entrance: rows})
        return _as_logits(chain, np.asarray(said, np.float64).reshape(len(x), -1))

    return original


def _cut(graph: Any, scores: str) -> None:
    """Leave out the nodes that do not lead to the scores: labels and dictionaries."""
    needed = {scores}
    kept = []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    del graph.node[:]
    graph.node.extend(reversed(kept))


def _as_logits(chain: Chain, said: Array) -> Array:
    """Undo what operators that end in probabilities did."""
    if chain.end not in ("probabilities", "logits", "logistic", "softmax"):
        return said
    logarithms: Array = np.log(np.maximum(said, LEAST))
    if chain.end == "logistic" and said.shape[1] > 2:
        logarithms -= np.log(np.maximum(1 - said, LEAST))
    return logarithms
