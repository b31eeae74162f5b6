"""What the rules say everybody should have received, worked out again from the notices on chain and the terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deml.base.outputs import Accepted, Committed, Declared, DuesFixed, HoldoutRevealed, JobCreated, Notice, Scored
from deml.base.types import NOTHING, Address, Amount, Score
from deml.market import final_pays, share_forfeits

BPS = 10_000


class Ledger:
    """A job as its notices tell it."""

    def __init__(self, notices: Sequence[Notice], job_id: int) -> None:
        mine = [one for one in notices if one.job_id == job_id]
        (self.created,) = (one for one in mine if isinstance(one, JobCreated))
        self.accepted = [one.client for one in mine if isinstance(one, Accepted)]
        self.committed = {one.client: place for place, one in enumerate(mine) if isinstance(one, Committed)}
        self.declared = {one.client: one.credited for one in mine if isinstance(one, Declared)}
        self.scored = {one.client: one.credited for one in mine if isinstance(one, Scored)}
        self.dues = [one for one in mine if isinstance(one, DuesFixed)]
        self.revealed = any(isinstance(one, HoldoutRevealed) for one in mine)

    def expected(self) -> Mapping[Address, int]:
        """Work out by how much each party's balance should differ after the job from before it."""
        changes = dict.fromkeys(self.accepted, 0)
        if not self.revealed:
            for client in self.committed:
                changes[client] += self._bond_share()
        else:
            for client, pay in self._pays().items():
                changes[client] += pay
            for client in self._failed():
                changes[client] -= self.created.terms.stake
            for client, share in self._compensations().items():
                changes[client] += share
        forfeited = len(self._failed()) * self.created.terms.stake
        shared = sum(self._compensations().values())
        paid = sum(changes.values()) + forfeited - shared
        changes[self.created.sponsor] = changes.get(self.created.sponsor, 0) - paid
        return changes

    def _in_order(self, clients: Sequence[Address]) -> list[Address]:
        return sorted(clients, key=lambda one: self.committed[one])

    def _failed(self) -> list[Address]:
        due = {due.client for notice in self.dues for due in notice.dues}
        return [one for one in self.accepted if one in due and one not in self.scored]

    def _pays(self) -> dict[Address, Amount]:
        verified = self._in_order(list(self.scored))
        return dict(zip(verified, self._offers([self.scored[one] for one in verified]), strict=True))

    def _compensations(self) -> dict[Address, Amount]:
        """Shares of the forfeited stakes, as docs/protocol.md has them."""
        failed = self._failed()
        if not failed:
            return {}
        first = {due.client: due.pay for due in self.dues[0].dues}
        others = self._in_order([one for one in self.declared if one not in failed])
        undisturbed = self._offers([self.declared[one] for one in others])
        losses = {one: Amount(max(0, pay - first.get(one, 0))) for one, pay in zip(others, undisturbed, strict=True)}
        proven = [one for one in others if one in self.scored]
        unproven = Amount(sum(losses.values()) - sum(losses[one] for one in proven))
        pays = self._pays()
        pool = Amount(len(failed) * self.created.terms.stake)
        shares = share_forfeits(pool, [losses[one] for one in proven], unproven, [pays[one] for one in proven])
        return dict(zip(proven, shares.compensations, strict=True))

    def _offers(self, scores: Sequence[Score]) -> tuple[Amount, ...]:
        terms = self.created.terms
        return final_pays(terms.rule, self.created.escrow, terms.baseline, scores)

    def _bond_share(self) -> Amount:
        terms = self.created.terms
        if not self.committed:
            return NOTHING
        return Amount(self.created.escrow * terms.bond_bps // BPS // len(self.committed))
