"""`deml watch` on a real chain: files too large for one input, a content store that is gone, programs begun anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from deml.scoring import parse_architecture
from deml_devnet import supervisor
from deml_devnet.chain import clock
from deml_devnet.chain.local import LocalChain
from deml_devnet.layout import Layout
from deml_devnet.operation import finish_epoch
from deml_devnet.options import DevnetOptions
from deml_learn.training.model_file import fresh_trainable
from deml_sdk.data.holdout import data_file
from deml_sdk.jobspec.template import template
from tests.support.unconfined import UNCONFINED

ARCHITECTURE = json.dumps({"family": "mlp", "task": "classification", "inputs": 8, "hidden": [1_600], "outputs": 2})


class Place:
    def __init__(self, folder: Path, layout: Layout, chain: LocalChain) -> None:
        self.folder, self.layout, self.chain = folder, layout, chain

    def deml(self, wallet: str, *arguments: object, **environment: str) -> list[dict]:
        """Run a command; return its JSON documents."""
        from deml_cli.app import root

        words = [*map(str, arguments), "--wallet", wallet, "--yes", "--json"]
        done = CliRunner(env=environment).invoke(root, words)
        assert done.exit_code == 0, f"{words}: {done.exit_code}\n{done.output}\n{done.exception!r}"
        decoder, text, found = json.JSONDecoder(), done.stdout.strip(), []
        while text:
            document, end = decoder.raw_decode(text)
            found.append(document)
            text = text[end:].strip()
        return found

    def watch(self, wallet: str) -> str:
        events = self.deml(wallet, "watch", "--once")
        assert all(one["event"] != "failed" for one in events), events
        return " ".join(one["text"] for one in events)

    def pass_until(self, moment: int) -> None:
        clock.set_time(self.chain, moment)
        clock.finalise(self.chain)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    layout = Layout(tmp_path / "devnet")
    monkeypatch.setenv("DEML_DEVNET_DIR", str(layout.folder))
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    try:
        deployment = supervisor.up(DevnetOptions(block_seconds=0).anywhere(), layout)
        with closing(LocalChain(deployment.rpc_url)) as chain:
            yield Place(tmp_path, layout, chain)
    finally:
        supervisor.down(layout)


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


def test_a_job_with_large_files_runs_by_watch_alone(place: Place) -> None:
    path = write_job(place.folder)
    model = place.folder / "model.safetensors"
    (posted,) = place.deml("sponsor", "job", "post", path)
    terms = posted["terms"]
    place.deml("client1", "accept", 1)
    rows = ("--data", place.folder / "private.csv", "--label", "y")
    place.deml("client1", "train", 1, *rows, "--epochs", 1, "--out", model, *UNCONFINED)
    place.deml("client1", "commit", 1, model, "--no-min-pay")
    assert model.stat().st_size > 65_216

    place.pass_until(terms["commitUntil"] + 1)
    assert "revealed the holdout" in place.watch("sponsor")
    place.pass_until(terms["holdoutUntil"] + 1)
    gone = {"DEML_IPFS_URL": "http://127.0.0.1:9/api/v0"}
    declared = place.deml("client1", "watch", "--once", **gone)
    assert any("declared" in one["text"] for one in declared), "the holdout is not rebuilt from the chain"
    place.pass_until(terms["declareUntil"] + 1)
    assert "dues can be fixed" in place.watch("client1")
    assert "delivered" not in place.watch("client1"), "weights went out before the dues were final"
    clock.finalise(place.chain)
    last = place.watch("client1")
    assert "delivered the model in round 1" in last
    assert "settled: every due model is delivered" in last
    assert "1 voucher(s) wait" in last
    finish_epoch(place.layout)
    assert "Paid: " in place.watch("client1")
    assert "ended (settled)" in place.watch("sponsor")

    place.deml("client2", "job", "results", 1, "--models", place.folder / "models", **gone)
    (stored,) = (place.folder / "models").iterdir()
    assert stored.read_bytes() == model.read_bytes()
    inputs = {one["input"] for one in place.deml("client2", "notices", "--job", 1)[0]}
    assert len(inputs) == 8
