"""Apply recorded inputs in a fresh process: ``python -m tests.support.replay < inputs.json``.

Reads a JSON list of [sender, timestamp, payload in hex] and writes, line by line, the type and the bytes of everything
that each input brings about, then the digest of the state. An input that meets a bug ends it, by name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

from deml.base.reports import encode_json
from deml.base.types import Address, Timestamp
from tests.support.digest import digest
from tests.support.slow import SLOW
from tests.support.world import Result, World

Recorded = tuple[str, int, str]


def record(history: Iterable[Result]) -> list[Recorded]:
    """What has to be kept of inputs to apply them again."""
    return [(one.meta.sender, one.meta.timestamp, one.payload.hex()) for one in history]


def transcript(inputs: Iterable[Recorded]) -> Iterator[str]:
    """Apply inputs to a new dapp, and yield all that it says, and its digest."""
    world = World(SLOW)
    for number, (sender, timestamp, payload) in enumerate(inputs):
        world.now = Timestamp(timestamp)
        try:
            result = world.resend(Address(sender), bytes.fromhex(payload))
        except Exception as bug:
            raise RuntimeError(f"input {number} from {sender} met a bug") from bug
        for emission in result.emissions:
            yield f"{type(emission).__name__} {emission.payload.hex()}"
        if result.problem is not None:
            yield encode_json(result.problem.as_report()).decode()
    yield digest(world.state)


def main() -> None:
    sys.stdout.writelines(line + "\n" for line in transcript(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
