"""Parameters of the node's JSON-RPC methods: by name or position, checked as the node checks them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from deml_devnet.node.jsonrpc import INVALID_PARAMS, JsonRpcError
from deml_devnet.node.queries import Page

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 10_000
"""Longest page; a larger limit is taken for this one."""

PAGE: Final = ("limit", "offset", "descending")
"""Parameters that every list has, after its own."""

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_NAME: Final = re.compile(r"[a-z0-9_-]{3,}")
_INDEX: Final = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
_SELECTOR: Final = re.compile(r"(?:0[xX])?([0-9a-fA-F]{8})")
_MAX_INDEX: Final = 2**63 - 1
"""What SQLite can hold; a larger index finds nothing."""


class Parameters:
    """The parameters of one call.

    Parameters
    ----------
    given
        What the request carried: an object, an array in the order of `names`, or None.
    names
        All parameters the method has; others in an object are ignored, as the node does.

    Raises
    ------
    RpcError
    """

    def __init__(self, given: Any, names: Sequence[str]) -> None:
        if isinstance(given, list):
            if len(given) > len(names):
                raise _invalid("Invalid parameters")
            given = dict(zip(names, given, strict=False))
        if not isinstance(given, dict | None):
            raise _invalid("Invalid parameters")
        self._values: dict[str, Any] = {name: value for name, value in (given or {}).items() if value is not None}

    def application(self) -> str:
        """Name or lower-case address of the application; required."""
        value = self._text("application") or ""
        if _ADDRESS.fullmatch(value):
            return value.lower()
        if _NAME.fullmatch(value):
            return value
        raise _invalid("Invalid application identifier: invalid application name")

    def index(self, name: str) -> int:
        """A required number in hexadecimal."""
        found = self.optional_index(name)
        if found is None:
            raise _invalid(f"invalid {name}: expected hex encoded value")
        return found

    def optional_index(self, name: str) -> int | None:
        """A number in hexadecimal; None if it is not given."""
        value = self._text(name)
        if value is None:
            return None
        if not _INDEX.fullmatch(value):
            raise _invalid(f"invalid {name}: expected hex encoded value")
        return min(int(value, 16), _MAX_INDEX)

    def address(self, name: str, meaning: str) -> str | None:
        """An account in lower-case hex; None if it is not given."""
        return self._matching(name, _ADDRESS, f"Invalid {meaning} address: invalid address")

    def hash(self, name: str, meaning: str) -> str | None:
        """A hash in lower-case hex; None if it is not given."""
        return self._matching(name, _HASH, f"Invalid {meaning}: invalid hash")

    def selector(self, name: str) -> bytes | None:
        """Four bytes in hexadecimal; None if they are not given."""
        value = self._text(name)
        if value is None:
            return None
        match = _SELECTOR.fullmatch(value)
        if match is None:
            raise _invalid("Invalid output type: invalid output type: expected exactly 4 bytes")
        return bytes.fromhex(match[1])

    def choice(self, name: str, allowed: Sequence[str], meaning: str) -> str | None:
        """One of several words; None if it is not given."""
        value = self._text(name)
        if value is not None and value not in allowed:
            raise _invalid(f"Invalid {meaning}: invalid value '{value}'")
        return value

    def page(self) -> Page:
        """Which part of a list is wanted."""
        limit, offset = self._whole("limit") or DEFAULT_LIMIT, self._whole("offset")
        descending = self._values.get("descending", False)
        if not isinstance(descending, bool):
            raise _invalid("Invalid parameters")
        return Page(min(limit, MAX_LIMIT), min(offset, _MAX_INDEX), descending)

    def _matching(self, name: str, pattern: re.Pattern[str], message: str) -> str | None:
        value = self._text(name)
        if value is not None and not pattern.fullmatch(value):
            raise _invalid(message)
        return value and value.lower()

    def _text(self, name: str) -> str | None:
        value = self._values.get(name)
        if not isinstance(value, str | None):
            raise _invalid("Invalid parameters")
        return value

    def _whole(self, name: str) -> int:
        value = self._values.get(name, 0)
        if type(value) is not int or value < 0:
            raise _invalid("Invalid parameters")
        return value


def _invalid(message: str) -> JsonRpcError:
    return JsonRpcError(INVALID_PARAMS, message)
