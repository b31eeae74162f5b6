"""filecoin-pin's own server, its own mock of the chain, and our client: through to `pinned`, from a node of one's own.

Everything is on loopback, in a network namespace that has nothing else. A mock proves nothing: nothing here is proved.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from deml.ipld import file_cid
from deml.ipld.writer import file_blocks
from deml_sdk.errors import ServiceUnreachable
from deml_sdk.ipfs import keeping
from deml_sdk.ipfs.errors import NotPinned, PinPending
from deml_sdk.ipfs.filecoin import SELECTORS, VERIFIERS
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.pinning import PinningPlace, pinner, wait_until_pinned
from deml_sdk.ipfs.pinning_service import PinningService
from deml_sdk.ipfs.pins import Pin, PinState
from deml_sdk.ipfs.settings import IpfsSettings
from tests.interop.nodes import OwnNode, PinServer, own_node, pin_server
from tests.interop.programs import FILECOIN, result_of
from tests.support.fake_services import Services
from tests.support.ipfs_peers import LOOPBACK
from tests.support.outages import settings
from tests.support.served_world import ServedWorld
from tests.support.stages import Stage, StagedJob
from tests.unit.conftest import Run, deml, home, services  # noqa: F401 - fixtures

MOCKED_DATA_SET = "123"
"""Number of the only data set that the mock has."""


def bytes_of(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNode]:
    with own_node(tmp_path_factory.mktemp("node")) as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PinServer]:
    with pin_server(tmp_path_factory.mktemp("filecoin")) as found:
        yield found


@pytest.fixture
def service(node: OwnNode, server: PinServer, tmp_path: Path) -> Iterator[PinningService]:
    settings = IpfsSettings(tmp_path, node.rpc, (), "127.0.0.1", server.url, "any token")
    found = pinner(settings, PinningPlace.SERVICE)
    assert isinstance(found, PinningService)
    yield found
    found.close()


def added(node: OwnNode, content: bytes) -> None:
    kubo = Kubo(node.rpc)
    kubo.add(content)
    kubo.close()


def pinned(service: PinningService, content: bytes, name: str = "") -> tuple[Pin, list[Pin]]:
    reports: list[Pin] = []
    asked = service.pin(file_cid(content), name, reports.append)
    return wait_until_pinned(service, asked, 120, reports.append), reports


def test_nothing_but_loopback_can_be_reached():
    lines = Path("/proc/net/dev").read_text().splitlines()[2:]
    assert {line.partition(":")[0].strip() for line in lines} == {"lo"}


def test_without_a_token_it_refuses(server: PinServer):
    with pytest.raises(HTTPError, match="401"):
        urlopen(f"{server.url}/pins", timeout=30)


@pytest.mark.parametrize("size", [0, 1_000, 262_145, 5_000_000])
def test_a_file_goes_from_our_node_into_a_piece_with_all_its_blocks(
    node: OwnNode, server: PinServer, service: PinningService, size: int
):
    content = bytes_of(size)
    added(node, content)
    done, reports = pinned(service, content, f"{size} bytes")
    assert reports[0].state is PinState.QUEUED
    assert (done.state, done.name) == (PinState.PINNED, f"{size} bytes")
    _, blocks = file_blocks(content)
    assert server.stored()[str(file_cid(content))] == {cid: bytes(block) for cid, block in blocks}


def test_piece_and_data_set_are_told_and_never_called_proved(node: OwnNode, service: PinningService):
    content = bytes_of(2_000)
    added(node, content)
    done, _ = pinned(service, content)
    assert done.piece is not None
    assert done.piece.cid.startswith("bafkzcib")
    assert (done.piece.data_set, done.piece.number.isdecimal()) == (MOCKED_DATA_SET, True)
    assert done.piece.proof is None
    assert "proved" not in done.piece.told
    assert (done.expires, done.cost) == ("", "")


def test_pins_in_all_states_are_listed_found_by_cid_and_let_go(node: OwnNode, service: PinningService):
    here, nowhere = bytes_of(3_000), bytes_of(3_001)
    added(node, here)
    pinned(service, here)
    asked = service.pin(file_cid(nowhere), "", lambda _: None)
    with pytest.raises(PinPending):
        wait_until_pinned(service, asked, 3, lambda _: None)
    listed = {one.cid: one.state for one in service.pins()}
    assert listed[str(file_cid(here))] is PinState.PINNED
    assert listed[str(file_cid(nowhere))] is PinState.PINNING
    assert [one.state for one in service.pins(file_cid(nowhere))] == [PinState.PINNING]
    assert service.unpin(file_cid(nowhere)) == 1
    assert list(service.pins(file_cid(nowhere))) == []
    with pytest.raises(NotPinned):
        service.look(asked)
    assert service.name in service.check()


def profile(deml: Run, node: OwnNode, server: PinServer) -> None:  # noqa: F811
    deml("config", "set", "filecoin.pinning_url", server.url)
    deml("config", "set", "filecoin.ipfs_url", node.rpc)


def test_the_commands_of_the_documentation(
    deml: Run,  # noqa: F811
    node: OwnNode,
    server: PinServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DEML_PINNING_TOKEN", "any token")
    profile(deml, node, server)
    path = tmp_path / "spec.json"
    path.write_bytes(bytes_of(4_000))
    cid = str(file_cid(path.read_bytes()))
    assert deml("ipfs", "add", path, "--profile", "filecoin", "--yes").exit_code == 0
    done = deml("ipfs", "pin", cid, "--profile", "filecoin", "--yes", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["piece"]["dataSet"] == MOCKED_DATA_SET
    shown = deml("ipfs", "status", cid, "--profile", "filecoin", "--wide").stdout
    assert f"data set {MOCKED_DATA_SET}" in shown
    assert "no proof known" in shown
    assert "proved" not in shown
    [listed] = json.loads(deml("ipfs", "status", cid, "--profile", "filecoin", "--json").stdout)
    assert (listed["state"], listed["piece"]["proof"]) == ("pinned", None)
    assert deml("ipfs", "unpin", cid, "--profile", "filecoin", "--yes").exit_code == 0
    assert json.loads(deml("ipfs", "status", cid, "--profile", "filecoin", "--json").stdout) == []


def test_a_job_is_kept_at_our_node_and_on_filecoin_and_an_outage_is_told(
    deml: Run,  # noqa: F811
    services: Services,  # noqa: F811
    home: Path,  # noqa: F811
    node: OwnNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DEML_PINNING_TOKEN_FILECOIN", "any token")
    monkeypatch.setattr(keeping, "PAUSES", (0.2,))
    served = ServedWorld(services)
    settings(monkeypatch, served)
    monkeypatch.setenv("DEML_IPFS_URL", node.rpc)
    play = StagedJob(served, home)
    play.until(Stage.SETTLED)
    play.client("sponsor").share_holdout(1)
    play.client("client1").share_model(1)

    def kept(*arguments: str) -> tuple[int, dict[tuple[str, str], str]]:
        done = deml("ipfs", "keep", "1", "--json", *arguments)
        files = json.loads(done.stdout)["files"]
        return done.exit_code, {(one["what"].partition(" of ")[0], one["place"]): one["state"] for one in files}

    everything = [(what, place) for what in ("initial model", "holdout", "model") for place in ("node", "filecoin")]
    with pin_server(tmp_path / "filecoin") as server:
        profile(deml, node, server)
        assert kept("--yes") == (0, dict.fromkeys(everything, "pinned"))
        assert kept() == (0, dict.fromkeys(everything, "pinned"))
        assert len(server.stored()) == 3
    code, cells = kept("--check")
    assert code == 3
    assert cells == {cell: "pinned" if cell[1] == "node" else "away" for cell in everything}


def test_a_server_that_starts_again_has_forgotten_its_pins(node: OwnNode, tmp_path: Path):
    content = bytes_of(5_000)
    added(node, content)
    with pin_server(tmp_path / "first") as first:
        at = PinningService(first.url, lambda: "any", LOOPBACK, origins=lambda _nearby: node.addresses)
        pinned(at, content)
        at.close()
    with pytest.raises(ServiceUnreachable):
        list(PinningService(first.url, lambda: "any", LOOPBACK).pins())
    with pin_server(tmp_path / "second") as second:
        at = PinningService(second.url, lambda: "any", LOOPBACK)
        assert list(at.pins()) == []
        at.close()


def test_the_contract_that_tells_proofs_is_the_one_that_filecoin_pin_knows():
    known = json.loads(result_of(FILECOIN / "contracts.mjs"))
    assert {int(chain): address for chain, address in known["addresses"].items()} == VERIFIERS
    assert {signature: known["selectors"][signature] for signature in SELECTORS} == SELECTORS
    assert known["pieceCid"] == ["bytes"]
