"""The interface between the dapp and whatever delivers its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from deml.base.inputs import Metadata
from deml.wire.outputs import Emission


@dataclass(frozen=True, slots=True)
class Advance:
    """An input that may change the state."""

    meta: Metadata
    payload: bytes


@dataclass(frozen=True, slots=True)
class Inspect:
    """A question that may not."""

    payload: bytes


Request = Advance | Inspect


class Backend(Protocol):
    """A source of requests and a sink of outputs."""

    def finish(self, accept: bool) -> Request:
        """End the current request with a verdict and wait for the next one; the first call ends nothing.

        Raises
        ------
        MalformedRequest
            If the next request cannot be read; the dapp rejects it and goes on.
        DemlError
            If there can be no next request for this process.
        """
        ...

    def emit(self, emission: Emission) -> None:
        """Deliver an output of the current request, exactly once.

        Raises
        ------
        DemlError
            If that cannot be made sure of.
        """
        ...
