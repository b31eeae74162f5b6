"""What an input costs on its way into the dapp and out again, through libcmt and through the Rollup HTTP API.

What is below the dapp is left out: for libcmt the kernel's yield, a keccak over each output and, by far the most, the
63 of the root of all outputs; for HTTP the guest's server as well. So these are parts of what an input takes in the
machine.
"""

from __future__ import annotations

import ctypes
import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from counting import report

from deml.base.errors import DemlError
from deml.base.inputs import Metadata, Withdraw
from deml.base.types import ETHER, Address, Amount
from deml.shell.application import Application, RequestResult
from deml.shell.backend import Backend
from deml.shell.cmt import load
from deml.shell.deployment import CARTESI_2_2
from deml.shell.errors import ServerRefused
from deml.shell.http import HttpBackend
from deml.shell.libcmt import LibcmtBackend
from deml.shell.loop import serve
from deml.wire.inputs import encode
from deml.wire.outputs import NoticeEmission, ReportEmission, VoucherEmission
from deml.wire.warm_up import warm_up

TIMES = 10
OWNER = Address("0x" + "5e" * 20)
DEPOSIT = bytes.fromhex(OWNER[2:]) + (1_000_000).to_bytes(32, "big")
WITHDRAWAL = encode(Withdraw(ETHER, Amount(1), OWNER))
EMISSIONS = (NoticeEmission(bytes(64)), VoucherEmission(OWNER, 1, bytes(68)), ReportEmission(bytes(64)))


class Small(Application):
    """Answers every input with one notice, one voucher and one report."""

    def advance(self, _meta: Metadata, _payload: bytes) -> RequestResult:
        return RequestResult("input", EMISSIONS)


def funded() -> Application:
    application = Application(CARTESI_2_2)
    deposit = Metadata(0, Address("0x" + "00" * 20), CARTESI_2_2.ether_portal, 0, 0, 0)
    assert application.advance(deposit, DEPOSIT).accepted
    return application


def through_libcmt(application: Application, payload: bytes) -> None:
    library.canned_input(bytes.fromhex(OWNER[2:]), payload, len(payload), TIMES)
    run(LibcmtBackend(library), application)


def through_http(application: Application, payload: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=answer, args=(server, payload), daemon=True).start()
        run(HttpBackend(f"http://127.0.0.1:{server.getsockname()[1]}", lambda _: None), application)


def answer(server: socket.socket, payload: bytes) -> None:
    """Serve the input as cheaply as can be."""
    connection, _ = server.accept()
    requests = connection.makefile("rb")
    data = {"chain_id": 0, "app_contract": "0x" + "00" * 20, "msg_sender": OWNER, "block_number": 0}
    data |= {"block_timestamp": 0, "prev_randao": "0x" + "00" * 32}
    left = TIMES
    while path := requests.readline():
        length = 0
        while (header := requests.readline().lower()) != b"\r\n":
            if header.startswith(b"content-length:"):
                length = int(header[15:])
        requests.read(length)
        status, body = b"201", b"{}"
        if path.startswith(b"POST /finish"):
            status, body = b"418", b""
            if left:
                left -= 1
                inner = {"metadata": data | {"input_index": TIMES - left}, "payload": "0x" + payload.hex()}
                status, body = b"200", json.dumps({"request_type": "advance_state", "data": inner}).encode()
        connection.sendall(b"HTTP/1.1 %s OK\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))


def run(backend: Backend, application: Application) -> None:
    with suppress(ServerRefused, DemlError):
        serve(backend, application, lambda: 0.0)


def case(name: str, through: Callable[[Application, bytes], None], application: Application, payload: bytes) -> None:
    report(name, lambda: through(application, payload), times=TIMES)


logging.basicConfig(level=logging.WARNING, filename="/tmp/log")  # As in the machine (deml.shell.service).
warm_up()
library = load("/programs/libcmt.so")
library.canned_input.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64)
case("a small input, libcmt: the dapp's side", through_libcmt, Small(CARTESI_2_2), b"\x00" * 4)
case("a small input, HTTP: the dapp's side", through_http, Small(CARTESI_2_2), b"\x00" * 4)
case("withdrawing ether, libcmt: the dapp's side", through_libcmt, funded(), WITHDRAWAL)
case("withdrawing ether, HTTP: the dapp's side", through_http, funded(), WITHDRAWAL)
