"""A published job's audit and a training, through stand-ins of both networks: true results hold, lies are named."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deml_devnet import supervisor
from deml_devnet.chain import clock
from deml_devnet.chain.local import LocalChain
from deml_devnet.demo.data import share_out
from deml_devnet.demo.job_files import MARKET, job_file
from deml_devnet.demo.models import initial_model, trained
from deml_devnet.layout import Layout
from deml_devnet.options import DevnetOptions
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.unconfined import Unconfined
from tests.support import network_programs
from tests.support.bacalhau_stand_in import Files, Orchestrator, bacalhau
from tests.support.container import run_image

pytestmark = pytest.mark.sandbox

IMAGE = "registry.example/deml-compute:0.1.0@sha256:" + "ab" * 32


@dataclass
class Scene:
    """A devnet with a job whose only client has published its model; a Bacalhau that can be had to lie."""

    folder: Path
    network: Orchestrator
    downloads: Path

    def deml(self, *arguments: object, fails: int = 0) -> Any:
        return deml(*arguments, fails=fails)

    def audited(self, name: str, computation: Path) -> Path:
        """Have a computation done by Bacalhau, and fetch what comes back."""
        submitted = self.deml("compute", "submit", computation, "--url", self.network.url)
        fetch = ("compute", "fetch", self.folder / name, "--job", submitted["jobId"], "--url", self.network.url)
        assert self.deml(*fetch, fails=3)["error"]["code"] == "NOT_DONE_YET"
        self.network.work()
        assert "result.json" in self.deml(*fetch)["files"]
        return self.folder / name


def deml(*arguments: object, wallet: str = "sponsor", fails: int = 0) -> Any:
    from deml_cli.app import root

    words = [*map(str, arguments), "--wallet", wallet, "--yes", "--json"]
    done = CliRunner().invoke(root, words)
    assert done.exit_code == fails, f"{' '.join(words)}: exit code {done.exit_code}\n{done.output}\n{done.exception!r}"
    return json.loads(done.stdout)


def in_container(argument: str, inputs: Path) -> Files:
    inputs.chmod(0o755)
    ended = run_image(find_sandbox(), argument, inputs)
    assert ended.exit_code == 0, ended.words
    return ended.files


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("compute")
    folder.chmod(0o755)
    layout = Layout(folder / "devnet")
    downloads = folder / "downloads"
    downloads.mkdir()
    network_programs.install(folder / "bin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEML_DEVNET_DIR", str(layout.folder))
        patch.setenv("DEML_HOME", str(folder / "home"))
        patch.setenv("DEML_IPFS_PRIVATE_NETWORKS", "127.0.0.0/8")
        patch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
        patch.setenv("LILYPAD_DOWNLOADS", str(downloads))
        try:
            deployment = supervisor.up(DevnetOptions(block_seconds=0).anywhere(), layout)
            with closing(LocalChain(deployment.rpc_url)) as chain:
                publish_a_model(folder, chain)
            with bacalhau(deployment.ipfs_url, in_container) as network:
                patch.setenv("BACALHAU_API", network.url)
                yield Scene(folder, network, downloads)
        finally:
            supervisor.down(layout)


def publish_a_model(folder: Path, chain: LocalChain) -> None:
    """Play job 1 until its client's model is verified."""

    def until(moment: int) -> None:
        clock.set_time(chain, moment + 1)
        clock.finalise(chain)

    parts = share_out()
    initial = initial_model(parts.sample.save(folder / "sample.csv", parts.columns))
    (folder / "initial.safetensors").write_bytes(initial)
    parts.holdouts[0].save(folder / "holdout.csv", parts.columns)
    private = parts.clinics[1].save(folder / "private.csv", parts.columns)
    model = folder / "model.safetensors"
    model.write_bytes(trained(initial, private, Unconfined()).file)
    (folder / "job.toml").write_text(job_file("Tell tumours apart", "holdout.csv", MARKET, participants=4))
    deml("job", "post", folder / "job.toml")
    terms = deml("job", "show", 1)["job"]["terms"]
    deml("accept", 1, wallet="client1")
    deml("commit", 1, model, "--no-min-pay", wallet="client1")
    until(terms["commitUntil"])
    deml("job", "reveal", 1)
    until(terms["holdoutUntil"])
    deml("compute", "render", 1, "--out", folder / "early", fails=1)
    deml("declare", 1, wallet="client1")
    until(terms["declareUntil"])
    deml("settle", 1, wallet="client2")
    clock.finalise(chain)
    deml("submit", 1, wallet="client1")


def test_an_untrusted_node_s_audit_holds_and_an_inflated_score_is_named(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    computation = scene.folder / "score"
    rendered = scene.deml("compute", "render", 1, "--image", IMAGE, "--out", computation)
    (participant,) = scene.deml("job", "show", 1)["job"]["clients"]
    assert [one["client"] for one in rendered["files"] if one["client"]] == [participant["client"]]

    verified = scene.deml("compute", "verify", computation, scene.audited("audit", computation))
    assert verified["holds"]
    (scored,) = verified["outcome"]["models"]
    assert (scored["score"], scored["credited"]) == (participant["score"], participant["declared"])

    def inflated(files: Files) -> Files:
        true, false = str(scored["score"]).encode(), str(scored["score"] + 1).encode()
        return {**files, "result.json": files["result.json"].replace(b'"score": ' + true, b'"score": ' + false)}

    monkeypatch.setattr(scene.network, "lie", inflated)
    refuted = scene.deml("compute", "verify", computation, scene.audited("lie", computation), fails=1)
    assert not refuted["holds"]
    assert refuted["lies"] == [
        {
            "field": "outcome.models[0].score",
            "said": str(scored["score"] + 1),
            "computed": str(scored["score"]),
        }
    ]
    assert refuted["error"]["code"] == "RESULT_REFUTED"


def test_lilypad_replays_all_inputs_to_the_outputs_that_the_node_has(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    computation = scene.folder / "replay"
    module = scene.folder / "module"
    words = ("--use", "replay", "--network", "lilypad", "--module", module, "--out", computation)
    rendered = scene.deml("compute", "render", 1, *words)
    assert rendered["job"]["job"]["Spec"]["Docker"]["Entrypoint"][-1] == rendered["argument"]
    assert (module / "lilypad_module.json.tmpl").exists()
    submit = ("compute", "submit", computation, "--module", "github.com/owner/deml-module:0.1.0")
    assert scene.deml(*submit, fails=3)["error"]["code"] == "PROGRAM_FAILED"
    monkeypatch.setenv("WEB3_PRIVATE_KEY", "0x" + "11" * 32)
    done = scene.deml(*submit)
    verified = scene.deml("compute", "verify", computation, done["folder"])
    assert verified["holds"]
    assert verified["outcome"]["bugs"] == 0
    assert verified["outcome"]["outputs"] > 0
    result = Path(done["folder"], "outputs/result.json")
    result.write_text(result.read_text().replace(verified["outcome"]["outputsRoot"], "0x" + "00" * 32))
    refuted = scene.deml("compute", "verify", computation, done["folder"], fails=1)
    assert [one["field"] for one in refuted["lies"]] == ["outcome.outputsRoot"]


def test_an_initial_model_trained_elsewhere_scores_exactly_as_is_said(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.network, "publisher", "local")
    computation, result = scene.folder / "training", scene.folder / "trained"
    rows = ("--terms", scene.folder / "job.toml", "--data", scene.folder / "sample.csv", "--label", "diagnosis")
    scene.deml("compute", "render", "--use", "train", *rows, "--epochs", 3, "--out", computation)
    submitted = scene.deml("compute", "submit", computation)
    fetch = ("compute", "fetch", result, "--job", submitted["jobId"], "--url", scene.network.url)
    assert scene.deml(*fetch, fails=3)["error"]["code"] == "NOT_DONE_YET"
    scene.network.work()
    assert {*scene.deml(*fetch)["files"]} == {"result.json", "model.safetensors", "log.txt"}
    assert scene.deml("compute", "verify", computation, result)["holds"]
    (result / "model.safetensors").write_bytes((scene.folder / "initial.safetensors").read_bytes())
    refuted = scene.deml("compute", "verify", computation, result, fails=1)
    assert "outcome.model.sha256" in [one["field"] for one in refuted["lies"]]


def test_what_cannot_be_meant_is_refused_in_words(scene: Scene) -> None:
    out, codes = ("--out", scene.folder / "refused"), {}
    codes["image"] = scene.deml("compute", "render", 1, "--image", "No Image", *out, fails=1)
    codes["client"] = scene.deml("compute", "render", 1, "--client", "0x" + "99" * 20, *out, fails=1)
    codes["folder"] = scene.deml("compute", "submit", scene.folder / "nowhere", fails=1)
    codes["address"] = scene.deml("compute", "fetch", *out[1:], "--job", "j-1", "--url", "http://127.0.0.1:9", fails=3)
    assert {name: one["error"]["code"] for name, one in codes.items()} == {
        "image": "BAD_IMAGE",
        "client": "NOT_AMONG_DELIVERED",
        "folder": "UNREADABLE_FILE",
        "address": "SERVICE_UNREACHABLE",
    }
