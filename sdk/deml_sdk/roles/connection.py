"""A client's way to the world: chain, node, content store and journal, each connected when it is first used."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from deml.base.types import Address
from deml_sdk.addresses import parse_address
from deml_sdk.chain.connection import connect
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import InstanceAccount
from deml_sdk.errors import NotGiven, WrongChain
from deml_sdk.ipfs.content import ContentStore, content_store
from deml_sdk.ipfs.settings import IpfsSettings
from deml_sdk.market.journal import Journal
from deml_sdk.market.outbox import Outbox
from deml_sdk.market.pending import Pending
from deml_sdk.market.unpublished import Guard
from deml_sdk.marketplace import Settings
from deml_sdk.node.client import NodeClient
from deml_sdk.node.notice_index import NoticeIndex
from deml_sdk.progress import SILENT, Observer
from deml_sdk.wallet.salts import SaltVault
from deml_sdk.wallet.wallets import Password, Wallet

if TYPE_CHECKING:
    from web3 import Web3


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
        return IpfsSettings.of(self.marketplace.get, self.home)

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

    def _wallet_password(self) -> str:
        if self._password is None:
            raise NotGiven("password")
        return self._password(self.account if isinstance(self.wallet, InstanceAccount) else self.wallet.name)
