"""What XGBoost and LightGBM predict, the exact engine predicts with their JSON: every float32 goes the same way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost

from deml.base.errors import DemlError
from deml_learn.models.boosters.lightgbm_json import read_lightgbm
from deml_learn.models.boosters.lightgbm_text import read_lightgbm_text
from deml_learn.models.boosters.xgboost_json import read_xgboost
from deml_learn.models.document import Document
from deml_learn.models.errors import OtherBoosterFile
from deml_learn.models.exits import probabilities
from deml_learn.models.forest import at_most, rounded_down
from deml_learn.models.holding import hold
from deml_learn.models.kinds import ModelKind
from deml_learn.models.reading import ImportOptions, kind_of, take
from deml_learn.models.source import Source
from tests.support.cases import case, expected_of
from tests.unit.learn.models.imports import CLASSES, VALUES, classes_of, halves, model_of, outputs_of

QUICK = {"n_estimators": 8, "n_jobs": 1}
DROPS = tuple(map(int, xgboost.__version__.split(".")[:2])) >= (3, 4)
"""Whether XGBoost drops trees of any booster: asked for its `dart`, it warns."""

XGBOOST = {
    "gbtree": {},
    "dart": {"rate_drop": 0.3} if DROPS else {"booster": "dart", "rate_drop": 0.3},
    "boosted forest": {"num_parallel_tree": 2, "subsample": 0.5},
}
LIGHTGBM = {
    "gbdt": {},
    "dart": {"boosting_type": "dart"},
    "forest": {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1},
}


def from_xgboost(estimator: Any, folder: Path) -> Source:
    path = folder / "model.json"
    estimator.save_model(path)
    return read_xgboost(Document.parse("XGBoost", path.read_bytes()))


def from_lightgbm(estimator: Any) -> Source:
    return read_lightgbm(Document.parse("LightGBM", json.dumps(estimator.booster_.dump_model()).encode()))


def close(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Within what float32 leaves and sums, which XGBoost has, come to."""
    return np.allclose(ours, theirs.reshape(ours.shape), rtol=1e-5, atol=1e-5 * (1 + np.abs(theirs).max()))


@pytest.mark.parametrize("data", ["breast cancer", "wine", "diabetes", "visited a doctor"])
@pytest.mark.parametrize("kind", XGBOOST)
def test_xgboost(kind: str, data: str, tmp_path: Path):
    x, y, unseen, _ = halves(data)
    make = xgboost.XGBRegressor if data in VALUES else xgboost.XGBClassifier
    estimator = make(**QUICK, **XGBOOST[kind]).fit(x, y)
    source = from_xgboost(estimator, tmp_path)
    model = model_of(source.form)
    theirs = estimator.predict(unseen, output_margin=True)
    assert close(outputs_of(model, unseen), theirs)
    assert close(source.original(unseen).outputs[0], theirs)
    if data in CLASSES:
        assert np.mean(classes_of(model, unseen) == estimator.predict(unseen)) >= 0.999


def test_xgboost_stopped_early_predicts_with_its_best_rounds(tmp_path: Path):
    x, y, unseen, right = halves("breast cancer")
    estimator = xgboost.XGBClassifier(n_estimators=100, early_stopping_rounds=2, n_jobs=1)
    estimator.fit(x, y, eval_set=[(unseen, right)], verbose=False)
    source = from_xgboost(estimator, tmp_path)
    assert source.form.fields()["trees"] == estimator.best_iteration + 1
    assert "early stopping" in source.notes[0]
    assert close(outputs_of(model_of(source.form), unseen), estimator.predict(unseen, output_margin=True))


@pytest.mark.parametrize(("objective", "base"), [("binary:logistic", 0.3), ("binary:logitraw", 0.3)])
def test_xgboost_base_score_is_a_probability_or_a_logit(objective: str, base: float, tmp_path: Path):
    x, y, unseen, _ = halves("breast cancer")
    booster = xgboost.train({"objective": objective, "base_score": base, "nthread": 1}, xgboost.DMatrix(x, y), 2)
    source = from_xgboost(booster, tmp_path)
    assert close(
        outputs_of(model_of(source.form), unseen), booster.predict(xgboost.DMatrix(unseen), output_margin=True)
    )


@pytest.mark.parametrize("data", ["breast cancer", "wine", "diabetes", "visits to a doctor"])
@pytest.mark.parametrize("kind", LIGHTGBM)
def test_lightgbm(kind: str, data: str):
    x, y, unseen, _ = halves(data)
    make = lightgbm.LGBMRegressor if data in VALUES else lightgbm.LGBMClassifier
    estimator = make(verbose=-1, min_child_samples=5, **QUICK, **LIGHTGBM[kind]).fit(x, y)
    source = from_lightgbm(estimator)
    model = model_of(source.form)
    theirs = estimator.predict(unseen, raw_score=True)
    if kind == "forest":
        theirs = theirs / QUICK["n_estimators"]  # what LightGBM itself divides by before it predicts
    assert close(outputs_of(model, unseen), theirs)
    assert close(source.original(unseen).outputs[0], theirs)
    said = estimator.predict(unseen)
    agree = classes_of(model, unseen) == said if data in CLASSES else np.isclose(outputs_of(model, unseen)[:, 0], said)
    assert np.mean(agree) >= 0.999


def test_thresholds_send_every_float32_the_same_way():
    random = np.random.default_rng(0)
    thresholds = np.concatenate(
        [random.normal(size=50), [0.0, 1e-45, -1e-45, 1e300, -1e300, np.inf, -np.inf, 16_777_217]]
    )
    for threshold in thresholds:
        nearest = np.float32(np.clip(threshold, -3e38, 3e38))
        x = np.array([np.nextafter(nearest, np.float32(side)) for side in (-np.inf, np.inf)] + [nearest], np.float32)
        assert np.array_equal(x.astype(np.float64) <= threshold, x <= rounded_down(threshold))
        assert np.array_equal(x.astype(np.float64) < threshold, x <= at_most(threshold))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"objective": {"name": "count:poisson"}}, "count:poisson"),
        ({"objective": {"name": "rank:ndcg"}}, "rank:ndcg"),
        ({"gradient_booster": {"name": "gblinear"}}, "gblinear"),
        ({"learner_model_param": {"num_target": "2"}}, "targets"),
        ({"gradient_booster": {"model": {"trees": [], "mood": 1}}}, "'mood' of its trees"),
    ],
)
def test_what_xgboost_has_and_we_have_not_is_named(change: dict[str, Any], named: str, tmp_path: Path):
    x, y, _, _ = halves("wine")
    xgboost.XGBClassifier(**QUICK).fit(x, y).save_model(tmp_path / "model.json")
    document = json.loads((tmp_path / "model.json").read_text())
    for name, values in change.items():
        document["learner"][name] |= values
    with pytest.raises(Exception, match=named) as refusal:
        read_xgboost(Document("XGBoost", document))
    assert refusal.value.code() == "UNIMPORTABLE"


def test_splits_on_categories_are_named(tmp_path: Path):
    x, _, _, _ = halves("wine")
    x = np.column_stack([x[:, 0], np.arange(len(x)) % 4])
    settings = {"n_estimators": 2, "min_child_samples": 2, "cat_smooth": 1, "min_data_per_group": 1, "n_jobs": 1}
    estimator = lightgbm.LGBMClassifier(verbose=-1, **settings).fit(x, np.arange(len(x)) % 2, categorical_feature=[1])
    with pytest.raises(Exception, match="categories") as refusal:
        from_lightgbm(estimator)
    assert refusal.value.code() == "UNIMPORTABLE"


@pytest.mark.parametrize("file", ["miss-17", "x17-logistic"])
def test_files_of_xgboost_1_7_are_read(file: str):
    data = case(f"xgb-1.7/{file}.json").read_bytes()
    source = read_xgboost(Document.parse("XGBoost", data))
    model = model_of(source.form)
    x = np.random.default_rng(0).normal(size=(200, model.architecture.inputs))
    booster = xgboost.Booster(model_file=bytearray(data))
    theirs = booster.predict(xgboost.DMatrix(x), output_margin=True, validate_features=False)
    assert close(outputs_of(model, x), theirs)


@pytest.mark.parametrize("file", ["xgb-1.7/x17-logistic.json", "xgb-3.4-rate-drop/rate-drop.json"])
def test_xgboost_of_every_version_says_what_was_right(file: str):
    x, right = expected_of(file.partition("/")[0])
    model = model_of(read_xgboost(Document.parse("XGBoost", case(file).read_bytes())).form)
    assert np.allclose(probabilities(outputs_of(model, x))[:, 1:], right, atol=1e-5)


def test_that_the_file_does_not_hold_what_counts_as_missing_is_said_and_rows_without_it_are_right():
    source = read_xgboost(Document.parse("XGBoost", case("xgb-missing-999/miss-32.json").read_bytes()))
    assert any("missing=" in note and "-999" in note for note in source.notes)
    x, right = expected_of("xgb-missing-999")
    whole = ~(x == -999).any(axis=1)
    assert whole.any()
    assert not whole.all()
    ours = probabilities(outputs_of(model_of(source.form), x))
    assert np.allclose(ours[whole], right[whole], atol=1e-5)
    assert not np.allclose(ours[~whole], right[~whole], atol=1e-2)  # what the note is for


def test_pruned_nodes_do_not_count(tmp_path: Path):
    x, y, unseen, _ = halves("breast cancer")
    estimator = xgboost.XGBClassifier(**QUICK, tree_method="exact", gamma=2.0, max_depth=8).fit(x, y)
    source = from_xgboost(estimator, tmp_path)
    deleted = [
        int(one["tree_param"]["num_deleted"])
        for one in json.loads((tmp_path / "model.json").read_text())["learner"]["gradient_booster"]["model"]["trees"]
    ]
    assert sum(deleted) > 0
    assert close(outputs_of(model_of(source.form), unseen), estimator.predict(unseen, output_margin=True))


@pytest.mark.parametrize("kind", [None, ModelKind.XGBOOST, ModelKind.LIGHTGBM])
def test_other_files_of_boosters_are_refused_with_how_to_save_them(kind: ModelKind | None):
    path = case("booster-other-formats/xdump.json")
    with pytest.raises(OtherBoosterFile, match="dump of XGBoost's trees") as refused:
        take(path, kind or kind_of(path), ImportOptions())
    assert "save_model('model.json')" in refused.value.advice()


@pytest.mark.usefixtures("in_this_process")
def test_a_text_of_lightgbm_and_a_binary_json_of_xgboost_are_read_and_say_what_they_say():
    path = case("booster-other-formats/l-binary.txt")
    found = take(path, kind_of(path), ImportOptions())
    assert "LightGBM" in hold(found).judge
    x = np.random.default_rng(0).normal(size=(200, found.imported.model.architecture.inputs)).astype(np.float32)
    assert close(outputs_of(found.imported.model, x), lightgbm.Booster(model_file=path).predict(x, raw_score=True))
    path = case("booster-other-formats/x.ubj")
    found = take(path, kind_of(path), ImportOptions())
    assert "XGBoost" in hold(found).judge
    x = np.random.default_rng(0).normal(size=(200, found.imported.model.architecture.inputs))
    booster = xgboost.Booster(model_file=path)
    theirs = booster.predict(xgboost.DMatrix(x), output_margin=True, validate_features=False)
    assert close(outputs_of(found.imported.model, x), theirs)


SAVED: dict[str, Any] = {
    "ubj": lambda data: xgboost.XGBRegressor if data in VALUES else xgboost.XGBClassifier,
    "txt": lambda data: lightgbm.LGBMRegressor if data in VALUES else lightgbm.LGBMClassifier,
}


@pytest.mark.parametrize("data", ["breast cancer", "wine", "diabetes"])
@pytest.mark.parametrize(("suffix", "kind"), [*(("ubj", one) for one in XGBOOST), *(("txt", one) for one in LIGHTGBM)])
def test_either_file_of_a_booster_becomes_the_same_model(suffix: str, kind: str, data: str, tmp_path: Path):
    x, y, _, _ = halves(data)
    options = XGBOOST[kind] if suffix == "ubj" else {"verbose": -1, "min_child_samples": 5, **LIGHTGBM[kind]}
    estimator = SAVED[suffix](data)(**QUICK, **options).fit(x, y)
    path = tmp_path / f"model.{suffix}"
    if suffix == "ubj":
        estimator.save_model(path)
        other = from_xgboost(estimator, tmp_path)
    else:
        estimator.booster_.save_model(path)
        other = from_lightgbm(estimator)
    found = take(path, kind_of(path), ImportOptions()).source
    assert found.form.fields() == other.form.fields()
    assert found.features == other.features
    one, two = (model_of(source.form).tensors for source in (found, other))
    assert all(np.array_equal(one[name], two[name]) for name in two)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("objective", ["regression", "binary", "multiclass", "multiclassova"])
@pytest.mark.parametrize("kind", LIGHTGBM)
def test_texts_of_lightgbm_are_held_to_what_it_predicts(objective: str, kind: str, tmp_path: Path):
    x, y, _, _ = halves("wine")
    y = y if objective.startswith("multi") else y > 0
    make = lightgbm.LGBMRegressor if objective == "regression" else lightgbm.LGBMClassifier
    options = {"verbose": -1, "min_child_samples": 5, **QUICK, **LIGHTGBM[kind]}
    estimator = make(objective=objective, **options).fit(x, y)
    estimator.booster_.save_model(tmp_path / "model.txt")
    assert "LightGBM" in hold(take(tmp_path / "model.txt", ModelKind.LIGHTGBM, ImportOptions())).judge


def text_of_lightgbm(change: dict[str, str]) -> bytes:
    text = case("booster-other-formats/l-binary.txt").read_text()
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"objective=binary sigmoid:1": "objective=poisson"}, "UNIMPORTABLE", "poisson"),
        ({"objective=binary sigmoid:1": "objective=regression sqrt"}, "UNIMPORTABLE", "reg_sqrt"),
        ({"objective=binary sigmoid:1\n": ""}, "UNIMPORTABLE", "its own objective"),
        ({"is_linear=0": "is_linear=1"}, "UNIMPORTABLE", "linear_tree"),
        ({"num_cat=0": "num_cat=1"}, "UNIMPORTABLE", "categories"),
        ({"decision_type=2": "decision_type=3"}, "UNIMPORTABLE", "categories"),
        ({"decision_type=2": "decision_type=6"}, "UNIMPORTABLE", "zero_as_missing"),
        ({"split_feature=0": "split_feature=7"}, "MALFORMED_SOURCE", "not there"),
        ({"left_child=2": "left_child=0"}, "MALFORMED_SOURCE", "circle"),
        ({"left_child=2": "left_child=-99"}, "MALFORMED_SOURCE", "out of the tree"),
        ({"num_leaves=12": "num_leaves=13"}, "MALFORMED_SOURCE", "leaves"),
        ({"threshold=": "threshold=x "}, "MALFORMED_SOURCE", "threshold"),
        ({"end of trees": ""}, "MALFORMED_SOURCE", "end of trees"),
        ({"max_feature_idx=4": "max_feature_idx=99999999999999999999"}, "MALFORMED_SOURCE", "max_feature_idx"),
        ({"version=v4": "version=v4\nversion=v4"}, "MALFORMED_SOURCE", "twice"),
    ],
)
def test_what_a_text_of_lightgbm_has_and_we_have_not_is_named(change: dict[str, str], code: str, named: str):
    with pytest.raises(DemlError, match=named) as refusal:
        read_lightgbm_text(text_of_lightgbm(change))
    assert refusal.value.code() == code
