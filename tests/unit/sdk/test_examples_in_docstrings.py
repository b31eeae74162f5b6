"""What docstrings of a client's methods show can be typed: it is Python, and the client has what it calls."""

from __future__ import annotations

import ast
import inspect
from doctest import DocTestParser

import pytest

from deml_sdk.client import Client

MAIN = (
    *("post", "top_up", "reveal", "cancel", "accept", "set_pay_to", "commit", "declare", "submit", "settle", "claim"),
    *("credits", "vouchers", "fetch"),
)
"""The methods that a job, and a look at its money, take."""


@pytest.mark.parametrize("name", MAIN)
def test_a_main_method_shows_how_it_is_called_and_says_what_it_raises(name: str):
    text = inspect.getdoc(getattr(Client, name))  # the same whether or not the interpreter strips the indentation
    examples = DocTestParser().get_examples(text)
    called = {
        node.attr
        for example in examples
        for node in ast.walk(ast.parse(example.source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "client"
    }
    assert name in called
    assert [one for one in called if not hasattr(Client, one)] == []
    assert "\nRaises\n---" in text or name == "fetch", "fetch raises nothing: it returns None"
