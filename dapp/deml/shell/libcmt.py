"""libcmt, the guest tools' C library: requests and outputs without a server, JSON and hex.

Signatures and layouts are those of ``libcmt/rollup.h``, ``abi.h`` and ``io.h`` in the guest tools 0.17, which the
Dockerfile installs. Every function answers 0, or a negative errno.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, Structure, c_bool, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from errno import errorcode
from typing import Final

from deml.base.inputs import Metadata
from deml.base.types import Address, Timestamp, address_of
from deml.shell.backend import Advance, Inspect, Request
from deml.shell.errors import LibcmtFailed, LibcmtUnusable, MalformedRequest
from deml.wire.outputs import DelegateCallEmission, Emission, NoticeEmission, ReportEmission, VoucherEmission

ADVANCE: Final = 0
INSPECT: Final = 1
"""``HTIF_YIELD_REASON_ADVANCE`` and ``HTIF_YIELD_REASON_INSPECT``: the type of the next request."""

_NONE: Final = -1
_STATE_WORDS: Final = 2048
"""Room for a ``cmt_rollup_t``, which only the library looks into: some 2.3 KB in 0.17, most of it a Merkle path."""


class _Address(Structure):
    _fields_ = (("data", c_uint8 * 20),)


class _Word(Structure):
    _fields_ = (("data", c_uint8 * 32),)


class _Bytes(Structure):
    _fields_ = (("length", c_size_t), ("data", c_void_p))


class _Advance(Structure):
    _fields_ = (
        ("chain_id", c_uint64),
        ("app_contract", _Address),
        ("msg_sender", _Address),
        ("block_number", c_uint64),
        ("block_timestamp", c_uint64),
        ("prev_randao", _Word),
        ("index", c_uint64),
        ("payload", _Bytes),
    )


class _Inspect(Structure):
    _fields_ = (("payload", _Bytes),)


class _Finish(Structure):
    _fields_ = (
        ("accept_previous_request", c_bool),
        ("next_request_type", c_int),
        ("next_request_payload_length", c_uint32),
    )


_State = c_uint64 * _STATE_WORDS

_ARGUMENTS: Final = {
    "cmt_rollup_init": (POINTER(_State),),
    "cmt_rollup_finish": (POINTER(_State), POINTER(_Finish)),
    "cmt_rollup_read_advance_state": (POINTER(_State), POINTER(_Advance)),
    "cmt_rollup_read_inspect_state": (POINTER(_State), POINTER(_Inspect)),
    "cmt_rollup_emit_voucher": (POINTER(_State), POINTER(_Address), POINTER(_Word), POINTER(_Bytes), POINTER(c_uint64)),
    "cmt_rollup_emit_delegate_call_voucher": (POINTER(_State), POINTER(_Address), POINTER(_Bytes), POINTER(c_uint64)),
    "cmt_rollup_emit_notice": (POINTER(_State), POINTER(_Bytes), POINTER(c_uint64)),
    "cmt_rollup_emit_report": (POINTER(_State), POINTER(_Bytes)),
    "cmt_rollup_emit_exception": (POINTER(_State), POINTER(_Bytes)),
}


def load(name: str) -> ctypes.CDLL:
    """Load the shared library `name`, found as the dynamic linker finds it.

    Raises
    ------
    LibcmtUnusable
        If there is none, or it lacks a function that is called here: guest tools from 0.18 on have others.
    """
    try:
        library = ctypes.CDLL(name)
        for function, arguments in _ARGUMENTS.items():
            entry = getattr(library, function)
            entry.argtypes, entry.restype = arguments, c_int
    except (OSError, AttributeError) as error:
        raise LibcmtUnusable(name, str(error)) from error
    return library


class LibcmtBackend:
    """A `Backend` over a library that `load` has loaded; it holds the machine's only rollup device until it ends.

    In the machine a rejecting ``finish`` never returns: everything, this process included, goes back to where the
    input came in. So nothing here depends on what follows a rejection, and where a library does return (its own mock
    and the tests' stand-in do) the request that comes with it is served.

    Raises
    ------
    LibcmtFailed
        If the device cannot be had.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._state = _State()
        self._finish = _Finish()
        self._advance = _Advance()
        self._inspect = _Inspect()
        self._call("cmt_rollup_init")

    def finish(self, accept: bool) -> Request:
        self._finish.accept_previous_request = accept
        self._finish.next_request_type = _NONE
        self._call("cmt_rollup_finish", self._finish)
        kind = self._finish.next_request_type
        try:
            if kind == ADVANCE:
                self._call("cmt_rollup_read_advance_state", self._advance)
                return Advance(_metadata(self._advance), _content(self._advance.payload))
            if kind == INSPECT:
                self._call("cmt_rollup_read_inspect_state", self._inspect)
                return Inspect(_content(self._inspect.payload))
        except LibcmtFailed as error:
            raise MalformedRequest(f"{error.function} answered {error.name}") from error
        raise MalformedRequest(f"unknown request type {kind}")

    def emit(self, emission: Emission) -> None:
        match emission:
            case NoticeEmission(payload):
                self._call("cmt_rollup_emit_notice", _bytes(payload), None)
            case VoucherEmission(destination, value, payload):
                word = _Word.from_buffer_copy(value.to_bytes(32, "big"))
                self._call("cmt_rollup_emit_voucher", _address(destination), word, _bytes(payload), None)
            case DelegateCallEmission(destination, payload):
                self._call("cmt_rollup_emit_delegate_call_voucher", _address(destination), _bytes(payload), None)
            case ReportEmission(payload):
                self._call("cmt_rollup_emit_report", _bytes(payload))

    def throw(self, reason: str) -> None:
        payload = reason.encode()
        self._call("cmt_rollup_emit_exception", _bytes(payload))

    def _call(self, function: str, *arguments: Structure | None) -> None:
        answer = getattr(self._library, function)(self._state, *arguments)
        if answer < 0:
            raise LibcmtFailed(function, errorcode.get(-answer, str(-answer)), os.strerror(-answer))


def _metadata(advance: _Advance) -> Metadata:
    return Metadata(
        chain_id=advance.chain_id,
        app=address_of(bytes(advance.app_contract.data)),
        sender=address_of(bytes(advance.msg_sender.data)),
        block_number=advance.block_number,
        timestamp=Timestamp(advance.block_timestamp),
        index=advance.index,
    )


def _content(view: _Bytes) -> bytes:
    """A copy: the memory is the device's, and the next request overwrites it."""
    return ctypes.string_at(view.data, view.length) if view.length else b""


def _bytes(payload: bytes) -> _Bytes:
    """A view of `payload`, which the caller keeps alive."""
    return _Bytes(len(payload), ctypes.cast(c_char_p(payload), c_void_p))


def _address(address: Address) -> _Address:
    return _Address.from_buffer_copy(bytes.fromhex(address[2:]))
