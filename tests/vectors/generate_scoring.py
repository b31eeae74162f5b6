"""Write ``scoring*.json`` and ``averages.json``, or with ``--check`` only compare.

Run it by ``python -m tests.vectors.generate_scoring``.

Files are written by the safetensors library and scored by the reference in integers and fractions. Nothing comes from
the ``deml`` package, which is tested against these files, but the shapes of the random models that are averaged.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from tests.support import families, reference_averaging, reference_metrics
from tests.support.random_pairs import Group
from tests.support.random_tensors import nested
from tests.support.reference_encodings import decode
from tests.vectors import average_cases, scoring_cases
from tests.vectors.scoring_cases import Case, exact

DIRECTORY = Path(__file__).resolve().parent
OTHERS = sorted(one.stem for one in DIRECTORY.glob("scoring_cases_*.py"))
FILES = {"scoring.json": scoring_cases.CASES} | {
    f"scoring-{one.removeprefix('scoring_cases_')}.json": import_module(f"tests.vectors.{one}").CASES for one in OTHERS
}


AVERAGES = "averages.json"


def main(check: bool) -> int:
    """Write the files, or compare them; return 1 if one differs."""
    if not check:
        for name in (*FILES, AVERAGES):
            (DIRECTORY / name).write_text(content(name), "utf-8")
    elif stale := [name for name in (*FILES, AVERAGES) if (DIRECTORY / name).read_text("utf-8") != content(name)]:
        print(f"not what generate_scoring.py makes of the cases: {', '.join(stale)}", file=sys.stderr)
        return 1
    return 0


def content(name: str) -> str:
    if name == AVERAGES:
        return json.dumps({"cases": [_averaged(group) for group in average_cases.CASES]}, indent=2) + "\n"
    return json.dumps({"cases": [_encoded(case) for case in FILES[name]]}, indent=2) + "\n"


def _encoded(case: Case) -> dict[str, str]:
    return {
        "name": case.name,
        "architecture": json.dumps(case.architecture),
        "metric": case.metric,
        **{name: "0x" + file.hex() for name, file in case.files().items()},
        **({"refusal": case.refusal} if case.refusal else {"score": str(_score(case))}),
    }


def _averaged(group: Group) -> dict[str, Any]:
    shapes = {name: spec.shape for name, spec in group.specs.items()}
    mean = reference_averaging.mean(group.values, shapes)
    tensors = {name: nested(decode(mean, name, []), shape) for name, shape in shapes.items()}
    outputs = [families.forward(group.fields, tensors, row) for row in group.rows]
    file = save({name: np.frombuffer(one.data, "<f4").reshape(one.shape) for name, one in mean.items()})
    score = reference_metrics.score(group.metric, outputs, group.targets)
    return {**group.as_case(), "mean": "0x" + file.hex(), "score": str(score)}


def _score(case: Case) -> int:
    tensors = case.tensors()
    outputs = [families.forward(case.architecture, tensors, row) for row in exact(case.holdout["x"])]
    return reference_metrics.score(case.metric, outputs, exact(case.holdout["y"]))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
