from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.support.fake_services import Services, serving

Run = Callable[..., Result]


def told(done: Result) -> str:
    """What a command told people, in one line: it is folded where the terminal ends."""
    return " ".join(done.stderr.split())


@pytest.fixture
def services() -> Iterator[Services]:
    with serving() as found:
        yield found


@pytest.fixture
def quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real files take a second of scrypt each; tests need its format only."""
    from eth_keyfile import keyfile

    real = keyfile.create_keyfile_json
    monkeypatch.setattr(keyfile, "create_keyfile_json", lambda *given, **named: real(*given, **named, iterations=2))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, in a folder without a devnet, and no settings from the environment."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "PROFILE",
        "RPC_URL",
        "NODE_URL",
        "INSPECT_URL",
        "APP_ADDRESS",
        "WALLET",
        "PASSWORD_FILE",
        "DEVNET_DIR",
        "IPFS_URL",
    ):
        monkeypatch.delenv(f"DEML_{name}", raising=False)
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def deml(home: Path) -> Run:
    """Run the command line in this process."""
    from deml_cli.app import root

    def run(*arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(root, [str(one) for one in arguments], input=input)

    return run


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that read models in a process apart run in this one: fast, and where a test can look into them."""
    from deml_learn.models import apart

    def run(asked: apart.Asked, model: Path, folder: Path, out: Path) -> str:
        import_module(asked.program).main(folder, model, out)
        return ""

    monkeypatch.setattr(apart, "_run", run)
