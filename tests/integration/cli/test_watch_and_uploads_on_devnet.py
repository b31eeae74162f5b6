"""`deml watch` on a real chain: files too large for one input, a content store that is gone, programs begun anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from deml.scoring import parse_architecture
from deml_devnet.chain import clock
from deml_devnet.operation import finish_epoch
from deml_learn.training.model_file import fresh_trainable
from deml_sdk.data.holdout import data_file
from deml_sdk.jobspec.template import template
from tests.support.command_line import CommandLine, on_a_devnet
from tests.support.unconfined import UNCONFINED

ARCHITECTURE = json.dumps({"family": "mlp", "task": "classification", "inputs": 8, "hidden": [1_600], "outputs": 2})


GONE = "http://127.0.0.1:9/api/v0"
"""Where no content store is."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    with on_a_devnet(tmp_path, monkeypatch) as made:
        yield made


def watch(place: CommandLine, wallet: str) -> str:
    """What one look of ``deml watch`` says."""
    events = place.documents("watch", "--once", wallet=wallet)
    assert all(one["event"] != "failed" for one in events), events
    return " ".join(one["text"] for one in events)


def write_job(folder: Path) -> Path:
    """A job whose models take 64,000 bytes and more, and do not compress."""
    random = np.random.default_rng(0)
    architecture = parse_architecture(ARCHITECTURE)
    x = random.normal(size=(3_000, 8))
    y = (x[:, 0] + x[:, 1] > 0).astype(float)
    (folder / "initial.safetensors").write_bytes(fresh_trainable(architecture, x, 1).file())
    (folder / "holdout.safetensors").write_bytes(data_file(architecture, x[:2_500], y[:2_500]))
    rows = [",".join(map(repr, map(float, (*one, label)))) for one, label in zip(x[2_500:], y[2_500:], strict=True)]
    (folder / "private.csv").write_text("\n".join([",".join("abcdefghy"), *rows]))
    text = template("job.toml", ("10m", "5m", "5m", "5m"), ARCHITECTURE)
    path = folder / "job.toml"
    path.write_text(text.replace("holdout.csv", "holdout.safetensors"))
    return path


def test_a_job_with_large_files_runs_by_watch_alone(place: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_job(place.folder)
    model = place.folder / "model.safetensors"
    posted = place.deml("job", "post", path)
    terms = posted["terms"]
    place.deml("accept", 1, wallet="client1")
    table = ("--data", place.folder / "private.csv", "--label", "y")
    place.deml("train", 1, *table, "--epochs", 1, "--out", model, *UNCONFINED, wallet="client1")
    place.deml("commit", 1, model, "--no-min-pay", wallet="client1")
    assert model.stat().st_size > 65_216

    place.pass_until(terms["commitUntil"] + 1)
    assert "revealed the holdout" in watch(place, "sponsor")
    place.pass_until(terms["holdoutUntil"] + 1)
    with monkeypatch.context() as changed:
        changed.setenv("DEML_IPFS_URL", GONE)
        declared = place.documents("watch", "--once", wallet="client1")
    assert any("declared" in one["text"] for one in declared), "the holdout is not rebuilt from the chain"
    place.pass_until(terms["declareUntil"] + 1)
    assert "dues can be fixed" in watch(place, "client1")
    assert "delivered" not in watch(place, "client1"), "weights went out before the dues were final"
    clock.finalise(place.chain)
    last = watch(place, "client1")
    assert "delivered the model in round 1" in last
    assert "settled: every due model is delivered" in last
    assert "1 voucher(s) wait" in last
    finish_epoch(place.layout)
    assert "Paid: " in watch(place, "client1")
    assert "ended (settled)" in watch(place, "sponsor")

    with monkeypatch.context() as changed:
        changed.setenv("DEML_IPFS_URL", GONE)
        place.deml("job", "results", 1, "--models", place.folder / "models", wallet="client2")
    (stored,) = (place.folder / "models").iterdir()
    assert stored.read_bytes() == model.read_bytes()
    inputs = {one["input"] for one in place.deml("notices", "--job", 1, wallet="client2")}
    assert len(inputs) == 8
