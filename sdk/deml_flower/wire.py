"""What travels beside an app's own records: which job a round is, and a node's receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flwr.app import ConfigRecord, RecordDict

from deml.base.types import Address, JobId
from deml_flower.errors import BadOffer
from deml_flower.spool import NodeAnswer

RECORD: Final = "deml"
"""Name of the record, in messages and replies."""

_TEXTS: Final = ("wallet", "commitment", "signature", "arrays")


@dataclass(frozen=True, slots=True)
class RoundCall:
    """What a message says of its round: the Application and job, and how arrays are called in its architecture.

    Numbers are texts: Flower's integers have 64 bits with a sign.
    """

    app: Address
    job_id: JobId
    names: Mapping[str, str]

    def record(self) -> ConfigRecord:
        """Write it for a message."""
        keys, tensors = list(self.names), list(self.names.values())
        return ConfigRecord({"app": self.app, "job": str(self.job_id), "keys": keys, "tensors": tensors})

    @classmethod
    def taken_from(cls, content: RecordDict) -> RoundCall | None:
        """Take it out of a message, so that the app sees what it always saw; None where there is none.

        Raises
        ------
        BadOffer
            If it cannot be read.
        """
        if RECORD not in content.config_records:
            return None
        found = content.config_records[RECORD]
        del content[RECORD]
        try:
            keys, tensors = (_texts(found[one]) for one in ("keys", "tensors"))
            names = dict(zip(keys, tensors, strict=True))
            return cls(Address(str(found["app"])), JobId(int(str(found["job"]))), names)
        except (KeyError, ValueError) as error:
            raise BadOffer(RECORD, f"the server's record cannot be read ({error})") from error


@dataclass(frozen=True, slots=True)
class NodeReceipt:
    """What a reply has instead of arrays: a node's answer, and under which key the app had put its arrays."""

    wallet: Address
    commitment: bytes
    signature: bytes
    arrays: str

    @staticmethod
    def record(answer: NodeAnswer, arrays: str) -> ConfigRecord:
        """Write it for a reply."""
        return ConfigRecord(
            {"wallet": answer.wallet, "commitment": answer.commitment, "signature": answer.signature, "arrays": arrays}
        )

    @classmethod
    def taken_from(cls, content: RecordDict) -> NodeReceipt | None:
        """Take it out of a reply; None where there is none that can be read, which a stranger may have written."""
        if RECORD not in content.config_records:
            return None
        found = content.config_records[RECORD]
        del content[RECORD]
        texts = {one: found.get(one) for one in _TEXTS}
        if not all(isinstance(one, str) for one in texts.values()):
            return None
        try:
            commitment, signature = (bytes.fromhex(str(texts[one])) for one in ("commitment", "signature"))
        except ValueError:
            return None
        if len(commitment) != 32 or len(signature) != 65:
            return None
        return cls(Address(str(texts["wallet"]).lower()), commitment, signature, str(texts["arrays"]))


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
