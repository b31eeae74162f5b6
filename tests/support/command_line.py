"""A devnet of a test's own, and the command line on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deml_devnet import supervisor
from deml_devnet.chain import clock
from deml_devnet.chain.deployment import DevnetDeployment
from deml_devnet.chain.local import LocalChain
from deml_devnet.layout import Layout
from deml_devnet.options import DevnetOptions


@dataclass(frozen=True)
class CommandLine:
    """A devnet, a folder to work in, and ``deml``, whose answers are JSON."""

    folder: Path
    layout: Layout
    deployment: DevnetDeployment
    chain: LocalChain

    def documents(self, *arguments: object, wallet: str = "sponsor", fails: int = 0) -> list[Any]:
        """Run a command that ends with this exit code; return its JSON documents."""
        from deml_cli.app import root

        words = [*map(str, arguments), "--wallet", wallet, "--yes", "--json"]
        done = CliRunner().invoke(root, words)
        told = f"{' '.join(words)}: exit code {done.exit_code}\n{done.output}\n{done.exception!r}"
        assert done.exit_code == fails, told
        decoder, text, found = json.JSONDecoder(), done.stdout.strip(), []
        while text:
            document, end = decoder.raw_decode(text)
            found.append(document)
            text = text[end:].strip()
        return found

    def deml(self, *arguments: object, wallet: str = "sponsor", fails: int = 0) -> Any:
        """Run a command that answers with one document."""
        (found,) = self.documents(*arguments, wallet=wallet, fails=fails)
        return found

    def pass_until(self, moment: int) -> None:
        """Let time pass; what came before is final then."""
        clock.set_time(self.chain, moment)
        clock.finalise(self.chain)


@contextmanager
def on_a_devnet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    """Have a devnet run, and the command line know it."""
    layout = Layout(folder / "devnet")
    monkeypatch.setenv("DEML_DEVNET_DIR", str(layout.folder))
    monkeypatch.setenv("DEML_HOME", str(folder / "home"))
    try:
        deployment = supervisor.up(DevnetOptions(block_seconds=0).anywhere(), layout)
        with closing(LocalChain(deployment.rpc_url)) as chain:
            yield CommandLine(folder, layout, deployment, chain)
    finally:
        supervisor.down(layout)
