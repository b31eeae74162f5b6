"""Programs that run in a process apart, run in this one: fast, and where a test can look into them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from deml_learn.models import apart
from deml_learn.models.apart import Asked


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(asked: Asked, model: Path, folder: Path, out: Path) -> str:
        import_module(asked.program).main(folder, model, out)
        return ""

    monkeypatch.setattr(apart, "_run", run)
