"""A backend that calls libcmt: requests and outputs without a server, JSON and hex."""

from __future__ import annotations

import ctypes
from typing import Final

from deml.base.inputs import Metadata
from deml.base.types import Address, Timestamp, address_of
from deml.shell import cmt
from deml.shell.backend import Advance, Inspect, Request
from deml.shell.errors import LibcmtFailed, MalformedRequest
from deml.wire.outputs import DelegateCallEmission, Emission, NoticeEmission, ReportEmission, VoucherEmission

ADVANCE: Final = 0
INSPECT: Final = 1
"""``HTIF_YIELD_REASON_ADVANCE`` and ``HTIF_YIELD_REASON_INSPECT``: the type of the next request."""


class LibcmtBackend:
    """A `Backend` over a library that `cmt.load` has loaded; it holds the rollup device until its process ends.

    A rejecting ``finish`` never returns: the machine, this process included, goes back to where the input came in. So
    nothing here depends on what follows a rejection.

    Raises
    ------
    LibcmtFailed
        If the device cannot be had.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self._device = cmt.Device(library)
        self._finish = cmt.Finish()
        self._advance = cmt.RollupAdvance()
        self._inspect = cmt.RollupInspect()

    def finish(self, accept: bool) -> Request:
        self._finish.accept_previous_request = accept
        self._finish.next_request_type = cmt.NO_REQUEST
        self._device.call("cmt_rollup_finish", self._finish)
        kind = self._finish.next_request_type
        try:
            if kind == ADVANCE:
                self._device.call("cmt_rollup_read_advance_state", self._advance)
                return Advance(_metadata(self._advance), cmt.content(self._advance.payload))
            if kind == INSPECT:
                self._device.call("cmt_rollup_read_inspect_state", self._inspect)
                return Inspect(cmt.content(self._inspect.payload))
        except LibcmtFailed as error:
            raise MalformedRequest(f"{error.function} answered {error.name}") from error
        raise MalformedRequest(f"unknown request type {kind}")

    def emit(self, emission: Emission) -> None:
        match emission:
            case NoticeEmission(payload):
                self._device.call("cmt_rollup_emit_notice", cmt.view(payload), None)
            case VoucherEmission(destination, value, payload):
                word = cmt.Word.from_buffer_copy(value.to_bytes(32, "big"))
                self._device.call("cmt_rollup_emit_voucher", _address(destination), word, cmt.view(payload), None)
            case DelegateCallEmission(destination, payload):
                address = _address(destination)
                self._device.call("cmt_rollup_emit_delegate_call_voucher", address, cmt.view(payload), None)
            case ReportEmission(payload):
                self._device.report(payload)


def _metadata(advance: cmt.RollupAdvance) -> Metadata:
    return Metadata(
        chain_id=advance.chain_id,
        app=address_of(bytes(advance.app_contract.data)),
        sender=address_of(bytes(advance.msg_sender.data)),
        block_number=advance.block_number,
        timestamp=Timestamp(advance.block_timestamp),
        index=advance.index,
    )


def _address(address: Address) -> cmt.AbiAddress:
    return cmt.AbiAddress.from_buffer_copy(bytes.fromhex(address[2:]))
