"""From the steps of an ONNX chain to a form: layers, an image network, or trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import TaskDisagrees, Unimportable
from deml_learn.models.form import ConvertibleModel
from deml_learn.models.layers import Affine, Layers, joined
from deml_learn.models.onnx.chain import (
    ChainStep,
    Convolution,
    Elementwise,
    Ensemble,
    Linear,
    NamedActivation,
    OperatorChain,
    Other,
)
from deml_learn.models.onnx.folding import factor_and_shift, fitting
from deml_learn.models.onnx.graph import KIND, Graph
from deml_learn.models.onnx.images import Images

Array = NDArray[Any]


def formed(
    chain: OperatorChain, graph: Graph, classifies: bool | None, task: str | None
) -> tuple[ConvertibleModel, bool]:
    """Bring a chain into a form.

    Parameters
    ----------
    classifies
        What the file tells of the task; None if nothing.
    task
        What the user says of it.

    Returns
    -------
    The form, and whether its task had to be guessed.

    Raises
    ------
    Unimportable, TaskDisagrees
    """
    if not chain.steps:
        raise Unimportable(KIND, "its operators", "none has weights")
    told = None if classifies is None else ("regression", "classification")[classifies]
    if task is not None and told not in (None, task):
        raise TaskDisagrees(KIND, told, task)
    ensemble = next((place for place, one in enumerate(chain.steps) if isinstance(one, Ensemble)), None)
    if ensemble is not None:
        return _forest(chain, ensemble, graph), False
    images = any(isinstance(step, Convolution) for step in chain.steps)
    collected = Images(graph, chain) if images else _Dense(graph, chain)
    if told is not None:
        return collected.form(told), False
    if task == "regression" and collected.outputs != 1:
        raise Unimportable(KIND, f"its {collected.outputs} outputs", "one value a row is predicted here")
    guess = "regression" if collected.outputs == 1 else "classification"
    return collected.form(task or guess), task is None and collected.outputs == 1


def _forest(chain: OperatorChain, place: int, graph: Graph) -> ConvertibleModel:
    forest = _ensemble(chain.steps[place]).forest
    columns = graph.shape[1] if len(graph.shape) == 2 else None
    forest = replace(forest, inputs=max(forest.inputs, columns or 0))
    for step in chain.steps[place + 1 :]:
        forest = forest.changed(*(float(one) for one in _single(step)))
    before = [step for step in chain.steps[:place] if isinstance(step, Elementwise)]
    for one in chain.steps[:place]:
        if not isinstance(one, Elementwise):
            raise one.node.refused("before trees, features can only be standardised")
        if one.op in ("Mul", "Div") and np.any(one.value <= 0):
            raise one.node.refused("it turns the order of a feature around")
        fitting(one, forest.inputs, -1)
    if not before:
        return forest

    def columnwise(values: Array, feature: Array) -> Array:
        values = values.astype(np.float32)
        for step in before:
            constant = np.broadcast_to(step.value, forest.inputs)[feature].astype(np.float32)
            values = _FUNCTIONS[step.op](values, constant)
        return values

    return forest.on_raw_features(columnwise)


def _ensemble(step: ChainStep) -> Ensemble:
    if not isinstance(step, Ensemble):
        raise TypeError(type(step).__name__)
    return step


def _single(step: ChainStep) -> tuple[Array, Array]:
    """Factor and shift of what is done with a value."""
    if not isinstance(step, Elementwise) or len(step.value) != 1:
        raise step.node.refused("it comes after the trees, and is not done to their sum as a whole")
    factor, shift = factor_and_shift(step)
    return factor[0], shift[0]


_FUNCTIONS: dict[str, Callable[[Array, Array], Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
}


def _standardized(affine: Affine, step: Elementwise) -> Affine:
    """Put one more operation behind (x - mean) / scale."""
    match step.op:
        case "Sub":
            return Affine(affine.mean + affine.scale * step.value, affine.scale)
        case "Add":
            return Affine(affine.mean - affine.scale * step.value, affine.scale)
        case "Div":
            return Affine(affine.mean, affine.scale * step.value)
        case _:
            if np.any(step.value == 0):
                raise step.node.refused("it multiplies by zero")
            return Affine(affine.mean, affine.scale / step.value)


class _Dense:
    """Fully connected layers, collected step by step."""

    def __init__(self, graph: Graph, chain: OperatorChain) -> None:
        self._graph = graph
        self._layers: list[tuple[Array, Array]] = []
        self._activation = ""
        self._standardizer: Affine | None = None
        self._pending: list[Elementwise] = []
        self._open = False
        for step in chain.steps:
            self._take(step)
        if self._pending or not self._open:
            raise chain.steps[-1].node.refused("it comes after the last layer, or there is none")

    @property
    def outputs(self) -> int:
        """How many there are."""
        return len(self._layers[-1][1])

    def form(self, task: str) -> Layers:
        """The layers collected."""
        return Layers(task, self._layers, self._activation or "relu", self._standardizer)

    def _take(self, step: ChainStep) -> None:
        match step:
            case Linear():
                self._linear(step)
            case Elementwise() if self._open:
                weight, bias = self._layers[-1]
                fitting(step, len(bias), -1)
                factor, shift = factor_and_shift(step)
                factor = np.broadcast_to(factor, len(bias))
                self._layers[-1] = weight * factor[:, None], bias * factor + shift
            case Elementwise():
                self._pending.append(step)
            case NamedActivation():
                self._activate(step)
            case Other(node=node) if node.op in ("Flatten", "Reshape"):
                self._keep(step)
            case _:
                raise step.node.refused("it does not fit between fully connected layers")

    def _keep(self, step: Other) -> None:
        """Check that a change of shape leaves rows as they are."""
        width = len(self._layers[-1][1]) if self._layers else (self._graph.shape[1:] or [None])[0]
        rows, columns = (-1, 0, self._graph.batch), (-1, width)
        fits = len(step.shape) == 2 and step.shape[0] in rows and step.shape[1] in columns and step.shape != (-1, -1)
        if not (fits or (step.node.op == "Flatten" and step.node.attribute("axis", 1) == 1)):
            raise step.node.refused("it moves numbers from row to row")

    def _linear(self, step: Linear) -> None:
        weight, bias = step.weight, step.bias
        width = weight.shape[1]
        if self._layers and len(self._layers[-1][1]) != width:
            raise step.node.refused(
                f"it takes {width} numbers, where the layer before makes {len(self._layers[-1][1])}"
            )
        for one in self._pending:
            fitting(one, width, -1)
        if self._pending and not self._layers:
            affine = Affine.nothing(width)
            for one in self._pending:
                affine = _standardized(affine, one)
            if np.all(affine.scale > 0):
                self._standardizer = affine
                self._pending = []
        for one in reversed(self._pending):
            factor, shift = (np.broadcast_to(part, width) for part in factor_and_shift(one))
            weight, bias = weight * factor, bias + weight @ shift
        self._pending = []
        if self._open:
            self._layers[-1] = joined(self._layers[-1], (weight, bias))
        else:
            self._layers.append((weight, bias))
        self._open = True

    def _activate(self, step: NamedActivation) -> None:
        if not self._open:
            raise step.node.refused("there is no layer before it")
        if self._activation not in ("", step.name):
            raise step.node.refused(f"it follows layers with {self._activation}; an mlp has one activation for all")
        self._activation = step.name
        self._open = False
