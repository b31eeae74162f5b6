"""Models and holdouts of ``scoring.json``: arrays, architectures, metrics. Numbers are drawn as integers, so that they
are the same everywhere."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from safetensors.numpy import save

Arrays = dict[str, np.ndarray]

LOGISTIC = {"family": "logistic", "inputs": 4, "outputs": 1}
SOFTMAX = LOGISTIC | {"outputs": 3}
MLP = {"family": "mlp", "task": "classification", "inputs": 4, "hidden": [6, 5], "outputs": 3}
MLP_LOGIT = MLP | {"hidden": [3], "outputs": 1}
LINEAR = {"family": "linear", "inputs": 4}
MLP_REGRESSION = MLP | {"task": "regression", "outputs": 1}

CLASSIFIERS = {"logistic": LOGISTIC, "softmax": SOFTMAX, "mlp": MLP, "mlp of one logit": MLP_LOGIT}
REGRESSIONS = {"linear": LINEAR, "mlp regression": MLP_REGRESSION}
STANDARDIZED = {"standardize": True}

FOR_CLASSES = ("accuracy", "balanced_accuracy", "macro_f1", "log_loss", "brier")
FOR_TWO_CLASSES = (*FOR_CLASSES, "roc_auc")
FOR_VALUES = ("r2", "mse", "mae")


@dataclass
class Case:
    """A case before it is scored; `refusal` is the code of the error that it is to meet, if it is to meet one."""

    name: str
    architecture: Mapping[str, Any]
    metric: str
    rows: int = 12
    dtype: Any = np.float32
    label_dtype: Any = np.int64
    model: Arrays = field(default_factory=dict)
    holdout: Arrays = field(default_factory=dict)
    refusal: str | None = None

    def __post_init__(self) -> None:
        """Fill in, by numbers drawn from the case's name, what the case leaves open."""
        drawn = random.Random(self.name)
        for name, shape in shapes(self.architecture).items():
            tensor = reals(drawn, shape, self.dtype, least=2**20 if name == "standardize.scale" else -(2**23))
            self.model.setdefault(name, tensor)
        if "x" not in self.holdout:
            self.holdout["x"] = reals(drawn, (self.rows, self.architecture["inputs"]), self.dtype)
        if "y" in self.holdout:
            return
        if self.metric in FOR_VALUES:
            self.holdout["y"] = reals(drawn, (self.rows,), self.dtype)
        else:
            classes = max(2, self.architecture["outputs"])
            labels = [drawn.randrange(classes) for _ in range(self.rows)]
            self.holdout["y"] = np.array(labels, self.label_dtype)

    def files(self) -> dict[str, bytes]:
        """The safetensors files."""
        return {"model": save(self.model), "holdout": save(self.holdout)}

    def tensors(self) -> dict[str, Any]:
        """What the model means, in nested lists of fractions and whole numbers."""
        return {name: exact(tensor) for name, tensor in self.model.items()}


def exact(array: np.ndarray) -> Any:
    """Nested lists of fractions, or of whole numbers."""
    if array.ndim:
        return [exact(part) for part in array]
    return int(array) if array.dtype.kind in "iu" else Fraction(float(array))


def shapes(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Shapes of the tensors of dense layers by name, as docs/scoring.md gives them; other families give their own."""
    if architecture["family"] not in ("linear", "logistic", "mlp"):
        return {}
    inputs = architecture["inputs"]
    widths = [inputs, *architecture.get("hidden", []), architecture.get("outputs", 1)]
    standardize = architecture.get("standardize", False)
    found: dict[str, tuple[int, ...]] = {f"standardize.{name}": (inputs,) for name in ("mean", "scale") if standardize}
    for index, (fan_in, fan_out) in enumerate(pairwise(widths)):
        found |= {f"layers.{index}.weight": (fan_out, fan_in), f"layers.{index}.bias": (fan_out,)}
    return found


def reals(drawn: random.Random, shape: tuple[int, ...], dtype: Any, least: int = -(2**23)) -> np.ndarray:
    """Numbers of 23 bits below 2 in magnitude."""
    numbers = [drawn.randrange(least, 2**23) for _ in range(int(np.prod(shape)))]
    return (np.array(numbers, np.float64).reshape(shape) / 2**22).astype(dtype)


def floats(*values: Any, dtype: Any = np.float32) -> np.ndarray:
    return np.array(values, dtype)


def metrics_for(architecture: Mapping[str, Any]) -> tuple[str, ...]:
    """Metrics that fit an architecture."""
    if architecture["family"] == "linear" or architecture.get("task") == "regression":
        return FOR_VALUES
    return FOR_TWO_CLASSES if architecture["outputs"] <= 2 else FOR_CLASSES


HUGE, TINY = np.finfo(np.float32).max, np.finfo(np.float32).smallest_subnormal
ONE_INPUT = {"family": "logistic", "inputs": 1, "outputs": 1}
IDENTITY = {"layers.0.weight": floats([1]), "layers.0.bias": floats(0)}
LINE = {"family": "linear", "inputs": 1}


def column(*values: float) -> np.ndarray:
    return floats(*([value] for value in values))


FAMILIES = [
    Case(
        f"{family}, {metric}{', standardized' if more else ''}{', F16' if dtype is np.float16 else ''}",
        fields | more,
        metric,
        dtype=dtype,
    )
    for family, fields in (CLASSIFIERS | REGRESSIONS).items()
    for metric in metrics_for(fields)
    for more, dtype in (({}, np.float32), (STANDARDIZED, np.float16))
]

EDGES = [
    Case("one row", SOFTMAX, "log_loss", rows=1),
    Case("labels in I32", SOFTMAX, "accuracy", label_dtype=np.int32),
    Case("labels in U8", SOFTMAX, "accuracy", label_dtype=np.uint8),
    Case("a feature that is constant", SOFTMAX | STANDARDIZED, "log_loss", holdout={"x": np.ones((12, 4), np.float32)}),
    Case(
        "a logit of zero, of minus zero and the least above: class 0, 0, 1",
        ONE_INPUT,
        "accuracy",
        model=IDENTITY,
        holdout={"x": column(0.0, -0.0, TINY), "y": np.array([0, 0, 1])},
    ),
    Case(
        "equal logits: the first class",
        SOFTMAX,
        "accuracy",
        rows=3,
        model={"layers.0.weight": np.zeros((3, 4), np.float32), "layers.0.bias": floats(-1, 1, 1)},
        holdout={"y": np.array([0, 1, 2])},
    ),
    Case(
        "equal logits: log 3",
        SOFTMAX,
        "log_loss",
        model={"layers.0.weight": np.zeros((3, 4), np.float32), "layers.0.bias": floats(7, 7, 7)},
    ),
    Case(
        "a loss of at most 4,096 nats",
        ONE_INPUT,
        "log_loss",
        model=IDENTITY,
        holdout={"x": column(5_000, -5_000, 4_095), "y": np.array([0, 0, 0])},
    ),
    Case(
        "logits that differ by more than exp reaches",
        ONE_INPUT,
        "log_loss",
        model=IDENTITY,
        holdout={"x": column(-750, -701, -10, 36.5), "y": np.array([0, 0, 0, 1])},
    ),
    Case(
        "activations clipped to 2^100",
        MLP,
        "log_loss",
        model={name: np.full(shape, HUGE, np.float32) for name, shape in shapes(MLP).items()},
        holdout={"x": np.full((12, 4), HUGE, np.float32)},
    ),
    Case("subnormal weights", SOFTMAX, "accuracy", model={"layers.0.weight": TINY * floats(*([1, -2, 3, 0],) * 3)}),
    Case(
        "features of very different size in one row",
        SOFTMAX,
        "log_loss",
        holdout={"x": np.tile(floats(2**10, 1, TINY, -(2.0**-20)), (12, 1))},
    ),
    Case(
        "the smallest scale",
        LOGISTIC | STANDARDIZED,
        "accuracy",
        model={"standardize.scale": np.full(4, TINY, np.float32)},
    ),
    Case("a long row", LOGISTIC | {"inputs": 300}, "log_loss", rows=2),
    Case("eight hidden layers", MLP | {"hidden": [3, 4, 5, 2, 6, 3, 4, 5]}, "log_loss"),
    Case(
        "classes that nobody predicts, and predictions of a class that has no rows",
        SOFTMAX | {"outputs": 4},
        "macro_f1",
        model={"layers.0.weight": np.zeros((4, 4), np.float32), "layers.0.bias": floats(0, 1, 0, 0)},
        rows=3,
        holdout={"y": np.array([0, 2, 2])},
    ),
    Case(
        "recall of the classes that have rows only",
        SOFTMAX | {"outputs": 4},
        "balanced_accuracy",
        model={"layers.0.weight": np.zeros((4, 4), np.float32), "layers.0.bias": floats(0, 1, 0, 0)},
        rows=4,
        holdout={"y": np.array([0, 1, 2, 2])},
    ),
    Case(
        "a ranking with ties",
        ONE_INPUT,
        "roc_auc",
        model=IDENTITY,
        holdout={"x": column(1, 1, 0, -0.0, 2, -1), "y": np.array([1, 0, 0, 1, 1, 0])},
    ),
    Case(
        "a ranking by the second logit minus the first",
        LOGISTIC | {"outputs": 2},
        "roc_auc",
        holdout={"y": np.array([0, 1] * 6)},
    ),
    Case(
        "probabilities of nought and one",
        ONE_INPUT,
        "brier",
        model=IDENTITY,
        holdout={"x": column(5_000, -5_000, 800, 0), "y": np.array([1, 1, 0, 0])},
    ),
    Case(
        "squares beyond the largest score",
        LINE,
        "mse",
        model=IDENTITY,
        holdout={"x": column(2.0**21, 0), "y": floats(0, 0)},
    ),
    Case("squares of a fraction", LINE, "mse", model=IDENTITY, holdout={"x": column(0.001, 3), "y": floats(0, 2.5)}),
    Case(
        "a residual of millions among small ones",
        LINE,
        "mae",
        model=IDENTITY,
        holdout={"x": np.array([[2.0**22]] + [[0]] * 63, np.float32), "y": np.zeros(64, np.float32)},
    ),
    Case("r2 of 1", LINE, "r2", model=IDENTITY, holdout={"x": column(1, 2, 4), "y": floats(1, 2, 4)}),
    Case(
        "r2 of a target beyond the bound of activations",
        LINE,
        "r2",
        model=IDENTITY,
        holdout={"x": column(0, 0), "y": floats(2.0**120, 0)},
    ),
    Case("r2 of 0", LINE, "r2", model=IDENTITY, holdout={"x": column(2, 2, 2), "y": floats(1, 2, 3)}),
    Case("r2 clipped", LINE, "r2", model=IDENTITY, holdout={"x": column(HUGE, 0), "y": floats(0, 1)}),
    Case(
        "r2 of targets far from zero",
        LINE,
        "r2",
        model=IDENTITY,
        holdout={"x": column(1e6, 1e6), "y": floats(1e6, 1e6 + 1)},
    ),
]

REFUSALS = [
    Case("NaN among the weights", LINEAR, "r2", model={"layers.0.bias": floats(np.nan)}, refusal="NOT_FINITE"),
    Case(
        "infinity among the features",
        LINE,
        "r2",
        holdout={"x": column(1, np.inf), "y": floats(1, 2)},
        refusal="NOT_FINITE",
    ),
    Case(
        "a scale of zero",
        LOGISTIC | STANDARDIZED,
        "accuracy",
        model={"standardize.scale": np.zeros(4, np.float32)},
        refusal="BAD_STANDARDIZER",
    ),
    Case("a label too large", SOFTMAX, "accuracy", rows=1, holdout={"y": np.array([3])}, refusal="LABEL_OUT_OF_RANGE"),
    Case("no rows", SOFTMAX, "accuracy", rows=0, refusal="EMPTY_HOLDOUT"),
    Case(
        "targets of one class", LOGISTIC, "roc_auc", rows=2, holdout={"y": np.array([1, 1])}, refusal="ONE_CLASS_ONLY"
    ),
    Case("a ranking of three classes", SOFTMAX, "roc_auc", rows=2, refusal="NEEDS_TWO_CLASSES"),
    Case("equal targets", LINE, "r2", rows=2, holdout={"y": floats(1, 1)}, refusal="CONSTANT_TARGET"),
    Case("a tensor too many", LINEAR, "r2", model={"layers.1.bias": floats(1)}, refusal="SURPLUS_TENSOR"),
    Case(
        "weights in and out exchanged",
        SOFTMAX,
        "accuracy",
        model={"layers.0.weight": np.zeros((4, 3), np.float32)},
        refusal="WRONG_SHAPE",
    ),
]

ACTIVATIONS = [
    Case(f"mlp with {name}, {metric}", fields | {"activation": name}, metric)
    for name in ("relu", "leaky_relu", "tanh", "sigmoid", "gelu")
    for fields, metric in ((MLP, "log_loss"), (MLP_REGRESSION, "mse"))
]

CASES = [*FAMILIES, *ACTIVATIONS, *EDGES, *REFUSALS]
