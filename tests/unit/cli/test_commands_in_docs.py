"""Every `deml` command that a page of docs names exists, and so does every option that it gives there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deml_cli.app import COMMANDS, load
from deml_cli.options import ANNOTATIONS

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^ *```[a-z]*\n(.*?)^ *```", re.M | re.S)
SPAN = re.compile(r"`(deml [^`]+)`")

EVERYWHERE = {f"--{name.replace('_', '-')}" for name in ANNOTATIONS}
"""Options of every command, which groups do not take."""

OLD = {"CHANGELOG.md"}
"""Pages that name what is no more."""


def commands(text: str) -> Iterator[str]:
    """What a page says to type: lines of its blocks, continued ones joined, and spans within its sentences."""
    for block in FENCE.findall(text):
        for line in re.sub(r"\\\n *", "", block).splitlines():
            typed = re.match(r"\s*(?:\$ )?(deml .*)", line)
            if typed:
                yield typed[1]
    for span in SPAN.findall(FENCE.sub("", text)):
        yield re.sub(r"\s+", " ", span)


def wrong_in(typed: str) -> str | None:
    """What of a command does not exist; None if all of it does."""
    known: Mapping[str, Any] = COMMANDS
    path, options = "deml", {"--help", "--version", "--install-completion", *EVERYWHERE}
    for word in shlex.split(re.sub(r"[<>&;()'\"$]|\s#.*|\s\|\s.*", " ", typed))[1:]:
        if word.startswith("--"):
            if word.partition("=")[0] not in options:
                return f"{word} of {path}"
        elif known and re.fullmatch(r"[a-z|-]+", word):
            names = word.split("|")
            if not set(names) <= known.keys():
                return f"{path} {word}"
            found = [load(one) if known is COMMANDS else known[one] for one in names]
            options |= {name for one in found for param in one.params for name in (*param.opts, *param.secondary_opts)}
            path, known = f"{path} {word}", getattr(found[0], "commands", {})
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_says_to_type_exists(page: Path):
    if page.name in OLD:
        return
    found = [f"{wrong} in: {typed}" for typed in commands(page.read_text()) if (wrong := wrong_in(typed))]
    assert found == []


def test_the_pages_of_operators_and_deployers_have_commands_to_find():
    for page, least in (("operate.md", 10), ("deploy.md", 4), ("cli.md", 50)):
        assert len(list(commands((ROOT / "docs" / page).read_text()))) >= least


@pytest.mark.parametrize(
    "typed",
    [
        "deml deploi run",
        "deml deploy runs --wallet x",
        "deml deploy run --autority 0x12",
        "deml market --json --phases commit",
    ],
)
def test_a_slip_would_be_found(typed: str):
    assert wrong_in(typed)
