"""Write ``scoring*.json``, or with ``--check`` only compare: ``python -m tests.vectors.generate_scoring``.

Files are written by the safetensors library and scored by the reference in integers and fractions. Nothing comes from
the ``deml`` package, which is tested against these files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.support import reference_families, reference_metrics
from tests.vectors import (
    scoring_cases,
    scoring_cases_centroids,
    scoring_cases_cnn,
    scoring_cases_embedding_bag,
    scoring_cases_encodings,
    scoring_cases_trees,
)
from tests.vectors.scoring_cases import Case, exact

DIRECTORY = Path(__file__).resolve().parent
FILES = {
    "scoring.json": scoring_cases.CASES,
    "scoring-cnn.json": scoring_cases_cnn.CASES,
    "scoring-trees.json": scoring_cases_trees.CASES,
    "scoring-centroids.json": scoring_cases_centroids.CASES,
    "scoring-embedding_bag.json": scoring_cases_embedding_bag.CASES,
    "scoring-encodings.json": scoring_cases_encodings.CASES,
}


def main(check: bool) -> int:
    """Write the files, or compare them; return 1 if one differs."""
    if not check:
        for name in FILES:
            (DIRECTORY / name).write_text(content(name), "utf-8")
    elif stale := [name for name in FILES if (DIRECTORY / name).read_text("utf-8") != content(name)]:
        print(f"not what generate_scoring.py makes of the cases: {', '.join(stale)}", file=sys.stderr)
        return 1
    return 0


def content(name: str) -> str:
    return json.dumps({"cases": [_encoded(case) for case in FILES[name]]}, indent=2) + "\n"


def _encoded(case: Case) -> dict[str, str]:
    return {
        "name": case.name,
        "architecture": json.dumps(case.architecture),
        "metric": case.metric,
        **{name: "0x" + file.hex() for name, file in case.files().items()},
        **({"refusal": case.refusal} if case.refusal else {"score": str(_score(case))}),
    }


def _score(case: Case) -> int:
    tensors = case.tensors()
    outputs = [reference_families.forward(case.architecture, tensors, row) for row in exact(case.holdout["x"])]
    return reference_metrics.score(case.metric, outputs, exact(case.holdout["y"]))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
