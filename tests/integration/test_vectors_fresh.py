"""The committed vectors are what the generator makes of the interfaces as they are now."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def _compiled_interfaces() -> None:
    forge = ROOT / "node_modules" / "@foundry-rs" / "forge" / "bin.mjs"
    subprocess.run([forge, "build", "--skip", "test"], cwd=ROOT / "contracts", check=True, capture_output=True)


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_committed_vectors_equal_generated_ones(hash_seed: str) -> None:
    generator = ROOT / "tests" / "vectors" / "generate.py"
    result = subprocess.run(
        [sys.executable, generator, "--check"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
