"""What can go wrong with the chain and the contracts on it."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class AnvilMissing(DemlError):
    looked_in: str
    what = "anvil is neither in {looked_in} nor on the PATH."
    fix = "Run 'npm ci' in the repository, or install Foundry."


@dataclass(eq=False)
class AnvilFailed(DemlError):
    log: str
    last_words: str
    what = "The local chain did not start: {last_words}"
    fix = "Read {log}; 'deml devnet reset' deletes a chain that cannot be loaded."


@dataclass(eq=False)
class TransactionFailed(DemlError):
    what_was_done: str
    transaction: str
    what = "The transaction {transaction} to {what_was_done} was reverted."
    fix = "Trace it with 'cast run {transaction}'."


@dataclass(eq=False)
class ArtifactMissing(DemlError):
    contract: str
    path: str
    what = "The compiled contract {contract} is not at {path}."
    fix = "Run 'npm ci' in the repository for Cartesi's contracts, 'forge build' in contracts/ for DeML's own."


@dataclass(eq=False)
class WrongCode(DemlError):
    contract: str
    address: str
    what = "The code of {contract} at {address} is not the published one."
    fix = "Check the version of @cartesi/rollups and the chain; do not deploy an Application that trusts this address."
