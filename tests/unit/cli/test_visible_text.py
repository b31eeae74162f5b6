"""What somebody else wrote cannot make the screen say what the command did not."""

from __future__ import annotations

import io
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from deml_cli.render import Proposal, Render
from deml_sdk.visible import visible, visible_lines

EVIL = "fine\x1b[2Jtitle\r\u202eelif\u2066\ue000\u2028\x9b31m\x07"


def render() -> tuple[Render, io.StringIO]:
    made, stream = Render(json_mode=False, yes=True), io.StringIO()
    made.human = made.err = Console(file=stream, width=200, highlight=False)
    return made, stream


@given(st.text(st.characters()))
def test_nothing_hidden_is_left(text):
    assert not [one for one in visible(text) if category(one) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}]
    assert visible_lines(text).count("\n") == text.count("\n")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_everybody_sees_stays(text):
    assert visible(text) == text


def test_it_is_spelt_out():
    assert visible("a\x1b[1m\u202e\U000f0000\ud800\n") == "a\\x1b[1m\\u202e\\U000f0000\\ud800\\n"


@pytest.mark.parametrize(
    "show",
    [
        lambda made, text: made.say(text),
        lambda made, text: made.note(text),
        lambda made, text: made.warn(text),
        lambda made, text: made.quote(text),
        lambda made, text: made.facts({text: text}, title=text),
        lambda made, text: made.table(text, (text,), [(text,)]),
        lambda made, text: made.confirm(Proposal(text, {text: text}, (text,), None, (text,))),
    ],
    ids=["say", "note", "warn", "quote", "facts", "table", "confirm"],
)
def test_every_way_to_the_screen_is_guarded(show):
    made, stream = render()
    show(made, EVIL)
    shown = stream.getvalue()
    assert "fine" in shown
    hidden = {one for one in shown if one != "\n" and category(one) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}}
    assert hidden == set()


def test_a_quotation_is_marked_on_every_line():
    made, stream = render()
    made.quote("one\nWarning: [red]all is well[/]\rtwo")
    assert stream.getvalue() == "  | one\n  | Warning: [red]all is well[/]\n  | two\n"
