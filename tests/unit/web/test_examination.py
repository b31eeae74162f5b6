"""The Python that the page audits and shrinks models with: what the commands say and write of the same inputs."""

from __future__ import annotations

import json

import numpy as np
import pytest

from deml.base.errors import DemlError
from deml.scoring import load_model, parse_architecture, parse_metric
from deml_learn.models.shrink import shrunk
from deml_learn.privacy.accounting import spend
from deml_learn.privacy.budget import Privacy
from deml_learn.trainers.errors import OtherRows, UnknownSplit, UnreadableRecord
from deml_learn.trainers.record import read_record
from deml_learn.training.model_file import fresh_trainable
from deml_sdk.data.holdout import data_file
from tests.support.loose_file import loose_module

ARCHITECTURE = '{"family":"mlp","task":"classification","inputs":4,"hidden":[8],"outputs":1}'
TERMS = {"architecture": ARCHITECTURE, "metric": "brier", "maxModelBytes": 100_000}
SHAPE = parse_architecture(ARCHITECTURE)
ROWS = 200


@pytest.fixture(scope="module")
def page():
    return loose_module("web/src/python/training.py")


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 4))
    return x, (x.sum(axis=1) + random.normal(size=ROWS) > 0).astype(float)


@pytest.fixture(scope="module")
def initial(rows):
    return fresh_trainable(SHAPE, rows[0], 0).file()


@pytest.fixture(scope="module")
def trained(page, rows, initial):
    x, y = rows
    return page.train(TERMS, initial, None, None, x.tobytes(), y.tobytes(), lambda *_: None)


def examine(page, name, initial, made, rows, *more, record="record", report=lambda *_: None):
    x, y = rows
    known = made[record] if record else None
    return getattr(page, name)(TERMS, initial, made["file"], known, x.tobytes(), y.tobytes(), *more, report)


def test_a_training_leaves_a_record_by_which_its_rows_are_split_again(rows, trained):
    split = read_record(trained["record"]).split(*rows)
    assert len(split.validation_y) == trained["validationRows"]


def test_a_training_tells_of_each_epoch_what_was_learnt_and_of_each_tenth_what_was_spent(page, rows, initial):
    x, y = rows
    heard = []
    given = TERMS, initial, None, {"epsilon": 2.0, "delta": 1e-5}, x.tobytes(), y.tobytes()
    page.train(*given, lambda *told: heard.append(told))
    number, total, loss, score, spent = zip(*heard, strict=True)
    assert number == tuple(range(31))
    assert set(total) == {30}
    assert loss[0] is None
    assert all(one > 0 for one in loss[1:])
    assert set(score) == {None}, "a private training chooses nothing by rows that are held out"
    told = {epoch: one for epoch, one in zip(number, spent, strict=True) if one is not None}
    assert list(told) == list(range(0, 31, 3))
    assert told[0] == 0 < told[3] < told[15] < told[30] <= 2
    assert told[30] == spend(Privacy(2.0, 1e-5), 90).epsilon


def test_a_training_without_a_budget_tells_scores_and_spends_nothing(page, rows, initial):
    x, y = rows
    heard = []
    made = page.train(TERMS, initial, None, None, x.tobytes(), y.tobytes(), lambda *told: heard.append(told))
    assert next(one[3] for one in heard) == made["before"]
    assert max(one[3] for one in heard) == made["after"]
    assert {one[4] for one in heard} == {None}


def test_an_audit_knows_by_the_record_which_rows_were_learnt_from(page, rows, initial, trained):
    found = examine(page, "audited", initial, trained, rows, None, 0)
    assert (found["members"], found["others"]) == (ROWS - trained["validationRows"], trained["validationRows"])
    assert [len(one) for one in found["attacks"]] == [len(found["columns"])] * 3
    assert 0 <= found["auc"] <= 1
    assert found["words"]


def test_an_audit_takes_rows_that_the_model_has_never_seen(page, rows, initial, trained):
    x, y = rows
    unseen = (x[:50] + 0.5).tobytes(), y[:50].tobytes()
    found = examine(page, "audited", initial, trained, rows, unseen, 0)
    assert (found["members"], found["others"]) == (ROWS - trained["validationRows"], 50)


def test_an_audit_with_shadow_models_says_how_far_it_has_come(page, rows, initial, trained):
    heard = []
    report = lambda number, total: heard.append((number, total))  # noqa: E731
    found = examine(page, "audited", initial, trained, rows, None, 8, report=report)
    assert heard == [(number, 8) for number in range(1, 9)]
    assert "shadow" in found["attacks"][-1][0]


def test_an_audit_of_other_rows_or_of_an_unknown_split_is_refused(page, rows, initial, trained):
    x, y = rows
    with pytest.raises(OtherRows):
        examine(page, "audited", initial, trained, (x + 1, y), None, 0)
    private = page.train(
        TERMS, initial, None, {"epsilon": 8.0, "delta": 1e-5}, x.tobytes(), y.tobytes(), lambda *_: None
    )
    assert examine(page, "audited", initial, private, rows, None, 0)["members"] > 0
    with pytest.raises(UnknownSplit):
        examine(page, "audited", initial, private, rows, None, 0, record=None)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"table": "x"}', b"\xff", json.dumps({"a": 1}).encode()])
def test_what_is_no_record_is_refused_by_name(content):
    with pytest.raises(UnreadableRecord):
        read_record(content)


def test_the_small_file_is_the_commands_own(page, rows, initial, trained):
    heard = []
    report = lambda number, total: heard.append((number, total))  # noqa: E731
    found = examine(page, "shrunken", initial, trained, rows, 0.01, record=None, report=report)
    start = load_model(SHAPE, initial)
    same = shrunk(trained["file"], start, parse_metric("brier", SHAPE), data_file(SHAPE, *rows), 0.01)
    assert found["file"] == same.found.file
    assert found["packed"] == same.found.packed < found["packedBefore"]
    assert load_model(SHAPE, found["file"], start)
    assert heard[-1][0] == heard[-1][1] == len(heard)


def test_with_a_record_the_rows_that_were_held_back_judge(page, rows, initial, trained):
    found = examine(page, "shrunken", initial, trained, rows, 0.01)
    assert found["rows"] == trained["validationRows"]


def test_a_model_that_is_none_is_refused(page, rows, initial, trained):
    with pytest.raises(DemlError):
        examine(page, "shrunken", initial, {**trained, "file": b"x"}, rows, 0.01)
