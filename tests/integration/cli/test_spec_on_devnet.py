"""A job with a specification, from its table's header to a client that looks at it, on a real chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from deml_devnet import supervisor
from deml_devnet.layout import Layout
from deml_devnet.options import DevnetOptions
from deml_learn.training.model_file import fresh_trainable
from deml_sdk.jobspec.check import read_usable
from deml_sdk.jobspec.reading import read_spec


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    layout = Layout(tmp_path / "devnet")
    monkeypatch.setenv("DEML_DEVNET_DIR", str(layout.folder))
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    try:
        supervisor.up(DevnetOptions(block_seconds=0).anywhere(), layout)
        yield tmp_path
    finally:
        supervisor.down(layout)


def deml(*arguments: object, wallet: str) -> tuple[Any, str]:
    """What a command says to scripts, and to people."""
    from deml_cli.app import root

    words = [*map(str, arguments), "--wallet", wallet, "--yes", "--json"]
    done = CliRunner().invoke(root, words)
    assert done.exit_code == 0, f"{words}: {done.output}"
    return json.loads(done.stdout), done.stderr


def table(path: Path, seed: int, rows: int = 60) -> Path:
    random = np.random.default_rng(seed)
    size, ward = random.normal(0, 1, rows), random.choice(["a", "b"], rows)
    label = np.where(size + (ward == "a") + random.normal(0, 0.5, rows) > 0.5, "malignant", "benign")
    lines = [f"{one:.3f},{where},{what}" for one, where, what in zip(size, ward, label, strict=True)]
    path.write_text("\n".join(["size,ward,diagnosis", *lines]) + "\n")
    return path


def test_clients_see_what_the_sponsor_wrote_and_check_their_data_against_it(folder: Path) -> None:
    holdout, mine = table(folder / "holdout.csv", 1), table(folder / "mine.csv", 2)
    job = folder / "job.toml"
    deml(
        *("job", "new", job, "--data", holdout, "--label", "diagnosis", "--title", "Tumours", "--quick"),
        *("--description", "First \x1b[31m\u202eline.\nWarning: all is well.", "--max-epsilon", 4),
        wallet="sponsor",
    )
    spec = read_spec(folder / "job.spec.json")
    start = fresh_trainable(spec.parsed_architecture, read_usable(holdout, spec)[0].x, 0)
    (folder / "initial.safetensors").write_bytes(start.file())
    job.write_text(job.read_text().replace('"5m"', '"10m"'))
    assert deml("job", "post", job, wallet="sponsor")[0]["jobId"] == 1

    shown, people = deml("job", "show", 1, wallet="client1")
    assert shown["spec"]["privacy"] == {"max_epsilon": 4, "max_delta": 1e-5}
    assert shown["job"]["terms"]["architecture"] == spec.architecture_text
    assert "\x1b" not in people
    assert "\u202e" not in people
    assert "  | First \\x1b[31m\\u202eline." in people
    assert "  | Warning: all is well." in people
    assert "epsilon at most 4" in people
    assert "specification's" not in people

    checked, people = deml("data", "check", 1, "--data", mine, wallet="client1")
    assert checked["report"]["usable"] == 60
    assert "60 of 60 rows can be used" in people
    deml("accept", 1, wallet="client1")
