"""The built-in trainer starts from the given model, improves it, and does the same thing twice."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from deml.scoring import parse_architecture, parse_metric
from deml.scoring.safetensors import read_tensors
from deml.scoring.task import Task
from deml_learn.training.errors import TrainingDiverged
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.improve import improve
from deml_learn.training.model_file import fresh_trainable, read_trainable
from deml_learn.training.split import validation_split
from deml_sdk.data.errors import (
    BadCell,
    BadClass,
    LabelNotAClass,
    NoSuchColumn,
    TooFewRows,
    UnknownLabel,
    UnreadableTable,
    WrongColumnCount,
)
from deml_sdk.data.holdout import data_file, read_holdout, score_files
from deml_sdk.data.reading import Reading, parse_classes
from deml_sdk.data.tables import Table, check_table, read_table

LOGISTIC = {"family": "logistic", "inputs": 30, "outputs": 1, "standardize": True}
SOFTMAX = LOGISTIC | {"outputs": 2}
MLP = {"family": "mlp", "task": "classification", "inputs": 30, "hidden": [8], "outputs": 2, "standardize": True}
MLP_LOGIT = MLP | {"outputs": 1}
QUICK = Hyperparameters(epochs=40, learning_rate=1e-2)


def table(data, rows):
    features = tuple(f"f{index}" for index in range(data.data.shape[1]))
    return Table(data.data[rows].astype(float), data.target[rows].astype(float), features)


@pytest.fixture(scope="module")
def cancer():
    """Holdout file, a weak sample, and a client's part."""
    data = load_breast_cancer()
    order = np.random.default_rng(1).permutation(len(data.target))
    holdout, small, client = order[:150], order[150:166], order[166:]
    return table(data, holdout), table(data, small), table(data, client)


def judge(fields, metric, file, held):
    architecture = parse_architecture(json.dumps(fields))
    judged = data_file(architecture, held.x, held.y)
    return score_files(architecture, parse_metric(metric, architecture), file, judged, held.rows)


def run(fields, metric, start_file, data, settings=QUICK, epochs=None):
    architecture = parse_architecture(json.dumps(fields))
    if start_file is None:
        start = fresh_trainable(architecture, data.x, settings.seed)
    else:
        start = read_trainable(architecture, start_file)
    seen = [] if epochs is None else epochs
    rows = validation_split(data.x, data.y, architecture.task, settings.validation, settings.seed)
    return improve(start, parse_metric(metric, architecture), rows, settings, seen.append)


def judged_on_held_back(file, data):
    rows = validation_split(data.x, data.y, Task.CLASSIFICATION, QUICK.validation, QUICK.seed)
    return judge(LOGISTIC, "accuracy", file, Table(rows.validation_x, rows.validation_y, data.features))


@pytest.mark.parametrize("fields", [LOGISTIC, SOFTMAX, MLP, MLP_LOGIT], ids=["logistic", "softmax", "mlp", "mlp logit"])
def test_it_improves_a_weak_initial_model(cancer, fields):
    held, small, client = cancer
    weak = run(fields, "accuracy", None, small, Hyperparameters(epochs=1))
    made = run(fields, "accuracy", weak, client)
    before, after = (judge(fields, "accuracy", file, held) for file in (weak, made))
    assert after > before
    assert after > 930_000


@pytest.mark.parametrize("fields", [LOGISTIC, SOFTMAX, MLP], ids=["logistic", "softmax", "mlp"])
def test_no_epoch_leaves_the_model_as_it_is(cancer, fields):
    _, small, client = cancer
    weak = run(fields, "accuracy", None, small, Hyperparameters(epochs=2))
    architecture = parse_architecture(json.dumps(fields))
    assert read_trainable(architecture, weak).file() == weak
    tiny = Hyperparameters(epochs=1, learning_rate=1e-12, l2=0.0, validation=0.0)
    moved = run(fields, "accuracy", weak, client, tiny)
    for name, tensor in read_tensors(weak).items():
        if name.startswith("standardize") or fields is not SOFTMAX:
            np.testing.assert_allclose(read_tensors(moved)[name], tensor, rtol=0, atol=1e-6)


def test_two_outputs_keep_what_they_say(cancer):
    """Two outputs are trained as their difference; the difference is what decides."""
    _, small, client = cancer
    weak = run(SOFTMAX, "accuracy", None, small, Hyperparameters(epochs=2))
    still = run(
        SOFTMAX, "accuracy", weak, client, Hyperparameters(epochs=1, learning_rate=1e-12, l2=0.0, validation=0.0)
    )
    for name in ("layers.0.weight", "layers.0.bias"):
        before, after = (read_tensors(file)[name] for file in (weak, still))
        np.testing.assert_allclose(after[1] - after[0], before[1] - before[0], rtol=0, atol=1e-6)
        np.testing.assert_allclose(after[1] + after[0], before[1] + before[0], rtol=0, atol=1e-6)


@pytest.mark.parametrize("fields", [LOGISTIC, MLP], ids=["logistic", "mlp"])
def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(cancer, fields):
    _, small, client = cancer
    weak = run(fields, "log_loss", None, small, Hyperparameters(epochs=1))
    first, again, other = (
        run(fields, "log_loss", weak, client, Hyperparameters(epochs=3, seed=seed)) for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_it_never_returns_less_than_it_was_given(cancer):
    held, _, client = cancer
    good = run(LOGISTIC, "accuracy", None, client)
    poison = Table(client.x, 1 - client.y, client.features)
    epochs = []
    run(LOGISTIC, "accuracy", good, client, Hyperparameters(epochs=3, learning_rate=0.5), epochs)
    kept = judged_on_held_back(
        run(LOGISTIC, "accuracy", good, client, Hyperparameters(epochs=3, learning_rate=0.5)), client
    )
    assert kept == max(one.score for one in epochs) >= epochs[0].score
    assert judge(LOGISTIC, "accuracy", run(LOGISTIC, "accuracy", good, poison), held) < 500_000


def test_it_keeps_the_initial_models_standardising(cancer):
    _, small, client = cancer
    weak = run(LOGISTIC, "accuracy", None, small, Hyperparameters(epochs=1))
    made = run(LOGISTIC, "accuracy", weak, client)
    for name in ("standardize.mean", "standardize.scale"):
        np.testing.assert_array_equal(read_tensors(made)[name], read_tensors(weak)[name])


def test_linear_regression_shrinks_towards_the_initial_model():
    data = load_diabetes()
    fields = {"family": "linear", "inputs": 10}
    small, client, held = table(data, slice(0, 15)), table(data, slice(15, 330)), table(data, slice(330, None))
    weak = run(fields, "r2", None, small, Hyperparameters(l2=1.0))
    made = run(fields, "r2", weak, client, Hyperparameters(l2=1e-5))
    assert judge(fields, "r2", made, held) > max(400_000, judge(fields, "r2", weak, held))
    stiff = run(fields, "r2", weak, client, Hyperparameters(l2=1e9, validation=0.0))
    np.testing.assert_allclose(
        read_tensors(stiff)["layers.0.weight"], read_tensors(weak)["layers.0.weight"], rtol=0, atol=1e-4
    )


def test_regression_networks_and_many_classes_train():
    diabetes, wine = load_diabetes(), load_wine()
    fields = {"family": "mlp", "task": "regression", "inputs": 10, "hidden": [16], "outputs": 1, "standardize": True}
    part, held = table(diabetes, slice(0, 330)), table(diabetes, slice(330, None))
    made = run(fields, "r2", None, part, Hyperparameters(epochs=200, learning_rate=1e-2))
    assert judge(fields, "r2", made, held) > 300_000
    order = np.random.default_rng(0).permutation(len(wine.target))
    fields = {"family": "logistic", "inputs": 13, "outputs": 3, "standardize": True}
    made = run(fields, "accuracy", None, table(wine, order[:120]), QUICK)
    assert judge(fields, "accuracy", made, table(wine, order[120:])) > 900_000


def test_every_epoch_is_reported(cancer):
    epochs = []
    made = run(LOGISTIC, "accuracy", None, cancer[2], Hyperparameters(epochs=4), epochs)
    assert [one.number for one in epochs] == [0, 1, 2, 3, 4]
    assert epochs[0].loss is None
    assert epochs[-1].loss < epochs[1].loss
    assert judged_on_held_back(made, cancer[2]) == max(one.score for one in epochs)


def test_few_rows_are_all_trained_on(cancer):
    few = Table(cancer[2].x[:6], cancer[2].y[:6], cancer[2].features)
    rows = validation_split(few.x, few.y, Task.CLASSIFICATION, 0.2, 0)
    assert (len(rows.y), len(rows.validation_y)) == (6, 0)
    epochs = []
    run(LOGISTIC, "accuracy", None, few, Hyperparameters(epochs=2), epochs)
    assert {one.score for one in epochs} == {None}


def test_rows_are_held_back_by_class_and_none_is_lost(cancer):
    client = cancer[2]
    rows = validation_split(client.x, client.y, Task.CLASSIFICATION, 0.2, 0)
    assert len(rows.y) + len(rows.validation_y) == client.rows
    assert abs(np.mean(rows.y) - np.mean(rows.validation_y)) < 0.01


def test_a_diverging_training_is_an_error_with_advice(cancer):
    with pytest.raises(TrainingDiverged) as caught:
        run(MLP, "accuracy", None, cancer[2], Hyperparameters(epochs=5, learning_rate=1e200))
    assert "--learning-rate" in caught.value.advice()


def test_half_precision_halves_the_file(cancer):
    architecture = parse_architecture(json.dumps(MLP))
    start = fresh_trainable(architecture, cancer[2].x, 0)
    assert len(start.file(half=True)) < 0.7 * len(start.file())


COLUMNS = {"age": [61, 47, 55], "mean radius": [1.5, 2.5, 3.5], "diagnosis": ["malignant", "benign", "benign"]}


class TestTables:
    READING = Reading("diagnosis", classes={"malignant": 0, "benign": 1})

    @pytest.fixture(params=["csv", "parquet"])
    def path(self, request, tmp_path):
        path = tmp_path / f"data.{request.param}"
        (csv.write_csv if request.param == "csv" else parquet.write_table)(pa.table(COLUMNS), path)
        return path

    def test_columns_in_order(self, path):
        found = read_table(path, self.READING)
        assert found.features == ("age", "mean radius")
        assert found.x.tolist() == [[61, 1.5], [47, 2.5], [55, 3.5]]
        assert found.y.tolist() == [0, 1, 1]

    def test_chosen_columns(self, path):
        chosen = Reading("diagnosis", features=("mean radius", "age"), classes=self.READING.classes)
        assert read_table(path, chosen).x[0].tolist() == [1.5, 61]
        dropped = Reading("diagnosis", drop=("age",), classes=self.READING.classes)
        assert read_table(path, dropped).features == ("mean radius",)

    def test_what_is_not_there(self, path):
        with pytest.raises(NoSuchColumn, match="weight"):
            read_table(path, Reading("weight"))
        with pytest.raises(UnknownLabel, match="row 1 ") as refused:
            read_table(path, Reading("diagnosis", classes={"benign": 1}))
        assert "malignant" not in f"{refused.value} {refused.value.advice()}"
        with pytest.raises(BadCell) as caught:
            read_table(path, Reading("diagnosis"))
        assert caught.value.row == 1
        with pytest.raises(TooFewRows):
            read_table(path, Reading("diagnosis", drop=("age", "mean radius"), classes=self.READING.classes))

    def test_a_holdout_is_made_of_it(self, path):
        architecture = parse_architecture('{"family": "logistic", "inputs": 2, "outputs": 1}')
        tensors = read_tensors(read_holdout(path, architecture, self.READING))
        assert tensors["y"].tolist() == [0, 1, 1]
        assert tensors["x"].dtype == np.float32

    def test_it_must_fit_the_architecture(self, path):
        found = read_table(path, self.READING)
        with pytest.raises(WrongColumnCount):
            check_table(path, found, parse_architecture('{"family": "logistic", "inputs": 3, "outputs": 1}'))
        high = Table(found.x, found.y + 1, found.features)
        with pytest.raises(LabelNotAClass, match="row 2 "):
            check_table(path, high, parse_architecture('{"family": "logistic", "inputs": 2, "outputs": 1}'))

    @pytest.mark.parametrize("cell", ["", "NaN", "inf", "x"])
    def test_bad_cells_are_named(self, tmp_path, cell):
        path = tmp_path / "bad.csv"
        path.write_text(f"a,y\n1,0\n{cell},1\n")
        with pytest.raises(BadCell) as caught:
            read_table(path, Reading("y"))
        assert (caught.value.column, caught.value.row) == ("a", 2)

    @pytest.mark.parametrize("content", [b"", b"a,y\n1,2,3\n", b"\xff\xfe\x00"])
    def test_what_is_no_table(self, tmp_path, content):
        path = tmp_path / "no.csv"
        path.write_bytes(content)
        with pytest.raises((UnreadableTable, NoSuchColumn)):
            read_table(path, Reading("y"))
        with pytest.raises(UnreadableTable):
            read_table(tmp_path / "absent.parquet", Reading("y"))

    def test_class_numbers(self):
        assert parse_classes(["a=b=1", "c=0"]) == {"a=b": 1, "c": 0}
        for wrong in ("a", "=1", "a=x", "a=-1", "a=²"):
            with pytest.raises(BadClass):
                parse_classes([wrong])
