"""What terms may say about a model and how it is measured."""

from __future__ import annotations

import json

import pytest

from deml.base.limits import MAX_ARCHITECTURE_BYTES
from deml.scoring import parse_architecture, parse_metric
from deml.scoring.errors import (
    ArchitectureOutOfBounds,
    MalformedArchitecture,
    MetricMismatch,
    NeedsTwoClasses,
    UnknownFamily,
    UnknownMetric,
)
from deml.scoring.families import FAMILIES
from deml.scoring.metrics import METRICS
from deml.scoring.task import Task
from tests.property.expected_failures import attempt
from tests.support import reference_metrics
from tests.unit.scoring.scoring_files import LINEAR, LOGISTIC, MLP, MLP_REGRESSION, SOFTMAX, architecture_of
from tests.vectors.scoring_cases import FOR_TWO_CLASSES, FOR_VALUES


@pytest.mark.parametrize(
    ("fields", "task", "classes", "widths"),
    [
        (LOGISTIC, Task.CLASSIFICATION, 2, (3, 1)),
        (SOFTMAX, Task.CLASSIFICATION, 4, (3, 4)),
        (LINEAR, Task.REGRESSION, 2, (3, 1)),
        (MLP, Task.CLASSIFICATION, 3, (3, 5, 4, 3)),
        (MLP_REGRESSION, Task.REGRESSION, 2, (3, 5, 4, 1)),
    ],
    ids=["logistic", "softmax", "linear", "mlp", "mlp regression"],
)
def test_each_family_reads_its_fields(fields, task, classes, widths):
    architecture = architecture_of(fields)
    assert (architecture.task, architecture.classes, architecture.widths) == (task, classes, widths)
    assert not architecture.standardize


def test_the_tests_know_every_metric():
    assert set(METRICS) == set(reference_metrics.METRICS) == {*FOR_TWO_CLASSES, *FOR_VALUES}


def test_tensors_are_named_as_pytorch_names_them():
    architecture = architecture_of(MLP | {"standardize": True})
    assert {name: spec.shape for name, spec in architecture.tensor_specs().items()} == {
        "standardize.mean": (3,),
        "standardize.scale": (3,),
        "layers.0.weight": (5, 3),
        "layers.0.bias": (5,),
        "layers.1.weight": (4, 5),
        "layers.1.bias": (4,),
        "layers.2.weight": (3, 4),
        "layers.2.bias": (3,),
    }
    assert architecture.parameters == 6 + 20 + 24 + 15


MALFORMED = [
    "",
    "null",
    "[]",
    '"logistic"',
    "{",
    "{}",
    "[" * 5_000,
    "9" * 5_000,
    "\ud800",
    '{"family": 1}',
    '{"family": "linear"}',
    '{"family": "linear", "inputs": 3, "inputs": 4}',
    '{"family": "linear", "inputs": "3"}',
    '{"family": "linear", "inputs": 3.0}',
    '{"family": "linear", "inputs": true}',
    '{"family": "linear", "inputs": NaN}',
    '{"family": "linear", "inputs": 3, "outputs": 1}',
    '{"family": "linear", "inputs": 3, "standardize": 1}',
    '{"family": "logistic", "inputs": 3}',
    json.dumps(MLP | {"hidden": 5}),
    json.dumps(MLP | {"hidden": [5.0]}),
    json.dumps(MLP | {"task": "ranking"}),
    json.dumps({name: value for name, value in MLP.items() if name != "task"}),
    json.dumps(LINEAR) + " " * MAX_ARCHITECTURE_BYTES,
]


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_architectures_are_refused(text: str):
    assert isinstance(attempt(lambda: parse_architecture(text)), MalformedArchitecture)


def test_no_more_characters_are_read_than_terms_may_have():
    padded = json.dumps(LINEAR).ljust(MAX_ARCHITECTURE_BYTES)
    assert parse_architecture(padded) == architecture_of(LINEAR)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        (LINEAR | {"inputs": 0}, "inputs", 0),
        (LINEAR | {"inputs": 65_537}, "inputs", 65_537),
        (LOGISTIC | {"outputs": 0}, "outputs", 0),
        (LOGISTIC | {"outputs": 1_025}, "outputs", 1_025),
        (MLP | {"hidden": []}, "length of hidden", 0),
        (MLP | {"hidden": [1] * 9}, "length of hidden", 9),
        (MLP | {"hidden": [4, -1]}, "hidden", -1),
        (MLP | {"hidden": [8_193]}, "hidden", 8_193),
        (MLP_REGRESSION | {"outputs": 2}, "outputs", 2),
    ],
)
def test_sizes_out_of_bounds_are_refused(fields, name: str, value: int):
    failure = attempt(lambda: architecture_of(fields))
    assert isinstance(failure, ArchitectureOutOfBounds)
    assert (failure.field, failure.value) == (name, value)


def test_a_family_nobody_knows_is_refused_in_printable_words():
    failure = attempt(lambda: architecture_of({"family": "\x1b[31mforest\ud800"}))
    assert isinstance(failure, UnknownFamily)
    assert str(failure) == r"There is no model family called '\x1b[31mforest\ud800'."
    assert failure.known == ", ".join(FAMILIES)


@pytest.mark.parametrize(
    ("metric", "fields"),
    [("accuracy", LINEAR), ("log_loss", MLP_REGRESSION), ("r2", LOGISTIC), ("r2", MLP)],
)
def test_a_metric_must_fit_the_task(metric: str, fields):
    failure = attempt(lambda: parse_metric(metric, architecture_of(fields)))
    assert isinstance(failure, MetricMismatch)
    fitting = FOR_TWO_CLASSES if metric == "r2" else FOR_VALUES
    assert failure.fitting == ", ".join(name for name in METRICS if name in fitting)


def test_a_ranking_needs_two_classes():
    assert parse_metric("roc_auc", architecture_of(LOGISTIC)).binary
    assert parse_metric("roc_auc", architecture_of(LOGISTIC | {"outputs": 2})).binary
    assert isinstance(attempt(lambda: parse_metric("roc_auc", architecture_of(MLP))), NeedsTwoClasses)


@pytest.mark.parametrize("metric", ["", "Accuracy", "auc", "r2 ", "\u202e"])
def test_a_metric_nobody_knows_is_refused(metric: str):
    failure = attempt(lambda: parse_metric(metric, architecture_of(LOGISTIC)))
    assert isinstance(failure, UnknownMetric)
    assert str(failure).isascii()
