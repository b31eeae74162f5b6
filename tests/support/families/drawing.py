"""Fields that several families have, drawn for small models and for the extremes."""

from __future__ import annotations

from random import Random
from typing import Any

from deml.scoring.activations import ACTIVATIONS

Fields = dict[str, Any]


def small_task(draw: Random) -> Fields:
    if draw.randrange(3) == 0:
        return {"task": "regression", "outputs": 1}
    return {"task": "classification", "outputs": draw.randint(1, 5)}


def small_standardize(draw: Random) -> Fields:
    return {"standardize": True} if draw.randrange(2) else {}


def activation(draw: Random) -> Fields:
    return {"activation": draw.choice(list(ACTIVATIONS))}


def activation_or_none(draw: Random) -> str:
    return draw.choice(["none", *ACTIVATIONS])


def pick(draw: Random, low: int, high: int) -> int:
    """An end of the range, or something between, of any size."""
    between = round(2 ** draw.uniform(0, (high + 1).bit_length() - 1))
    return draw.choice([low, high, min(max(between, low), high), min(max(between, low), high)])


def extreme_task(draw: Random) -> Fields:
    if draw.randrange(4) == 0:
        return {"task": "regression", "outputs": 1}
    return {"task": "classification", "outputs": pick(draw, 1, 1_024)}


def extreme_standardize(draw: Random) -> Fields:
    return {"standardize": draw.random() < 0.5}


def extreme_hidden(draw: Random, least: int) -> Fields:
    widths = [pick(draw, 1, 8_192) for _ in range(draw.randint(least, 8))]
    return {"hidden": widths} | activation(draw)
