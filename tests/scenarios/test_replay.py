"""Who replays the inputs, another day, in another process, under another hash seed, gets the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from deml.base.inputs import DepositOrder, DirectInput
from tests.support.crowd import Crowd
from tests.support.replay import Recorded, record, transcript

ROOT = Path(__file__).resolve().parents[2]


KINDS = {one.__name__ for one in (*DirectInput.__args__, *DepositOrder.__args__)}


@pytest.fixture(scope="module")
def recorded() -> list[Recorded]:
    """What the first crowd sent that did everything there is to do."""
    for seed in count():
        crowd = Crowd(seed)
        for _ in range(160):
            crowd.step()
        crowd.finish()
        if all(crowd.seen[f"accepted {kind}"] or crowd.seen[f"deposit for {kind}: done"] for kind in KINDS):
            break
    assert len(crowd.world.history) >= 160
    return record(crowd.world.history)


def in_another_process(inputs: list[Recorded], hash_seed: str) -> list[str]:
    paths = os.pathsep.join([str(ROOT), *(one for one in sys.path if one)])
    finished = subprocess.run(
        [sys.executable, "-m", "tests.support.replay"],
        input=json.dumps(inputs),
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.splitlines()


def test_replays_under_two_hash_seeds_give_equal_bytes(recorded: list[Recorded]) -> None:
    here = list(transcript(recorded))
    assert len(here) > len(recorded)
    for hash_seed in ("1", "4294967295"):
        assert in_another_process(recorded, hash_seed) == here
