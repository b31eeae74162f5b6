"""Errors are an API: documented completely, in sentences, and their texts can be filled in."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from string import Formatter

import pytest

from deml.base.errors import DemlError
from docs.generate_errors import PAGE, leaves, page

LEAVES = leaves()


def test_the_page_is_what_the_classes_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run 'make errors'"


@pytest.mark.parametrize("leaf", LEAVES, ids=[leaf.code() for leaf in LEAVES])
def test_error_explains_itself(leaf: type[DemlError]):
    assert is_dataclass(leaf)
    assert "__init__" in vars(leaf), "not decorated as a dataclass"
    known = {field.name for field in fields(leaf)}
    for text in (leaf.what, leaf.fix):
        assert text.strip() == text != ""
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        assert used <= known
    assert leaf.fix.endswith((".", "?"))
