"""What can go wrong inside the host-mode node."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class DappGone(DemlError):
    reason: str
    what = "The dapp process ended while it was needed: {reason}."
    fix = "Read its log with 'deml devnet logs dapp'; the node starts it again by itself."


@dataclass(eq=False)
class DappTimedOut(DemlError):
    seconds: float
    what = "The dapp gave no answer within {seconds:.0f} seconds."
    fix = "Read its log with 'deml devnet logs dapp'."


@dataclass(eq=False)
class DappBusy(DemlError):
    seconds: float
    what = "The dapp was busy with other requests for {seconds:.0f} seconds."
    fix = "Try again later."


@dataclass(eq=False)
class DappKeepsDying(DemlError):
    attempts: int
    reason: str
    last_words: str
    what = "The dapp process could not be started in {attempts} attempts ({reason}); its last words were: {last_words}"
    fix = "Read its log with 'deml devnet logs dapp', correct it, and run 'deml devnet up' again."


@dataclass(eq=False)
class ReplayDiverged(DemlError):
    input: int
    difference: str
    what = "Input {input}, replayed, gave a different result than the first time: {difference}."
    fix = "The dapp changed or is not deterministic. Undo the change, or start over with 'deml devnet reset'."


@dataclass(eq=False)
class ClaimContradicted(DemlError):
    last_block: int
    accepted: str
    computed: str
    what = (
        "The chain holds an accepted claim for the inputs up to block {last_block} with the root {accepted}, but they "
        "lead to {computed}."
    )
    fix = "The claim outlived a re-org or came from another node. Nothing can be proven any more: deploy again."


@dataclass(eq=False)
class InputsMissing(DemlError):
    expected: int
    found: int
    block: int
    what = "The chain shows input {found} in block {block} where input {expected} is next."
    fix = "The chain's server has incomplete logs; use another one, or start over with 'deml devnet reset'."


@dataclass(eq=False)
class ForeignChain(DemlError):
    app: str
    url: str
    what = "The chain at {url} has no Application {app}: it is not the chain this node's state belongs to."
    fix = "Connect the node to its own chain, or start over with 'deml devnet reset'."
