"""Who acts in the demo: accounts of the devnet, each with a client of the SDK and a memory of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from deml.base.inputs import DirectInput
from deml.base.types import NOTHING, Address
from deml_sdk.client import Client
from deml_sdk.errors import RefusedByDapp
from deml_sdk.market.view import Job
from deml_sdk.market.watching.events import Done, Failed, WatchEvent
from deml_sdk.market.watching.watch import Watcher


@dataclass
class Actor:
    """A party to the story.

    Parameters
    ----------
    name
        How it is told of.
    account
        Its wallet among the devnet's.
    deployment
        The file in which the devnet describes itself.
    home
        Folder that holds its journal, its salts and its files.
    """

    name: str
    account: str
    deployment: Path
    home: Path
    refusals: list[str] = field(default_factory=list)

    @cached_property
    def client(self) -> Client:
        """Its way to the marketplace."""
        return Client.of_devnet(self.deployment, account=self.account, home=self.home)

    @cached_property
    def watcher(self) -> Watcher:
        """What `deml watch` would do."""
        return Watcher(self.client)

    @property
    def address(self) -> Address:
        """Its account."""
        return self.client.account

    def take_part(self, job_id: int) -> Job:
        """Accept a job, with the stake it asks for."""
        self.client.send(self.client.accept(job_id))
        return self.client.job(job_id)

    def commit(self, job_id: int, model: bytes) -> str:
        """Commit to a model; its CID stays a secret."""
        self.client.send(self.client.commit(job_id, model, min_pay=NOTHING))
        return self.client.committed_model(job_id).cid

    def watch(self, *job_ids: int) -> list[Done]:
        """Do once what is due.

        Raises
        ------
        DemlError
            Whatever goes wrong: honest parties of the demo meet no failures.
        """
        events: Sequence[WatchEvent] = list(self.watcher.round(job_ids))
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
            self.client.send(self.client.to_send([body], action, "everything in it"))
        except RefusedByDapp as refusal:
            self.refusals.append(refusal.reason.code)
            return str(refusal)
        raise NotRefused(self.name, action)


class NotRefused(Exception):
    """The dapp let a cheat through; then the demo must fail."""

    def __init__(self, name: str, action: str) -> None:
        super().__init__(f"{name} could {action}")
