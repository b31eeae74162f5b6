"""A job looked after by watchers, on the real protocol."""

from __future__ import annotations

from pathlib import Path

from deml.base.types import Address, Amount
from deml.scoring import BUDGET
from deml_sdk.chain.tokens import Token
from deml_sdk.market.acting import acceptance, client_steps, sponsor_steps
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.watching.watch import Watcher
from tests.support import models
from tests.support.course import BASELINE, SPONSOR, terms_from_now
from tests.support.market_client import Net, WorldClient
from tests.support.world import TOKEN, World

TICK = 30


class WatchedJob:
    """A job with a sponsor and clients who each have a machine of their own."""

    def __init__(self, home: Path, finality: int = 30, budget=BUDGET, **changes):
        self.world = World(budget)
        self.net = Net(self.world, finality)
        self.home = home
        terms = terms_from_now(self.world, **changes)
        draft = Draft(
            terms=terms,
            escrow=Amount(1_000),
            token=Token(TOKEN, "TST", 0),
            initial=models.model(BASELINE).file,
            holdout=models.holdout().file,
            spec=None,
            prepared=models.prepared(),
        )
        sponsor = self.client(SPONSOR)
        self.id = sponsor.send(sponsor_steps.post(sponsor, draft)).job_id

    def client(self, wallet: Address) -> WorldClient:
        return WorldClient(self.net, wallet, self.home / wallet)

    def job(self, wallet=SPONSOR):
        return self.client(wallet).job(self.id)

    def join(self, client, percent, min_pay=0, variant=0):
        mine = self.client(client)
        mine.send(acceptance.accept(mine, mine.job(self.id), client))
        mine.send(client_steps.commit(mine, mine.job(self.id), models.model(percent, variant).file, Amount(min_pay)))
        return client_steps.record_of(mine, mine.job(self.id))

    def tick(self, *wallets, helps=False):
        """Let time pass, then each of these wallets looks once, with a program started afresh."""
        self.world.wait(TICK)
        return [event for one in wallets for event in Watcher(self.client(one), helps).round([self.id])]

    def run(self, *wallets, ticks=200, helps=False):
        events = []
        for _ in range(ticks):
            events += self.tick(*wallets, helps=helps)
            if self.job().ended:
                return events
        raise AssertionError("the job does not end")

    def sent(self, kind):
        return [one for one in self.world.history if isinstance(one.body, kind)]

    def refused(self):
        return [one for one in self.world.history if not one.accepted]
