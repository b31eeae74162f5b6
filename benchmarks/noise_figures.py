"""Means with their errors, bars to hold them to, and credited gains of many holdouts at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))

from noise_settings import (
    PPM,
    Noise,
    Scorer,
)

from deml.base.gain import Gain, Scale
from deml.market import credited_gain

BATCH = 1_000


@dataclass
class Mean:
    """A mean in the making, and its standard error."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, values: NDArray[np.float64]) -> None:
        self.count += len(values)
        self.total += float(values.sum())
        self.squares += float((values * values).sum())

    @property
    def value(self) -> float:
        return self.total / self.count

    @property
    def error(self) -> float:
        return float(np.sqrt(max(self.squares / self.count - self.value**2, 0.0) / self.count))

    def __str__(self) -> str:
        return f"{100 * self.value:.3f} +- {100 * self.error:.3f}"


@dataclass
class Bars:
    """What the project holds itself to, in per cent, and what was missed."""

    missed: list[str] = field(default_factory=list)

    def at_most(self, what: str, found: Mean | float, limit: float) -> str:
        return self._judge(what, found, limit, lambda value: value <= limit, "<=")

    def at_least(self, what: str, found: Mean | float, limit: float) -> str:
        return self._judge(what, found, limit, lambda value: value >= limit, ">=")

    def _judge(self, what: str, found: Mean | float, limit: float, held: Callable[[float], bool], sign: str) -> str:
        value = 100 * (found.value if isinstance(found, Mean) else found)
        if not held(value):
            self.missed.append(f"{what}: {value:.3f}, not {sign} {limit:g}")
        return f"{found if isinstance(found, Mean) else f'{value:.3f}'} ({sign} {limit:g})"


def draws(random: np.random.Generator, pool: int, rows: int, resamples: int) -> Iterator[NDArray[np.float32]]:
    """How often each row of the pool is drawn, a batch of holdouts at a time."""
    for done in range(0, resamples, BATCH):
        size = min(BATCH, resamples - done)
        drawn = random.integers(pool, size=(size, rows)) + pool * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * pool).reshape(size, pool).astype(np.float32)


def sums(counts: NDArray[np.float32], gains: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Sums of gains and of their squares, by holdout and model."""
    return (counts @ gains.T).astype(np.float64), (counts @ (gains * gains).T).astype(np.float64)


def in_most(gains: NDArray[np.int64], a_row: Scale) -> NDArray[np.float32]:
    """Gains as parts of the most that a row can count."""
    return (gains / a_row.most).astype(np.float32)


def credited(total: NDArray[Any], squares: NDArray[Any], rows: int, a_row: Scale, bar: int) -> NDArray[np.float64]:
    """`deml.market.credited_gain` of many sums at once, in floats; `agrees` holds it to the exact one."""
    left = 2 * total * total - bar * np.maximum(2 * squares, total)
    root = np.sqrt(np.maximum(left, 0) / 2) * (a_row.most / a_row.whole)
    return np.where(total > 0, root, 0) / rows


def agrees(random: np.random.Generator, noise: Noise, counts: NDArray[np.float32], bar: int) -> None:
    """Hold the floats to the project's own rule on some models and holdouts, exactly."""
    a_row = a_row_of(noise.scorer)
    for _ in range(3):
        model, holdout = random.integers(len(noise.gains)), random.integers(len(counts))
        drawn = np.repeat(noise.gains[model], counts[holdout].astype(np.int64)).tolist()
        gain = Gain(sum(drawn), sum(one * one for one in drawn), Scale(a_row.most, len(drawn) * a_row.whole))
        parts = sums(np.ones((1, len(drawn)), np.float32), in_most(np.array([drawn]), a_row))
        fast = float(credited(*parts, len(drawn), a_row, bar)[0, 0])
        if abs(credited_gain(gain, bar) - PPM * fast) > 2 + 1e-3 * PPM * fast:
            raise AssertionError(f"{noise.metric}, {noise.setting}: {credited_gain(gain, bar)} and {PPM * fast}")


def a_row_of(scorer: Scorer) -> Scale:
    if scorer.pairing.a_row is None:
        raise ValueError(f"the scale of {scorer.metric.name} depends on the rows drawn")
    return scorer.pairing.a_row
