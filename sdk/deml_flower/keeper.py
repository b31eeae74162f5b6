"""The program of a node's owner: it holds the key, commits to what the SuperNode has learnt, and looks after the rest.

It runs beside the SuperNode and needs nothing of it but the folder, and nothing of the SuperLink at all: once a model
is committed to, declaring, publishing and being paid are between this program and the chain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deml.base.errors import DemlError
from deml.base.types import Address, Amount, JobId
from deml.scoring.safetensors import read_tensors, write_tensors
from deml_flower.errors import NodeNeedsWallet, NotAllowedHere
from deml_flower.receipt import Statement
from deml_flower.spool import ModelOffer, NodeAnswer, Spool
from deml_sdk.client import Client
from deml_sdk.errors import NotEnoughTokens, TimedOut, Unavailable
from deml_sdk.market.acting.client_steps import check_model
from deml_sdk.market.judging.promises import require_promise
from deml_sdk.market.schedule import LOOK_SECONDS
from deml_sdk.market.view import Job
from deml_sdk.market.watching.events import WatchEvent
from deml_sdk.market.watching.watch import Watcher
from deml_sdk.wallet.wallets import Wallet


@dataclass(frozen=True, slots=True)
class Policy:
    """What an owner has agreed to beforehand, since nobody is asked when a model comes.

    Parameters
    ----------
    sponsors
        Accounts whose jobs are taken part in; what others post is refused.
    max_stake
        Most that is staked in one job, in the market token's smallest unit.
    min_pay
        Least pay for which a model is published, in the same unit; 0 for none.
    """

    sponsors: frozenset[Address]
    max_stake: Amount
    min_pay: Amount

    def check(self, job: Job, token: Address) -> None:
        """Refuse a job that the owner has not agreed to; `token` is the market's.

        Raises
        ------
        NotAllowedHere
        """
        terms = job.terms
        if job.sponsor not in self.sponsors:
            raise NotAllowedHere(job.job_id, f"its sponsor is {job.sponsor}")
        if terms.reward_token != token:
            raise NotAllowedHere(job.job_id, f"it pays in {terms.reward_token}, and the market's token is {token}")
        if terms.stake > self.max_stake:
            raise NotAllowedHere(
                job.job_id, f"its stake is {terms.stake}, and at most {self.max_stake} are to be staked"
            )


@dataclass(frozen=True, slots=True)
class CommittedFor:
    """The wallet has committed to a model for a SuperNode's job; the receipt is in the folder."""

    job_id: JobId
    node_id: int
    commitment: str


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """Nothing was committed to: for good, and the SuperNode is told so, or it is tried again at the next look.

    `offer` is None where the folder itself cannot be reached.
    """

    offer: ModelOffer | None
    error: DemlError
    final: bool


KeeperEvent = CommittedFor | OfferFailed | WatchEvent


class NodeKeeper:
    """Looks after one wallet's part in a federation, and all its other jobs.

    Parameters
    ----------
    client
        With the owner's wallet and home. No other program may send for that wallet meanwhile.
    folder
        The one that the SuperNode is told of as ``deml-folder``.
    policy
        What the owner has agreed to.
    """

    def __init__(self, client: Client, folder: Path, policy: Policy) -> None:
        self.client, self.spool, self.policy = client, Spool(folder), policy
        self._watcher = Watcher(client)

    def look(self) -> Iterator[KeeperEvent]:
        """Answer what waits in the folder, then do whatever is due in all jobs."""
        try:
            for offer in self.spool.offers():
                if offer.app == self.client.app:
                    yield from self._answer(offer)
        except Unavailable as error:
            yield OfferFailed(None, error, final=False)
        yield from self._watcher.look()

    def run(self, on_event: Callable[[KeeperEvent], None], every: float = LOOK_SECONDS) -> None:
        """Look for ever; it may be interrupted at any time and started again.

        Parameters
        ----------
        on_event
            Called with everything that happens.
        every
            Seconds between looks.
        """
        while True:
            for event in self.look():
                on_event(event)
            time.sleep(every)

    def _answer(self, offer: ModelOffer) -> Iterator[KeeperEvent]:
        try:
            answer = self._attend(offer)
        except (Unavailable, TimedOut, NotEnoughTokens) as error:
            yield OfferFailed(offer, error, final=False)
        except DemlError as error:
            self.spool.reply(offer, NodeAnswer(refused=error.code(), message=str(error)))
            yield OfferFailed(offer, error, final=True)
        else:
            if answer is not None:
                self.spool.reply(offer, answer)
                yield CommittedFor(offer.job_id, offer.node_id, answer.commitment)

    def _attend(self, offer: ModelOffer) -> NodeAnswer | None:
        """Commit, unless this wallet has already; None while the outcome of something sent is not known."""
        wallet = self.client.wallet
        if not isinstance(wallet, Wallet):
            raise NodeNeedsWallet()
        model = self.spool.take(offer)
        if self.client.awaiting(offer.job_id):
            return None
        commitment = self._committed(offer.job_id)
        if commitment is None:
            self._commit(offer.job_id, model)
            commitment = self._committed(offer.job_id)
        if commitment is None:
            return None
        stated = Statement(self.client.chain_id, self.client.app, offer.job_id, offer.node_id, commitment)
        return NodeAnswer(wallet.address, commitment.hex(), stated.sign(wallet).hex())

    def _committed(self, job_id: JobId) -> bytes | None:
        me = self.client.job(job_id).client(self.client.account)
        return None if me is None else me.commitment

    def _commit(self, job_id: JobId, model: bytes) -> None:
        """Take part, if that has not been done, and commit; all is checked before anything is sent.

        Of the file only its tensors are committed to: what an app's file says of itself is no owner's word, and that it
        was trained with privacy least of all.
        """
        job = self.client.job(job_id)
        self.policy.check(job, self.client.token_address)
        for doubt in require_promise(self.client, job, None):
            raise NotAllowedHere(job_id, doubt)
        model = write_tensors(read_tensors(model))
        check_model(self.client, job, model)
        if job.client(self.client.account) is None:
            self.client.send(self.client.accept(job))
        self.client.send(self.client.commit(job, model, self.policy.min_pay))
