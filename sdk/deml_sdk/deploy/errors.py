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
    what = "The chain has no {contract} of {suite} at {address}, or other code is there."
    fix = "Choose a chain where Cartesi deployed this suite; anybody can deploy it there (docs/deploy.md)."


@dataclass(eq=False)
class OwnedByOther(DemlError):
    app: str
    owner: str
    what = "The Application {app} is there already and belongs to {owner}, so its ownership cannot be renounced."
    fix = "Deploy with another salt."


@dataclass(eq=False)
class BadDeploymentRecord(DemlError):
    path: str
    reason: str
    what = "{path} is no record of a deployment: {reason}."
    fix = "Ask for the file that 'deml deploy run' wrote."
