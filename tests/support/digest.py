"""One digest for all that the dapp remembers: equal digests, equal states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from types import FunctionType
from typing import Any

import numpy as np

from deml.core import State


def digest(state: State) -> str:
    """Hash of every value in `state`, of its type, and of the order in which mappings hold it."""
    parts = (state.jobs, state.balances, state.buffers, state.holdouts, state.progress)
    return sha256(b"".join(map(canonical, parts))).hexdigest()


def canonical(value: Any) -> bytes:
    """Bytes that differ where values differ."""
    if isinstance(value, np.ndarray):
        body = canonical((str(value.dtype), value.shape, value.tobytes()))
    elif is_dataclass(value) and not isinstance(value, type):
        body = b"".join(canonical(getattr(value, one.name)) for one in fields(value))
    elif isinstance(value, Mapping):
        body = b"".join(canonical(key) + canonical(one) for key, one in value.items())
    elif isinstance(value, tuple | list):
        body = b"".join(map(canonical, value))
    elif isinstance(value, bytes):
        body = value
    elif value is None or isinstance(value, str | int | float):
        body = repr(value).encode()
    elif isinstance(value, FunctionType):
        body = f"{value.__module__}.{value.__qualname__}".encode()
    else:
        raise TypeError(f"a {type(value).__name__} in the state has no canonical form")
    name = type(value).__name__.encode()
    return b"%d:%s%d:%s" % (len(name), name, len(body), body)
