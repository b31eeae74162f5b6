"""Runs ``tests/integration/helia_peer.mjs``, a Helia node that takes a list of jobs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PEER = Path(__file__).parents[1] / "integration" / "helia_peer.mjs"


def helia(jobs: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Have a Helia node do some jobs; the results are in their order."""
    done = subprocess.run(["node", str(PEER)], input=json.dumps(jobs), capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))
