"""Loaded by every Python that has this folder in its path: lets it reach loopback alone, and writes down what it tried.

DEML_CONTACTS names the file, a line each: "watched" at its start, "loopback" or
"refused" for each contact; then the program, and the address.
"""

import os
import sys

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    allowed = host is None or host in LOOPBACK
    _write("loopback" if allowed else "refused", host)
    if not allowed:
        raise PermissionError(f"{host} is not loopback")


def _write(word, host):
    with open(os.environ["DEML_CONTACTS"], "a") as file:
        file.write(f"{word} {os.path.basename(sys.orig_argv[1])} {host}\n")


if "DEML_CONTACTS" in os.environ:
    _write("watched", "-")
    sys.addaudithook(_watch)
