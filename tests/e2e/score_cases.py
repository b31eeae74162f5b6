"""Score cases on whatever platform this runs on: ``python -m tests.e2e.score_cases < cases.json``.

Reads ``{"cases": [...]}`` as in ``tests/vectors/scoring.json`` and writes what the platform is, then a line for each
case: its score and the digest of all outputs' bits, or the report of the error that it was refused with. It needs
nothing but the ``deml`` package.
"""

from __future__ import annotations

import ctypes
import json
import platform
import sys
from hashlib import sha256

import numpy as np

from deml.base.errors import DemlError
from deml.base.reports import encode_json
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score

MAX_ROWS = 1_000


def outcome(case: dict[str, str]) -> str:
    try:
        architecture = parse_architecture(case["architecture"])
        initial = load_model(architecture, content(case["initial"])) if case.get("initial") else None
        model = load_model(architecture, content(case["model"]), initial)
        metric = parse_metric(case["metric"], architecture)
        holdout = load_holdout(architecture, metric, content(case["holdout"]), MAX_ROWS)
    except DemlError as error:
        return f"refused: {encode_json(error.as_report()).decode()}"
    outputs = np.ascontiguousarray(architecture.forward(model.compiled, holdout.prepared), np.float64)
    return f"{score(model, holdout)} {sha256(outputs.tobytes()).hexdigest()}"


def content(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def blas() -> str:
    """Which BLAS the system's numpy has loaded; numpy's wheels bring their own."""
    try:
        library = ctypes.CDLL("libblas.so.3")
    except OSError:
        return "its own OpenBLAS"
    return "OpenBLAS" if hasattr(library, "openblas_get_config") else "reference BLAS"


def main() -> None:
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, {blas()}")
    for case in json.load(sys.stdin)["cases"]:
        print(outcome(case))


if __name__ == "__main__":
    main()
