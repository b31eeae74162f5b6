"""What is to be deployed, and the record of it that others verify."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_sdk.addresses import parse_address
from deml_sdk.deploy.errors import BadDeploymentRecord, BadOrder

FORMAT: Final = "deml-deployment/1"

_PLACES: Final = ("app", "inputBox", "erc20Portal", "safeTransfer", "modelRegistry")

MAX_VALIDATORS: Final = 100
"""More in one Quorum would be a slip: each claim needs a transaction of more than half of them."""


class ConsensusKind(StrEnum):
    """Who accepts claims: one key, more than half of some, or a consensus that is there already."""

    AUTHORITY = "authority"
    QUORUM = "quorum"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True)
class DeploymentOrder:
    """What is to be deployed; the addresses of all of it follow from this alone.

    Parameters
    ----------
    template_hash
        Hash of the machine that ``cartesi build`` made, 32 bytes.
    deployer
        Who sends the transactions, and owns the Application until the last one.
    kind
        What the consensus is.
    members
        Owner of the Authority, validators of the Quorum in order, or the address of the existing consensus.
    epoch_length
        Blocks from one claim to the next, of a new consensus; None for an existing one.
    salt
        32 bytes that tell deployments of the same order apart.

    Raises
    ------
    BadOrder
    """

    template_hash: bytes
    deployer: Address
    kind: ConsensusKind
    members: tuple[Address, ...]
    epoch_length: int | None
    salt: bytes = bytes(32)

    def __post_init__(self) -> None:
        for part, value in (("template hash", self.template_hash), ("salt", self.salt)):
            if len(value) != 32:
                raise BadOrder(part, f"it has {len(value)} bytes, not 32")
        if not any(self.template_hash):
            raise BadOrder("template hash", "it is zero")
        most = MAX_VALIDATORS if self.kind is ConsensusKind.QUORUM else 1
        if not 1 <= len(self.members) <= most or len(set(self.members)) != len(self.members):
            raise BadOrder(f"consensus ({self.kind})", f"it needs 1 to {most} accounts, each once")
        if any(int(one, 16) == 0 for one in self.members):
            raise BadOrder(f"consensus ({self.kind})", "the zero address is nobody's")
        if (self.epoch_length is None) != (self.kind is ConsensusKind.EXISTING):
            raise BadOrder("epoch length", "a new consensus needs one, and an existing one has its own")
        if self.epoch_length is not None and not 1 <= self.epoch_length < 2**64:
            raise BadOrder("epoch length", f"{self.epoch_length} blocks are not from 1 to 2^64 - 1")


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """What a deployer says was deployed; everything in it can be checked.

    Parameters
    ----------
    chain_id
        EIP-155 number.
    suite
        Name of the contracts' suite.
    input_box, erc20_portal, safe_transfer
        Where inputs, deposits and payouts go.
    model_registry
        Where scores are kept for other contracts; one on a chain, for all Applications.
    """

    order: DeploymentOrder
    chain_id: int
    app: Address
    consensus: Address
    suite: str
    input_box: Address
    erc20_portal: Address
    safe_transfer: Address
    model_registry: Address

    def as_json(self) -> dict[str, Any]:
        """Write it as what `json.dumps` takes."""
        order = self.order
        return {
            "format": FORMAT,
            "chainId": self.chain_id,
            "suite": self.suite,
            "app": self.app,
            "templateHash": "0x" + order.template_hash.hex(),
            "consensus": {
                "kind": str(order.kind),
                "address": self.consensus,
                "members": list(order.members),
                "epochLength": order.epoch_length,
            },
            "inputBox": self.input_box,
            "erc20Portal": self.erc20_portal,
            "safeTransfer": self.safe_transfer,
            "modelRegistry": self.model_registry,
            "deployer": order.deployer,
            "salt": "0x" + order.salt.hex(),
        }

    def to_file(self) -> bytes:
        """Write it as a file."""
        return (json.dumps(self.as_json(), indent=2) + "\n").encode()

    @classmethod
    def of_json(cls, text: str | bytes, path: str) -> DeploymentRecord:
        """Read a file that may have been written by anybody; `path` is its name for people.

        Raises
        ------
        BadDeploymentRecord
        """
        try:
            return cls._of(json.loads(text))
        except KeyError as error:
            raise BadDeploymentRecord(path, f"it has no {error}") from error
        except (TypeError, ValueError, AttributeError, RecursionError, DemlError) as error:
            raise BadDeploymentRecord(path, str(error)) from error

    @classmethod
    def _of(cls, document: dict[str, Any]) -> DeploymentRecord:
        if document["format"] != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        consensus = document["consensus"]
        epoch_length = consensus["epochLength"]
        numbers = (document["chainId"], 1 if epoch_length is None else epoch_length)
        if any(type(one) is not int for one in numbers):
            raise ValueError("chainId and epochLength are integers")
        order = DeploymentOrder(
            template_hash=bytes_of(document["templateHash"]),
            deployer=parse_address(document["deployer"]),
            kind=ConsensusKind(consensus["kind"]),
            members=tuple(parse_address(one) for one in consensus["members"]),
            epoch_length=epoch_length,
            salt=bytes_of(document["salt"]),
        )
        places = {name: parse_address(document[name]) for name in _PLACES}
        return cls(
            order=order,
            chain_id=document["chainId"],
            app=places["app"],
            consensus=parse_address(consensus["address"]),
            suite=str(document["suite"]),
            input_box=places["inputBox"],
            erc20_portal=places["erc20Portal"],
            safe_transfer=places["safeTransfer"],
            model_registry=places["modelRegistry"],
        )


def machine_hash(folder: Path) -> bytes:
    """Read the hash of a machine that ``cartesi build`` has stored, as ``.cartesi/image``.

    Raises
    ------
    BadOrder
        If there is none.
    """
    path = folder / "hash"
    try:
        found = path.read_bytes()
    except OSError as error:
        raise BadOrder("machine", f"{path} cannot be read ({error.strerror})") from None
    if len(found) != 32:
        raise BadOrder("machine", f"{path} has {len(found)} bytes, not the 32 of a machine's hash")
    return found


def bytes_of(text: str) -> bytes:
    """Read hexadecimal bytes, with or without 0x.

    Raises
    ------
    ValueError
    """
    return bytes.fromhex(text.removeprefix("0x"))
