"""A session: everything a command may need, made when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from deml.base.types import Address
from deml_cli.config import Config, load_config
from deml_cli.errors import NotConfigured
from deml_cli.options import Options
from deml_sdk.errors import WrongChain

if TYPE_CHECKING:
    from deml_cli.render import Render
    from deml_cli.session_desk import SessionDesk
    from deml_sdk.chain.ethereum import Chain
    from deml_sdk.ipfs.content import ContentStore
    from deml_sdk.ipfs.pinning import Place
    from deml_sdk.ipfs.pins import Pinner
    from deml_sdk.ipfs.settings import IpfsSettings
    from deml_sdk.node.client import NodeClient
    from deml_sdk.wallet.salts import SaltVault
    from deml_sdk.wallet.wallets import Wallet


@dataclass
class Session:
    """What one command runs with. Every part is imported and connected at its first use."""

    options: Options

    @cached_property
    def render(self) -> Render:
        """How results and questions are shown."""
        from deml_cli.render import Render

        return Render(json_mode=self.options.json, yes=self.options.yes)

    @cached_property
    def config(self) -> Config:
        """The profile's settings."""
        given = {name: getattr(self.options, name) for name in ("rpc_url", "node_url", "app_address", "wallet")}
        return load_config(self.options.profile, given)

    @property
    def home(self) -> Path:
        """Where settings, keys and journals lie."""
        return self.config.home

    @cached_property
    def app_address(self) -> Address:
        """The Application that holds the marketplace."""
        from deml_sdk.addresses import parse_address

        return parse_address(self.config.require("app_address"))

    @cached_property
    def chain(self) -> Chain:
        """The chain, checked to be the one the profile is for.

        Raises
        ------
        WrongChain
        """
        from deml_sdk.addresses import parse_address
        from deml_sdk.chain.connection import connect
        from deml_sdk.chain.ethereum import Chain

        portal = parse_address(self.config.require("erc20_portal"))
        chain = Chain(connect(self.config.require("rpc_url")), self.app_address, portal)
        expected = self.config.get("chain_id")
        if expected is not None and int(expected) != chain.chain_id:
            raise WrongChain(int(expected), chain.chain_id)
        return chain

    @property
    def safe_transfer(self) -> Address:
        """The library that the dapp's payments go through."""
        from deml_sdk.addresses import parse_address

        return parse_address(self.config.require("safe_transfer"))

    @cached_property
    def node(self) -> NodeClient:
        """The Cartesi Rollups node."""
        from deml_sdk.node.client import NodeClient

        return NodeClient(self.config.require("node_url"), self.app_address, self.config.get("inspect_url"))

    @cached_property
    def ipfs(self) -> ContentStore:
        """Where files are had from and put."""
        from deml_sdk.ipfs.content import content_store
        from deml_sdk.market.unpublished import Guard

        settings = self.ipfs_settings
        if not settings.gateways:
            self.config.require("ipfs_url")
        return content_store(settings, Guard(self.home))

    @property
    def ipfs_settings(self) -> IpfsSettings:
        """How the profile reaches IPFS."""
        from deml_sdk.ipfs.settings import IpfsSettings

        config = self.config
        gateways = tuple(one.strip() for one in (config.get("ipfs_gateways") or "").split(",") if one.strip())
        return IpfsSettings(
            config.home,
            config.get("ipfs_url"),
            gateways,
            config.get("ipfs_private_networks") or "",
            config.get("pinning_url"),
        )

    def pinner(self, place: Place | None) -> Pinner:
        """Who keeps files available.

        Raises
        ------
        NotConfigured, TokenInTheClear, BadServiceUrl
        """
        from deml_sdk.ipfs.errors import NoPinner
        from deml_sdk.ipfs.pinning import pinner

        try:
            return pinner(self.ipfs_settings, place)
        except NoPinner:
            meaning = "which pinning service to use"
            raise NotConfigured("pinning_url", meaning, self.config.profile, "DEML_PINNING_URL") from None

    @cached_property
    def wallet(self) -> Wallet:
        """Who acts.

        Raises
        ------
        NotConfigured, UnknownWallet
        """
        from deml_sdk.wallet.wallets import open_wallet

        return open_wallet(self.config.require("wallet"), self.home, self.password)

    def password(self, wallet: str) -> str:
        """Obtain the password of a wallet."""
        from deml_cli.passwords import existing_password

        return existing_password(wallet, self.options.password_file)

    @cached_property
    def salt_vault(self) -> SaltVault:
        """Where salts are kept that the wallet cannot derive."""
        from deml_sdk.wallet.salts import SaltVault

        return SaltVault(self.home / "salts", lambda: self.password(self.wallet.name))

    @property
    def account(self) -> Address:
        """Who is meant, where nothing need be signed: the wallet's account, or one written as 0x and 40 digits.

        Raises
        ------
        NotConfigured, UnknownWallet
        """
        from deml_sdk.addresses import parse_address

        name = self.config.require("wallet")
        return parse_address(name) if name.startswith("0x") else self.wallet.address

    def close(self) -> None:
        """Close the connections that were opened."""
        for part in ("chain", "node", "ipfs"):
            if part in self.__dict__:
                getattr(self, part).close()

    @cached_property
    def desk(self) -> SessionDesk:
        """Where the steps of the marketplace act."""
        from deml_cli.session_desk import SessionDesk

        return SessionDesk(self)

    def token_address(self, named: str | None = None) -> Address:
        """Take the token that is named, or the profile's own."""
        from deml_sdk.addresses import parse_address

        return parse_address(named or self.config.require("token"))
