"""Write ``errors.md`` from the error classes themselves: ``make errors``, or ``python docs/generate_errors.py``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from itertools import groupby
from pathlib import Path

from deml.base.errors import DemlError, catalogue

PAGE = Path(__file__).with_name("errors.md")
PACKAGES = ("deml", "deml_sdk", "deml_learn", "deml_cli", "deml_devnet")

INTRODUCTION = """# Errors

<!-- Written by docs/generate_errors.py; change the error classes instead. -->

Every expected failure has a stable code. The dapp answers a rejected input with a report, `deml` with a message or,
under `--json`, with the same object: `{"code", "message", "values", "fix"}`. Names in braces stand for the values
involved. A failure without such a code is a bug.
"""


def leaves() -> list[type[DemlError]]:
    """Every error class of every module of ours, in the order of modules, then codes."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    ours = (leaf for leaf in catalogue().values() if leaf.__module__.split(".")[0] in PACKAGES)
    return sorted(ours, key=lambda leaf: (leaf.__module__, leaf.code()))


def page() -> str:
    """Text of the page."""
    sections = [INTRODUCTION]
    for module, group in groupby(leaves(), key=lambda leaf: leaf.__module__):
        summary = (sys.modules[module].__doc__ or "").strip().partition("\n")[0]
        rows = [f"| `{leaf.code()}` | {_cell(leaf.what)} | {_cell(leaf.fix)} |" for leaf in group]
        table = ["| code | what happened | what to do |", "|---|---|---|", *rows]
        sections.append("\n".join([f"## {module}", "", summary, "", *table, ""]))
    return "\n".join(sections)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
