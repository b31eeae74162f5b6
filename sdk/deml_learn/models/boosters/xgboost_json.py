"""XGBoost models as ``save_model("model.json")`` writes them. XGBoost itself is not needed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS
from deml_learn.models.document import Document
from deml_learn.models.errors import MalformedSource, Unimportable
from deml_learn.models.exits import Exit, Says
from deml_learn.models.forest import Forest, Tree, at_most, grow
from deml_learn.models.judges import by_library
from deml_learn.models.source import Features, Original, Source, SourceOutputs
from deml_learn.models.walk import Nodes, leaf_values

Array = NDArray[Any]

KIND: Final = "XGBoost"

REGRESSIONS: Final = (
    *("reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror"),
    "reg:quantileerror",
)
BINARY: Final = ("binary:logistic", "binary:logitraw")
MULTICLASS: Final = ("multi:softprob", "multi:softmax")

WEIGHTS: Final = "weight_drop"
OF_TREES: Final = {"cats", "gbtree_model_param", "iteration_indptr", "tree_info", "trees", WEIGHTS}
"""Members of a booster's model that are known up to XGBoost 3.4; the next one may change what its trees add up to."""

JUDGE: Final = "its trees, followed as XGBoost follows them"
MISSING: Final = (
    "What its estimator took for a missing value (missing=, not a number by default) is not in the file. If it was a "
    "number such as -999, the original treats rows with it otherwise than this model; no row may miss a value here."
)
EARLY: Final = "Only the trees up to the best round of early stopping were taken, as XGBoost's own estimators do."


def read_xgboost(document: Document, data: bytes | None = None) -> Source:
    """Read a model.

    Parameters
    ----------
    data
        The file, for XGBoost to run where it is installed; else its trees are followed here.

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
    rounds, used, notes = _rounds(learner, trees, outputs)
    outlets = _outlets(trees, outputs)[:used]
    nodes = [_nodes(one, inputs) for one in trees.at("trees").items()[:used]]
    grown = [_tree(one, outlet, outputs, weight) for one, outlet, weight in zip(nodes, outlets, weights, strict=False)]
    if not grown:
        raise Unimportable(KIND, "its trees", "it has none")

    def followed(x: Array) -> SourceOutputs:
        said = np.tile(base, (len(x), 1))
        single = x.astype(np.float32)
        for one, outlet, weight in zip(nodes, outlets, weights, strict=False):
            said[:, outlet] += weight * leaf_values(one, single, np.less)
        return SourceOutputs([said], JUDGE, takes_missing=True)

    task = "regression" if objective in REGRESSIONS else "classification"
    exits: tuple[Exit, ...] = _exits(objective)[:1]
    original: Original = followed
    if data is not None and find_spec("xgboost") is not None:
        exits = _exits(objective)
        original = by_library(data, "XGBoost file", {"library": "xgboost", "rounds": rounds}, len(exits))
    features = Features(_names(learner, inputs))
    return Source(
        KIND,
        Forest(task, inputs, grown, base),
        exits,
        notes=(*notes, MISSING),
        original=original,
        features=features,
    )


def _names(learner: Document, inputs: int) -> tuple[str, ...]:
    """Names of the features; none where it was trained without."""
    names = tuple(one.text() for one in learner.at("feature_names").items()) if learner.has("feature_names") else ()
    return names if len(names) == inputs == len({*names}) else ()


def _exits(objective: str) -> tuple[Exit, Exit]:
    """What the trees add up to, and what is predicted."""
    if objective in REGRESSIONS:
        return Exit("margin", Says.VALUES), Exit("prediction", Says.VALUES)
    says = {
        "binary:logistic": Says.POSITIVE,
        "binary:logitraw": Says.SCORES,
        "multi:softprob": Says.SHARES,
        "multi:softmax": Says.CLASS,
    }
    return Exit("margin", Says.SCORES), Exit("prediction", says[objective])


def _booster(booster: Document) -> tuple[Document, Array]:
    """Find the trees, and what each weighs; up to 3.3 only those of ``dart`` have weights of their own."""
    name = booster.at("name").text()
    if name not in ("gbtree", "dart"):
        raise Unimportable(KIND, f"the booster '{name[:40]}'", "only gbtree and dart are made of trees")
    model = booster.at("model") if name == "gbtree" else booster.at("gbtree", "model")
    unknown = sorted(model.names() - OF_TREES)
    if unknown:
        raise Unimportable(KIND, f"'{unknown[0][:40]}' of its trees", "what it does to what they say is not known")
    holder = booster if name == "dart" else model
    trees = len(model.at("trees").items())
    if name == "gbtree" and not holder.has(WEIGHTS):
        return model, np.ones(trees)
    return model, holder.at(WEIGHTS).numbers(np.float32, trees).astype(np.float64)


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


def _rounds(learner: Document, trees: Document, outputs: int) -> tuple[int, int, tuple[str, ...]]:
    """How many rounds predictions take, how many trees those are, and what to say about it."""
    every = len(trees.at("trees").items())
    ends = _ends(trees, every, outputs)
    attributes = learner.at("attributes") if learner.has("attributes") else learner
    if not attributes.has("best_iteration"):
        return len(ends) - 1, every, ()
    best = attributes.at("best_iteration").whole()
    if not 0 <= best < len(ends) - 1:
        raise MalformedSource(KIND, "'best_iteration' names no round")
    return best + 1, int(ends[best + 1]), (EARLY,) if ends[best + 1] < every else ()


def _ends(trees: Document, every: int, outputs: int) -> Array:
    """After how many trees each round ends, zero first; before version 2.0 all rounds had as many."""
    if not trees.has("iteration_indptr"):
        parallel = trees.at("gbtree_model_param", "num_parallel_tree").whole() if trees.has("gbtree_model_param") else 1
        size = outputs * max(1, parallel)
        if every % size:
            raise MalformedSource(KIND, f"its {every} trees are not whole rounds of {size}")
        return np.arange(0, every + 1, size, dtype=np.int64)
    ends = trees.at("iteration_indptr").numbers(np.int64)
    if len(ends) < 2 or ends[0] != 0 or ends[-1] != every or np.any(np.diff(ends) < 0):
        raise MalformedSource(KIND, "'iteration_indptr' does not say which trees each round made")
    return ends


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
    if np.any((left >= 0) & ((feature < 0) | (feature >= inputs))):  # nodes that were pruned keep a mark in its place
        raise MalformedSource(KIND, f"{tree.path} splits on a feature that is not there")
    right = tree.at("right_children").numbers(np.int64, len(left))
    return Nodes(np.where(left < 0, -1, feature), conditions, left, right, conditions.astype(np.float64))


def _tree(nodes: Nodes, outlet: int, outputs: int, weight: float) -> Tree:
    """Rows go left whose feature is less than the condition: at most the float32 before it."""
    value = np.zeros((len(nodes.value), outputs))
    value[:, outlet] = weight * nodes.value
    return grow(nodes.feature, at_most(nodes.threshold), nodes.left, nodes.right, value, kind=KIND)
