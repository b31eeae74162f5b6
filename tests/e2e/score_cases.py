"""Score cases on whatever platform this runs on: ``python -m tests.e2e.score_cases < cases.json``.

Reads ``{"cases": [...], "luck": [...]}`` as in ``tests/vectors/scoring.json`` and ``luck.json``, and writes what the
platform is, then a line for each case: its score, the digest of all outputs' bits, and its gain over itself a row later
with what of it is credited; or the report of the error that it was refused with. Of a case of ``averages.json`` it is
the mean's file, its CID and its score. Then a line for each gain: what is credited. It needs nothing but the ``deml``
package.
"""

from __future__ import annotations

import ctypes
import json
import platform
import sys
from hashlib import sha256
from typing import Any

import numpy as np

from deml.base.errors import DemlError
from deml.base.gain import Gain, Scale
from deml.base.limits import PPM
from deml.base.reports import encode_json
from deml.market import credited_gain
from deml.scoring import (
    Holdout,
    Model,
    evidence,
    load_holdout,
    load_model,
    parse_architecture,
    parse_metric,
    parse_pairing,
    qualities,
    score,
)
from tests.support.average_vectors import averaged

MAX_ROWS = 1_000
BAR = 8


def outcome(case: dict[str, Any]) -> str:
    if "models" in case:
        return json.dumps(averaged(case))
    try:
        architecture = parse_architecture(case["architecture"])
        initial = load_model(architecture, content(case["initial"])) if case.get("initial") else None
        model = load_model(architecture, content(case["model"]), initial)
        metric = parse_metric(case["metric"], architecture)
        holdout = load_holdout(architecture, metric, content(case["holdout"]), MAX_ROWS)
    except DemlError as error:
        return f"refused: {encode_json(error.as_report()).decode()}"
    outputs = np.ascontiguousarray(architecture.forward(model.compiled, holdout.prepared), np.float64)
    return f"{score(model, holdout)} {sha256(outputs.tobytes()).hexdigest()} {gain_of(model, holdout)}"


def gain_of(model: Model, holdout: Holdout) -> str:
    """Gain over the same model's rows in another order: every sum and scale that pay is made of."""
    metric = holdout.metric
    if metric.pairing is None:
        return "no pairing"
    pairing = parse_pairing(metric, model.architecture, PPM if metric.largest_cut else 0)
    worth = qualities(holdout, pairing, evidence(model, holdout, slice(None)))
    gain = pairing.gain(worth, np.roll(worth, 1), holdout.targets)
    return f"{gain} {credited_gain(gain, BAR)}"


def credited(case: dict[str, str]) -> str:
    scale = Scale(int(case["most"]), int(case["rows"]) * int(case["unit"]))
    return str(credited_gain(Gain(int(case["total"]), int(case["squares"]), scale), int(case["bar"])))


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
    given = json.load(sys.stdin)
    for case in given["cases"]:
        print(outcome(case))
    for case in given["luck"]:
        print(credited(case))


if __name__ == "__main__":
    main()
