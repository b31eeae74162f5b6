"""What a CID costs beyond the hashing it cannot do without: each task timed against bare sha256 in the same run.

The rounds interleave and the best of each task counts, so that other load on the machine tilts no ratio.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from hashlib import sha256
from time import perf_counter

from deml.base.inputs import Codec
from deml.ipld import file_car, file_cid, pack, read_file, unpack
from deml.ipld.writer import KUBO_CID_V1, Profile

SMALL_CHUNKS = Profile(chunk_bytes=16_384, width=174)


def tasks(data: bytes) -> dict[str, Callable[[], object]]:
    root, car = file_cid(data), file_car(data)
    small_root, small_car = file_cid(data, SMALL_CHUNKS), file_car(data, SMALL_CHUNKS)
    packed = pack(Codec.ZLIB, car)
    return {
        "bare sha256": lambda: sha256(data).digest(),
        f"file -> CID, chunks of {KUBO_CID_V1.chunk_bytes}": lambda: file_cid(data),
        "file -> CAR": lambda: file_car(data),
        "CAR -> verified file": lambda: read_file(car, root, len(data)),
        f"CAR -> verified file, chunks of {SMALL_CHUNKS.chunk_bytes}": lambda: read_file(
            small_car, small_root, len(data)
        ),
        "zlib -> verified file": lambda: read_file(unpack(Codec.ZLIB, packed, len(car)), root, len(data)),
    }


def best_times(named: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    best = dict.fromkeys(named, float("inf"))
    for _ in range(rounds):
        for name, task in named.items():
            start = perf_counter()
            task()
            best[name] = min(best[name], perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=16, help="size of the file")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    data = random.Random(0).randbytes(arguments.mib * 2**20)
    times = best_times(tasks(data), arguments.rounds)
    bare = times["bare sha256"]
    print(f"{arguments.mib} MiB, best of {arguments.rounds} rounds")
    print(f"{'task':45}{'ms':>9}{'MiB/s':>9}{'ratio':>8}")
    for name, seconds in times.items():
        print(f"{name:45}{seconds * 1e3:9.1f}{arguments.mib / seconds:9.0f}{seconds / bare:8.2f}")


if __name__ == "__main__":
    main()
