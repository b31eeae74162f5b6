"""`deml ipfs`: what people see, what scripts read, and where tokens may lie."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from deml.base.types import Address
from deml.ipld import file_cid
from deml_sdk.ipfs import pinning
from deml_sdk.market.journal import Journal, ModelRecord
from tests.support.ipfs_peers import Peer, serving_peer
from tests.support.pinning_stand_in import Service, serving_pins
from tests.unit.conftest import Run, told

CONTENT = random.Random(5).randbytes(700_000)
CID = str(file_cid(CONTENT))


class MemoryKeyring(keyring.backend.KeyringBackend):
    """Keeps secrets as long as the test lasts."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


class PlaintextKeyring(MemoryKeyring):
    """What keyrings.alt calls its unencrypted file."""


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before, found = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)


@pytest.fixture
def peer(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    with serving_peer(tmp_path / "peer") as found:
        monkeypatch.setenv("DEML_IPFS_URL", found.rpc)
        yield found


@pytest.fixture
def service(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serving_pins() as found:
        monkeypatch.setenv("DEML_PINNING_URL", found.url)
        monkeypatch.setenv("DEML_PINNING_TOKEN", found.token)
        monkeypatch.setenv("DEML_IPFS_PRIVATE_NETWORKS", "127.0.0.0/8")
        monkeypatch.setattr(pinning, "_PAUSES", (0.0,))
        yield found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(CONTENT)
    return path


def test_a_file_is_added_and_got_back(deml: Run, peer: Peer, file: Path, tmp_path: Path):
    added = deml("ipfs", "add", file, "--yes", "--json")
    assert json.loads(added.stdout)["cid"] == CID
    assert "nobody can take it back" in added.stderr
    out = tmp_path / "out.bin"
    got = deml("ipfs", "get", CID, "--out", out, "--json")
    assert json.loads(got.stdout) == {"cid": CID, "file": str(out), "bytes": len(CONTENT)}
    assert out.read_bytes() == CONTENT


def test_adding_asks_first(deml: Run, peer: Peer, file: Path):
    assert deml("ipfs", "add", file).exit_code == 6
    assert not peer.blocks.has(file_cid(CONTENT))


def test_getting_does_not_replace_a_file_unless_told(deml: Run, peer: Peer, file: Path, tmp_path: Path):
    deml("ipfs", "add", file, "--yes")
    out = tmp_path / "out.bin"
    out.write_bytes(b"mine")
    assert deml("ipfs", "get", CID, "--out", out).exit_code == 1
    assert out.read_bytes() == b"mine"
    assert deml("ipfs", "get", CID, "--out", out, "--force").exit_code == 0
    assert out.read_bytes() == CONTENT


def test_an_interrupted_transfer_goes_on_where_it_stopped(
    deml: Run, peer: Peer, file: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    deml("ipfs", "add", file, "--yes")
    kept = sorted(path for path in (home / "blocks").rglob("*") if path.is_file())
    kept[0].unlink()
    monkeypatch.setenv("DEML_IPFS_URL", peer.url)
    monkeypatch.setenv("DEML_IPFS_PRIVATE_NETWORKS", "127.0.0.1")
    assert deml("ipfs", "get", CID, "--out", tmp_path / "out.bin").exit_code == 0
    assert (tmp_path / "out.bin").read_bytes() == CONTENT


def test_what_nobody_has_is_unavailable(deml: Run, peer: Peer, tmp_path: Path):
    done = deml("ipfs", "get", str(file_cid(b"absent")), "--out", tmp_path / "x", "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["error"]["code"] == "BLOCK_NOT_FOUND"
    assert not (tmp_path / "x").exists()


def test_a_committed_model_is_not_added_pinned_or_asked_for_even_with_yes(
    deml: Run, peer: Peer, service: Service, home: Path, file: Path
):
    wallet = Address("0x" + "b2" * 20)
    journal = Journal.of(home, 31337, Address("0x" + "a1" * 20), wallet)
    journal.keep(CID, CONTENT)
    journal.write(ModelRecord(commitment="11" * 32, job_id=7, client=wallet, cid=CID))
    for command in (("add", str(file)), ("pin", CID), ("pin", CID, "--at", "node"), ("get", CID, "--out", "x")):
        done = deml("ipfs", *command, "--yes", "--json")
        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"]["code"] == "SECRET_FILE"
    assert not peer.blocks.has(file_cid(CONTENT))
    assert service.asked == []


def test_a_model_that_nobody_committed_to_is_warned_about(deml: Run, peer: Peer, tmp_path: Path):
    header = b'{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'
    path = tmp_path / "m.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    assert "looks like a model" in deml("ipfs", "add", path, "--yes").stderr


def test_pin_status_and_unpin_at_a_service(deml: Run, service: Service):
    done = deml("ipfs", "pin", CID, "--name", "greeting", "--yes", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "pinned"
    [listed] = json.loads(deml("ipfs", "status", "--json").stdout)
    assert (listed["cid"], listed["name"], listed["state"]) == (CID, "greeting", "pinned")
    assert CID in deml("ipfs", "status", "--wide").stdout
    assert json.loads(deml("ipfs", "unpin", CID, "--yes", "--json").stdout) == {"cid": CID, "removed": 1}
    assert deml("ipfs", "unpin", CID, "--yes").exit_code == 1


def test_pin_at_ones_own_node(deml: Run, peer: Peer, file: Path):
    deml("ipfs", "add", file, "--yes")
    assert deml("ipfs", "unpin", CID, "--yes").exit_code == 0
    assert json.loads(deml("ipfs", "pin", CID, "--yes", "--json").stdout)["state"] == "pinned"
    assert [one["cid"] for one in json.loads(deml("ipfs", "status", CID, "--json").stdout)] == [CID]


def test_asking_without_waiting(deml: Run, service: Service):
    service.course = ("queued",)
    done = deml("ipfs", "pin", CID, "--timeout", "0", "--yes", "--json")
    assert json.loads(done.stdout)["state"] == "queued"


def test_exit_codes_tell_refusal_failure_and_timeout_apart(
    deml: Run, service: Service, monkeypatch: pytest.MonkeyPatch
):
    service.course = ("failed",)
    assert deml("ipfs", "pin", CID, "--yes").exit_code == 4
    service.course = ("queued",)
    monkeypatch.setattr(pinning, "_PAUSES", (0.5,))
    assert deml("ipfs", "pin", CID, "--timeout", "1", "--yes").exit_code == 5
    service.token = "another"
    assert deml("ipfs", "status").exit_code == 4
    monkeypatch.setenv("DEML_PINNING_URL", "http://127.0.0.1:9")
    assert deml("ipfs", "status").exit_code == 3


def test_the_token_comes_from_the_keyring(
    deml: Run, service: Service, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DEML_PINNING_TOKEN")
    assert "NO_TOKEN" in deml("ipfs", "status").stderr
    monkeypatch.setattr("deml_cli.passwords.ask_secret", lambda *_: f"{service.token}\n")
    done = deml("ipfs", "login")
    assert done.exit_code == 0, done.stderr
    assert service.token not in done.output
    assert ring.kept == {("deml", service.url): service.token}
    assert deml("ipfs", "status").exit_code == 0
    assert deml("ipfs", "logout").exit_code == 0
    assert ring.kept == {}
    assert "NO_TOKEN" in deml("ipfs", "logout").stderr


def test_a_keyring_that_does_not_encrypt_is_none(deml: Run, service: Service, monkeypatch: pytest.MonkeyPatch):
    before = keyring.get_keyring()
    keyring.set_keyring(PlaintextKeyring())
    monkeypatch.setattr("deml_cli.passwords.ask_secret", lambda *_: "secret")
    try:
        assert "does not encrypt" in told(deml("ipfs", "login"))
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize(
    "setting",
    [
        ("devnet.pinning_token", "abc"),
        ("devnet.api_key", "abc"),
        ("devnet.pinning_url", "https://user:pass@pins.example.org"),
        ("devnet.pinning_url", "https://pins.example.org/?token=abc"),
        ("devnet.ipfs_gateways", "https://one.example.org,https://u:p@two.example.org"),
    ],
)
def test_the_settings_refuse_tokens_from_the_command_line_and_in_the_file(
    deml: Run, home: Path, setting: tuple[str, str]
):
    done = deml("config", "set", *setting)
    assert "CREDENTIAL_IN_THE_CLEAR" in done.stderr
    assert not (home / "config.toml").exists()
    home.mkdir(exist_ok=True)
    name = setting[0].partition(".")[2]
    (home / "config.toml").write_text(f'[profiles.devnet]\n{name} = "{setting[1]}"\n')
    done = deml("config", "show")
    assert "CREDENTIAL_IN_THE_CLEAR" in done.stderr
    assert "abc" not in done.output
    assert "u:p" not in done.output


def test_the_token_of_the_marketplace_is_no_credential(deml: Run, home: Path):
    assert deml("config", "set", "devnet.token", "0x" + "d4" * 20).exit_code == 0


def test_gateways_on_this_machine_need_leave(
    deml: Run, peer: Peer, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    deml("ipfs", "add", file, "--yes")
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("DEML_IPFS_URL", peer.url)
    done = deml("ipfs", "get", CID, "--out", tmp_path / "x")
    assert "PRIVATE_ADDRESS" in done.stderr
    assert "ipfs_private_networks" in done.stderr
