"""The table of hostile trainers in the docs is written from those that are run."""

from __future__ import annotations

import runpy
from pathlib import Path

GENERATOR = Path(__file__).parents[2] / "docs" / "generate_sandbox.py"


def test_the_page_has_the_trainers_that_are_run():
    made = runpy.run_path(str(GENERATOR))
    assert made["PAGE"].read_text(encoding="utf-8") == made["page"](), "run: python docs/generate_sandbox.py"
