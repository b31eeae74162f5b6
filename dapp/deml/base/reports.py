"""Reports as bytes."""

from __future__ import annotations

import json
from typing import Any, Final

_JSON: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def encode_json(body: dict[str, Any]) -> bytes:
    """Canonical JSON of a report: sorted keys, no spaces, ASCII only."""
    return _JSON.encode(body).encode("ascii")
