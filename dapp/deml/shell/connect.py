"""Which backend the dapp speaks through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from deml.shell.backend import Backend
from deml.shell.errors import LibcmtUnusable
from deml.shell.http import HttpBackend
from deml.shell.libcmt import LibcmtBackend, load

DEFAULT_URL: Final = "http://127.0.0.1:5004"
"""Where the guest tools' server listens."""

DEVICE: Final = Path("/dev/cmio")
"""The Cartesi Machine's rollup device; there is none elsewhere."""

LIBRARY: Final = "libcmt.so"


def connect(
    environment: Mapping[str, str],
    wait: Callable[[float], None],
    *,
    device: Path = DEVICE,
    library: str = LIBRARY,
) -> tuple[Backend, str]:
    """Choose a backend, and say which it is.

    The first of these that applies: the library that ``DEML_LIBCMT`` names; the server that ``ROLLUP_HTTP_SERVER_URL``
    names; `library`, where it and `device` are there; the server at `DEFAULT_URL`.

    Raises
    ------
    LibcmtUnusable
        If ``DEML_LIBCMT`` names something that is not a usable libcmt.
    LibcmtFailed
        If the library cannot have the device.
    """
    named = environment.get("DEML_LIBCMT")
    if named:
        return LibcmtBackend(load(named)), f"libcmt ({named})"
    url = environment.get("ROLLUP_HTTP_SERVER_URL")
    if not url and device.exists():
        try:
            return LibcmtBackend(load(library)), f"libcmt ({library})"
        except LibcmtUnusable:
            pass  # Guest tools without the library: their server is then what there is.
    url = url or DEFAULT_URL
    return HttpBackend(url, wait), url
