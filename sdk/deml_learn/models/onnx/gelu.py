"""GELU as exporters write it out of smaller operators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deml_learn.models.onnx.graph import Graph, GraphNode


def written_out(graph: Graph, here: str, ahead: Sequence[GraphNode]) -> str | None:
    """Where a GELU that is written out, x (1 + erf(x / sqrt 2)) / 2, ends; None if none begins here."""
    if len(ahead) != 2:
        return None
    for divided in (one for one in ahead if one.op in ("Div", "Mul")):
        names = [divided.outputs[0]]
        erf = next((one for one in graph.followers(names[0]) if one.op == "Erf"), None)
        if erf is None:
            continue
        factor = _number(graph, divided, here)
        if factor is None or abs((1 / factor if divided.op == "Div" else factor) - np.sqrt(0.5)) > 1e-6:
            continue
        factors = {here: 1.0}
        (other,) = (one for one in ahead if one is not divided)
        if other.op == "Mul" and _number(graph, other, here) is not None:
            factors = {other.outputs[0]: _number(graph, other, here) or 0.0}
        plus = next(iter(graph.followers(erf.outputs[0])), None)
        if plus is None or plus.op != "Add" or _number(graph, plus, erf.outputs[0]) != 1.0:
            continue
        return _halved(graph, plus.outputs[0], factors)
    return None


def _halved(graph: Graph, name: str, factors: dict[str, float]) -> str | None:
    """Follow products with x and constants, until they come to half of it."""
    total, met = 1.0, False
    for _ in range(2):
        node = next(iter(graph.followers(name)), None)
        if node is None or node.op != "Mul":
            break
        number = _number(graph, node, name)
        others = [one for one in node.inputs if one in factors]
        if number is not None:
            total *= number
        elif others and not met:
            total, met = total * factors[others[0]], True
        else:
            break
        name = node.outputs[0]
        if met and total == 0.5:
            return name
    return None


def _number(graph: Graph, node: GraphNode, beside: str) -> float | None:
    """The single number that a node calculates with beside a value."""
    others = [one for one in node.inputs if one != beside]
    if len(others) != 1 or others[0] not in graph.constants or graph.constants[others[0]].size != 1:
        return None
    return float(np.ravel(graph.constants[others[0]])[0])
