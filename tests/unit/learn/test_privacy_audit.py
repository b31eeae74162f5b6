"""The attack finds out a model that knows its rows by heart, and finds nothing where there is nothing; DP helps."""

from __future__ import annotations

import json
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from deml.scoring import load_model, parse_architecture
from deml_learn.privacy.attack import FALSE_POSITIVE_RATES, Rows, _auc, _curve, _recognised, audit
from deml_learn.privacy.budget import Privacy
from deml_learn.privacy.dp_sgd import train_privately
from deml_learn.privacy.errors import NoPlot, TooFewToJudge
from deml_learn.privacy.gradients import losses
from deml_learn.privacy.plot import write_plot
from deml_learn.privacy.randomness import SeededRandomness
from deml_learn.privacy.signals import signals
from deml_learn.privacy.words import verdict
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.model_file import fresh_trainable

MLP = parse_architecture('{"family": "mlp", "task": "classification", "inputs": 20, "hidden": [64], "outputs": 1}')
LINEAR = parse_architecture('{"family": "linear", "inputs": 20}')


def quiet(_epoch) -> None:
    pass


def population(count, seed, architecture=MLP):
    """Rows whose labels nobody can predict well: what a model knows of them, it knows by heart."""
    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (count, 20))
    y = x[:, 0] + random.normal(0, 2, count)
    return Rows(x, y if architecture is LINEAR else (y > 0).astype(float))


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
    assert found_out.outcomes[found_out.strongest].recognised[0.01].value > 0.03
    assert "gives away which rows" in list(verdict(found_out))[-1]


def test_rows_that_it_never_saw_are_told_apart_by_chance_only(overfitted):
    found = audit(*overfitted, STRANGERS, OTHERS)
    for outcome in found.outcomes.values():
        assert outcome.auc.low < 0.5 < outcome.auc.high
    assert "no leak" in list(verdict(found))[-1]


def test_differential_privacy_lowers_it(found_out):
    private = audit(*trained(MEMBERS, epsilon=1.0), MEMBERS, OTHERS)
    best = private.outcomes[private.strongest]
    assert best.auc.value < found_out.outcomes[found_out.strongest].auc.value - 0.15
    bound = FALSE_POSITIVE_RATES[1] * np.e + 1e-4
    assert best.recognised[0.01].low <= bound


def test_without_the_initial_model_two_attacks_are_left(overfitted):
    found = audit(overfitted[0], None, MEMBERS, OTHERS)
    assert set(found.outcomes) == {"loss", "likelihood ratio"}
    assert found.outcomes["likelihood ratio"].auc.value > 0.7


def test_predicted_values_are_attacked_too():
    members, others = (population(25, 1, LINEAR), population(200, 2, LINEAR))
    found = audit(*trained(members, architecture=LINEAR, epochs=800), members, others)
    assert found.outcomes[found.strongest].auc.value > 0.7


def test_the_same_seed_gives_the_same_intervals(overfitted, found_out):
    again = audit(*overfitted, MEMBERS, OTHERS)
    assert again.outcomes["loss"].auc == found_out.outcomes["loss"].auc


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
    few = Rows(MEMBERS.x[:19], MEMBERS.y[:19])
    with pytest.raises(TooFewToJudge, match="19 rows"):
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


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_curves_are_drawn(found_out, tmp_path, suffix):
    path = tmp_path / f"roc.{suffix}"
    write_plot(found_out, path)
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")
    with pytest.raises(NoPlot, match="not supported"):
        write_plot(found_out, tmp_path / "roc.xyz")


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
    assert (told["members"], told["others"]) == (150, 300)
    assert all(one["auc"]["value"] > 0.7 for one in told["attacks"])
    assert (tmp_path / "roc.svg").exists()
    split = deml(*arguments[:-1])
    assert split.exit_code == 0, split.output
    assert "guessing does in 50 %" in split.output
