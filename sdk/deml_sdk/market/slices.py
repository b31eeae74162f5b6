"""How many inputs it takes to score a model: anyone can tell from the terms."""

from __future__ import annotations

from deml.base.terms import Terms
from deml.scoring import parse_architecture, parse_metric, slicing


def inputs_for(terms: Terms, rows: int) -> int:
    """Count the inputs that score a model of a job on `rows` rows.

    Raises
    ------
    DemlError
        If the terms are not such as the dapp accepts.
    """
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    cut = slicing(architecture, metric, terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    return cut.inputs(rows)
