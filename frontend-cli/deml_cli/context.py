"""A session: everything a command may need, made when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_cli.config import DEVNET, Config, load_config, pinning_token, profile_alone, profiles_with_a_service
from deml_cli.errors import DevnetNotRunning, NoSuchPlace, NotConfigured
from deml_cli.options import Options
from deml_sdk.errors import ServiceUnreachable, Unavailable

if TYPE_CHECKING:
    from deml_cli.render import Render
    from deml_sdk.chain.ethereum import Chain
    from deml_sdk.client import Client
    from deml_sdk.ipfs.content import ContentStore
    from deml_sdk.ipfs.keeping import KeepingPlace
    from deml_sdk.ipfs.pinning import PinningPlace
    from deml_sdk.ipfs.pins import Pinner
    from deml_sdk.ipfs.settings import IpfsSettings
    from deml_sdk.market.intent import Answer, Intent
    from deml_sdk.market.names import Names
    from deml_sdk.market.view import Job
    from deml_sdk.node.client import NodeClient
    from deml_sdk.wallet.wallets import Wallet


GIVEN: Final = ("rpc_url", "node_url", "inspect_url", "app_address", "wallet", "signer_url")
"""Settings that are options of every command."""

_SERVICES: Final = {"chain": "rpc_url", "node": "node_url"}
"""Settings that say where a service is, by what errors call it."""


@dataclass
class Session:
    """What one command runs with. Every part is imported and connected at its first use."""

    options: Options

    @cached_property
    def render(self) -> Render:
        """How results and questions are shown."""
        from deml_cli.render import Render

        return Render(json_mode=self.options.json, yes=self.options.yes, wide=self.options.wide)

    @cached_property
    def config(self) -> Config:
        """The profile's settings."""
        given = {name: getattr(self.options, name) for name in GIVEN}
        return load_config(self.options.profile, given)

    @property
    def home(self) -> Path:
        """Where settings, keys and journals lie."""
        return self.config.home

    @cached_property
    def client(self) -> Client:
        """The marketplace, as the profile's settings have it."""
        from deml_sdk.client import Client

        return Client(
            self.config,
            wallet=lambda: self.wallet,
            home=self.home,
            password=self.password,
            observer=self.render,
        )

    @property
    def chain(self) -> Chain:
        """The chain, checked to be the one the profile is for.

        Raises
        ------
        WrongChain
        """
        return self.client.chain

    @property
    def node(self) -> NodeClient:
        """The Cartesi Rollups node."""
        return self.client.node

    @property
    def ipfs(self) -> ContentStore:
        """Where files are had from and put."""
        return self.client.content

    def pinner(self, place: PinningPlace | None) -> Pinner:
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

    @property
    def ipfs_settings(self) -> IpfsSettings:
        """How IPFS is reached, with the token that the environment has for the profile's service."""
        profile = self.config.profile
        return replace(self.client.ipfs_settings, pinning_token=pinning_token(profile, profile))

    def places(self, wanted: Sequence[str]) -> list[KeepingPlace]:
        """Make the places to keep files at that are `wanted`: "node", "service", or profiles with a service.

        None of them means all there are: the profile's node and service, and the services of ``config.toml``'s others.

        Raises
        ------
        NoSuchPlace
            If one is not configured.
        BadSetting, TokenInTheClear, BadServiceUrl
        """
        from deml_sdk.ipfs.places import NODE, SERVICE, places
        from deml_sdk.ipfs.settings import IpfsSettings

        own, home, chosen = self.ipfs_settings, self.home, self.config.profile
        named = [one for one in wanted if one not in (NODE, SERVICE)] if wanted else profiles_with_a_service(home)
        others = {}
        for name in named:
            if name != chosen or wanted:
                settings = IpfsSettings.of(profile_alone(name, home).get, home)
                others[name] = replace(settings, pinning_token=pinning_token(name, chosen))
        if wanted and SERVICE not in wanted:
            own = replace(own, pinning_url=None)
        made = places(own, others)
        kept = [one for one in made if not wanted or one.name in wanted]
        for name in wanted:
            if name not in [one.name for one in kept]:
                raise NoSuchPlace(name, chosen)
        return kept

    @cached_property
    def wallet(self) -> Wallet:
        """Who acts.

        Raises
        ------
        NotConfigured, UnknownWallet, NoSigner, BadAddress
        """
        from deml_sdk.wallet.wallets import open_wallet

        return open_wallet(self.config.require("wallet"), self.home, self.password, self.config.get("signer_url"))

    def password(self, wallet: str) -> str:
        """Obtain the password of a wallet."""
        from deml_cli.passwords import existing_password

        return existing_password(wallet, self.options.password_file)

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

    def account_of(self, name: str | None) -> Address:
        """Find the account of a wallet, or one written as 0x and 40 digits; of this session's wallet for None.

        Raises
        ------
        NotConfigured, UnknownWallet
        """
        from deml_sdk.addresses import parse_address
        from deml_sdk.wallet.wallets import open_wallet

        if name is None:
            return self.account
        return parse_address(name) if name.startswith("0x") else open_wallet(name, self.home, self.password).address

    @cached_property
    def names(self) -> Names:
        """What accounts are called: the session's own is "you", those with a key here go by their wallets' names."""
        from deml_sdk.market.names import Names
        from deml_sdk.wallet.keystore import Keystore
        from deml_sdk.wallet.wallets import DEVNET_ACCOUNTS, DEVNET_CHAIN_ID, devnet_wallet

        known = {one.address: one.name for one in Keystore.of(self.home).files()}
        if self._chain_id == DEVNET_CHAIN_ID:
            known = {devnet_wallet(name).address: name for name in DEVNET_ACCOUNTS} | known
        return Names(self.account if self.config.get("wallet") else None, known)

    @property
    def _chain_id(self) -> int | None:
        """Number of the chain; None while it cannot be asked."""
        try:
            return self.client.chain_id
        except Unavailable:
            return None

    def acting_as(self, role: str) -> str:
        """What to add to a printed command so that somebody acts; empty where a wallet is configured.

        Where none is, the first one with a key here is proposed, or the devnet's account for the `role`.
        """
        from deml_sdk.wallet.keystore import Keystore

        if self.options.wallet or self.config.get("wallet"):
            return f" --wallet {self.options.wallet}" if self.options.wallet else ""
        names = [one.name for one in Keystore.of(self.home).files()]
        usual = role if self.config.profile == DEVNET else "NAME"
        return f" --wallet {names[0] if names else usual}"

    def warn_missing(self, job: Job) -> None:
        """Say what this session's wallet has committed to and this machine does not have."""
        if self.config.get("wallet"):
            for warning in self.client.missing(job):
                self.render.warn(warning)

    def send(self, intent: Intent, *, begun: bool = False) -> Answer:
        """Show an intent, ask, and carry it out; `begun` as in `Client.send`.

        Raises
        ------
        Declined, NobodyToAsk
        DappRefused, DepositCredited, OtherBytes, DeclarationRefuted, WindowClosed
        """
        self.render.confirm(intent, self.names.full(self.client.account))
        return self.client.send(intent, begun=begun)

    def explain(self, error: DemlError) -> DemlError:
        """Say of a devnet whose service cannot be reached that it is not running; any other failure is as it is."""
        if not isinstance(error, ServiceUnreachable) or error.service not in _SERVICES:
            return error
        folder = self.config.devnet_of(_SERVICES[error.service])
        return error if folder is None else DevnetNotRunning(str(folder), error.service, error.url)

    def close(self) -> None:
        """Close the connections that were opened."""
        if "client" in self.__dict__:
            self.client.close()

    def token_address(self, named: str | None = None) -> Address:
        """Take the token that is named, or the profile's own."""
        from deml_sdk.addresses import parse_address

        return parse_address(named or self.config.require("token"))
