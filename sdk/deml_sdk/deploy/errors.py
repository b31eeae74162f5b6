"""What stands in the way of a deployment, or of checking one."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class BadOrder(DemlError):
    part: str
    reason: str
    what = "The deployment's {part} cannot be used: {reason}."
    fix = "Correct it; docs/deploy.md explains each part."


@dataclass(eq=False)
class SuiteMissing(DemlError):
    suite: str
    contract: str
    address: str
    what = "The chain has no {contract} of {suite} at {address}, or it has different code."
    fix = "Choose a chain with this suite; anyone can deploy it (docs/deploy.md)."


@dataclass(eq=False)
class AuthorityThere(DemlError):
    consensus: str
    what = "The Authority {consensus} of this key, epoch length and salt exists already, and can be created only once."
    fix = "Use it with --consensus {consensus}, or create another one with another --salt."


@dataclass(eq=False)
class OwnedByOther(DemlError):
    app: str
    owner: str
    what = "The Application {app} already exists and belongs to {owner}, so its ownership cannot be renounced."
    fix = "Deploy with another salt."


@dataclass(eq=False)
class BadDeploymentRecord(DemlError):
    path: str
    reason: str
    what = "{path} is not a deployment record: {reason}."
    fix = "Ask for the file that 'deml deploy run' wrote."
