"""Count riscv64 instructions, inside the emulated computer that ``benchmarks/bench_machine.py`` starts.

There the clock advances by one nanosecond an instruction, so a difference of clock readings is a number of
instructions: the kernel's and those of page faults included, in steps of 100.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 5


def count(function: Callable[[], Any]) -> int:
    """Fewest instructions of some calls of `function`, after one that is not counted."""
    function()
    counts = []
    for _ in range(ROUNDS):
        begun = time.perf_counter_ns()
        function()
        counts.append(time.perf_counter_ns() - begun)
    return min(counts)


def report(
    name: str,
    function: Callable[[], Any],
    *,
    times: int = 1,
    machine: float | None = None,
    target: float | None = None,
) -> None:
    """Print, as a line of JSON, the millions of instructions of one call.

    Parameters
    ----------
    times
        How often `function` does what is named.
    machine
        What the same work took in a real Cartesi Machine, in millions of mcycles, where that is known.
    target
        What it should take at most.
    """
    counted = count(function) / times / 1e6
    print(json.dumps({"name": name, "counted": counted, "machine": machine, "target": target}), flush=True)
