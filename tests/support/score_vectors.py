"""Score the cases of ``scoring.json`` with the engine; as a program, from standard input to standard output.

It needs nothing but the ``deml`` package, so that it runs inside another machine's userland too.
"""

from __future__ import annotations

import json
import sys

from deml.base.errors import DemlError
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score

MAX_ROWS = 100


def outcome(case: dict[str, str]) -> dict[str, str]:
    """``score``, or ``refusal`` with an error's code."""
    try:
        architecture = parse_architecture(case["architecture"])
        initial = load_model(architecture, bytes.fromhex(case["initial"][2:])) if "initial" in case else None
        model = load_model(architecture, bytes.fromhex(case["model"][2:]), initial)
        metric = parse_metric(case["metric"], architecture)
        holdout = load_holdout(architecture, metric, bytes.fromhex(case["holdout"][2:]), MAX_ROWS)
    except DemlError as error:
        return {"refusal": error.code()}
    return {"score": str(score(model, holdout))}


if __name__ == "__main__":
    print(json.dumps([outcome(case) for case in json.load(sys.stdin)["cases"]]))
