"""What a monitor knows of a market, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deml.base.types import Address
from deml_sdk.chain.transactions import Block


@dataclass(frozen=True, slots=True)
class TokenFigures:
    """What the Application holds of a token at the finalised block, and what it owes, by what for."""

    held: int
    owed: Mapping[str, int]

    @property
    def shortfall(self) -> int:
        """What is missing, in the token's smallest unit; anything but zero is an emergency."""
        return max(0, sum(self.owed.values()) - self.held)


@dataclass(frozen=True, slots=True)
class ChainFigures:
    """What the chain says, and one's own replay of its inputs.

    Parameters
    ----------
    latest, finalised
        Blocks; all else is as of the finalised one, but for claims.
    sent, replayed
        Inputs in the InputBox, and those that one's own replay has run.
    right, wrong, unchecked
        Claims that were made, by what one's own replay says of them.
    unclaimed
        Epochs with inputs that have ended, and have no accepted claim.
    owned
        Whether somebody can replace the consensus.
    consensus_changes
        How often somebody did.
    jobs
        Jobs that are remembered, by phase.
    reserved_bytes
        Memory that open jobs have reserved.
    bugs
        Inputs that met a bug.
    vouchers
        Vouchers not executed.
    tokens
        By token; the zero address stands for Ether.
    """

    latest: Block
    finalised: Block
    sent: int
    replayed: int
    right: int
    wrong: int
    unchecked: int
    unclaimed: int
    owned: bool
    consensus_changes: int
    jobs: Mapping[str, int]
    reserved_bytes: int
    bugs: int
    vouchers: int
    tokens: Mapping[Address, TokenFigures]


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """What the node says.

    Parameters
    ----------
    processed
        Inputs it has run.
    behind
        Inputs of the latest block that it has not run.
    enabled
        Whether it still runs the Application.
    differs
        Whether its dapp counts other inputs, jobs or bytes than one's own replay of as many inputs; None where the two
        are not equally far.
    """

    processed: int
    behind: int
    enabled: bool
    differs: bool | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was last learnt; None until then. `up` is whether a service answered at the last look."""

    chain: ChainFigures | None = None
    node: NodeFigures | None = None
    up: Mapping[str, bool] = field(default_factory=lambda: {"chain": False, "node": False})
    looked_at: float = 0.0
