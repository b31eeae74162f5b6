"""Write ``tables.json``, or with ``--check`` only compare: ``python -m tests.vectors.generate_tables``.

Each case is a table as CSV, the part of a specification that it is held against, and the rows that can be used as
numbers: features row by row, and what is predicted. The command and the page read it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from deml_sdk.jobspec.check import read_usable
from deml_sdk.jobspec.document import Spec
from tests.vectors.table_cases import CASES

FILE = Path(__file__).with_name("tables.json")


def case(name: str, data: dict[str, Any], architecture: dict[str, Any], csv: str) -> dict[str, Any]:
    """Read a table as the command does."""
    metric = "mse" if architecture["family"] == "linear" else "accuracy"
    written = {"version": 1, "title": name, "data": data, "architecture": architecture, "metric": metric}
    spec = Spec.model_validate(written)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes(csv.encode())
        table, _ = read_usable(path, spec)
    given = {"name": name, "data": data, "architecture": json.dumps(architecture), "csv": csv}
    return given | {"x": table.x.tolist(), "y": table.y.tolist()}


def content() -> str:
    """What the file must hold."""
    return json.dumps({"cases": [case(*one) for one in CASES]}, indent=1, ensure_ascii=False) + "\n"


def main(check: bool) -> int:
    """Write the file, or compare it; return 1 if it differs."""
    if not check:
        FILE.write_text(content(), "utf-8")
    return int(FILE.read_text("utf-8") != content())


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
