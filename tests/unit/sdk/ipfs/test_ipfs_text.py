"""Texts from outside: JSON of bounded depth, and nothing that a terminal would obey."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml_sdk.ipfs.text import MAX_NESTING, SHOWN_CHARACTERS, printable, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_json_is_read_as_the_standard_library_reads_it(value: Any):
    assert read_json(json.dumps(value).encode()) == value


def test_brackets_in_texts_are_no_nesting():
    assert read_json(json.dumps(["[" * 1_000, '\\"[{' * 1_000]).encode()) == ["[" * 1_000, '\\"[{' * 1_000]


def test_the_deepest_that_is_read():
    read_json(b"[" * MAX_NESTING + b"]" * MAX_NESTING)
    for deep in (b"[" * (MAX_NESTING + 1) + b"]" * (MAX_NESTING + 1), b'{"]":' * 10_000, b'["]",' * 10_000):
        with pytest.raises(ValueError, match="nested"):
            read_json(deep)


def test_what_a_terminal_would_obey_is_taken_out():
    assert printable("\x1b[2Jgone\r\nnew\u202e") == r"\x1b[2Jgone\r\nnew\u202e"
    assert len(printable("a" * 10_000)) == SHOWN_CHARACTERS + 3
