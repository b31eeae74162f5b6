"""Where the repository keeps what the devnet runs: npm's packages and compiled contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
NODE_MODULES: Final = ROOT / "node_modules"
CARTESI_ARTIFACTS: Final = NODE_MODULES / "@cartesi" / "rollups" / "out"
OWN_ARTIFACTS: Final = ROOT / "contracts" / "out"
