"""Reports as bytes."""

from __future__ import annotations

import json
from typing import Any


def encode_json(body: dict[str, Any]) -> bytes:
    """Canonical JSON of a report: sorted keys, no spaces, ASCII only."""
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")
