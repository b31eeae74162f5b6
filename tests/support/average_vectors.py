"""Average the cases of ``averages.json`` with the engine; it needs nothing but the ``deml`` package."""

from __future__ import annotations

from typing import Any

from deml.base.errors import DemlError
from deml.ipld import file_cid
from deml.scoring import load_holdout, load_model, no_sums, parse_architecture, parse_metric, score

MAX_ROWS = 100


def averaged(case: dict[str, Any]) -> dict[str, str]:
    """The mean's file and its score, or the code of a refusal."""
    try:
        architecture = parse_architecture(case["architecture"])
        initial = load_model(architecture, _content(case["initial"]))
        sums = no_sums(architecture)
        for one in case["models"]:
            sums = sums.plus(load_model(architecture, _content(one), initial))
        mean = sums.mean()
        metric = parse_metric(case["metric"], architecture)
        holdout = load_holdout(architecture, metric, _content(case["holdout"]), MAX_ROWS)
        found = score(load_model(architecture, mean, initial), holdout)
    except DemlError as error:
        return {"refusal": error.code()}
    return {"mean": "0x" + mean.hex(), "cid": str(file_cid(mean)), "score": str(found)}


def _content(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
