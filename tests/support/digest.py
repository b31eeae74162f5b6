"""One digest for all that the dapp remembers: equal digests, equal states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from types import FunctionType
from typing import Any

import numpy as np

from deml.core import State
from deml.core.state import PARTS

Known = dict[int, tuple[Any, bytes]]


def digest(state: State, known: Known | None = None) -> str:
    """Hash of every value in `state`, of its type, and of the order in which mappings hold it.

    Frozen values are hashed once where the caller keeps `known`.
    """
    parts = (getattr(state, one) for one in (*PARTS, "progress"))
    return sha256(b"".join(canonical(part, known) for part in parts)).hexdigest()


def canonical(value: Any, known: Known | None = None) -> bytes:
    """Bytes that differ where values differ."""
    if known is not None and id(value) in known:
        return known[id(value)][1]
    if isinstance(value, np.ndarray):
        body = canonical((str(value.dtype), value.shape, value.tobytes()))
    elif is_dataclass(value) and not isinstance(value, type):
        body = sha256(b"".join(canonical(getattr(value, one.name), known) for one in fields(value))).digest()
    elif isinstance(value, Mapping):
        body = b"".join(canonical(key) + canonical(one, known) for key, one in value.items())
    elif isinstance(value, tuple | list):
        body = b"".join(canonical(one, known) for one in value)
    elif isinstance(value, bytes):
        body = value
    elif value is None or isinstance(value, str | int | float):
        body = repr(value).encode()
    elif isinstance(value, FunctionType):
        body = f"{value.__module__}.{value.__qualname__}".encode()
    else:
        raise TypeError(f"a {type(value).__name__} in the state has no canonical form")
    name = type(value).__name__.encode()
    made = b"%d:%s%d:%s" % (len(name), name, len(body), body)
    if known is not None and is_dataclass(value):
        known[id(value)] = (value, made)
    return made
