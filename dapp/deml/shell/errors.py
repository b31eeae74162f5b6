"""What can go wrong around the dapp, between it and the rollup server that drives it."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class BadDeployment(DemlError):
    source: str
    reason: str
    what = "The contract addresses in {source} cannot be used: {reason}."
    fix = "Set DEML_DEPLOYMENT to a JSON object with the six addresses of deml.base.config.Deployment, or to its file."


@dataclass(eq=False)
class QueryNotText(DemlError):
    size: int
    what = "The inspect query of {size} bytes is not UTF-8 text."


@dataclass(eq=False)
class MalformedRequest(DemlError):
    reason: str
    what = "The rollup server sent a request that cannot be read: {reason}."


@dataclass(eq=False)
class ServerUnreachable(DemlError):
    url: str
    attempts: int
    reason: str
    what = "The rollup server at {url} could not be reached in {attempts} attempts: {reason}."
    fix = "Start the node, and check ROLLUP_HTTP_SERVER_URL."


@dataclass(eq=False)
class ServerRefused(DemlError):
    path: str
    status: int
    body: str
    what = "The rollup server answered /{path} with status {status}: {body}"
    fix = "Read the node's log; the dapp has stopped and starts again from the first input."


@dataclass(eq=False)
class OutputLost(DemlError):
    path: str
    reason: str
    what = "The connection broke while /{path} was being sent, and whether it arrived is unknown: {reason}."
    fix = "Nothing to do: the dapp stops, for sending it again could pay twice, and starts again from the first input."


@dataclass(eq=False)
class InputsOutOfOrder(DemlError):
    index: int
    expected: int
    what = "The rollup server sent input {index} where input {expected} was next."
    fix = "Nothing to do: the dapp stops, for its state belongs to other inputs, and starts again from the first input."


@dataclass(eq=False)
class RescueFailed(DemlError):
    path: str
    reason: str
    what = "The dapp's process died over an input, and the server did not take the /{path} that rejects it: {reason}."
    fix = "Read the server's log. The machine halts, and its node ends the Application."


@dataclass(eq=False)
class MachineTooSmall(DemlError):
    total: int
    needed: int
    what = "The machine has {total} bytes of RAM; the dapp may come to need {needed}."
    fix = "Raise ram_length in cartesi.toml, which says what the RAM is for."


@dataclass(eq=False)
class LibcmtUnusable(DemlError):
    name: str
    reason: str
    what = "The library {name} cannot be used: {reason}."
    fix = "Install the guest tools 0.17, or correct or unset DEML_LIBCMT; the HTTP API is used without it."


@dataclass(eq=False)
class LibcmtFailed(DemlError):
    function: str
    name: str
    reason: str
    what = "{function} answered {name}: {reason}."
    fix = (
        "EACCES: the dapp's user may not open /dev/cmio; the guest tools' init gives it to the group of the machine's "
        "user, so name that user in cartesi.toml. EBUSY: another process holds it, start the dapp without rollup-init. "
        "ENOBUFS: an output is larger than 2 MiB."
    )
