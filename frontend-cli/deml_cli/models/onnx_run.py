"""ONNX models run by ONNX's own reference implementation."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_cli.models.onnx_chain import Chain
from deml_cli.models.onnx_graph import Graph
from deml_cli.models.source import Original

Array = NDArray[Any]

LEAST: Final = 2.0**-40
"""Smallest probability: as in the family `trees`."""


def runner(data: bytes, graph: Graph, chain: Chain) -> Original:
    """Make what computes the scores that `chain` ends in, as logits or values."""

    def original(x: Array) -> Array:
        from onnx import ModelProto, ValueInfoProto
        from onnx.reference import ReferenceEvaluator

        proto = ModelProto.FromString(data)
        if chain.scores not in graph.exits:
            proto.graph.output.append(ValueInfoProto(name=chain.scores))
        rows = x.astype(np.float32)
        if len(graph.shape) == 4:
            rows = rows.reshape(-1, *(one or 1 for one in graph.shape[1:]))
        (said,) = ReferenceEvaluator(proto).run([chain.scores], {graph.entrance: rows})
        return _as_logits(chain, np.asarray(said, np.float64).reshape(len(x), -1))

    return original


def _as_logits(chain: Chain, said: Array) -> Array:
    """Undo what operators that end in probabilities did."""
    if chain.end in ("probabilities", "logits", "logistic", "softmax"):
        return np.log(np.maximum(said, LEAST))
    return said
