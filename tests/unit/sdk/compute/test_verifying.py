"""Whoever lies about a computation is found out, and the lie is named: which field, what was said, what is true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from deml.wire.outputs import ReportEmission, envelope
from deml_sdk.chain.outputs_tree import OutputsTree
from deml_sdk.compute.errors import DappSaysOtherwise, NotAResult, ResultRefuted
from deml_sdk.compute.prepare import PreparedComputation
from deml_sdk.compute.result import RESULT, compare
from deml_sdk.compute.verify import ComputeVerification, against_job, against_outputs, verify_result
from deml_sdk.node.records import StoredOutput
from tests.support import models
from tests.support.computations import Published, honest, said, saying, to_train_on_rows
from tests.support.course import ANNA, BERT

Place = tuple[str | int, ...]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def computations(
    published: Published, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[PreparedComputation, dict[str, bytes]]]:
    """For every use a request, and what an honest machine answers."""
    asked = {"score": published.to_score(), "replay": published.to_replay(), "train": to_train_on_rows()}
    return {use: (one, honest(one, tmp_path_factory.mktemp(use))) for use, one in asked.items()}


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[name], (*place, name))
    else:
        yield place


def named(place: Place) -> str:
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in place).lstrip(".")


def with_lie(document: dict, place: Place, lie: object) -> dict:
    lied = deepcopy(document)
    inner = lied["verified"]
    for one in place[:-1]:
        inner = inner[one]
    inner[place[-1]] = lie
    return lied


@pytest.mark.parametrize("use", ["score", "replay", "train"])
def test_what_an_honest_machine_answers_holds_with_any_versions(computations: dict, use: str):
    prepared, result = computations[use]
    assert verify_result(prepared, result, "it").lies == ()
    elsewhere = {**said(result), "environment": {"processor": "riscv64", "python": "3.13.5", "ünïcode": "'\"\n{{"}}
    verify_result(prepared, saying(result, elsewhere), "it").require_true("it")


@pytest.mark.parametrize("use", ["score", "replay", "train"])
def test_a_lie_about_any_field_is_named(computations: dict, use: str):
    prepared, result = computations[use]
    honest_one = said(result)
    lies = cycle([700_001, True, None, 0.5, "", "0x" + "00" * 32, [], {}, -1])
    for place in leaves(honest_one["verified"]):
        lie = next(lies)
        found = verify_result(prepared, saying(result, with_lie(honest_one, place, lie)), "it")
        assert [one.field for one in found.lies] == [named(place)]
        assert found.lies[0].said == json.dumps(lie)
        with pytest.raises(ResultRefuted, match=r"\(fields that differ: 1\)"):
            found.require_true("it")


def test_an_inflated_score_is_refuted_with_both_numbers(computations: dict):
    prepared, result = computations["score"]
    lied = with_lie(said(result), ("outcome", "models", 1, "score"), 990_000)
    with pytest.raises(ResultRefuted) as refuted:
        verify_result(prepared, saying(result, lied), "the result").require_true("the result")
    assert (refuted.value.first, refuted.value.said, refuted.value.computed) == (
        "outcome.models[1].score",
        "990000",
        "800000",
    )


def test_scores_of_two_clients_exchanged_are_found(computations: dict):
    prepared, result = computations["score"]
    document = said(result)
    document["verified"]["outcome"]["models"].reverse()
    fields = {one.field for one in verify_result(prepared, saying(result, document), "it").lies}
    assert fields >= {f"outcome.models[{place}].{name}" for place in (0, 1) for name in ("client", "score")}


def test_a_client_left_out_or_added_is_found(computations: dict):
    prepared, result = computations["score"]
    for count in (0, 1, 3):
        document = said(result)
        listed = document["verified"]["outcome"]["models"]
        document["verified"]["outcome"]["models"] = (listed * 2)[:count]
        assert [one.field for one in verify_result(prepared, saying(result, document), "it").lies] == ["outcome.models"]


def test_a_true_result_of_another_request_is_no_answer(computations: dict, published: Published, tmp_path: Path):
    prepared, result = computations["replay"]
    other = published.to_replay()
    shorter = honest(type(other)(to_train_on_rows(seed=8).request, to_train_on_rows(seed=8).files), tmp_path)
    assert "request" in {one.field for one in verify_result(prepared, shorter, "it").lies}
    assert verify_result(prepared, result, "it").lies == ()


def test_members_hidden_beside_the_true_ones_are_found(computations: dict):
    prepared, result = computations["score"]
    document = said(result)
    document["verified"]["outcome"]["note"] = "pay me twice"
    assert [one.field for one in verify_result(prepared, saying(result, document), "it").lies] == ["outcome.note"]
    twice = result[RESULT].replace(b'"baseline": 500000', b'"baseline": 1, "baseline": 500000')
    assert twice != result[RESULT]
    with pytest.raises(NotAResult, match="twice"):
        verify_result(prepared, {RESULT: twice}, "it")


def test_the_same_values_in_other_bytes_are_refused(computations: dict):
    prepared, result = computations["score"]
    for other in (result[RESULT] + b"\n", result[RESULT].replace(b"500000", b"5e5"), json.dumps(said(result)).encode()):
        assert verify_result(prepared, {RESULT: other}, "it").lies


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 10**5,
        b'{"verified": {}, "environment": {"a": 1}}',
        b" " * (2**20 + 1),
    ],
)
def test_what_is_no_result_is_said_to_be_none(computations: dict, content: bytes):
    with pytest.raises(NotAResult):
        verify_result(computations["score"][0], {RESULT: content}, "it")
    with pytest.raises(NotAResult):
        verify_result(computations["score"][0], {}, "it")


def test_a_trained_model_that_was_exchanged_is_found(computations: dict):
    prepared, result = computations["train"]
    better = models.model(100).file
    fields = {one.field for one in verify_result(prepared, {**result, "model.safetensors": better}, "it").lies}
    assert fields >= {"outcome.model.sha256", "outcome.model.cid", "outcome.score"}
    with pytest.raises(NotAResult, match=r"model\.safetensors"):
        verify_result(prepared, {RESULT: result[RESULT]}, "it")


@pytest.mark.parametrize("model", [b"", b"\xff" * 100, models.holdout().file, models.model(70).file[:-4]])
def test_a_model_that_is_none_is_no_result(computations: dict, model: bytes):
    prepared, result = computations["train"]
    with pytest.raises(NotAResult, match="cannot be read"):
        verify_result(prepared, {**result, "model.safetensors": model}, "it")


def test_another_model_is_as_true_if_its_score_is(computations: dict):
    """Training is not promised to give the same model everywhere, and so none is asked for: its score is."""
    prepared, result = computations["train"]
    better = models.model(100).file
    outcome = verify_result(prepared, {**result, "model.safetensors": better}, "it").outcome
    assert outcome["score"] == 1_000_000
    document = said(result)
    document["verified"]["outcome"] = outcome
    assert verify_result(prepared, saying({**result, "model.safetensors": better}, document), "it").lies == ()


def test_the_node_s_scores_are_those_computed_here(computations: dict, published: Published):
    prepared, result = computations["score"]
    outcome = verify_result(prepared, result, "it").outcome
    job = published.client.job(published.course.id)
    assert against_job(outcome, job) == ()
    for place, client in enumerate((ANNA, BERT)):
        other = deepcopy(outcome)
        other["models"][place]["credited"] -= 1
        (found,) = against_job(other, job)
        assert found.field == f"node.{client}.credited"
        with pytest.raises(DappSaysOtherwise):
            ComputeVerification(other, {}, (), (found,)).require_true("it")


def test_the_node_s_outputs_are_those_replayed_here(computations: dict, published: Published):
    prepared, result = computations["replay"]
    outcome = verify_result(prepared, result, "it").outcome
    emitted = [
        (one.meta.index, envelope(each))
        for one in published.world.history
        for each in one.emissions
        if not isinstance(each, ReportEmission)
    ]
    outputs = [StoredOutput(place, index, 0, raw, None, None) for place, (index, raw) in enumerate(emitted)]
    assert outcome["outputsRoot"] == "0x" + OutputsTree([keccak(one.raw) for one in outputs]).root.hex()
    assert against_outputs(outcome, outputs) == ()
    later = StoredOutput(len(outputs), outcome["inputs"], 0, b"of a later input", None, None)
    assert against_outputs(outcome, [*outputs, later]) == ()
    assert {one.field for one in against_outputs(outcome, outputs[:-1])} == {"node.outputs", "node.outputsRoot"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, JSON)
def test_only_equal_json_compares_equal(one: Any, other: Any):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (list(compare(one, other)) == []) is same
    assert list(compare(one, deepcopy(one))) == []
