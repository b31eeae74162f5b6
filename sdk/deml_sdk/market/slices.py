"""How many inputs it takes to score a model, or to average all: anyone can tell from the terms."""

from __future__ import annotations

from deml.base.answers import Average
from deml.base.terms import Terms
from deml.scoring import BUDGET, Averaging, Slicing, averaging, parse_architecture, parse_metric, slicing


def inputs_for(terms: Terms, rows: int) -> int:
    """Count the inputs that score a model of a job on `rows` rows.

    Raises
    ------
    DemlError
        If the terms are not such as the dapp accepts.
    """
    return _slicing(terms).inputs(rows)


def inputs_for_average(terms: Terms, rows: int, average: Average) -> int:
    """Count the inputs that are still needed to make an average and score it on `rows` rows.

    Raises
    ------
    DemlError
        If the terms are not such as the dapp accepts.
    """
    cut, prices = _slicing(terms), _prices(terms)
    steps = [prices.a_model] * (average.models - average.added)
    steps += [prices.the_file] if average.model_cid is None else []
    steps += [prices.a_slice] * cut.slices(rows - average.rows_done)
    inputs, left = 1, prices.an_input
    for cycles in steps:
        if cycles > left:
            inputs, left = inputs + 1, prices.an_input
        left -= cycles
    return inputs


def _slicing(terms: Terms) -> Slicing:
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    return slicing(architecture, metric, terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes, BUDGET)


def _prices(terms: Terms) -> Averaging:
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    return averaging(architecture, metric, *sizes, _slicing(terms), BUDGET)
