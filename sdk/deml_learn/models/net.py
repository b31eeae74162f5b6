"""The net under every import and export: what is written must say what the original says, or nothing is written.

The original runs as it is, up to its real outputs, on rows made for the purpose and on the user's own; each output is
compared with what our scores make of it. Whatever the cause of a difference, it is found here (ADR 37).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Model
from deml.scoring.families.trees import Trees
from deml.scoring.task import Task
from deml_learn.models.errors import ExportDiffers, ImportDiffers
from deml_learn.models.exits import Exit, Says, by_class, expected
from deml_learn.models.forest import LARGEST
from deml_learn.models.rows import rows_for, typical_of
from deml_learn.models.source import Features, Original, SourceOutputs

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Allowance:
    """How far two outputs may be apart.

    Parameters
    ----------
    share
        Of a probability.
    spread
        Of a value or score, as a part of the standard deviation of the original's.
    relative
        Of a value or score, as a part of itself.
    """

    share: float
    spread: float
    relative: float


FOR_TREES: Final = Allowance(1e-5, 1e-5, 2.0**-18)
"""Trees send every row the same way; what is left is the rounding of sums to float32."""
FOR_LAYERS: Final = Allowance(1e-3, 1e-3, 1e-5)
"""The engine keeps some 24 bits of each product, as float32 does, but not the same."""

NUDGE: Final = 2.0**-20
"""By which part each feature is moved, to see how much outputs depend on digits that float32 hardly has: a part of
itself, or, in rows on an edge, of the largest of its row, since the engine has one grid for a row."""
NUDGES: Final = 4.0
"""How many times as far as by such a nudge layers may be apart."""

MADE: Final = "rows made to try it"
OWN: Final = "your rows"


@dataclass(frozen=True, slots=True)
class Gap:
    """How far an output is from what it should be, and how far it may be: a number a row."""

    says: Says
    gap: Array
    allowed: Array

    @property
    def beyond(self) -> NDArray[np.bool_]:
        """Rows in which it is too far."""
        return ~(self.gap <= self.allowed)


@dataclass(frozen=True, slots=True)
class Caught:
    """What the original said of the user's own rows, and by how much each output differed there.

    `made` is how many rows were made for the purpose beside them.
    """

    said: SourceOutputs
    gaps: Sequence[Gap]
    made: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A DeML model, and where it comes from.

    Parameters
    ----------
    places
        Numbers that our model gives the original's classes, if they are not in order.
    """

    model: Model
    exits: Sequence[Exit]
    original: Original
    places: Sequence[int] = ()
    features: Features = field(default_factory=Features)


def require_same(pair: Pair, own: Array | None = None) -> Caught:
    """Compare the two on rows made for the purpose, and on the user's own if there are any.

    Raises
    ------
    ImportDiffers
        At the first output that differs by more than is allowed.
    LoaderFailed
        If the original cannot be run.
    """
    made = rows_for(pair.model, pair.features)
    parts = [made.x] if own is None else [made.x, own.astype(np.float32).astype(np.float64)]
    ordinary = [made.ordinary] if own is None else [made.ordinary, np.ones(len(own), np.bool_)]
    said, gaps = _gaps(pair, np.concatenate(parts), np.concatenate(ordinary))
    split = len(made.x)
    for where, part in ((MADE, slice(split)), (OWN, slice(split, None))):
        for one in gaps:
            _require(said.judge, where, Gap(one.says, one.gap[part], one.allowed[part]))
    mine = slice(split, None)
    return Caught(
        SourceOutputs([one[mine] for one in said.outputs], said.judge, said.takes_missing),
        [Gap(one.says, one.gap[mine], one.allowed[mine]) for one in gaps],
        split,
    )


def require_written(target: str, pair: Pair) -> str:
    """Compare what was written with the model that it was written from; tell who ran it.

    Raises
    ------
    ExportDiffers, LoaderFailed
    """
    made = rows_for(pair.model, pair.features)
    said, gaps = _gaps(pair, made.x, made.ordinary)
    for one in gaps:
        if one.beyond.any():
            raise ExportDiffers(target, said.judge, one.says.quantity, *_worst(one))
    return said.judge


def scores_of(model: Model, x: Array, places: Sequence[int] = ()) -> Array:
    """Ours, as `deml_learn.models.exits` takes them: a logit for each of the original's classes, or a value."""
    architecture = model.architecture
    outputs = architecture.forward(model.compiled, architecture.prepare(x))
    if architecture.task is Task.REGRESSION:
        return outputs
    scores = by_class(outputs)
    return scores[:, list(places)] if places else scores


def _gaps(pair: Pair, x: Array, ordinary: NDArray[np.bool_]) -> tuple[SourceOutputs, list[Gap]]:
    """Run both on the same rows, and where there are layers on rows a little beside them."""
    trees = isinstance(pair.model.architecture, Trees)
    every = x if trees else np.concatenate([x, *(_nudged(pair, x, ordinary, side) for side in (1.0, -1.0))])
    scores = scores_of(pair.model, every, pair.places)
    said = pair.original(every)
    rows = len(x)
    allowance = FOR_TREES if trees else FOR_LAYERS
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # what the original overflows at is no number, and counts as none
        found = [
            _Gaps(allowance, one.says, scores, output, ordinary).found()
            for one, output in zip(pair.exits, said.outputs, strict=True)
        ]
    return SourceOutputs([one[:rows] for one in said.outputs], said.judge, said.takes_missing), found


def _nudged(pair: Pair, x: Array, ordinary: NDArray[np.bool_], side: float) -> Array:
    signs = side * np.where(np.arange(x.size, dtype=np.int64).reshape(x.shape) * 7 % 5 < 3, 1.0, -1.0)
    typical = typical_of(pair.model, pair.features)
    scale = np.ones(x.shape[1]) if typical is None else np.abs(typical.scale)
    largest = (np.abs(x) / scale).max(axis=1, keepdims=True) * scale
    moved: Array = x + NUDGE * signs * np.where(ordinary[:, None], np.abs(x), largest)
    grouped = [place for group in pair.features.groups for place in group]
    moved[:, grouped] = x[:, grouped]
    return np.clip(moved, -LARGEST, LARGEST).astype(np.float32).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Gaps:
    """One output of rows, and behind them, where there are layers, of the same rows nudged to either side."""

    allowance: Allowance
    says: Says
    scores: Array
    said: Array
    ordinary: NDArray[np.bool_]

    def found(self) -> Gap:
        rows = len(self.ordinary)
        gap, allowed = self._classes() if self.says is Says.CLASS else self._numbers()
        unheard = ~np.isfinite(_level(self.says, self.said[:rows])).all(axis=1)
        gap = np.where(unheard, np.where(self.ordinary, np.inf, 0.0), gap)
        return Gap(self.says, gap, np.where(unheard, 0.0, allowed))

    def _numbers(self) -> tuple[Array, Array]:
        rows = len(self.ordinary)
        said = _level(self.says, self.said)
        ours = _level(self.says, expected(self.says, self.scores, said.shape[1]))
        if ours.shape != said.shape:
            return np.full(rows, np.inf), np.zeros(rows)
        gap = np.abs(_centred(self.says, ours) - _centred(self.says, said)).max(axis=1)[:rows]
        gap = np.where(np.isnan(ours[:rows]).any(axis=1), 0.0, gap)
        return gap, self._allowed(ours[:rows], said[:rows]) + self._moved(said)

    def _allowed(self, ours: Array, said: Array) -> Array:
        if self.says.quantity == "a probability":
            return np.full(len(said), self.allowance.share, np.float64)
        heard = _centred(self.says, said[self.ordinary])
        heard = heard[np.isfinite(heard).all(axis=1)]
        spread = float(np.std(heard)) if len(heard) else 0.0
        largest = np.maximum(np.abs(ours), np.abs(said)).max(axis=1)
        allowed: Array = self.allowance.spread * spread + self.allowance.relative * largest
        return allowed

    def _classes(self) -> tuple[Array, Array]:
        """How much likelier our class is than the original's: nothing, where they are one."""
        rows = len(self.ordinary)
        scores = self.scores[:rows]
        if self.said.shape[1] != 1:
            return np.full(rows, np.inf), np.zeros(rows)
        theirs = np.nan_to_num(self.said[:rows, 0], nan=-1.0)
        known = (theirs >= 0) & (theirs < scores.shape[1]) & (theirs == np.floor(theirs))
        place = np.where(known, theirs, 0).astype(np.int64)
        gap = scores.max(axis=1) - scores[np.arange(rows, dtype=np.int64), place]
        allowed = self._allowed(scores, scores) + self._moved(self.scores)
        return np.where(known, gap, np.inf), allowed

    def _moved(self, outputs: Array) -> Array:
        """How much further apart outputs may be where a nudge of the features moves them."""
        rows = len(self.ordinary)
        if len(outputs) == rows:
            return np.zeros(rows)
        beside = outputs[rows:].reshape(-1, rows, outputs.shape[1])
        moved: Array = NUDGES * np.abs(beside - outputs[:rows]).max(axis=(0, 2))
        return moved


def _level(says: Says, outputs: Array) -> Array:
    """Outputs on the scale on which they are compared: probabilities in place of their logarithms."""
    return np.exp(outputs) if says is Says.LOG_SHARES else outputs


def _centred(says: Says, outputs: Array) -> Array:
    """Scores of several classes less their mean: only their differences count."""
    if says is Says.SCORES and outputs.shape[1] > 1:
        outputs = outputs - outputs.mean(axis=1, keepdims=True)
    return outputs


def _require(judge: str, where: str, one: Gap) -> None:
    beyond = one.beyond
    if beyond.any():
        largest, allowed = _worst(one)
        rows = f"{len(beyond):,} {where}"
        first = int(np.argmax(beyond)) + 1
        raise ImportDiffers(judge, one.says.quantity, largest, allowed, int(beyond.sum()), rows, first)


def _worst(one: Gap) -> tuple[str, str]:
    """The largest difference that is not allowed, and what is allowed there."""
    place = int(np.argmax(np.where(one.beyond, one.gap, -1.0)))
    return f"{one.gap[place]:.3g}", f"{one.allowed[place]:.3g}"
