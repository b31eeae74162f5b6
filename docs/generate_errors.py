"""Write ``errors.md`` from the error classes themselves: ``make errors``, or ``python docs/generate_errors.py``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from itertools import groupby
from pathlib import Path

from deml.base.errors import DemlError, catalogue
from deml_cli.advice import WORDS
from deml_sdk.advice import ADVICE

PAGE = Path(__file__).with_name("errors.md")
PACKAGES = ("deml", "deml_sdk", "deml_learn", "deml_cli", "deml_devnet")

WITHOUT_FLOWER = "deml_flower.errors"
"""All errors of that package: its other modules need Flower, which has an environment of its own."""

INTRODUCTION = """# Errors

<!-- Written by docs/generate_errors.py; change the error classes instead. -->

Every expected failure has a stable code. The dapp answers a rejected input with a report of code, message and values
([messages.schema.json](schema/messages.schema.json)). What to do about it is not in the machine but in its clients, by
code: in `deml_sdk/advice.py`, and in `deml_cli/advice.py` where a command of `deml` does it. `deml` shows a message or,
under `--json`, `{"error": {"code", "message", "values", "fix"}}`. Names in braces stand for the values involved. A
failure without such a code is a bug.
"""


def leaves() -> list[type[DemlError]]:
    """Every error class of every module of DeML, in the order of modules, then codes."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    importlib.import_module(WITHOUT_FLOWER)
    known = (*PACKAGES, WITHOUT_FLOWER.split(".")[0])
    ours = (leaf for leaf in catalogue().values() if leaf.__module__.split(".")[0] in known)
    return sorted(ours, key=lambda leaf: (leaf.__module__, leaf.code()))


def remedy(leaf: type[DemlError]) -> str:
    """What to do about a failure: its own words, or those that clients have for the dapp's."""
    return leaf.fix or WORDS.get(leaf.code()) or ADVICE[leaf.code()]


def page() -> str:
    """Text of the page."""
    sections = [INTRODUCTION]
    for module, group in groupby(leaves(), key=lambda leaf: leaf.__module__):
        summary = (sys.modules[module].__doc__ or "").strip().partition("\n")[0]
        rows = [f"| `{leaf.code()}` | {_cell(leaf.what)} | {_cell(remedy(leaf))} |" for leaf in group]
        table = ["| code | what happened | what to do |", "|---|---|---|", *rows]
        sections.append("\n".join([f"## {module}", "", summary, "", *table, ""]))
    return "\n".join(sections)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
