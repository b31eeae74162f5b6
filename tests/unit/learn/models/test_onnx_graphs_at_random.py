"""Graphs made at random behind a layer are refused by name, or say what ONNX Runtime says, on other rows as well."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto
from onnx.helper import (
    make_empty_tensor_value_info,
    make_graph,
    make_model,
    make_node,
    make_opsetid,
    make_tensor_value_info,
)
from onnx.numpy_helper import from_array
from onnxruntime.capi import onnxruntime_pybind11_state as state

from deml.base.errors import DemlError
from deml_learn.models.exits import expected
from deml_learn.models.holding import hold
from deml_learn.models.kinds import ModelKind
from deml_learn.models.net import scores_of
from deml_learn.models.reading import ImportOptions, Taken, take
from tests.support.scale import SCALE

pytestmark = pytest.mark.usefixtures("in_this_process")

ML = "ai.onnx.ml"
DRAW = np.random.default_rng(3)
NUMBERS = {
    "one": 1.0,
    "half": 0.5,
    "none": 0.0,
    "minus": -1.0,
    "huge": 1e20,
    "priors": [0.2, 1.0, 3.0],
    "swap": np.eye(3)[[1, 0, 2]],
    "sum": np.ones((3, 1)),
    **{f"w{size}": DRAW.normal(size=(size, 4)) for size in (1, 2, 3)},
}
PLACES = {"reversed": [2, 0, 1], "second": [1], "axis": [1], "end": [3], "start": [0], "list": [-1], "three": [-1, 3]}
SINGLE = ("Exp", "Relu", "Sigmoid", "Tanh", "Neg", "Identity", "Abs", "Log", "Floor", "Sign", "Softplus", "Not", "Erf")


SENSELESS = (state.Fail, state.InvalidGraph, state.NotImplemented, state.InvalidArgument, state.RuntimeException)


class Maker:
    """Nodes at random, each of values that there are."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self.values: list[str] = ["z"]
        self.nodes = [make_node("Gemm", ["x", f"w{self._draw.choice((1, 2, 3))}"], ["z"], "layer", transB=1)]
        for _ in range(self._draw.randint(1, 4)):
            name = f"v{len(self.nodes)}"
            self.nodes.append(self._node(name))
            self.values.append(name)

    @property
    def outputs(self) -> list[str]:
        """The last value, and perhaps another."""
        return [self.values[-1], *self._draw.sample(self.values[:-1], self._draw.random() < 0.3)]

    def _one(self, *names: str) -> str:
        return self._draw.choice(names)

    def _node(self, name: str) -> Any:
        value, other = self._draw.choice(self.values[-3:]), self._draw.choice(self.values)
        number = self._one("one", "half", "none", "minus", "huge", "priors")
        axis, kept = self._draw.choice((0, 1, -1)), self._draw.choice((0, 1))
        op, inputs, settings = self._draw.choice(
            [
                (self._one(*SINGLE), [value], {}),
                (self._one("Mul", "Add", "Sub", "Div", "Pow", "Min", "Max"), [value, number], {}),
                (self._one("Mul", "Add", "Sub", "Div"), [number, value], {}),
                (self._one("Mul", "Add", "Sub"), [value, other], {}),
                (self._one("Softmax", "LogSoftmax", "Hardmax"), [value], {"axis": axis}),
                (self._one("ArgMax", "ArgMin"), [value], {"axis": axis, "keepdims": kept}),
                ("Gather", [value, self._one("reversed", "second")], {"axis": axis}),
                ("Concat", [value, other], {"axis": axis}),
                (self._one("Greater", "Less", "GreaterOrEqual"), [value, self._one("half", "none", "one")], {}),
                ("Cast", [value], {"to": self._draw.choice((1, 7, 9, 10, 11))}),
                ("Normalizer", [value], {"domain": ML, "norm": self._one("L1", "L2", "MAX")}),
                ("Where", [other, self._one("one", "half"), self._one("none", "minus")], {}),
                (self._one("ReduceSum", "ReduceMax", "ReduceMean"), [value, "axis"], {"keepdims": kept}),
                ("Slice", [value, self._one("start", "axis"), "end", "axis"], {}),
                ("MatMul", [value, self._one("swap", "sum")], {}),
                (self._one("Reshape", "Unsqueeze", "Squeeze"), [value, self._one("list", "three", "axis")], {}),
                (self._one("Flatten", "Transpose", "Clip"), [value], {}),
            ]
        )
        return make_node(op, inputs, [name], f"the {op}", **settings)

    def file(self, outputs: list[str]) -> bytes:
        constants = [from_array(np.array(one, np.float32), name) for name, one in NUMBERS.items()]
        constants += [from_array(np.array(one, np.int64), name) for name, one in PLACES.items()]
        graph = make_graph(
            self.nodes,
            "random",
            [make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 4])],
            [make_empty_tensor_value_info(one) for one in outputs],
            constants,
        )
        opsets = [make_opsetid("", 20), make_opsetid(ML, 3)]
        return make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()


def runnable(file: bytes) -> onnxruntime.InferenceSession | None:
    """The graph in ONNX Runtime; None if it makes no sense there."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        session.run(None, {"x": np.zeros((2, 4), np.float32)})
    except SENSELESS:
        return None
    return session


def imported(path: Path, task: str | None) -> Taken | None:
    """What it becomes; None if it is refused by name."""
    try:
        found = take(path, ModelKind.ONNX, ImportOptions(task=task))
        hold(found)
    except DemlError:
        return None
    return found


@pytest.mark.parametrize("part", range(4))
def test_no_graph_is_imported_as_another(part: int, tmp_path: Path):
    accepted = 0
    x = np.random.default_rng(part).normal(size=(40, 4)).astype(np.float32)
    for seed in range(part * 10_000, part * 10_000 + 150 * SCALE):
        made = Maker(seed)
        outputs = made.outputs
        file = made.file(outputs)
        session = runnable(file)
        if session is None:
            continue
        (tmp_path / "model.onnx").write_bytes(file)
        found = imported(tmp_path / "model.onnx", random.Random(seed).choice((None, "classification", "regression")))
        if found is None:
            continue
        accepted += 1
        ours = scores_of(found.imported.model, x.astype(np.float64))
        for one, said in zip(found.source.exits, session.run(outputs, {"x": x}), strict=True):
            right = np.asarray(said, np.float64).reshape(len(x), -1)
            mine = expected(one.says, ours, right.shape[1])
            np.testing.assert_allclose(
                mine - mine.mean(), right - right.mean(), rtol=1e-3, atol=1e-3, err_msg=f"{seed}"
            )
    assert accepted >= 2
