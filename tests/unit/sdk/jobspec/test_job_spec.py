"""A job's specification: what is wrong with one is pointed at by its line."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.types import Timestamp
from deml_sdk.jobspec.agreement import disagreements
from deml_sdk.jobspec.errors import BadSpec
from deml_sdk.jobspec.lines import LocatedError, parse_located
from deml_sdk.jobspec.reading import MAX_SPEC_BYTES, parse_spec, reading_of
from deml_sdk.market.posting.cautions import short_windows
from deml_sdk.market.schedule import Clock
from tests.support.course import terms_from_now
from tests.support.specs import SPEC
from tests.support.world import World

CID = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
TREES = {"family": "trees", "task": "classification", "inputs": 4, "outputs": 2, "trees": 5, "nodes": 15, "depth": 3}


def parse(value):
    return parse_spec(json.dumps(value, indent=2).encode(), "spec.json")


def changed(path, value):
    """The specification with one value changed; None takes the field out."""
    made = deepcopy(SPEC)
    place = made
    for part in path[:-1]:
        place = place[part]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made


def test_it_reads_back_what_it_writes():
    spec = parse(SPEC)
    assert parse_spec(spec.file(), "again") == spec
    assert spec.file() == parse_spec(spec.file(), "again").file()
    assert [one.name for one in spec.data.features] == ["age", "radius", "sex"]


def test_it_says_how_tables_are_read():
    reading = reading_of(parse(SPEC))
    assert reading.features == ("age", "radius", "sex")
    assert reading.classes == {"malignant": 0, "benign": 1}
    assert reading.categories == {"sex": ("f", "m")}


@pytest.mark.parametrize(
    ("path", "value", "fragment", "problem"),
    [
        (("version",), 2, '"version"', "input should be 1"),
        (("title",), "x" * 201, '"title"', "at most 200 bytes"),
        (("title",), "", '"title"', "at least 1 character"),
        (("title",), "a\nb", '"title"', "control characters"),
        (("title",), "a\u202eb", '"title"', "direction of text"),
        (("licence",), "MIT", '"licence"', "extra inputs are not permitted"),
        (("metric",), "luck", "{", "luck"),
        (("metric",), "r2", "{", "r2"),
        (("architecture", "family"), "oracle", '"architecture"', "oracle"),
        (("architecture", "inputs"), 5, "{", "4 inputs"),
        (("data", "columns", 0, "type"), "decimal", '"decimal"', "'number'"),
        (("data", "columns", 0, "minimum"), 121, '"age"', "the minimum is above"),
        (("data", "columns", 0, "minimum"), "0", '"minimum"', "valid number"),
        (("data", "columns", 2, "categories"), None, '"sex"', "categories"),
        (("data", "columns", 2, "categories"), ["f", "f"], '"sex"', "twice"),
        (("data", "columns", 1, "name"), "age", '"data"', "named twice"),
        (("data", "columns", 1, "required"), False, '"radius"', "cannot be optional"),
        (("data", "label", "column"), "outcome", '"data"', "outcome"),
        (("data", "label", "mapping"), {"benign": 0}, "{", "exactly the categories"),
        (("data", "label", "mapping"), {"benign": 0, "malignant": 2}, "{", "classes 0 to 1"),
        (("data", "label", "mapping"), {"benign": 0, "malignant": -1}, '"malignant": -1', "greater than or equal"),
        (("data", "label", "mapping"), None, "{", "mapping"),
        (("data", "sample", 0, "weight"), 70, '"data"', "weight"),
        (("trainer", "kind"), "magic", '"trainer"', "builtin"),
        (("trainer",), {"kind": "script", "cid": "bafy"}, '"cid"', "bafy"),
        (("trainer",), {"kind": "oci", "image": "python:3.12"}, '"trainer"', "builtin"),
        (("trainer",), {"kind": "script", "cid": CID}, "{", "nobody knows what another gives away"),
        (("architecture",), TREES, "{", "no private training"),
        (("privacy", "max_epsilon"), 0, '"max_epsilon"', "greater than 0"),
        (("privacy", "max_delta"), 1, '"max_delta"', "less than 1"),
    ],
)
def test_every_mistake_is_pointed_at(path, value, fragment, problem):
    wrong = changed(path, value)
    with pytest.raises(BadSpec) as caught:
        parse(wrong)
    expected = next(
        (line for line in str(caught.value).splitlines() if problem.lower() in line.lower()), str(caught.value)
    )
    assert problem.lower() in expected.lower()
    number = int(expected.split("line ")[1].split(",")[0])
    lines = json.dumps(wrong, indent=2).splitlines()
    near = "\n".join(lines[max(0, number - 1) : number + 2])
    assert fragment in near, (number, near)


def test_several_mistakes_are_told_at_once_and_not_too_many():
    wrong = changed(("metric",), None)
    wrong["license"] = 7
    with pytest.raises(BadSpec) as caught:
        parse(wrong)
    assert "metric" in str(caught.value)
    assert "license" in str(caught.value)
    with pytest.raises(BadSpec, match="and 90 more"):
        parse(SPEC | {f"x{number}": 1 for number in range(100)})


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "Expecting value"),
        ('{\n"a": 1,\n"a": 2}', 3, "repeated"),
        ('{\n"a": 1\n"b": 2}', 3, "expected"),
        ('{\n\n"a": NaN}', 3, "NaN"),
        ('{\n"a": ' + "9" * 5000 + "}", 2, "digits"),
        ("[1,\n2,]", 2, "Expecting value"),
        ('{"a": 1}\n\n}', 3, "follows"),
        ("{\n'a': 1}", 2, "double quotes"),
        ('{"a" 1}', 1, "':'"),
        ("[" * 40, 1, "nested"),
        ('{"a": "x\ny"}', 1, "control character"),
    ],
)
def test_what_is_no_json_has_a_line_too(text, line, problem):
    with pytest.raises(LocatedError) as caught:
        parse_located(text)
    assert caught.value.line == line
    assert problem in caught.value.problem
    with pytest.raises(BadSpec, match=f"line {line}"):
        parse_spec(text.encode(), "x")


def test_other_bytes_are_refused():
    with pytest.raises(BadSpec, match="UTF-8"):
        parse_spec(b'{"a": "\xff"}', "x")
    with pytest.raises(BadSpec, match="more than"):
        parse_spec(b" " * (MAX_SPEC_BYTES + 1), "x")
    with pytest.raises(BadSpec):
        parse_spec(json.dumps(SPEC | {"description": "\ud800"}).encode(), "x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, 0, 2]))
def test_it_reads_what_the_standard_library_reads(value, indent):
    text = json.dumps(value, indent=indent)
    located = parse_located(text)
    assert located.value == value
    assert located.lines[()] == 1
    assert max(located.lines.values()) <= text.count("\n") + 1


@given(JSON)
def test_anything_is_refused_with_a_reason_or_read(value):
    with pytest.raises(BadSpec, match="line 1"):
        parse_spec(json.dumps(value).encode(), "x")


class TestAgreement:
    SPEC = parse(SPEC)

    def terms(self, **changes):
        agreed = {
            "title": self.SPEC.title,
            "metric": "accuracy",
            "architecture": '{"outputs": 1, "inputs": 4, "family": "logistic"}',
        }
        return terms_from_now(World(), **(agreed | changes))

    def test_the_same_architecture_written_otherwise_is_no_difference(self):
        assert disagreements(self.SPEC, self.terms()) == []

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("metric", "log_loss"),
            ("title", "Another"),
            ("architecture", '{"family": "logistic", "inputs": 5, "outputs": 1}'),
            ("architecture", "nonsense"),
        ],
    )
    def test_every_difference_is_told(self, field, value):
        (found,) = disagreements(self.SPEC, self.terms(**{field: value}))
        assert value in found or "title" in found


class TestWindows:
    """Reveal, declare and submit last 600 seconds each."""

    TERMS: ClassVar = {"commit_until": 1_000, "holdout_until": 1_600, "declare_until": 2_200, "submit_until": 2_800}

    @pytest.mark.parametrize(("lag", "warnings"), [(0, 0), (200, 0), (201, 3), (900, 3)])
    def test_windows_shorter_than_three_lags_are_named(self, lag, warnings):
        terms = TestAgreement().terms(**{name: Timestamp(value) for name, value in self.TERMS.items()})
        found = list(short_windows(terms, Clock(Timestamp(100), Timestamp(100 + lag))))
        assert len(found) == warnings
        assert all("10m" in one and "finality" in one for one in found)

    def test_only_the_short_one_is_named(self):
        terms = TestAgreement().terms(**{name: Timestamp(value) for name, value in self.TERMS.items()})
        longer = replace(terms, declare_until=Timestamp(20_000), submit_until=Timestamp(40_000))
        (found,) = short_windows(longer, Clock(Timestamp(0), Timestamp(900)))
        assert found.startswith("The reveal window")
