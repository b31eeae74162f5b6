"""The demo as a visitor runs it, and what it writes down."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

TOKENS = 10**18


pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict:
    written = tmp_path_factory.mktemp("demo") / "demo.json"
    command = [sys.executable, "-m", "deml_cli", "demo", "--json", str(written)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(written.read_text())


def test_every_balance_on_chain_is_what_the_rules_say(document: dict) -> None:
    for party in document["balances"]:
        assert int(party["after"]) - int(party["before"]) == int(party["expectedChange"]), party["party"]
    changes = [int(party["expectedChange"]) for party in document["balances"]]
    assert sum(changes) == 0


def test_honest_clinics_gain_and_cheats_do_not(document: dict) -> None:
    change = {one["party"]: int(one["after"]) - int(one["before"]) for one in document["balances"]}
    assert all(change[clinic] > 100 * TOKENS for clinic in ("North Clinic", "South Clinic", "Town Clinic"))
    assert change["Free-rider"] == 0
    assert change["Copier"] == change["Poisoner"] == -100 * TOKENS
    assert document["refusals"] == {"Copier": ["COMMITMENT_MISMATCH"]}
    (refuted,) = document["refuted"]
    assert (refuted["reason"], refuted["declared"]) == ("SCORE_MISMATCH", 0)
    assert refuted["computed"] < document["jobs"][0]["baseline"]


def test_clients_train_in_the_sandbox_and_one_of_them_with_differential_privacy(document: dict) -> None:
    assert document["sandbox"].startswith("bubblewrap with ")
    assert [one["party"] for one in document["training"]] == ["North Clinic", "South Clinic", "Town Clinic"]
    north, south, town = (one["privacy"] for one in document["training"])
    assert north is south is None
    assert 0 < town["epsilon"] <= 8
    assert town["delta"] == 1e-5


def test_each_act_ends_as_its_story_says(document: dict) -> None:
    sealed, silent, crooked, *rounds = document["jobs"]
    assert [one["ending"] for one in rounds] == ["settled"] * 3
    assert (sealed["ending"], silent["ending"], crooked["ending"]) == ("settled", "holdout-not-revealed", "settled")
    assert [one["standing"] for one in sealed["clients"]] == ["paid"] * 3 + ["not-due", "failed", "failed"]
    assert all(one["modelCid"] is None for one in silent["clients"])
    assert [one["standing"] for one in crooked["clients"]] == ["paid", "not-due", "not-due"]
    assert [one["modelCid"] is None for one in crooked["clients"]] == [False, True, True]


def test_what_is_paid_is_the_credited_score_and_less_than_the_raw_one(document: dict) -> None:
    sealed, _, *others = document["jobs"]
    for job in (sealed, *others):
        paid = [one for one in job["clients"] if one["standing"] == "paid"]
        assert paid
        assert all(job["baseline"] < one["declared"] < one["score"] for one in paid)


def test_together_three_clinics_learn_what_none_does_alone(document: dict) -> None:
    campaign = document["campaign"]
    assert campaign["jobs"] == [4, 5, 6]
    brier, hits = campaign["together"]
    assert brier > max(alone for alone, _ in campaign["alone"]) > campaign["first"][0]
    assert hits > campaign["first"][1]
    rounds = document["jobs"][3:]
    assert all([one["standing"] for one in job["clients"]] == ["paid"] * 3 for job in rounds)


def test_every_voucher_is_executed_through_the_application(document: dict) -> None:
    assert document["vouchersExecuted"] == document["vouchers"] > 0
    assert document["inputs"] > 0
    assert len(bytes.fromhex(document["outputsRoot"][2:])) == 32
