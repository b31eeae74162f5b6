"""The attack finds out a model that knows its rows by heart, and finds nothing where there is nothing; DP helps."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from deml.scoring import load_model, parse_architecture, parse_metric
from deml_learn.privacy.attack import FALSE_POSITIVE_RATES, LabelledRows, _auc, _curve, _recognised, audit
from deml_learn.privacy.budget import Privacy
from deml_learn.privacy.dp_sgd import train_privately
from deml_learn.privacy.errors import NoPlot, TooFewToJudge
from deml_learn.privacy.gradients import losses
from deml_learn.privacy.plot import FORMS, draw_plot, plot_form
from deml_learn.privacy.shadows import Recipe, Shadows, train_shadows
from deml_learn.privacy.signals import signals
from deml_learn.privacy.words import verdict
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.model_file import fresh_trainable
from tests.support.seeded_randomness import SeededRandomness

MLP = parse_architecture('{"family": "mlp", "task": "classification", "inputs": 20, "hidden": [64], "outputs": 1}')
LINEAR = parse_architecture('{"family": "linear", "inputs": 20}')


def quiet(_epoch) -> None:
    pass


def population(count, seed, architecture=MLP):
    """Rows whose labels nobody can predict well: what a model knows of them, it knows by heart."""
    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (count, 20))
    y = x[:, 0] + random.normal(0, 2, count)
    return LabelledRows(x, y if architecture is LINEAR else (y > 0).astype(float))


def trained(rows, epsilon=inf, architecture=MLP, epochs=150):
    start = fresh_trainable(architecture, rows.x, 0)
    how = Hyperparameters(epochs, len(rows.y), 0.02)
    made, _ = train_privately(
        start.network, rows.x, rows.y, how, Privacy(epsilon, 1e-4, 1.0, 1.0), quiet, SeededRandomness(0)
    )
    return tuple(load_model(architecture, one.file()) for one in (start.with_network(made), start))


MEMBERS, OTHERS, STRANGERS = population(150, 1), population(300, 2), population(150, 3)


@pytest.fixture(scope="module")
def overfitted():
    return trained(MEMBERS)


@pytest.fixture(scope="module")
def found_out(overfitted):
    return audit(*overfitted, MEMBERS, OTHERS)


def test_a_model_that_knows_its_rows_by_heart_is_found_out(found_out):
    assert set(found_out.outcomes) == {"loss", "loss against the initial model", "likelihood ratio"}
    for outcome in found_out.outcomes.values():
        assert outcome.auc.value > 0.75
        assert 0.5 < outcome.auc.low < outcome.auc.value < outcome.auc.high
    assert found_out.outcomes[found_out.best_at(0.01)].recognised[0.01].value > 0.03
    assert "gives away which rows" in list(verdict(found_out))[-2]
    assert "strongest" not in " ".join(verdict(found_out))


def test_rows_that_it_never_saw_are_told_apart_by_chance_only(overfitted):
    found = audit(*overfitted, STRANGERS, OTHERS)
    for outcome in found.outcomes.values():
        assert outcome.auc.low < 0.5 < outcome.auc.high
    assert "None of the 3 attacks shows a leak" in list(verdict(found))[-2]


def test_differential_privacy_lowers_it(found_out):
    private = audit(*trained(MEMBERS, epsilon=1.0), MEMBERS, OTHERS)
    best = private.outcomes[private.best_of_pairs]
    assert best.auc.value < found_out.outcomes[found_out.best_of_pairs].auc.value - 0.15
    bound = FALSE_POSITIVE_RATES[1] * np.e + 1e-4
    assert best.recognised[0.01].low <= bound


def test_without_the_initial_model_two_attacks_are_left(overfitted):
    found = audit(overfitted[0], None, MEMBERS, OTHERS)
    assert set(found.outcomes) == {"loss", "likelihood ratio"}
    assert found.outcomes["likelihood ratio"].auc.value > 0.7


def test_predicted_values_are_attacked_too():
    members, others = (population(25, 1, LINEAR), population(200, 2, LINEAR))
    found = audit(*trained(members, architecture=LINEAR, epochs=800), members, others)
    assert found.outcomes[found.best_of_pairs].auc.value > 0.7


def test_the_same_seed_gives_the_same_intervals(overfitted, found_out):
    again = audit(*overfitted, MEMBERS, OTHERS)
    assert again.outcomes["loss"].auc == found_out.outcomes["loss"].auc


def test_at_each_rate_the_best_of_all_attacks_is_told(found_out):
    told = " ".join(verdict(found_out))
    for rate in FALSE_POSITIVE_RATES:
        best = max(one.recognised[rate].value for one in found_out.outcomes.values())
        assert found_out.outcomes[found_out.best_at(rate)].recognised[rate].value == best
        assert f"Allowed to accuse {rate:.1%}" in told
        assert f"{best:.1%}" in told


LOGISTIC = parse_architecture('{"family": "logistic", "inputs": 20, "outputs": 1}')
NOISY = Recipe(
    LOGISTIC, parse_metric("accuracy", LOGISTIC), None, Hyperparameters(epochs=60, learning_rate=0.05, l2=0.0)
)


def compared(model, members, others, count):
    x, y = np.concatenate([members.x, others.x]), np.concatenate([members.y, others.y])
    done = []
    shadows = train_shadows(NOISY, x, y, count, 0, lambda: done.append(1))
    assert len(done) == count
    return audit(model, None, members, others, shadows)


def test_shadow_models_tell_a_row_that_is_hard_from_one_that_was_not_learnt():
    """Confidence hangs on the row far more than on whether it was learnt: only a comparison by row sees the latter."""
    random = np.random.default_rng(0)
    rows, shadows = 400, 24
    hardness, learnt = random.normal(0, 5, rows), random.random((shadows + 1, rows)) < 0.5
    confidence = hardness + 1.5 * learnt + random.normal(0, 1, (shadows + 1, rows))
    found = Shadows(confidence[1:], learnt[1:]).distance(confidence[0])
    by_row = _auc(found[learnt[0]], found[~learnt[0]])
    by_confidence = _auc(confidence[0][learnt[0]], confidence[0][~learnt[0]])
    assert by_confidence < 0.65
    assert by_row > 0.8
    assert by_row < 0.857, "normal distributions 1.5 deviations apart allow no more"


def test_a_row_that_no_shadow_model_has_seen_on_both_sides_says_nothing():
    learnt = np.array([[True, False, True], [True, False, False], [True, False, True], [True, False, False]])
    found = Shadows(np.arange(12.0).reshape(4, 3), learnt).distance(np.array([1.0, 2.0, 3.0]))
    assert found[:2].tolist() == [0, 0]
    assert found[2] != 0


def test_shadow_models_recognise_rows_that_a_model_has_learnt():
    drawn, others = population(80, 11), population(80, 12)
    rows = NOISY.split(drawn.x, drawn.y)
    found = compared(load_model(LOGISTIC, NOISY.train(rows)), LabelledRows(rows.x, rows.y), others, 16)
    assert found.outcomes["likelihood ratio by 16 shadow models"].auc.low > 0.5


def test_shadow_models_see_nothing_in_a_model_that_never_saw_the_rows():
    drawn = population(200, 23)
    model = load_model(LOGISTIC, NOISY.train(NOISY.split(drawn.x, drawn.y)))
    found = compared(model, population(80, 21), population(80, 22), 16)
    outcome = found.outcomes["likelihood ratio by 16 shadow models"]
    assert outcome.auc.low < 0.5 < outcome.auc.high


@pytest.mark.parametrize("privacy", [None, Privacy(4.0, 1e-4)], ids=["usual", "private"])
def test_a_shadow_model_has_learnt_from_what_it_was_trained_on_and_not_from_validation_rows(privacy):
    start = fresh_trainable(LOGISTIC, MEMBERS.x, 0).file()
    recipe = replace(NOISY, initial=start, privacy=privacy, hyperparameters=replace(NOISY.hyperparameters, epochs=2))
    found = train_shadows(recipe, MEMBERS.x, MEMBERS.y, 8, 0, lambda: None)
    assert found.learnt.shape == found.confidence.shape == (8, 150)
    assert np.isfinite(found.confidence).all()
    assert all(40 <= count <= 74 for count in found.learnt.sum(axis=1)), "four fifths of one half"


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_losses_are_those_of_training(outputs):
    architecture = parse_architecture(f'{{"family": "logistic", "inputs": 20, "outputs": {outputs}}}')
    rows = population(40, 5)
    start = fresh_trainable(architecture, rows.x, 1)
    file = start.file()
    found = signals(load_model(architecture, file), rows.x, rows.y)
    np.testing.assert_allclose(found.losses, losses(start.network, rows.x, rows.y), rtol=1e-4)
    np.testing.assert_allclose(found.confidence, -np.log(np.expm1(found.losses)), rtol=1e-6)


def test_few_rows_say_nothing(overfitted):
    few = LabelledRows(MEMBERS.x[:19], MEMBERS.y[:19])
    with pytest.raises(TooFewToJudge, match="19 training rows"):
        audit(*overfitted, few, OTHERS)


SCORES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30).map(np.array)


@given(SCORES, SCORES)
@settings(deadline=None)
def test_areas_and_curves_are_scikit_learns(members, others):
    truth, scores = np.r_[np.ones(len(members)), np.zeros(len(others))], np.r_[members, others]
    assert _auc(members, others) == pytest.approx(roc_auc_score(truth, scores))
    false, true, _ = roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(_curve(members, others), (false, true), atol=1e-12)


@given(SCORES, SCORES, st.sampled_from([0.0, 0.001, 0.01, 0.3]))
def test_no_more_others_are_accused_than_allowed(members, others, rate):
    found = _recognised(members, others, rate)
    false, true = _curve(members, others)
    assert found.value == pytest.approx(max(true[false <= rate + 1e-12]))
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_curves_are_drawn(found_out):
    begin = {"png": b"\x89PNG\r", "svg": b"<?xml", "pdf": b"%PDF-"}
    assert {form: draw_plot(found_out, form)[:5] for form in FORMS} == begin


@pytest.mark.parametrize("name", ["roc.xyz", "roc", "png"])
def test_a_form_that_cannot_be_drawn_is_refused_by_its_name(tmp_path, name):
    assert plot_form(tmp_path / "roc.SVG") == "svg"
    with pytest.raises(NoPlot, match="not supported"):
        plot_form(tmp_path / name)


def test_the_command(deml, tmp_path, overfitted):
    names = [f"x{index}" for index in range(20)]
    columns = [{"name": name, "type": "number"} for name in names] + [{"name": "y", "type": "integer"}]
    spec = {
        "version": 1,
        "title": "T",
        "data": {"columns": columns, "label": {"column": "y"}},
        "architecture": {"family": "mlp", "task": "classification", "inputs": 20, "hidden": [64], "outputs": 1},
        "metric": "accuracy",
    }
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    start = fresh_trainable(MLP, MEMBERS.x, 0)
    how = Hyperparameters(150, 150, 0.02)
    made, _ = train_privately(start.network, MEMBERS.x, MEMBERS.y, how, Privacy(inf, 1e-4, 1.0, 1.0), quiet)
    (tmp_path / "model.safetensors").write_bytes(start.with_network(made).file())
    (tmp_path / "initial.safetensors").write_bytes(start.file())
    for name, rows in (("mine", MEMBERS), ("others", OTHERS)):
        lines = [",".join(map(str, [*x, int(y)])) for x, y in zip(rows.x, rows.y, strict=True)]
        (tmp_path / f"{name}.csv").write_text("\n".join([",".join([*names, "y"]), *lines]))
    arguments = ("privacy", "audit", "spec.json", "model.safetensors", "--data", "mine.csv", "--json")
    options = ("--held-out", "others.csv", "--initial", "initial.safetensors", "--plot", "roc.svg")
    done = deml(*arguments, *options)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["members"], told["others"]) == (120, 300), "validation rows are no members"
    assert all(one["auc"]["value"] > 0.7 for one in told["attacks"])
    assert (tmp_path / "roc.svg").exists()
    whole = json.loads(deml(*arguments, *options, "--validation", 0).stdout)
    assert (whole["members"], whole["others"]) == (150, 300)
    shadowed = deml(*arguments, *options, "--shadows", 8)
    assert shadowed.exit_code == 0, shadowed.output
    assert "shadow models take about" in shadowed.stderr
    assert any("8 shadow models" in one["attack"] for one in json.loads(shadowed.stdout)["attacks"])
    assert deml(*arguments, *options, "--shadows", 3).exit_code == 1
    split = deml(*arguments[:-1])
    assert split.exit_code == 0, split.output
    assert "guessing does in 50 %" in " ".join(split.output.split())
