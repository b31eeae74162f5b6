"""A file that is committed to will be published: it tells numbers and what it promises, and nothing of its maker."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from deml.scoring.safetensors import read_tensors, write_tensors
from deml_sdk.files.model_texts import Promise, publishable, read_texts
from deml_sdk.jobspec.reading import parse_spec
from deml_sdk.market.errors import PrivacyNotPromised
from deml_sdk.market.judging.promises import require_promise, what_is_told
from tests.support.specs import SPEC

TENSORS = {"layers.0.weight": np.array([[1.5, -2]], np.float32), "layers.0.bias": np.array([0.5], np.float16)}
PROMISE = {"deml.privacy.epsilon": "4", "deml.privacy.delta": "1e-05", "deml.privacy.accountant": "somebody"}
MAKER = {"host": "ward-3.hospital.example", "path": "/home/anna/patients/model.pt"}


def test_what_a_foreign_file_says_of_its_maker_is_left_out_and_told():
    made = publishable(save(TENSORS, MAKER))
    assert read_texts(made.file) == {}
    assert b"hospital" not in made.file
    assert made.left_out == MAKER
    assert {name: one.tolist() for name, one in read_tensors(made.file).items()} == {
        name: one.tolist() for name, one in TENSORS.items()
    }
    (sentence,) = what_is_told(made)
    assert "ward-3.hospital.example" in sentence


def test_a_promise_stays_and_is_told():
    made = publishable(save(TENSORS, MAKER | PROMISE))
    assert read_texts(made.file) == PROMISE
    assert made.promise == Promise(4.0, 1e-5, "somebody")
    assert "epsilon 4 at delta 1e-05" in list(what_is_told(made))[-1]


@pytest.mark.parametrize(
    "change",
    [
        {"deml.privacy.epsilon": "inf"},
        {"deml.privacy.epsilon": "-1"},
        {"deml.privacy.epsilon": "row 61,1.5"},
        {"deml.privacy.delta": "1"},
        {"deml.privacy.delta": "nan"},
        {"deml.privacy.accountant": "61,1.5\n47,2.5"},
        {"deml.privacy.accountant": "x" * 201},
    ],
    ids=str,
)
def test_a_promise_that_makes_no_sense_is_none(change: dict[str, str]):
    made = publishable(save(TENSORS, PROMISE | change))
    assert made.promise is None
    assert read_texts(made.file) == {}


def test_a_number_is_written_as_we_write_it():
    """Else the digits of a promise would be a place for words."""
    made = publishable(save(TENSORS, PROMISE | {"deml.privacy.epsilon": "4.000000000611503"}))
    assert read_texts(made.file)["deml.privacy.epsilon"] == "4"


def test_our_own_files_stay_as_they_are():
    for texts in ({}, PROMISE):
        file = write_tensors(TENSORS, texts)
        assert publishable(file).file == file
        assert publishable(file).left_out == {}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=4))
def test_no_text_but_a_promise_ever_stays(texts: dict[str, str]):
    assert set(read_texts(publishable(save(TENSORS, texts)).file)) <= set(PROMISE)


class TestJobsThatAskForPrivacy:
    """The specification asks for an epsilon of at most 8 at a delta of at most 1e-5."""

    FILE = parse_spec(json.dumps(SPEC).encode(), "x").file()
    JOB = SimpleNamespace(job_id=7, terms=SimpleNamespace(spec_cid="bafy"))

    def client(self, content: bytes | None) -> SimpleNamespace:
        return SimpleNamespace(fetch=lambda cid, limit: content)

    def asked(self, promise: Promise | None, content: bytes | None = FILE) -> list[str]:
        return list(require_promise(self.client(content), self.JOB, promise))

    @pytest.mark.parametrize(
        ("promise", "found"),
        [
            (None, "makes no such promise"),
            (Promise(8.1, 1e-5, ""), "promises 8.1"),
            (Promise(8, 2e-5, ""), "at 2e-05"),
        ],
    )
    def test_no_other_model_can_be_committed_to(self, promise: Promise | None, found: str):
        with pytest.raises(PrivacyNotPromised, match=found):
            self.asked(promise)

    def test_a_model_that_keeps_to_it_can(self):
        assert self.asked(Promise(8, 1e-5, "")) == []

    def test_where_that_is_not_known_it_is_told(self):
        assert "not known" in self.asked(None, None)[0]
        assert "not known" in self.asked(None, b"{}")[0]

    def test_a_job_without_a_specification_asks_for_nothing(self):
        job = SimpleNamespace(job_id=7, terms=SimpleNamespace(spec_cid=""))
        assert list(require_promise(self.client(None), job, None)) == []
