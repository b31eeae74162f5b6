"""A Flower federation in processes of its own on loopback: a SuperLink, SuperNodes, their owners' programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "flower"
SECONDS = 240
"""Longest wait for any one step; they take a few."""


def paid_app(place: Path) -> Path:
    """Make the app that a market pays: the plain one, changed by the lines that docs/flower.md shows."""
    app = place / "app"
    shutil.copytree(EXAMPLE / "app", app)
    subprocess.run(["git", "apply", "--whitespace=nowarn", str(EXAMPLE / "paid.diff")], cwd=app, check=True)
    return app


def held_port() -> socket.socket:
    """Hold a port of loopback that nobody else is given: Flower takes no port 0, and no socket from its starter.

    A program can listen there all the same, while this only holds it, as both allow that it is used again.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


class Federation:
    """Starts its programs with an environment in which they reach loopback alone, and ends them.

    Parameters
    ----------
    place
        Folder of everything that they write.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.contacts = place / "contacts.log"
        self._held: list[socket.socket] = []
        self.link = f"127.0.0.1:{self._port()}"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        home = place / "flwr"
        home.mkdir()
        (home / "config.toml").write_text(
            f'[superlink]\ndefault = "here"\n[superlink.here]\naddress = "{self.link}"\ninsecure = true\n'
        )
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "FLWR_HOME": str(home),
            "FLWR_TELEMETRY_ENABLED": "0",
            "FLWR_DISABLE_UPDATE_CHECK": "1",
            "DEML_CONTACTS": str(self.contacts),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join(
                [str(Path(__file__).parent / "only_loopback"), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
        }

    def start_link(self) -> None:
        self.start(
            "superlink",
            [
                *(tool("flower-superlink"), "--insecure", "--disable-runtime-dependency-installation"),
                *("--port", self.link.rpartition(":")[2]),
            ],
        )
        self.until(lambda: _answers(self.link))

    def start_node(self, name: str, settings: Mapping[str, str | int]) -> None:
        told = " ".join(
            f'{key}="{value}"' if isinstance(value, str) else f"{key}={value}" for key, value in settings.items()
        )
        words = [tool("flower-supernode"), "--insecure", "--superlink", self.link]
        self.start(name, [*words, "--port", str(self._port()), "--node-config", told])

    def _port(self) -> int:
        self._held.append(held_port())
        number: int = self._held[-1].getsockname()[1]
        return number

    def start_python(self, name: str, *words: str) -> None:
        self.start(name, [sys.executable, *words])

    def run_app(self, app: Path, settings: Mapping[str, str | int], name: str = "run") -> None:
        told = " ".join(
            f'{key}="{value}"' if isinstance(value, str) else f"{key}={value}" for key, value in settings.items()
        )
        self.start(name, [tool("flwr"), "run", str(app), "here", "--stream", "--run-config", told])

    def start(self, name: str, words: Sequence[str]) -> None:
        with (self.place / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                words,
                cwd=self.place,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self, name: str) -> str:
        return (self.place / f"{name}.log").read_text(errors="replace")

    def ended(self, name: str) -> bool:
        return self._running[name].poll() is not None

    def until(
        self, reached: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None, *, may_end: str = ""
    ) -> None:
        """Wait for something while the programs run; one may end."""
        deadline = time.monotonic() + SECONDS
        while not reached():
            failed = [name for name in self._running if self.ended(name) and name != may_end]
            assert not failed, f"{failed[0]} has ended:\n{self.said(failed[0])}"
            assert time.monotonic() < deadline, "\n".join(f"== {one}\n{self.said(one)}" for one in self._running)
            meanwhile()
            time.sleep(0.2)

    def end(self, *names: str) -> None:
        """End programs, all of them where none are named; what they have started ends with them."""
        for name in names or tuple(self._running):
            one = self._running.pop(name)
            if one.poll() is None:
                one.terminate()
            try:
                one.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, 9)
                one.wait()
        if not self._running:
            for held in self._held:
                held.close()


def tool(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).parent / name)


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False
