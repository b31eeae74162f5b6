"""The chain's clock, which a devnet may set: nobody has to sleep through a phase."""

from __future__ import annotations

from typing import Final

from deml_devnet.chain.rpc import Chain

FINALITY_BLOCKS: Final = 2
"""How far ``finalized`` lags behind ``latest``: two of anvil's epochs, which have one slot each here."""


def mine(chain: Chain, blocks: int = 1) -> None:
    """Make blocks."""
    if blocks > 0:
        chain.call("anvil_mine", hex(blocks))


def finalise(chain: Chain) -> None:
    """Make as many blocks as it takes for the latest one to become final."""
    mine(chain, FINALITY_BLOCKS)


def advance_time(chain: Chain, seconds: int) -> None:
    """Move the clock forward and make a block then."""
    chain.call("evm_increaseTime", hex(seconds))
    mine(chain)


def set_time(chain: Chain, timestamp: int) -> None:
    """Make a block with this timestamp, later than the latest block's; the clock goes on from there."""
    chain.call("evm_setNextBlockTimestamp", hex(timestamp))
    mine(chain)
