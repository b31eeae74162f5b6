"""Work whose cost in a real Cartesi Machine was measured: how far a count can be trusted."""

from __future__ import annotations

import hashlib

import numpy as np
from counting import report

random = np.random.default_rng(0)
x, w, v = random.normal(size=(1000, 64)), random.normal(size=(64, 32)), random.normal(size=(32, 10))
whole = [(100 * one).astype(np.int64) for one in (x, w, v)]
megabyte = bytes(1 << 20)
numbers = random.normal(size=64_000)


def loop() -> int:
    s = 0
    for i in range(100_000):
        s += i * i
    return s


report("sha256 of 1 MiB", lambda: hashlib.sha256(megabyte).digest(), machine=73)
report("float64 add, 64,000 elements", lambda: numbers + numbers, machine=0.58)
report("1000x64 @ 64x32 @ 32x10, float64, OpenBLAS", lambda: x @ w @ v, machine=6.1)
report("the same in int64", lambda: whole[0] @ whole[1] @ whole[2], machine=22.1)
report("Python: 100,000 of s += i * i", loop, machine=84)
