"""No setting or version of the interpreter decides what is JSON, and nobody's text takes more than linear time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml.base.strict_json import MAX_DEPTH, MAX_DIGITS, parse
from deml.scoring import parse_architecture
from deml.scoring.safetensors import read_tensors
from tests.support import hostile_files

ROOT = Path(__file__).parents[3]
most = 10**MAX_DIGITS - 1

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-most, most) | st.text() | st.sampled_from([0.5, -1e300, 1e-7]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_it_reads_what_is_not_nested_too_deep(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    if depth_of(value) <= MAX_DEPTH:
        assert parse(text) == value
    else:
        with pytest.raises(ValueError, match="too deep"):
            parse(text)


@given(st.text(alphabet='{}[]",:\\10.e- na\n'))
def test_it_takes_nothing_that_json_does_not(text):
    try:
        found = parse(text.encode())
    except ValueError:
        return
    assert found == json.loads(text)


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_the_deepest_and_one_more(brackets):
    def nested(depth: int) -> bytes:
        opened = "[" if brackets == "[]" else '{"a":'
        return (opened * (depth - 1) + brackets + brackets[1] * (depth - 1)).encode()

    assert depth_of(parse(nested(MAX_DEPTH))) == MAX_DEPTH
    with pytest.raises(ValueError, match="too deep"):
        parse(nested(MAX_DEPTH + 1))


def test_the_longest_number_and_one_digit_more():
    assert parse(str(most).encode()) == most
    with pytest.raises(ValueError, match="too long"):
        parse(str(most + 1).encode())


def test_names_may_be_looked_at_as_they_stand():
    assert parse(b'{"a":1,"a":2}', list) == [("a", 1), ("a", 2)]


@pytest.mark.parametrize("one", hostile_files.models(), ids=lambda one: one.name)
def test_hostile_headers(one):
    assert code_of_model(one.data) == one.code


@pytest.mark.parametrize("one", hostile_files.architectures(), ids=lambda one: one.name)
def test_hostile_architectures(one):
    assert code_of_architecture(one.data) == one.code


def code_of_model(data: bytes) -> str | None:
    try:
        read_tensors(data)
    except DemlError as problem:
        return problem.code()
    return None


def code_of_architecture(text: bytes) -> str | None:
    try:
        parse_architecture(text.decode())
    except DemlError as problem:
        return problem.code()
    return None


DEEP_IN_THE_STACK = """
import sys
from tests.support import hostile_files
from tests.unit.base.test_strict_json import code_of_architecture, code_of_model

def below(frames):
    return below(frames - 1) if frames else [
        (one.name, read(one.data)) for kind, read in (
            (hostile_files.models(), code_of_model), (hostile_files.architectures(), code_of_architecture))
        for one in kind if read(one.data) != one.code]

print(below(int(sys.argv[1])))
"""


@pytest.mark.parametrize(("frames", "digits"), [(0, "0"), (800, "640")], ids=["usual", "deep stack, short numbers"])
def test_neither_stack_nor_settings_decide(frames: int, digits: str):
    environment = {**os.environ, "PYTHONINTMAXSTRDIGITS": digits, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-c", DEEP_IN_THE_STACK, str(frames)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
