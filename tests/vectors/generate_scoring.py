"""Write ``scoring.json``, or with ``--check`` only compare: ``python -m tests.vectors.generate_scoring``.

Files are written by the safetensors library and scored by the reference in integers and fractions. Nothing comes from
the ``deml`` package, which is tested against this file.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from tests.support import reference_metrics
from tests.support import reference_scoring as reference
from tests.vectors.scoring_cases import CASES, Case

PATH = Path(__file__).resolve().with_name("scoring.json")


def main(check: bool) -> int:
    """Write the file, or compare it; return 1 if it differs."""
    if not check:
        PATH.write_text(content(), "utf-8")
    elif PATH.read_text("utf-8") != content():
        print(f"{PATH.name} is not what generate_scoring.py makes of scoring_cases.py", file=sys.stderr)
        return 1
    return 0


def content() -> str:
    return json.dumps({"cases": [_encoded(case) for case in CASES]}, indent=2) + "\n"


def _encoded(case: Case) -> dict[str, str]:
    return {
        "name": case.name,
        "architecture": json.dumps(case.architecture),
        "metric": case.metric,
        "model": "0x" + save(case.model).hex(),
        "holdout": "0x" + save(case.holdout).hex(),
        **({"refusal": case.refusal} if case.refusal else {"score": str(_score(case))}),
    }


def _score(case: Case) -> int:
    tensors = {name: _exact(tensor) for name, tensor in case.model.items()}
    outputs = [reference.forward(tensors, row) for row in _exact(case.holdout["x"])]
    targets = case.holdout["y"]
    return reference_metrics.score(
        case.metric, outputs, targets.tolist() if targets.dtype.kind in "iu" else _exact(targets)
    )


def _exact(array: np.ndarray) -> Any:
    return [_exact(part) for part in array] if array.ndim else Fraction(float(array))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
