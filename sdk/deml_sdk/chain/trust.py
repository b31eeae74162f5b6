"""Whom one trusts with the escrow: who owns the Application, and whose claims it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.types import Address
from deml_sdk.chain import contracts
from deml_sdk.chain.ethereum import Chain
from deml_sdk.errors import ContractReverted, NoContract, NoPayoutLibrary

NOBODY: Final = Address("0x" + "00" * 20)

AUTHORITY: Final = "Authority"
QUORUM: Final = "Quorum"
UNKNOWN: Final = "unknown (PRT, or one this version does not know)"


@dataclass(frozen=True, slots=True)
class Trust:
    """Powers over an Application. `claimers` can have results accepted; `owner` can replace the consensus."""

    owner: Address
    consensus: Address
    kind: str
    claimers: tuple[Address, ...]

    @property
    def owned(self) -> bool:
        """Whether somebody can replace the consensus."""
        return self.owner != NOBODY

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know before depositing, in whole sentences."""
        found = []
        if self.owned:
            found.append(
                f"{self.owner} owns the Application, can replace its consensus, and so could empty the escrow."
            )
        if self.kind == AUTHORITY:
            found.append(
                f"One key, {self.claimers[0]}, decides which results are accepted, and so could empty the escrow."
            )
        elif self.kind == QUORUM:
            majority = len(self.claimers) // 2 + 1
            found.append(f"Any {majority} of {len(self.claimers)} validators together could empty the escrow.")
        elif self.kind == UNKNOWN:
            found.append(
                f"The consensus at {self.consensus} is neither an Authority nor a Quorum: find out what it is."
            )
        return tuple(found)


def read_trust(chain: Chain) -> Trust:
    """Ask the contracts who has power over the Application.

    Raises
    ------
    NoContract
        If there is no Application at its address.
    """
    (owner,) = chain.read("Application", chain.app, contracts.OWNER)
    (consensus,) = chain.read("Application", chain.app, contracts.VALIDATOR)
    kind, claimers = _consensus(chain, Address(consensus))
    return Trust(Address(owner), Address(consensus), kind, claimers)


def require_payout_library(chain: Chain, address: Address) -> None:
    """Make sure that the dapp's payments can be made; a delegate call to where no code is succeeds and does nothing.

    Raises
    ------
    NoPayoutLibrary
    """
    if not chain.code(address):
        raise NoPayoutLibrary(address)


def _consensus(chain: Chain, address: Address) -> tuple[str, tuple[Address, ...]]:
    try:
        (count,) = chain.read("consensus", address, contracts.NUMBER_OF_VALIDATORS)
        members = (chain.read("Quorum", address, contracts.VALIDATOR_BY_ID, one)[0] for one in range(1, count + 1))
        return QUORUM, tuple(map(Address, members))
    except (ContractReverted, NoContract):
        pass
    try:
        (owner,) = chain.read("consensus", address, contracts.OWNER)
        return AUTHORITY, (Address(owner),)
    except (ContractReverted, NoContract):
        return UNKNOWN, ()
