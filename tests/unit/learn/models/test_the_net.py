"""The net under imports and exports: whatever makes a model say something else, it is found, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deml.scoring import load_model, parse_architecture
from deml.scoring.safetensors import write_tensors
from deml_learn.models import exporting
from deml_learn.models.errors import ExportDiffers, ImportDiffers
from deml_learn.models.exits import Exit, Says
from deml_learn.models.exporting import as_onnx, as_safetensors, as_state_dict
from deml_learn.models.net import Pair, require_same, require_written, scores_of
from deml_learn.models.own_layers import run_of
from deml_learn.models.rows import rows_for
from deml_learn.models.scikit.estimators import converted
from deml_learn.models.source import Features, SourceOutputs
from tests.unit.learn.models.imports import halves, model_of

pytestmark = pytest.mark.usefixtures("in_this_process")

Array = np.ndarray
Change = Callable[[Array], Array]


def pair_of(estimator: Any, change: Change | None = None, *, features: Change | None = None) -> Pair:
    """An estimator and what it became, where the estimator says something else, or sees other features."""
    found = converted(estimator)

    def original(x: Array) -> SourceOutputs:
        x = features(x) if features else x
        with np.errstate(all="ignore"):
            said = estimator.predict(x)[:, None] if found.says[0] is Says.VALUES else estimator.predict_proba(x)
        return SourceOutputs([change(said) if change else said], "the test")

    exits = (Exit("said", found.says[0]),)
    return Pair(model_of(found.form), exits, original, features=Features(typical=found.typical))


def forest() -> Any:
    x, y, _, _ = halves("wine")
    return RandomForestClassifier(5, max_depth=4, random_state=0).fit(x, y)


def regression() -> Any:
    x, y, _, _ = halves("diabetes")
    return make_pipeline(StandardScaler(), Ridge()).fit(x, y)


def logistic() -> Any:
    x, y, _, _ = halves("wine")
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)


MODELS = {"forest": forest, "regression": regression, "logistic": logistic}
CHANGES: dict[str, tuple[str, Change]] = {
    "clipped": ("regression", lambda said: np.clip(said, 50, 250)),
    "exponential": ("regression", lambda said: np.exp(np.minimum(said / 100, 9))),
    "one percent more": ("regression", lambda said: said * 1.01),
    "shifted by a hundredth of the spread": ("regression", lambda said: said + 0.5),
    "two classes swapped": ("logistic", lambda said: said[:, [1, 0, 2]]),
    "tempered": ("logistic", lambda said: said**0.9 / (said**0.9).sum(axis=1, keepdims=True)),
    "reweighted": ("forest", lambda said: said * [1, 1.05, 1] / (said * [1, 1.05, 1]).sum(axis=1, keepdims=True)),
    "a class too many": ("forest", lambda said: np.hstack([said, said[:, :1]])),
    "no answer": ("forest", lambda said: np.where(said > 0.9, np.nan, said)),
    "rows moved": ("forest", lambda said: np.roll(said, 1, axis=0)),
}


@pytest.mark.parametrize("kind", MODELS)
def test_what_says_the_same_passes(kind: str):
    require_same(pair_of(MODELS[kind]()))


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_what_is_said_is_caught(name: str):
    kind, change = CHANGES[name]
    with pytest.raises(ImportDiffers, match="Nothing was written"):
        require_same(pair_of(MODELS[kind](), change))


@pytest.mark.parametrize("kind", MODELS)
def test_two_features_swapped_are_caught(kind: str):
    with pytest.raises(ImportDiffers):
        require_same(pair_of(MODELS[kind](), features=lambda x: x[:, [1, 0, *range(2, x.shape[1])]]))


@pytest.mark.parametrize("direction", [-np.inf, np.inf])
def test_a_threshold_that_is_off_by_one_float32_is_caught(direction: float):
    x, y, _, _ = halves("breast cancer")
    estimator = HistGradientBoostingClassifier(max_iter=4, random_state=0).fit(x, y)
    moved = pair_of(estimator, features=lambda x: np.nextafter(x.astype(np.float32), np.float32(direction)))
    with pytest.raises(ImportDiffers, match="a probability"):
        require_same(moved)


def test_a_difference_far_from_all_that_is_usual_is_caught():
    """Such as a graph that clips its features."""
    with pytest.raises(ImportDiffers):
        require_same(pair_of(forest(), features=lambda x: np.where(np.abs(x) > 1e20, 0.0, x)))
    with pytest.raises(ImportDiffers):
        require_same(pair_of(regression(), features=lambda x: np.clip(x, -1e5, 1e5)))


def test_a_difference_on_the_users_own_rows_alone_is_caught_with_the_rows_number():
    _, _, own, _ = halves("wine")
    odd = own[7].astype(np.float32).astype(np.float64)
    change = pair_of(forest(), features=lambda x: np.where((x == odd).all(axis=1, keepdims=True), x * 3, x))
    require_same(change)
    with pytest.raises(ImportDiffers, match=f"in 1 of {len(own)} your rows, the first of them row 8"):
        require_same(change, own)


def test_predictions_are_compared_where_there_is_nothing_else():
    estimator = logistic()
    pair = pair_of(estimator)

    def labels(x: Array) -> SourceOutputs:
        with np.errstate(all="ignore"):
            return SourceOutputs([estimator.predict(x)[:, None].astype(np.float64)], "the test")

    predicted = replace(pair, exits=(Exit("label", Says.CLASS),), original=labels)
    require_same(predicted)
    with pytest.raises(ImportDiffers, match="a class"):
        require_same(replace(predicted, original=lambda x: SourceOutputs([np.zeros((len(x), 1))], "the test")))
    with pytest.raises(ImportDiffers, match="a class"):
        require_same(replace(predicted, original=lambda x: SourceOutputs([np.full((len(x), 1), -1.0)], "the test")))


def test_classes_stand_where_the_job_puts_them():
    pair = pair_of(logistic())
    fields = {"family": "logistic", "inputs": 13, "outputs": 5, "standardize": True}
    architecture = parse_architecture(json.dumps(fields))
    places = (3, 0, 4)
    tensors = converted(logistic()).form.tensors(architecture, places)
    placed = replace(pair, model=load_model(architecture, write_tensors(tensors)), places=places)
    require_same(placed)
    with pytest.raises(ImportDiffers):
        require_same(replace(placed, places=(3, 4, 0)))


def test_every_split_is_met_with_its_threshold_and_the_numbers_beside_it():
    model = model_of(converted(forest()).form)
    rows = rows_for(model, Features()).x.astype(np.float32)
    split = model.tensors["trees.feature"] >= 0
    met = 0
    for feature, threshold in zip(
        model.tensors["trees.feature"][split], model.tensors["trees.threshold"][split].astype(np.float32), strict=True
    ):
        sides = (threshold, *(np.nextafter(threshold, np.float32(side)) for side in (-np.inf, np.inf)))
        met += all((rows[:, feature] == one).any() for one in sides)
    assert met == split.sum()


def test_rows_are_the_same_every_time_and_groups_have_one_of_each():
    model = model_of(converted(logistic()).form)
    groups = Features(groups=((2, 3), (4, 5, 6)))
    first, again = (rows_for(model, groups).x for _ in range(2))
    assert np.array_equal(first, again)
    for group in groups.groups:
        part = first[:, list(group)]
        assert np.array_equal(np.sort(part, axis=1)[:, -1], np.ones(len(part)))
        assert np.array_equal(part.sum(axis=1), np.ones(len(part)))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("write", [as_onnx, as_safetensors, as_state_dict])
def test_what_is_written_is_run_or_read_back(kind: str, write: Any, monkeypatch: pytest.MonkeyPatch):
    model = model_of(converted(MODELS[kind]()).form)
    if kind == "forest" and write is as_state_dict:
        return
    made = write(model)
    assert made.judge in ("run by ONNX Runtime", exporting.BACK)
    assert made.file


def test_an_export_that_says_something_else_is_refused(monkeypatch: pytest.MonkeyPatch):
    model = model_of(converted(logistic()).form)
    other = dict(model.tensors) | {"layers.0.bias": model.tensors["layers.0.bias"] + [0.1, 0, 0]}
    for name in ("write_plain", "write_sequential"):
        right = getattr(exporting, name)
        monkeypatch.setattr(exporting, name, lambda architecture, _tensors, right=right: right(architecture, other))
    with pytest.raises(ExportDiffers, match="Nothing was written"):
        as_safetensors(model)
    with pytest.raises(ExportDiffers, match="PyTorch"):
        as_state_dict(model)
    run = run_of(load_model(model.architecture, write_tensors({n: v.astype(np.float32) for n, v in other.items()})))
    monkeypatch.setattr(exporting, "run_of", lambda _model: run)
    with pytest.raises(ExportDiffers, match="ONNX Runtime"):
        as_onnx(model)


def test_a_pair_that_agrees_may_be_written():
    model = model_of(converted(regression()).form)
    pair = Pair(model, (Exit("y", Says.VALUES),), lambda x: SourceOutputs([scores_of(model, x)], "itself"))
    assert require_written("anything", pair) == "itself"
