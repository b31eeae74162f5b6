"""`deml devnet fair`, as `make web` runs it: three jobs in three phases, on a devnet that nothing has happened on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deml_devnet import supervisor
from deml_devnet.layout import Layout
from deml_devnet.options import DevnetOptions


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    made = Layout(tmp_path / "devnet")
    supervisor.up(DevnetOptions().anywhere(), made)
    yield made
    supervisor.down(made)


def deml(layout: Layout, *words: str) -> Any:
    """What the command prints as JSON."""
    environment = os.environ | {
        "DEML_DEVNET_DIR": str(layout.folder),
        "DEML_HOME": str(layout.folder.parent / "home"),
    }
    run = subprocess.run(
        [sys.executable, "-m", "deml_cli", *words, "--json"], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_one_job_is_paid_one_being_published_one_open_to_join(layout: Layout) -> None:
    fair = deml(layout, "devnet", "fair")
    numbers = fair["jobs"]
    assert numbers == [1, 2, 3]
    check = deml(layout, "data", "check", "3", "--data", fair["rows"])
    assert check["absent"] == []
    assert check["report"]["usable"] == check["report"]["rows"] > 50
    paid, publishing, joining = (deml(layout, "job", "show", str(number))["job"] for number in numbers)
    assert (paid["phase"], paid["ending"]) == ("ended", "settled")
    assert any(int(one["payout"]["pay"]) > 0 for one in paid["clients"])
    assert (publishing["phase"], publishing["ending"]) == ("submit", None)
    assert any(int(one["due"] or 0) > 0 for one in publishing["clients"])
    assert (joining["phase"], joining["ending"]) == ("commit", None)
    assert len(joining["clients"]) == 2
