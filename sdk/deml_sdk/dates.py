"""Moments and durations as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def date_text(time: float) -> str:
    """Write seconds since 1970 as a date."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration_text(seconds: int) -> str:
    """Write a duration in its two largest units."""
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
