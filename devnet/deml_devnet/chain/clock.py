"""The chain's clock, which a devnet may set: nobody has to sleep through a phase."""

from __future__ import annotations

from typing import Final

from deml_devnet.chain.local import LocalChain

FINALITY_BLOCKS: Final = 2
"""How far ``finalized`` lags behind ``latest``: two of anvil's epochs, which have one slot each here."""


def mine(chain: LocalChain, blocks: int = 1) -> None:
    """Make blocks."""
    if blocks > 0:
        chain.rpc("anvil_mine", [hex(blocks)])


def finalise(chain: LocalChain) -> None:
    """Make as many blocks as it takes for the latest one to become final."""
    mine(chain, FINALITY_BLOCKS)


def advance_time(chain: LocalChain, seconds: int) -> None:
    """Move the clock forward and make a block then."""
    chain.rpc("evm_increaseTime", [hex(seconds)])
    mine(chain)


def set_time(chain: LocalChain, timestamp: int) -> None:
    """Make a block with this timestamp, later than the latest block's; the clock goes on from there."""
    chain.rpc("evm_setNextBlockTimestamp", [hex(timestamp)])
    mine(chain)
