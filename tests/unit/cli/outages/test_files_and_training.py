"""Commands that move files or take hours: their source, their node or the disk fails for a while, and they go on."""

from __future__ import annotations

import errno
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from deml.ipld import Cid, file_car, file_cid
from deml.ipld.writer import file_blocks
from deml_cli.render import Render
from deml_learn.sandbox import prepare
from deml_learn.sandbox.interface import ExitReason, ProgramResult
from deml_learn.trainers import scripts, train
from deml_learn.trainers.audit import Suspect
from deml_sdk import outages
from deml_sdk.compute import bacalhau
from deml_sdk.compute.rendering import JOB
from deml_sdk.deploy.plan import DeploymentPlan, carry_out
from deml_sdk.errors import CallFailed, ServiceUnreachable
from deml_sdk.files import atomic, files
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.local import LocalStore
from deml_sdk.ipfs.pins import Pin, PinState
from tests.support import models
from tests.support.cases import case
from tests.support.computations import to_train_on_rows
from tests.support.ears import Ears
from tests.support.ipfs_peers import Script, Send, answer, playing, serving_peer
from tests.support.outages import Disk, failing, kill_once, meanwhile
from tests.support.served_world import ServedWorld
from tests.support.stages import Stage, StagedJob
from tests.support.unconfined import UNCONFINED
from tests.unit.conftest import Run, told

CONTENT = random.Random(8).randbytes(700_000)
CID = str(file_cid(CONTENT))
WAITS = "Waiting for it since"
GONE = ServiceUnreachable("IPFS node", "http://files", "no connection")


@pytest.fixture
def peer(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    with serving_peer(tmp_path / "peer") as found:
        monkeypatch.setenv("DEML_IPFS_URL", found.rpc)
        yield found


def test_a_gateway_that_dies_in_the_middle_of_a_file(deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    dead: list[bool] = []
    whole = file_car(CONTENT)

    def part(_script: Script, path: str, send: Send) -> None:
        if not dead:
            dead.append(True)
            send(answer(body=whole)[: len(whole) // 2])
        elif not dead[0]:
            block = next((bytes(one) for cid, one in blocks.items() if str(cid) in path), whole)
            send(answer(body=whole if "format=car" in path else block))

    blocks = dict(file_blocks(CONTENT)[1])

    def act(count: int) -> None:
        if count == 3:
            dead[0] = False

    with playing(part) as gateway:
        monkeypatch.setenv("DEML_IPFS_URL", gateway.url)
        monkeypatch.setenv("DEML_IPFS_PRIVATE_NETWORKS", "127.0.0.1")
        meanwhile(monkeypatch, act)
        done = deml("ipfs", "get", CID, "--out", tmp_path / "out.bin", "--json")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out.bin").read_bytes() == CONTENT
    assert WAITS in told(done)
    assert "It is back after" in told(done)


def test_a_gateway_that_never_answered_ends_the_command(deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with playing(lambda _script, _path, _send: None) as gateway:
        monkeypatch.setenv("DEML_IPFS_URL", gateway.url)
        monkeypatch.setenv("DEML_IPFS_PRIVATE_NETWORKS", "127.0.0.1")
        meanwhile(monkeypatch, lambda _count: None)
        assert deml("ipfs", "get", CID, "--out", tmp_path / "out.bin").exit_code == 3


def test_a_file_comes_while_the_disk_is_full(
    deml: Run, peer, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file.bin").write_bytes(CONTENT)
    assert deml("ipfs", "add", tmp_path / "file.bin", "--yes").exit_code == 0
    for path in (tmp_path / "home" / "blocks").rglob("*"):
        if path.is_file():
            path.unlink()
    refusals: list[str] = []
    put = LocalStore.put

    def filling(self: LocalStore, cid: Cid, block: bytes) -> None:
        """The third block and what comes next find no room."""
        refusals.append(str(cid))
        disk.full = 2 < len(refusals) < 5
        put(self, cid, block)

    monkeypatch.setattr(LocalStore, "put", filling)
    monkeypatch.setattr(outages, "PAUSES", (0.0,))
    done = deml("ipfs", "get", CID, "--out", tmp_path / "out.bin", "--json")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out.bin").read_bytes() == CONTENT
    assert "No space left on device" in told(done)


@pytest.mark.parametrize("words", [("ipfs", "add"), ("trainer", "publish")], ids=" ".join)
def test_ones_node_dies_while_a_file_is_added(
    deml: Run, peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
):
    file = tmp_path / "file.py"
    file.write_text("print('a trainer')\n")
    monkeypatch.setattr(Kubo, "add", failing(3, GONE, Kubo.add))
    monkeypatch.setattr(outages, "PAUSES", (0.0,))
    done = deml(*words, file, "--yes", "--json")
    assert done.exit_code == 0, done.output
    assert peer.blocks.has(file_cid(file.read_bytes()))
    assert WAITS in told(done)


def test_a_node_that_never_answered_ends_adding(deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file.bin").write_bytes(b"file")
    monkeypatch.setenv("DEML_IPFS_URL", "http://127.0.0.1:9/api/v0")
    meanwhile(monkeypatch, lambda _count: None)
    assert deml("ipfs", "add", tmp_path / "file.bin", "--yes").exit_code == 3


def test_ones_node_dies_while_it_fetches_what_is_pinned(deml: Run, peer, monkeypatch: pytest.MonkeyPatch):
    left = [2]

    def pin(self: Kubo, cid: object, name: str, report: Callable[[Pin], None]) -> Pin:
        report(Pin(str(cid), PinState.PINNING, name))
        if left[0]:
            left[0] -= 1
            raise GONE
        return Pin(str(cid), PinState.PINNED, name)

    monkeypatch.setattr(Kubo, "pin", pin)
    meanwhile(monkeypatch, lambda _count: None)
    done = deml("ipfs", "pin", CID, "--at", "node", "--yes", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["state"] == "pinned"
    assert WAITS in told(done)


@pytest.mark.parametrize("service", ["node", "disk", "ipfs"])
def test_models_of_a_job_are_stored(
    served: ServedWorld,
    home: Path,
    deml: Run,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
):
    StagedJob(served, home).until(Stage.SETTLED)
    served.files.files.clear()
    if service == "ipfs":
        served.services.dead.add("ipfs")
    kill_once(served.services, "cartesi_listInputs", service)
    listed = served.services.methods["cartesi_listInputs"]

    def listing(given: object) -> object:
        found = listed(given)
        disk.full = service == "disk"
        return found

    served.services.methods["cartesi_listInputs"] = listing

    def act(count: int) -> None:
        disk.full = False
        served.services.dead.clear()

    meanwhile(monkeypatch, act)
    done = deml("job", "results", "1", "--models", "models", "--json")
    assert done.exit_code == 0, done.output
    [stored] = Path("models").iterdir()
    assert stored.read_bytes() == models.model(70).file
    assert service == "ipfs" or WAITS in told(done), "without IPFS, the chain has them"


TRAIN = ("train", "--terms", "logistic.toml", "--data", "mine.csv", "--epochs", 3, "--json")


def test_the_disk_is_full_when_a_model_is_done(
    deml: Run,
    folder: Path,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
):
    run = train.run_trainer

    def filling(*given: object) -> object:
        made = run(*given)
        disk.full = True
        return made

    monkeypatch.setattr(train, "run_trainer", filling)
    seen = []

    def act(count: int) -> None:
        """Full for the model, and again for what is remembered of its training."""
        disk.full = count < 3
        seen.append((folder / "model.safetensors").exists())

    meanwhile(monkeypatch, act)
    done = deml(*TRAIN, *UNCONFINED)
    assert done.exit_code == 0, done.output
    assert seen == [False] * 3
    assert (folder / "model.safetensors").exists()
    assert len(list((folder / "home" / "trainings").iterdir())) == 1
    assert "No space left on device" in told(done)


def test_the_disk_is_full_while_a_model_is_trained(
    deml: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    no_room = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(train, "run_trainer", failing(2, no_room, train.run_trainer))
    meanwhile(monkeypatch, lambda _count: None)
    done = deml(*TRAIN, *UNCONFINED)
    assert done.exit_code == 0, done.output
    assert WAITS in told(done)


@pytest.mark.parametrize(
    "words",
    [
        ("shrink", "1", "model.safetensors", "--data", "fresh.safetensors", "--loss", "0.5"),
        ("model", "import", case("xgb-1.7/x17-logistic.json")),
    ],
    ids=["shrink", "model import"],
)
def test_the_disk_is_full_when_a_model_is_written(
    served: ServedWorld, home: Path, deml: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[object, ...]
):
    StagedJob(served, home).until(Stage.ACCEPTED)
    check = files.check_writable

    def filling(path: Path, **named: bool) -> None:
        """There is room when it begins, and none when it is done."""
        check(path, **named)
        no_room = OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(atomic, "_write", failing(2, no_room, atomic._write))

    monkeypatch.setattr(files, "check_writable", filling)
    monkeypatch.setattr(outages, "PAUSES", (0.0,))
    done = deml(*words, "--out", "made.safetensors", "--wallet", "client1")
    assert done.exit_code == 0, done.output
    assert Path("made.safetensors").stat().st_size > 0
    assert WAITS in told(done)


def test_the_disk_is_full_while_a_trainers_packages_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    full = ProgramResult(ExitReason.EXITED, 1, "ERROR: Could not install packages: [Errno 28] No space left on device")
    answers: list[object] = [full, OSError(errno.ENOSPC, "full"), tmp_path / "packages"]

    def installed(*_given: object) -> object:
        found = answers.pop(0)
        if isinstance(found, OSError):
            raise found
        return found

    monkeypatch.setattr(prepare, "_installed", installed)
    monkeypatch.setattr(scripts, "find_bubblewrap", lambda: None)
    monkeypatch.setattr(scripts, "find_groups", lambda: None)
    meanwhile(monkeypatch, lambda _count: None)
    script = tmp_path / "trainer.py"
    pins = '# /// script\n# dependencies = ["six==1.0"]\n# [tool.deml.hashes]\n# "six==1.0" = ["sha256:%s"]\n# ///\n'
    script.write_text(pins % ("0" * 64))
    ears = Ears()
    scripts.local_script(script, tmp_path, {}, ears)
    assert answers == []
    assert any(WAITS in one for one in ears.heard)


class DyingChain:
    """Cannot be reached at some moments; which transactions it was given."""

    def __init__(self, *dead: str) -> None:
        self._dead = list(dead)
        self.sent: list[str] = []

    def _reach(self, step: str) -> None:
        if self._dead and self._dead[0] == step:
            self._dead.pop(0)
            raise GONE

    def sign(self, _sender: object, call: str) -> object:
        self._reach(f"sign {call}")
        return type("Signed", (), {"tx_hash": call})

    def broadcast(self, signed: object) -> None:
        self._reach(f"broadcast {signed.tx_hash}")
        self.sent.append(signed.tx_hash)

    def wait_for(self, tx_hash: str) -> str:
        self._reach(f"wait {tx_hash}")
        return f"receipt of {tx_hash}"


def test_a_deployment_goes_on_once_it_has_begun(monkeypatch: pytest.MonkeyPatch):
    meanwhile(monkeypatch, lambda _count: None)
    chain = DyingChain("broadcast a", "wait a", "sign b", "sign b", "broadcast b", "wait b")
    ears = Ears()
    receipts = carry_out(chain, object(), DeploymentPlan(None, ("a", "b")), ears)
    assert receipts == ["receipt of a", "receipt of b"]
    assert chain.sent == ["a", "b"]
    assert sum(WAITS in one for one in ears.heard) == 5


def test_a_deployment_whose_chain_never_answered_ends(monkeypatch: pytest.MonkeyPatch):
    meanwhile(monkeypatch, lambda _count: None)
    with pytest.raises(ServiceUnreachable):
        carry_out(DyingChain("sign a"), object(), DeploymentPlan(None, ("a",)))


def test_a_deployment_that_is_refused_ends(monkeypatch: pytest.MonkeyPatch):
    meanwhile(monkeypatch, lambda _count: None)
    chain = DyingChain()
    refusal = CallFailed("chain", "eth_sendRawTransaction", -32000, "nonce too low")
    monkeypatch.setattr(chain, "broadcast", failing(9, refusal, chain.broadcast))
    with pytest.raises(CallFailed):
        carry_out(chain, object(), DeploymentPlan(None, ("a",)))


def test_ones_node_dies_while_a_computations_files_are_published(
    deml: Run, peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    computed = to_train_on_rows()
    computed.write(tmp_path / "computation")
    (tmp_path / "computation" / JOB).write_text("{}")
    monkeypatch.setattr(Kubo, "add", failing(3, GONE, Kubo.add))
    monkeypatch.setattr(bacalhau, "run_program", lambda *_given: "j-1b2c\n")
    meanwhile(monkeypatch, lambda _count: None)
    done = deml("compute", "submit", tmp_path / "computation", "--yes", "--json")
    assert done.exit_code == 0, done.output
    assert all(peer.blocks.has(file_cid(one)) for one in computed.files.values())
    assert WAITS in told(done)


def test_the_disk_is_full_when_an_audit_is_plotted(
    deml: Run, folder: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
):
    assert deml(*TRAIN, "--validation", 0.4, *UNCONFINED).exit_code == 0
    audit = ("privacy", "audit", "logistic.spec.json", "model.safetensors", "--data", "mine.csv", "--plot", "roc.svg")
    attacked = Suspect.attacked

    def filling(*given: object) -> object:
        found = attacked(*given)
        disk.full = True
        return found

    monkeypatch.setattr(Suspect, "attacked", filling)
    results: list[object] = []
    emit = Render.emit

    def telling(self: Render, document: object) -> None:
        results.append(document)
        emit(self, document)

    monkeypatch.setattr(Render, "emit", telling)
    known_before: list[int] = []

    def act(count: int) -> None:
        known_before.append(len(results))
        disk.full = count < 3

    meanwhile(monkeypatch, act)
    done = deml(*audit, "--json")
    assert done.exit_code == 0, done.output
    assert known_before == [1, 1, 1], "the result is told before there is room for the plot"
    assert json.loads(done.stdout)["attacks"]
    assert (folder / "roc.svg").stat().st_size > 0
    assert WAITS in told(done)


def test_an_audit_that_could_not_be_plotted_is_not_begun(deml: Run, folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "model.safetensors").write_bytes((folder / "start.safetensors").read_bytes())
    (folder / "taken").write_text("a file")
    monkeypatch.setattr(Suspect, "attacked", None)
    audit = ("privacy", "audit", "logistic.spec.json", "model.safetensors", "--data", "mine.csv", "--plot")
    assert "NO_PLOT" in deml(*audit, "roc.xyz").output
    assert "UNWRITABLE_FILE" in deml(*audit, "taken/roc.svg").output
