"""What carries requests to the dapp and outputs from it: found out before anything large is imported."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deml.shell.cmt import load
from deml.shell.errors import LibcmtUnusable

DEFAULT_URL: Final = "http://127.0.0.1:5004"
"""Where the guest tools' server listens."""

DEVICE: Final = Path("/dev/cmio")
"""The Cartesi Machine's rollup device; there is none elsewhere."""

LIBRARY: Final = "libcmt.so"


@dataclass(frozen=True, slots=True)
class Channel:
    """A library that has been loaded, or the address of a server.

    `in_machine` tells whether a rejection takes everything back to where the input came in, as it does in the Cartesi
    Machine.
    """

    name: str
    library: ctypes.CDLL | None
    in_machine: bool


def choose(environment: Mapping[str, str], *, device: Path = DEVICE, library: str = LIBRARY) -> Channel:
    """Choose a channel.

    The first of these that applies: the library that ``DEML_LIBCMT`` names; the server that ``ROLLUP_HTTP_SERVER_URL``
    names; `library`, where it and `device` are there; the server at `DEFAULT_URL`.

    Raises
    ------
    LibcmtUnusable
        If ``DEML_LIBCMT`` names something that is not a usable libcmt.
    """
    named = environment.get("DEML_LIBCMT")
    if named:
        return Channel(named, load(named), in_machine=True)
    in_machine = device.exists()
    url = environment.get("ROLLUP_HTTP_SERVER_URL")
    if not url and in_machine:
        try:
            return Channel(library, load(library), in_machine=True)
        except LibcmtUnusable:
            pass  # Guest tools without the library: their server is then what there is.
    return Channel(url or DEFAULT_URL, None, in_machine)
