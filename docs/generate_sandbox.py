"""Write the table of hostile trainers in ``sandbox.md`` from those that the tests run."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.hostile_trainers import GROUPS, Hostile

PAGE = Path(__file__).with_name("sandbox.md")
BEGIN, END = "<!-- hostile trainers: docs/generate_sandbox.py -->\n", "<!-- end of hostile trainers -->\n"
REFUSED = "`NO_SANDBOX`, nothing runs"


def table() -> str:
    """Lines of the table."""
    lines = [
        "| a trainer that | run by root | by an ordinary user | without namespaces | without control groups |",
        "|---|---|---|---|---|",
    ]
    for name, trainers in GROUPS.items():
        lines.append(f"| **{name}** | | | | |")
        for one in trainers:
            lines.append(f"| {_cell(one.does)} | {_verdict(one)} | the same | {REFUSED} | the same |")
    return "\n".join([*lines, ""])


def page() -> str:
    """The page with the table as it should be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


def _verdict(one: Hostile) -> str:
    return " or ".join(f"`{end}`" if end.isupper() else end for end in one.ends)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace(str(Path.home()), "~")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
