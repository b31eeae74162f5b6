"""What can go wrong around the devnet's processes and their state."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class PortInUse(DemlError):
    port: int
    reason: str
    what = "Port {port} cannot be listened on: {reason}."
    fix = "Stop what uses it, or choose another port with the options of 'deml devnet up'."
