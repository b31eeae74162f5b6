"""What the node keeps: inputs, outputs, proofs and epochs, read from its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from deml.base.errors import DemlError
from deml.base.outputs import Notice
from deml.base.types import Address, Timestamp
from deml.wire import notices as notice_codec
from deml.wire.outputs import DelegateCallEmission, NoticeEmission, Provable, VoucherEmission, open_envelope
from deml_sdk.errors import DappRefused, Reason

ACCEPTED: Final = "ACCEPTED"
"""Status of an input that the dapp took."""

UNPROCESSED: Final = "NONE"
"""Status of an input that the node has not run yet."""

CLAIM_ACCEPTED: Final = "CLAIM_ACCEPTED"
"""Status of an epoch whose outputs can be proven and executed."""

NOTICE_SELECTOR: Final = "0xc258d6e5"
VOUCHER_SELECTOR: Final = "0x237a816f"
DELEGATE_CALL_SELECTOR: Final = "0x10321e8b"
"""First bytes of an output, by which the node filters."""


@dataclass(frozen=True, slots=True)
class StoredInput:
    """An input as the node keeps it.

    `status` is one of the node's, `UNPROCESSED` at first; `raw` is all that the InputBox made of it.
    """

    index: int
    epoch_index: int
    status: str
    sender: Address
    payload: bytes
    block_number: int
    timestamp: Timestamp
    raw: bytes

    @property
    def accepted(self) -> bool:
        """Whether the dapp took it."""
        return self.status == ACCEPTED


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """An output as the node keeps it; `raw` is what is proven and executed on chain."""

    index: int
    input_index: int
    epoch_index: int
    raw: bytes
    siblings: tuple[bytes, ...] | None
    executed_in: str | None

    @property
    def opened(self) -> Provable:
        """What it is.

        Raises
        ------
        UnknownSelector, MalformedMessage
        """
        return open_envelope(self.raw)

    @property
    def notice(self) -> Notice | None:
        """The DeML notice that it carries; None for anything else, other notices included."""
        return notice_in(self.raw)

    @property
    def voucher(self) -> VoucherEmission | DelegateCallEmission | None:
        """The call that it lets anyone have the Application make; None for a notice."""
        opened = self.opened
        return None if isinstance(opened, NoticeEmission) else opened


@dataclass(frozen=True, slots=True)
class Seen:
    """A notice, the output it is, and the block whose input gave rise to it."""

    notice: Notice
    output_index: int
    block: int
    timestamp: Timestamp


@dataclass(frozen=True, slots=True)
class InputResult:
    """What an input led to. Reports that are JSON objects are in `reports`; there are no others in DeML."""

    input: StoredInput
    outputs: tuple[StoredOutput, ...] = ()
    reports: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def status(self) -> str:
        """What the node says became of it."""
        return self.input.status

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Notices, in order."""
        return tuple(notice for one in self.outputs if (notice := one.notice) is not None)

    @property
    def vouchers(self) -> tuple[StoredOutput, ...]:
        """Vouchers, in order."""
        return tuple(one for one in self.outputs if one.voucher is not None)

    def require_accepted(self) -> InputResult:
        """Return this result if the dapp took the input.

        Raises
        ------
        DappRefused
            With the dapp's own words.
        """
        if self.input.accepted:
            return self
        report = self.reports[-1] if self.reports else {}
        raise DappRefused(Reason.of(report, self.status), self.input.index)


@dataclass(frozen=True, slots=True)
class Epoch:
    """A range of blocks whose outputs are claimed together."""

    index: int
    first_block: int
    last_block: int
    status: str

    @property
    def accepted(self) -> bool:
        """Whether its claim is accepted, so that its outputs can be proven and executed."""
        return self.status == CLAIM_ACCEPTED


def notice_in(raw: bytes) -> Notice | None:
    """Read the DeML notice that an output carries; None for anything else, other notices included."""
    opened = open_envelope(raw)
    if not isinstance(opened, NoticeEmission):
        return None
    try:
        return notice_codec.decode(opened.payload)
    except DemlError:
        return None


def read_input(record: Mapping[str, Any]) -> StoredInput:
    """Read the node's ``Input``."""
    decoded = record["decoded_data"]
    return StoredInput(
        index=read_number(record["index"]),
        epoch_index=read_number(record["epoch_index"]),
        status=record["status"],
        sender=Address(decoded["sender"].lower()),
        payload=_bytes(decoded["payload"]),
        block_number=read_number(record["block_number"]),
        timestamp=Timestamp(read_number(decoded["block_timestamp"])),
        raw=_bytes(record["raw_data"]),
    )


def read_output(record: Mapping[str, Any]) -> StoredOutput:
    """Read the node's ``Output``."""
    siblings = record["output_hashes_siblings"]
    return StoredOutput(
        index=read_number(record["index"]),
        input_index=read_number(record["input_index"]),
        epoch_index=read_number(record["epoch_index"]),
        raw=_bytes(record["raw_data"]),
        siblings=tuple(map(_bytes, siblings)) if siblings else None,
        executed_in=record["execution_transaction_hash"],
    )


def read_epoch(record: Mapping[str, Any]) -> Epoch:
    """Read the node's ``Epoch``."""
    index, first, last = (read_number(record[name]) for name in ("index", "first_block", "last_block"))
    return Epoch(index, first, last, record["status"])


def read_report(text: str) -> dict[str, Any] | None:
    """Read a report's JSON object, given in hex; None where it is none."""
    try:
        read = json.loads(_bytes(text))
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def read_number(text: str) -> int:
    """Read a number in the node's form, hexadecimal with 0x."""
    return int(text, 16)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
