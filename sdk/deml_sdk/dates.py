"""Moments as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def date_text(time: float) -> str:
    """Write seconds since 1970 as a date."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
