"""Who acts in the demo: wallets of the devnet, each with a desk of the CLI and its own memory."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rich.console import Console

from deml.base.inputs import DirectInput
from deml.base.types import ETHER, Address, Amount
from deml_cli.context import Session
from deml_cli.options import Options
from deml_cli.render import Render
from deml_cli.session_desk import SessionDesk
from deml_sdk.errors import Refused
from deml_sdk.market import client_steps
from deml_sdk.market.events import Done, Event, Failed
from deml_sdk.market.view import Job
from deml_sdk.market.watch import Watcher


class SilentSession(Session):
    """A session that says yes to everything and shows nothing: the demo tells the story instead."""

    @cached_property
    def render(self) -> Render:
        """Write to nowhere."""
        quiet = Render(json_mode=False, yes=True)
        quiet.err = quiet.human = Console(file=io.StringIO())
        return quiet


@dataclass
class Actor:
    """A party to the story. `name` is how it is told of, `account` its wallet among the devnet's."""

    name: str
    account: str
    refusals: list[str] = field(default_factory=list)

    @cached_property
    def session(self) -> Session:
        """Session of this wallet, on the demo's devnet."""
        return SilentSession(Options(wallet=self.account, yes=True))

    @cached_property
    def desk(self) -> SessionDesk:
        """This wallet's way to the chain."""
        return SessionDesk(self.session)

    @cached_property
    def watcher(self) -> Watcher:
        """What `deml watch` would do."""
        return Watcher(self.desk)

    @property
    def address(self) -> Address:
        """Its account."""
        return self.desk.wallet

    def take_part(self, job_id: int) -> Job:
        """Accept a job, with the stake it asks for."""
        client_steps.accept(self.desk, self.desk.job(job_id), ETHER)
        return self.desk.job(job_id)

    def commit(self, job_id: int, model: bytes) -> str:
        """Commit to a model; its CID stays a secret."""
        return client_steps.commit(self.desk, self.desk.job(job_id), model, Amount(0)).cid

    def watch(self, *job_ids: int) -> list[Done]:
        """Do once what is due.

        Raises
        ------
        DemlError
            Whatever goes wrong: honest parties of the demo meet no failures.
        """
        events: Sequence[Event] = list(self.watcher.round(job_ids))
        for event in events:
            if isinstance(event, Failed):
                raise event.error
        return [event for event in events if isinstance(event, Done)]

    def try_in_vain(self, body: DirectInput, action: str) -> str:
        """Send what the dapp should refuse; return the reason it gives.

        Raises
        ------
        NotRefused
            If it accepts.
        """
        try:
            self.desk.send([body], action, "everything in it")
        except Refused as refusal:
            self.refusals.append(refusal.values["reason_code"])
            return str(refusal)
        raise NotRefused(self.name, action)


class NotRefused(Exception):
    """The dapp let a cheat through; then the demo must fail."""

    def __init__(self, name: str, action: str) -> None:
        super().__init__(f"{name} could {action}")


@contextmanager
def environment(devnet: Path, home: Path) -> Iterator[None]:
    """Point the CLI's sessions at the demo's devnet and at a home of their own."""
    settings = {"DEML_DEVNET_DIR": str(devnet), "DEML_HOME": str(home)}
    saved = {name: os.environ.get(name) for name in os.environ if name.startswith("DEML_")}
    for name in saved:
        del os.environ[name]
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update({name: value for name, value in saved.items() if value is not None})
