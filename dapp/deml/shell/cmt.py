"""libcmt, the guest tools' C library, as it is: its functions, structures and errors, and nothing of the dapp's.

Signatures and layouts are those of ``libcmt/rollup.h``, ``abi.h`` and ``io.h`` in the guest tools 0.17, which the
Dockerfile installs. Every function answers 0, or a negative errno.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, Structure, c_bool, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from errno import errorcode
from typing import Final

from deml.shell.errors import LibcmtFailed, LibcmtUnusable

NO_REQUEST: Final = -1
"""No type of request has this number; `Finish` holds it until there is one."""

_STATE_WORDS: Final = 2048
"""Room for a ``cmt_rollup_t``, which only the library looks into: some 2.3 KB in 0.17, most of it a Merkle path."""


class AbiAddress(Structure):
    """``cmt_abi_address_t``."""

    _fields_ = (("data", c_uint8 * 20),)


class Word(Structure):
    """``cmt_abi_u256_t``: big-endian."""

    _fields_ = (("data", c_uint8 * 32),)


class Bytes(Structure):
    """``cmt_abi_bytes_t``."""

    _fields_ = (("length", c_size_t), ("data", c_void_p))


class RollupAdvance(Structure):
    """``cmt_rollup_advance_t``."""

    _fields_ = (
        ("chain_id", c_uint64),
        ("app_contract", AbiAddress),
        ("msg_sender", AbiAddress),
        ("block_number", c_uint64),
        ("block_timestamp", c_uint64),
        ("prev_randao", Word),
        ("index", c_uint64),
        ("payload", Bytes),
    )


class RollupInspect(Structure):
    """``cmt_rollup_inspect_t``."""

    _fields_ = (("payload", Bytes),)


class Finish(Structure):
    """``cmt_rollup_finish_t``."""

    _fields_ = (
        ("accept_previous_request", c_bool),
        ("next_request_type", c_int),
        ("next_request_payload_length", c_uint32),
    )


_State = c_uint64 * _STATE_WORDS

_ARGUMENTS: Final = {
    "cmt_rollup_init": (POINTER(_State),),
    "cmt_rollup_finish": (POINTER(_State), POINTER(Finish)),
    "cmt_rollup_read_advance_state": (POINTER(_State), POINTER(RollupAdvance)),
    "cmt_rollup_read_inspect_state": (POINTER(_State), POINTER(RollupInspect)),
    "cmt_rollup_emit_voucher": (POINTER(_State), POINTER(AbiAddress), POINTER(Word), POINTER(Bytes), POINTER(c_uint64)),
    "cmt_rollup_emit_delegate_call_voucher": (POINTER(_State), POINTER(AbiAddress), POINTER(Bytes), POINTER(c_uint64)),
    "cmt_rollup_emit_notice": (POINTER(_State), POINTER(Bytes), POINTER(c_uint64)),
    "cmt_rollup_emit_report": (POINTER(_State), POINTER(Bytes)),
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


class Device:
    """The machine's only rollup device, opened by a library that `load` has loaded; held until the process ends.

    Raises
    ------
    LibcmtFailed
        If it cannot be had.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._state = _State()
        self.call("cmt_rollup_init")

    def call(self, function: str, *arguments: Structure | None) -> None:
        """Call a function of the library on this device.

        Raises
        ------
        LibcmtFailed
            If it answers with an error.
        """
        answer = getattr(self._library, function)(self._state, *arguments)
        if answer < 0:
            raise LibcmtFailed(function, errorcode.get(-answer, str(-answer)), os.strerror(-answer))

    def report(self, payload: bytes) -> None:
        """Emit a report.

        Raises
        ------
        LibcmtFailed
        """
        self.call("cmt_rollup_emit_report", view(payload))

    def reject(self) -> None:
        """Reject the current request; in the machine this does not return.

        Raises
        ------
        LibcmtFailed
        """
        self.call("cmt_rollup_finish", Finish(False, NO_REQUEST, 0))


def view(payload: bytes) -> Bytes:
    """Look at `payload` as the library does; the caller keeps it alive."""
    return Bytes(len(payload), ctypes.cast(c_char_p(payload), c_void_p))


def content(seen: Bytes) -> bytes:
    """Copy what the library shows: the memory is the device's, and the next request overwrites it."""
    return ctypes.string_at(seen.data, seen.length) if seen.length else b""
