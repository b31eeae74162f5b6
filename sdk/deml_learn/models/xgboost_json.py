"""XGBoost models as ``save_model("model.json")`` writes them. XGBoost itself is not needed."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS
from deml_learn.models.document import Document
from deml_learn.models.errors import MalformedSource, Unimportable
from deml_learn.models.forest import Forest, Tree, at_most, grow
from deml_learn.models.source import Source
from deml_learn.models.walk import Nodes, leaf_values

Array = NDArray[Any]

KIND: Final = "XGBoost"

REGRESSIONS: Final = (
    *("reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror"),
    "reg:quantileerror",
)
BINARY: Final = ("binary:logistic", "binary:logitraw")
MULTICLASS: Final = ("multi:softprob", "multi:softmax")

EARLY: Final = "Only the trees up to the best round of early stopping were taken, as XGBoost's own estimators do."


def read_xgboost(document: Document) -> Source:
    """Read a model.

    Raises
    ------
    MalformedSource, Unimportable
    """
    learner = document.at("learner")
    objective = learner.at("objective", "name").text()
    if objective not in (*REGRESSIONS, *BINARY, *MULTICLASS):
        raise Unimportable(KIND, f"the objective '{objective}'", "it does not end in a value, a logit or a softmax")
    parameters = learner.at("learner_model_param")
    if parameters.has("num_target") and parameters.at("num_target").whole() > 1:
        raise Unimportable(KIND, "its several targets", "one label or value a row is predicted here")
    inputs = parameters.at("num_feature").whole()
    outputs = max(1, parameters.at("num_class").whole())
    if not 1 <= inputs <= MAX_INPUTS or outputs > MAX_CLASSES:
        raise MalformedSource(KIND, f"it has {inputs} features and {outputs} outputs")
    base = _base(parameters.at("base_score").text(), objective, outputs)
    booster = learner.at("gradient_booster")
    trees, weights = _booster(booster)
    used, notes = _rounds(learner, trees)
    outlets = _outlets(trees, outputs)[:used]
    nodes = [_nodes(one, inputs) for one in trees.at("trees").items()[:used]]
    grown = [_tree(one, outlet, outputs, weight) for one, outlet, weight in zip(nodes, outlets, weights, strict=False)]
    if not grown:
        raise Unimportable(KIND, "its trees", "it has none")

    def original(x: Array) -> Array:
        said = np.tile(base, (len(x), 1))
        single = x.astype(np.float32)
        for one, outlet, weight in zip(nodes, outlets, weights, strict=False):
            said[:, outlet] += weight * leaf_values(one, single, np.less)
        return said

    task = "regression" if objective in REGRESSIONS else "classification"
    return Source(
        KIND,
        Forest(task, inputs, grown, base),
        notes=notes,
        original=original,
        judge="its trees, followed as XGBoost follows them",
    )


def _booster(booster: Document) -> tuple[Document, Array]:
    name = booster.at("name").text()
    if name == "gbtree":
        model = booster.at("model")
        return model, np.ones(len(model.at("trees").items()))
    if name == "dart":
        model = booster.at("gbtree", "model")
        return model, booster.at("weight_drop").numbers(np.float64, len(model.at("trees").items()))
    raise Unimportable(KIND, f"the booster '{name[:40]}'", "only gbtree and dart are made of trees")


def _base(text: str, objective: str, outputs: int) -> Array:
    """Base score by output, on the scale on which trees add up: that of a logistic is a probability."""
    try:
        scores = np.array([float(one) for one in text.strip("[]").split(",")])
    except ValueError as error:
        raise MalformedSource(KIND, "'base_score' should be a number or a list of numbers") from error
    if len(scores) not in (1, outputs) or not np.all(np.isfinite(scores)):
        raise MalformedSource(KIND, "'base_score' should be a number for each output")
    if objective == "binary:logistic":
        if not np.all((scores > 0) & (scores < 1)):
            raise MalformedSource(KIND, "'base_score' should be a probability")
        scores = np.log(scores / (1 - scores))
    return np.array(np.broadcast_to(scores, outputs))


def _rounds(learner: Document, trees: Document) -> tuple[int, tuple[str, ...]]:
    """How many trees predictions take, and what to say about it."""
    every = len(trees.at("trees").items())
    attributes = learner.at("attributes") if learner.has("attributes") else learner
    if not attributes.has("best_iteration"):
        return every, ()
    best = attributes.at("best_iteration").whole()
    ends = trees.at("iteration_indptr").numbers(np.int64)
    if not 0 <= best < len(ends) - 1:
        raise MalformedSource(KIND, "'best_iteration' names no round")
    return int(ends[best + 1]), (EARLY,) if ends[best + 1] < every else ()


def _outlets(trees: Document, outputs: int) -> Array:
    outlets = trees.at("tree_info").numbers(np.int64, len(trees.at("trees").items()))
    if np.any((outlets < 0) | (outlets >= outputs)):
        raise MalformedSource(KIND, "'tree_info' names an output that is not there")
    return outlets


def _nodes(tree: Document, inputs: int) -> Nodes:
    if tree.at("tree_param", "size_leaf_vector").whole() > 1:
        raise Unimportable(KIND, "multi_strategy='multi_output_tree'", "a leaf holds one value here")
    left = tree.at("left_children").numbers(np.int64)
    if tree.has("split_type") and np.any(tree.at("split_type").numbers(np.int64) != 0):
        raise Unimportable(KIND, f"{tree.path}", "splits on categories; encode them as numbers beforehand")
    conditions = tree.at("split_conditions").numbers(np.float32, len(left))
    feature = tree.at("split_indices").numbers(np.int64, len(left))
    if np.any((feature < 0) | (feature >= inputs)):
        raise MalformedSource(KIND, f"{tree.path} splits on a feature that is not there")
    right = tree.at("right_children").numbers(np.int64, len(left))
    return Nodes(np.where(left < 0, -1, feature), conditions, left, right, conditions.astype(np.float64))


def _tree(nodes: Nodes, outlet: int, outputs: int, weight: float) -> Tree:
    """Rows go left whose feature is less than the condition: at most the float32 before it."""
    value = np.zeros((len(nodes.value), outputs))
    value[:, outlet] = weight * nodes.value
    return grow(nodes.feature, at_most(nodes.threshold), nodes.left, nodes.right, value, kind=KIND)
