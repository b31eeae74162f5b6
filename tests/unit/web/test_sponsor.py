"""The Python that the page runs for a sponsor: the same draft as the command's, of plain values."""

from __future__ import annotations

import json

import lightgbm
import numpy as np
import pytest
import xgboost

from deml.base.errors import DemlError
from deml.ipld import file_cid
from deml.scoring import load_model, parse_architecture
from deml_sdk.market.errors import ManyDuplicates
from tests.support.loose_file import loose_module
from tests.vectors import generate_page_table

ARCHITECTURE = '{"family":"logistic","inputs":3,"outputs":1,"standardize":true}'
ROWS = 200


@pytest.fixture
def sponsor(tmp_path):
    module = loose_module("web/src/python/sponsor.py")
    module.FOLDER = tmp_path / "job"
    return module


@pytest.fixture
def data():
    x = np.random.default_rng(0).normal(size=(ROWS, 3))
    return x.ravel(), (x[:, 0] > 0).astype(float)


def plan(**changes):
    job = {
        "title": "Tumours",
        "architecture": ARCHITECTURE,
        "metric": "brier",
        "escrow": "1000",
        "rule": "market",
        "target": -50_000,
        "grid": 1_000,
        "reward": "0",
        "threshold": 0,
        "stake": {"bps": 1_000},
        "bond_bps": 2_000,
        "commit": 600,
        "reveal": 300,
        "declare": 300,
        "submit": 300,
        "rounds": 10,
        "participants": 10,
        "allow_list": [],
        "confidence": 950_000,
        "previous_job": 0,
    }
    token = {"address": "0x" + "AB" * 20, "symbol": "DEV", "decimals": 18}
    return {"job": job | changes, "token": token, "nonce": "0x" + "11" * 32, "latest": 1_000, "finalised": 990}


def drafted(sponsor, data, **changes):
    initial, holdout = sponsor.fresh_model(ARCHITECTURE, data[0]), sponsor.holdout_file(ARCHITECTURE, *data)
    return sponsor.drafted(plan(**changes), initial, holdout, b"{}")


def test_a_fresh_model_can_be_loaded_and_takes_averages_of_the_sample(sponsor, data):
    tensors = load_model(parse_architecture(ARCHITECTURE), sponsor.fresh_model(ARCHITECTURE, data[0])).tensors
    assert tensors["standardize.mean"] == pytest.approx(data[0].reshape(-1, 3).mean(axis=0), abs=1e-6)


@pytest.mark.parametrize("metric", ["brier", "accuracy", "log_loss", "roc_auc", "balanced_accuracy"])
def test_more_rows_tell_smaller_gains_from_luck(sponsor, data, metric):
    initial, holdout = sponsor.fresh_model(ARCHITECTURE, data[0]), sponsor.holdout_file(ARCHITECTURE, *data)
    told = sponsor.measured(ARCHITECTURE, metric, initial, holdout, 10, 950_000)
    assert told["rows"] == told["distinct"] == ROWS
    gains = [gain for _, gain in told["others"]]
    assert gains == sorted(gains, reverse=True)
    assert dict(map(tuple, told["others"]))[ROWS] == told["least"] < told["practice"]


def test_without_confidence_nothing_is_told_from_luck(sponsor, data):
    initial, holdout = sponsor.fresh_model(ARCHITECTURE, data[0]), sponsor.holdout_file(ARCHITECTURE, *data)
    assert sponsor.measured(ARCHITECTURE, "brier", initial, holdout, 10, 0)["least"] is None


def test_rows_that_are_all_the_same_are_refused(sponsor, data):
    initial = sponsor.fresh_model(ARCHITECTURE, data[0])
    same = sponsor.holdout_file(ARCHITECTURE, np.ones(30), np.array([0.0] * 10))
    with pytest.raises(ManyDuplicates):
        sponsor.measured(ARCHITECTURE, "brier", initial, same, 10, 950_000)


def test_terms_are_those_that_the_command_would_send(sponsor, data):
    made = drafted(sponsor, data)
    terms = made["terms"]
    assert terms["specCid"] == str(file_cid(b"{}"))
    assert terms["stake"] == str(10**20)
    assert made["escrow"] == str(10**21)
    assert terms["commitUntil"] == 1_000 + 60 + 600
    assert terms["minRows"] == terms["maxRows"] == ROWS
    assert made["tells"].startswith("Gains that luck could explain earn nothing.")
    (doubt,) = made["warnings"]
    assert "worse than always saying the same" in doubt  # of a model that knows nothing yet
    json.dumps(made)  # nothing but plain values


@pytest.mark.parametrize(
    "changes",
    [
        {"stake": {"bps": 500}},
        {"target": -249_000},
        {"commit": 10},
        {"bond_bps": 100},
        {"title": "a\u0000b"},
        {"participants": 129},
    ],
    ids=["seats", "rows", "window", "bond", "title", "places"],
)
def test_what_the_machine_would_refuse_is_refused_here(sponsor, data, changes):
    with pytest.raises(DemlError):
        drafted(sponsor, data, **changes)


def test_short_windows_and_cheap_lies_are_named(sponsor, data):
    slow = plan(rounds=9) | {"latest": 10_000, "finalised": 9_000}
    initial, holdout = sponsor.fresh_model(ARCHITECTURE, data[0]), sponsor.holdout_file(ARCHITECTURE, *data)
    warnings = sponsor.drafted(slow, initial, holdout, b"{}")["warnings"]
    assert len(warnings) == 1 + 4


def test_the_table_that_the_page_is_held_to_is_what_the_sdk_makes():
    assert json.loads(generate_page_table.TARGET.read_text()) == generate_page_table.made()


def test_a_file_of_our_own_fits_and_others_do_not(sponsor, data):
    assert sponsor.fits(ARCHITECTURE, sponsor.fresh_model(ARCHITECTURE, data[0]))
    assert not sponsor.fits(ARCHITECTURE, b"no model")


@pytest.mark.parametrize(("library", "name"), [("xgboost", "booster.json"), ("lightgbm", "booster.txt")])
def test_boosters_are_imported_and_score_as_a_model_of_ours(sponsor, data, tmp_path, library, name):
    x, y = data[0].reshape(-1, 3), data[1]
    if library == "xgboost":
        xgboost.XGBClassifier(n_estimators=3, max_depth=2).fit(x, y).save_model(tmp_path / name)
    else:
        lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(x, y).booster_.save_model(tmp_path / name)
    made = sponsor.imported(name, (tmp_path / name).read_bytes(), {}, ["a", "b", "c"])
    holdout = sponsor.holdout_file(made["architecture"], *data)
    told = sponsor.measured(made["architecture"], "accuracy", made["file"], holdout, 10, 950_000)
    assert told["baseline"] > 900_000


@pytest.mark.parametrize("name", ["model.pkl", "model.skops", "model.onnx"])
def test_what_runs_code_or_needs_a_library_is_left_to_the_command(sponsor, name):
    with pytest.raises(ValueError, match="deml model import does"):
        sponsor.imported(name, b"anything", {}, [])


def test_an_average_is_the_dapps_own(sponsor, data):
    shape = parse_architecture(ARCHITECTURE)
    start = sponsor.fresh_model(ARCHITECTURE, data[0])
    both = [sponsor.fresh_model(ARCHITECTURE, data[0] * factor) for factor in (1, 3)]
    mean = load_model(shape, sponsor.averaged(ARCHITECTURE, start, both)).tensors["standardize.mean"]
    parts = [load_model(shape, one).tensors["standardize.mean"] for one in both]
    assert mean == pytest.approx(np.mean(parts, axis=0), abs=1e-6)
