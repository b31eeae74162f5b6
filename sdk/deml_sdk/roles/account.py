"""What an account can look up, and how it makes intents and carries them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from deml.base.answers import Stats
from deml.base.errors import DemlError
from deml.base.inputs import Accept, CreateJob, DepositOrder, DirectInput, TopUp
from deml.base.types import ETHER, Address, Amount, Timestamp
from deml.ipld import Cid
from deml.wire.inputs import Message, encode
from deml_sdk.addresses import parse_address
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import ETHER_DECIMALS, Call, InstanceAccount
from deml_sdk.chain.trial import require_full_arrival
from deml_sdk.chain.trust import require_payout_library
from deml_sdk.market import intent as intents
from deml_sdk.market.carry_out import checked, prepare
from deml_sdk.market.evidence import Evidence, weigh
from deml_sdk.market.intent import Answer, Funds, Intent
from deml_sdk.market.names import Names
from deml_sdk.market.rebuild import Sent
from deml_sdk.market.schedule import Clock
from deml_sdk.market.view import Job, balances_of, fetch_job, fetch_stats, jobs_of
from deml_sdk.market.words.text import payment
from deml_sdk.node.records import Seen
from deml_sdk.node.vouchers import Voucher, list_vouchers, require_library
from deml_sdk.roles.connection import Connection
from deml_sdk.wallet.salts import Committer, Mute, Salt, holdout_salt, model_salt

ETH: Final = Token(ETHER, "ETH", ETHER_DECIMALS)
"""Ether, as if it were a token."""


class AccountClient(Connection):
    """Looks things up for one account, makes its intents and sends them."""

    # What it can look up

    def token(self, address: Address) -> Token:
        """Look a token up; the zero address stands for Ether.

        Raises
        ------
        NoContract
        """
        if address == ETHER:
            return ETH
        if address not in self._tokens:
            self._tokens[address] = self.chain.token(address)
        return self._tokens[address]

    def clock(self) -> Clock:
        """Timestamps of the finalised and the latest block, in seconds."""
        return Clock(self.chain.finalized_block().timestamp, self.chain.latest_block().timestamp)

    def job(self, job_id: int) -> Job:
        """Read a job with its participants, as of the last input.

        Raises
        ------
        QueryRefused
            If there is no such job.
        """
        return fetch_job(self.node.inspect, job_id)

    def stats(self) -> Stats:
        """How much the Application holds: inputs accepted, jobs ever made and open, bytes that these reserve."""
        return fetch_stats(self.node.inspect)

    def own_jobs(self) -> list[int]:
        """Numbers of the jobs that this account sponsors or takes part in, in order."""
        found = jobs_of(self.node.inspect, self.account)
        return sorted({*found.sponsor, *found.client})

    def evidence(self, job_id: int) -> Evidence:
        """Collect what a job's notices prove, and which of it is final."""
        finalised = self.chain.finalized_block()
        return weigh(self._notices.read(finalised, job_id), job_id, finalised.number)

    def seen(self, job_id: int | None = None) -> list[Seen]:
        """All notices so far, in order; or those about one job."""
        return self._notices.read(self.chain.finalized_block(), job_id)

    def ether(self) -> Amount:
        """Wei that this account has to pay for gas."""
        return self.chain.ether(self.account)

    def held_here(self, cid: Cid) -> str | None:
        """Tell which store of one's own has a file that others can fetch from it; nobody else is asked."""
        return self.content.held_here(cid)

    @property
    def names(self) -> Names:
        """What accounts are called: this one is "you"."""
        me = self.wallet
        return Names(me.address, {} if isinstance(me, InstanceAccount) else {me.address: me.name})

    def accepted_inputs(self, sender: Address) -> Iterator[Sent]:
        """Yield the inputs of `sender` that the dapp accepted, in order."""
        for one in self.node.inputs(sender=sender):
            if one.accepted:
                yield Sent(one.sender, one.payload)

    def credits(self, account: Address) -> Mapping[Address, Amount]:
        """What the dapp owes an account, by token, in smallest units.

        Raises
        ------
        ServiceUnreachable, BadAnswer
        MalformedJson
            If an answer is not the dapp's.

        Examples
        --------
        >>> for token, amount in client.credits(client.account).items():  # doctest: +SKIP
        ...     client.token(token).show(amount)
        """
        return balances_of(self.node.inspect, account)

    def vouchers(self, receiver: Address | None = None) -> Iterator[Voucher]:
        """Yield vouchers with what has become of them; with `receiver`, those that pay it.

        Raises
        ------
        ServiceUnreachable, BadAnswer, CallFailed

        Examples
        --------
        >>> [one.output.index for one in client.vouchers(client.account) if one.claimable]  # doctest: +SKIP
        """
        return list_vouchers(self.chain, self.node, receiver)

    def fetch(self, cid: str, limit: int) -> bytes | None:
        """Find a file in the content store; None where it is not to be had, or what comes is not it.

        Examples
        --------
        >>> client.fetch("bafybei...", limit=32 * 2**20)  # doctest: +SKIP
        """
        try:
            with self.observer.transfer(f"fetching {cid[:16]}...") as report:
                return self.content.fetch(Cid.parse(cid), limit, report)
        except DemlError as error:
            self.observer.note(f"{cid} is not in the content store ({error})")
            return None

    def share(self, content: bytes) -> None:
        """Add a file to the content store, for everybody and for good, although it may have been a secret before."""
        self.content.add(content, disclosed=True)

    # Intents

    def to_send(
        self,
        inputs: Sequence[DirectInput],
        action: str,
        public: str,
        until: Timestamp | None = None,
        says: Mapping[str, object] | None = None,
    ) -> Intent:
        """Make the intent to send inputs.

        Parameters
        ----------
        action
            What that does, in the imperative.
        public
            What the world learns.
        until
            Block timestamp from which on nothing is sent any more.
        says
            What is sent in words, by name; None for the last input's own values.

        Raises
        ------
        NoPayoutLibrary, ContractReverted, TooMuchGas
        """
        self._require_payouts(inputs)
        return intents.to_send(self.chain, self.account, inputs, action, public, until, says)

    def to_deposit(
        self, funds: Funds, order: DepositOrder, action: str, public: str, says: Mapping[str, object] | None = None
    ) -> Intent:
        """Make the intent to deposit tokens with an order; the rest is as in `to_send`.

        Raises
        ------
        NoPayoutLibrary, NotEnoughTokens, ContractReverted, TooMuchGas
        """
        self._require_payouts([order])
        return intents.to_deposit(self.chain, self.account, funds, order, action, public, says)

    def to_execute(self, vouchers: Sequence[Voucher]) -> Intent:
        """Make the intent to execute vouchers.

        Raises
        ------
        NoPayoutLibrary, NoProof, ContractReverted, TooMuchGas
        """
        for one in vouchers:
            require_library(self.chain, one)
        payments = {one.output.index: payment(one, self.token) for one in vouchers}
        return intents.to_execute(self.chain, self.account, vouchers, payments)

    def to_call(self, call: Call, action: str, public: str) -> Intent:
        """Make the intent to call a contract.

        Raises
        ------
        ContractReverted, TooMuchGas
        """
        return intents.to_call(self.chain, self.account, call, action, public)

    def send(self, intent: Intent, *, begun: bool = False) -> Answer:
        """Carry an intent out: file what belongs to it, send, and wait until the dapp has answered.

        Parameters
        ----------
        begun
            That it is part of something of which more was sent before: then an outage is waited for from the start.

        Raises
        ------
        DappRefused, DepositCredited, OtherBytes, DeclarationRefuted
            If the dapp does not do what was meant.
        WindowClosed
            If time runs out before the last transaction is sent.
        TransactionReverted, TransactionPending, InputNotProcessed
        NotEnoughTokens
            If the wallet's Ether does not cover the gas.
        """
        prepare(self, intent)
        receipts = self._outbox.send(self.wallet, intent.calls, intent.job_id, intent.until, begun=begun)
        adding = [one for call, one in zip(intent.calls, receipts, strict=True) if call.adds_input]
        return Answer(tuple(receipts), checked(intent, map(self._outbox.result, adding)))

    def try_deposit(self, token: Address, amount: Amount, order: DepositOrder) -> None:
        """Play a deposit through on the node's copy of the state.

        Raises
        ------
        NotEnoughTokens, DepositWouldFail, TokenArrivesShort
        """
        chain = self.chain
        chain.deposit_calls(self.account, token, amount, b"")
        require_full_arrival(chain.rpc, self.account, self.app, chain.erc20_portal, token, amount, encode(order))

    def awaiting(self, job_id: int | None) -> bool:
        """Tell whether the outcome of something sent about a job, or to open one, is not known yet."""
        return self._outbox.awaiting(job_id)

    # Salts

    def model_salt(self, job_id: int, *, create: bool = False) -> bytes:
        """Salt of this account for its models in a job.

        Raises
        ------
        SaltLost, WrongPassword
        """
        return self._told(model_salt(self._committer, self.chain_id, self.app, job_id, self.salts, create=create))

    def holdout_salt(self, nonce: bytes, *, create: bool = False) -> bytes:
        """Salt of this account for the holdout of the job with this nonce.

        Raises
        ------
        SaltLost, WrongPassword
        """
        return self._told(holdout_salt(self._committer, self.chain_id, self.app, nonce, self.salts, create=create))

    def _told(self, salt: Salt) -> bytes:
        if salt.backup is not None:
            self.observer.warn(f"This wallet cannot derive its salt again; keep a copy of {salt.backup}.")
        return salt.value

    @property
    def _committer(self) -> Committer:
        return Mute(self.account) if isinstance(self.wallet, InstanceAccount) else self.wallet

    def _require_payouts(self, bodies: Sequence[Message]) -> None:
        """Before a job is opened, funded or accepted, make sure that it can pay."""
        if any(isinstance(one, CreateJob | TopUp | Accept) for one in bodies):
            require_payout_library(self.chain, parse_address(self.marketplace.require("safe_transfer")))
