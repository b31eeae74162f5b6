"""Expected failures of services, contracts and files.

Four categories tell programs what kind of failure it is; the command line makes its exit codes of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from deml.base.errors import DemlError


@dataclass(eq=False)
class Unavailable(DemlError):
    """Category: a service that is needed cannot be reached or does not answer as it should."""


@dataclass(eq=False)
class Refused(DemlError):
    """Category: the dapp or a contract said no."""


@dataclass(eq=False)
class TimedOut(DemlError):
    """Category: something sent has not arrived in the time allowed; it still may."""


@dataclass(eq=False)
class NoConsent(DemlError):
    """Category: the user did not agree to what would have been sent."""


@dataclass(eq=False)
class ServiceUnreachable(Unavailable):
    service: str
    url: str
    reason: str
    what = "The {service} at {url} cannot be reached: {reason}."
    fix = "Check the address and that it is running; 'deml doctor' tests every service. A devnet: 'deml devnet up'."


@dataclass(eq=False)
class BadAnswer(Unavailable):
    service: str
    url: str
    reason: str
    what = "The {service} at {url} gave a nonsensical answer: {reason}."
    fix = "Check that the address belongs to the {service}; 'deml doctor' tests every service."


@dataclass(eq=False)
class CallFailed(Unavailable):
    service: str
    method: str
    error_code: int
    reason: str
    what = "The {service} answered {method} with error {error_code}: {reason}."
    fix = "Check the profile with 'deml config show', and the services with 'deml doctor'."


@dataclass(eq=False)
class NotRunByNode(Unavailable):
    app: str
    url: str
    what = "The node at {url} does not run the Application {app}."
    fix = "Check node_url and app_address of the profile: 'deml config show'."


@dataclass(eq=False)
class ContractReverted(Refused):
    contract: str
    function: str
    reason: str
    what = "{contract} refuses {function}: {reason}."
    fix = "Nothing was sent or changed. Check balances, allowance and phase; 'deml doctor' checks the contracts."


@dataclass(eq=False)
class TransactionReverted(Refused):
    transaction: str
    block: int
    what = "Transaction {transaction} was reverted in block {block}; it cost its gas and did nothing else."
    fix = "Something changed between the check and the block. Look at the state again and repeat if it still applies."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the dapp refused something: the code, the message and the values of its report."""

    code: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code

    @classmethod
    def of(cls, report: Mapping[str, Any], status: str = "UNKNOWN") -> Self:
        """Read a report; where it has no reason, `status` is what the node says."""
        values = report.get("values")
        known = {str(name): str(value) for name, value in values.items()} if isinstance(values, Mapping) else {}
        return cls(str(report.get("code", status)), str(report.get("message", "it gave no reason.")), known)


@dataclass(eq=False)
class RefusedByDapp(Refused):
    """Category: the dapp said no, for a reason; `deml_sdk.advice` knows what to do about it."""

    reason: Reason


@dataclass(eq=False)
class DappRefused(RefusedByDapp):
    input_index: int
    what = "The dapp refused input {input_index} ({reason.code}): {reason.message}"
    fix = "The refused input changed nothing."


@dataclass(eq=False)
class QueryRefused(RefusedByDapp):
    query: str
    what = "The dapp does not answer '{query}' ({reason.code}): {reason.message}"
    fix = "docs/inspect.md lists the queries."


@dataclass(eq=False)
class InputNotProcessed(TimedOut):
    input_index: int
    seconds: int
    what = "Input {input_index} is on the chain, but the node has not processed it within {seconds} seconds."
    fix = "Do not send it again. Look for it later, for instance with 'deml notices --input {input_index}'."


@dataclass(eq=False)
class TransactionPending(TimedOut):
    transaction: str
    seconds: int
    what = "Transaction {transaction} was sent, but no block has included it within {seconds} seconds."
    fix = "Do not send it again before you have looked it up in a block explorer."


@dataclass(eq=False)
class BadAddress(DemlError):
    text: str
    reason: str
    what = "'{text}' is not an account: {reason}."
    fix = "Write 0x and 40 hexadecimal digits; mixed case is taken as a checksum."


@dataclass(eq=False)
class BadHex(DemlError):
    text: str
    what = "'{text}' is not hexadecimal data."
    fix = "Write an even number of the digits 0-9 and a-f, with or without 0x."


@dataclass(eq=False)
class NoContract(DemlError):
    contract: str
    address: str
    what = "There is no {contract} at {address} on this chain."
    fix = "Check the chain and the address: 'deml config show', 'deml doctor'."


@dataclass(eq=False)
class MixedContracts(DemlError):
    app: str
    reads: str
    reads_suite: str
    portal: str
    adds: str
    adds_suite: str
    what = (
        "The Application {app} reads the InputBox {reads} ({reads_suite}), but the portal {portal} adds to {adds} "
        "({adds_suite}): inputs sent there would be lost. Nothing was sent."
    )
    fix = "Set erc20_portal of the profile to the portal of the Application's own suite: docs/compatibility.md."


@dataclass(eq=False)
class OtherSuite(DemlError):
    portal: str
    input_box: str
    suite: str
    image_suite: str
    image_portal: str
    what = (
        "The portal {portal} with the InputBox {input_box} ({suite}) is not what the dapp's image is built for "
        "({image_suite}): it credits deposits of {image_portal} alone, and others would be lost. Nothing was sent."
    )
    fix = (
        "Choose an Application of the image's suite, and its portal: app_address and erc20_portal of the profile, "
        "docs/compatibility.md."
    )


@dataclass(eq=False)
class OtherAvailability(DemlError):
    app: str
    selector: str
    what = "The Application {app} does not take its inputs from an InputBox alone ({selector}). Nothing was sent."
    fix = "Check app_address of the profile; docs/compatibility.md says which contracts this version knows."


@dataclass(eq=False)
class NoPayoutLibrary(DemlError):
    address: str
    what = (
        "There is no SafeERC20Transfer library at {address} on this chain: every payment of the dapp would count as "
        "made and pay nothing."
    )
    fix = (
        "Deposit nothing here and claim nothing yet. Anybody can deploy the library there (docs/protocol.md); if the "
        "dapp's image names another one, set safe_transfer of the profile."
    )


@dataclass(eq=False)
class WrongChain(DemlError):
    expected: int
    actual: int
    what = "The profile is for chain {expected}, but the RPC serves chain {actual}."
    fix = "Correct rpc_url or chain_id of the profile: 'deml config show'."


@dataclass(eq=False)
class TooMuchGas(DemlError):
    gas: int
    limit: int
    what = "The transaction needs {gas} gas; the chain takes at most {limit} in one (EIP-7825)."
    fix = "Send less data in one transaction."


@dataclass(eq=False)
class NotEnoughTokens(DemlError):
    symbol: str
    needed: str
    held: str
    what = "This needs {needed} {symbol}; the wallet holds {held}."
    fix = "Move more {symbol} to the wallet, or use a smaller amount."


@dataclass(eq=False)
class UnreadableFile(DemlError):
    path: str
    reason: str
    what = "{path} cannot be read: {reason}."
    fix = "Check the name and its permissions."


@dataclass(eq=False)
class InitialModelMissing(DemlError):
    path: str
    what = "The job has no initial model yet: there is no file {path}, which the job file names."
    fix = "Make one with 'deml train --terms', or 'deml model import'; or name another as 'initial' in the job file."


@dataclass(eq=False)
class NoProof(DemlError):
    output_index: int
    epoch_status: str
    what = "Output {output_index} cannot be proven on chain yet: the claim of its epoch is {epoch_status}."
    fix = "Wait until the claim is accepted (a devnet: 'deml devnet epoch'); 'deml vouchers' shows its status."


@dataclass(eq=False)
class NoSuchRecord(DemlError):
    kind: str
    index: int
    what = "The node knows no {kind} {index}."
    fix = "Check the number; the node may also still be reading the chain."


@dataclass(eq=False)
class BlockNotFound(Unavailable):
    cid: str
    source: str
    what = "{source} does not have {cid}."
    fix = "Ask its owner to keep it available, or configure another source: deml config set PROFILE.ipfs_url URL."


@dataclass(eq=False)
class StorageUnavailable(Unavailable):
    path: str
    reason: str
    what = "{path} cannot be used: {reason}."
    fix = "Free space on the disk, or fix the problem."


@dataclass(eq=False)
class UnwritableFile(DemlError):
    path: str
    reason: str
    what = "{path} cannot be written: {reason}."
    fix = "Choose another name or folder."


@dataclass(eq=False)
class NotGiven(DemlError):
    setting: str
    what = "The client was made without {setting}, which this needs."
    fix = "Pass it when creating the client: Client(Marketplace({setting}=...)) or Client({setting}=...)."


@dataclass(eq=False)
class NotADeployment(DemlError):
    path: str
    reason: str
    what = "{path} does not describe a running devnet: {reason}."
    fix = "Start one with 'deml devnet up'; deployment.json is in its folder, .deml/devnet unless told otherwise."
