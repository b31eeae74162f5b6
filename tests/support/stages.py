"""A job played by clients of the SDK as far as a test wants it, in the folders where the command line looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from deml_sdk.client import Client
from deml_sdk.wallet.wallets import devnet_wallet
from tests.support.party import join, opened
from tests.support.served_world import ServedWorld


class Stage(IntEnum):
    """How far a job has come; each begins in the phase in which the next move may be made."""

    NONE = 0
    OPEN = 1
    ACCEPTED = 2
    COMMITTED = 3
    REVEALED = 4
    DECLARED = 5
    DUE = 6
    DELIVERED = 7
    SETTLED = 8


@dataclass
class StagedJob:
    """One job of ``sponsor``, with `members` that commit to models, each ten percent better than the one before.

    Its terms are sound ones, but for `changes`.
    """

    served: ServedWorld
    home: Path
    members: tuple[str, ...] = ("client1",)
    changes: Mapping[str, object] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        if name not in self.clients:
            wallet = devnet_wallet(name)
            made = Client(self.served.marketplace(), wallet=wallet, home=self.home)
            made.__dict__["content"] = self.served.files
            self.clients[name] = made
        return self.clients[name]

    def until(self, stage: Stage) -> None:
        if stage is Stage.NONE:
            return
        sponsor, world = self.client("sponsor"), self.served.world
        job_id = opened(sponsor, world, **self.changes)
        terms = sponsor.job(job_id).terms
        if stage is Stage.ACCEPTED:
            self.client(self.members[0]).send(self.client(self.members[0]).accept(job_id))
        if stage < Stage.COMMITTED:
            return
        for place, name in enumerate(self.members):
            join(self.client(name), job_id, 70 + 10 * place)
        world.wait_until(terms.commit_until + 31)
        if stage >= Stage.REVEALED:
            sponsor.send(sponsor.reveal(job_id))
            while sponsor.job(job_id).scorings:
                sponsor.send(sponsor.continue_scoring(job_id, sponsor.account))
            world.wait_until(terms.holdout_until + 31)
        if stage >= Stage.DECLARED:
            for name in self.members:
                self.client(name).send(self.client(name).declare(job_id))
            world.wait_until(terms.declare_until + 31)
        if stage >= Stage.DUE:
            sponsor.send(sponsor.settle(job_id))
            world.wait(31)
        if stage >= Stage.DELIVERED:
            for name in self.members:
                self.client(name).send(self.client(name).submit(job_id))
        if stage >= Stage.SETTLED:
            sponsor.send(sponsor.settle(job_id))
