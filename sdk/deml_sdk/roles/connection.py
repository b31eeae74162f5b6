"""A client's way to the world: chain, node, content store, journal; and how it makes intents and carries them out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from deml.base.answers import Stats
from deml.base.errors import DemlError
from deml.base.inputs import Accept, CreateJob, DepositOrder, DirectInput, TopUp
from deml.base.types import ETHER, Address, Amount, Timestamp
from deml.ipld import Cid
from deml.wire.inputs import Message, encode
from deml_sdk.addresses import parse_address
from deml_sdk.chain.connection import connect
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import Call, InstanceAccount
from deml_sdk.chain.trial import require_full_arrival
from deml_sdk.chain.trust import require_payout_library
from deml_sdk.errors import NotGiven, WrongChain
from deml_sdk.ipfs.content import ContentStore, content_store
from deml_sdk.ipfs.settings import IpfsSettings
from deml_sdk.market import intent as intents
from deml_sdk.market.carry_out import checked, prepare
from deml_sdk.market.evidence import Evidence, weigh
from deml_sdk.market.intent import Answer, Funds, Intent
from deml_sdk.market.journal import Journal
from deml_sdk.market.outbox import Outbox
from deml_sdk.market.pending import Pending
from deml_sdk.market.rebuild import Sent
from deml_sdk.market.schedule import Clock
from deml_sdk.market.text import payment
from deml_sdk.market.unpublished import Guard
from deml_sdk.market.view import Job, balances_of, fetch_job, fetch_stats, jobs_of
from deml_sdk.marketplace import Settings
from deml_sdk.node.client import NodeClient
from deml_sdk.node.notice_index import NoticeIndex
from deml_sdk.node.records import Seen
from deml_sdk.node.vouchers import Voucher, list_vouchers, require_library
from deml_sdk.progress import SILENT, Observer
from deml_sdk.wallet.salts import Committer, Mute, Salt, SaltVault, holdout_salt, model_salt
from deml_sdk.wallet.wallets import Password, Wallet

if TYPE_CHECKING:
    from web3 import Web3

ETH: Final = Token(ETHER, "ETH", 18)
"""Ether, as if it were a token."""


class Connection:
    """One account's view of one marketplace; every part is connected at its first use.

    Parameters
    ----------
    marketplace
        Where everything is; a `Marketplace`, or settings kept elsewhere.
    wallet
        Who acts, or what opens the wallet when it is first needed; None to read only, or to have `web3` sign.
    home
        Folder that holds keys, journals, salts and files; None to read only, and keep nothing.
    password
        Obtains the password of the wallet of a name: for salts that the wallet cannot derive.
    web3
        An instance of one's own that asks the chain, with its provider and middleware; None to make one for `rpc_url`.
    observer
        Told of everything that takes a while.
    """

    def __init__(
        self,
        marketplace: Settings,
        *,
        wallet: Wallet | Callable[[], Wallet] | None = None,
        home: Path | str | None = None,
        password: Password | None = None,
        web3: Web3 | None = None,
        observer: Observer = SILENT,
    ) -> None:
        self.marketplace = marketplace
        self._web3 = web3
        self.observer = observer
        self._wallet = wallet
        self._home = None if home is None else Path(home)
        self._password = password
        self._tokens: dict[Address, Token] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that were opened."""
        for part in ("chain", "node", "content"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()

    # What it is made of

    @property
    def home(self) -> Path:
        """Folder that holds keys, journals, salts and files.

        Raises
        ------
        NotGiven
        """
        if self._home is None:
            raise NotGiven("home")
        return self._home

    @cached_property
    def wallet(self) -> Wallet | InstanceAccount:
        """Who acts: a wallet that signs by itself, or the account that a `Web3` of one's own signs for.

        Raises
        ------
        NotGiven, NoDefaultAccount
        """
        if self._wallet is None and self._web3 is not None:
            return self.chain.default_account()
        if self._wallet is None:
            raise NotGiven("wallet")
        return self._wallet if isinstance(self._wallet, Wallet) else self._wallet()

    @property
    def account(self) -> Address:
        """Account that acts."""
        return self.wallet.address

    @cached_property
    def app(self) -> Address:
        """Application that holds the marketplace."""
        return parse_address(self.marketplace.require("app_address"))

    @cached_property
    def chain(self) -> Chain:
        """The chain, checked to be the one that is meant.

        Raises
        ------
        WrongChain
        """
        portal = parse_address(self.marketplace.require("erc20_portal"))
        web3 = connect(self.marketplace.require("rpc_url")) if self._web3 is None else self._web3
        chain = Chain(web3, self.app, portal)
        expected = self.marketplace.get("chain_id")
        if expected is not None and int(expected) != chain.chain_id:
            raise WrongChain(int(expected), chain.chain_id)
        return chain

    @property
    def chain_id(self) -> int:
        """EIP-155 number of the chain."""
        return self.chain.chain_id

    @cached_property
    def node(self) -> NodeClient:
        """The Cartesi Rollups node."""
        return NodeClient(self.marketplace.require("node_url"), self.app, self.marketplace.get("inspect_url"))

    @cached_property
    def content(self) -> ContentStore:
        """Where files are had from and put."""
        settings = self.ipfs_settings
        if not settings.gateways:
            self.marketplace.require("ipfs_url")
        return content_store(settings, Guard(self.home))

    @property
    def ipfs_settings(self) -> IpfsSettings:
        """How IPFS is reached."""
        get = self.marketplace.get
        gateways = tuple(one.strip() for one in (get("ipfs_gateways") or "").split(",") if one.strip())
        private = get("ipfs_private_networks") or ""
        return IpfsSettings(self.home, get("ipfs_url"), gateways, private, get("pinning_url"))

    @cached_property
    def journal(self) -> Journal:
        """What this account committed to."""
        return Journal.of(self.home, self.chain_id, self.app, self.account)

    @cached_property
    def salts(self) -> SaltVault:
        """Where salts are kept that the wallet cannot derive."""
        return SaltVault(self.home / "salts", self._wallet_password)

    @cached_property
    def _notices(self) -> NoticeIndex:
        if self._home is None:
            return NoticeIndex(self.node, self.chain, observer=self.observer)
        node_url = self.marketplace.require("node_url")
        return NoticeIndex.of(self._home, node_url, self.node, self.chain, self.observer)

    @cached_property
    def _outbox(self) -> Outbox:
        return Outbox(
            self.chain, self.node, Pending(self.journal.directory / "pending", time.time), observer=self.observer
        )

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

    def _about(self, job_id: int) -> list[Seen]:
        return self._notices.read(self.chain.finalized_block(), job_id)

    def accepted_inputs(self, sender: Address) -> Iterator[Sent]:
        """Yield the inputs of `sender` that the dapp accepted, in order."""
        for one in self.node.inputs(sender=sender):
            if one.accepted:
                yield Sent(one.sender, one.payload)

    def credits(self, account: Address) -> Mapping[Address, Amount]:
        """What the dapp owes an account, by token, in smallest units."""
        return balances_of(self.node.inspect, account)

    def vouchers(self, receiver: Address | None = None) -> Iterator[Voucher]:
        """Yield vouchers with what has become of them; with `receiver`, those that pay it."""
        return list_vouchers(self.chain, self.node, receiver)

    def fetch(self, cid: str, limit: int) -> bytes | None:
        """Find a file in the content store; None where it is not to be had, or what comes is not it."""
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
        self, inputs: Sequence[DirectInput], action: str, public: str, until: Timestamp | None = None
    ) -> Intent:
        """Make the intent to send inputs; `action` says it in the imperative, `public` what the world learns.

        Raises
        ------
        NoPayoutLibrary, ContractReverted, TooMuchGas
        """
        self._require_payouts(inputs)
        return intents.to_send(self.chain, self.account, inputs, action, public, until)

    def to_deposit(self, token: Address, amount: Amount, order: DepositOrder, action: str, public: str) -> Intent:
        """Make the intent to deposit `amount` of `token`, in its smallest unit, with an order.

        Raises
        ------
        NoPayoutLibrary, NotEnoughTokens, ContractReverted, TooMuchGas
        """
        self._require_payouts([order])
        return intents.to_deposit(self.chain, self.account, Funds(self.token(token), amount), order, action, public)

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

    def send(self, intent: Intent) -> Answer:
        """Carry an intent out: file what belongs to it, send, and wait until the dapp has answered.

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
        receipts = self._outbox.send(self.wallet, intent.calls, intent.job_id, intent.until)
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

    def awaiting(self, job_id: int) -> bool:
        """Tell whether the outcome of something sent about a job is not known yet."""
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

    def _wallet_password(self) -> str:
        if self._password is None:
            raise NotGiven("password")
        return self._password(self.account if isinstance(self.wallet, InstanceAccount) else self.wallet.name)

    def _require_payouts(self, bodies: Sequence[Message]) -> None:
        """Before a job is opened, funded or accepted, make sure that it can pay."""
        if any(isinstance(one, CreateJob | TopUp | Accept) for one in bodies):
            require_payout_library(self.chain, parse_address(self.marketplace.require("safe_transfer")))
