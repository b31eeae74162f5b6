"""Write a model in fewer bytes: coarser numbers, or only what changed since the job's initial model.

`docs/scoring.md`, "Encodings", says how each is read back. What counts is the size after the transport's compression,
which is what calldata costs: small integers, most of them zero, take a bit or two there, not the eight they have here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.errors import DemlError
from deml.base.inputs import Codec
from deml.ipld import file_car, pack
from deml.scoring import Architecture, Model
from deml.scoring.architecture import TensorKind
from deml.scoring.encodings import LEAST_SCALE, delta_name, scale_name, skip_name
from deml.scoring.families.standardizer import MEAN, SCALE
from deml.scoring.safetensors import DTYPES, write_tensors

Array = NDArray[Any]
Tensors = dict[str, Array]

MOST_SKIPPED: Final = 255
"""Largest count in a sparse delta; a longer way goes by changes of zero."""

EXACT: Final = (MEAN, SCALE)
"""Tensors kept in float32: a few numbers, whose rounding would move every row."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the real tensors of a file are stored.

    `levels` is the largest integer that a scaled tensor uses: the fewer, the coarser, and the better it packs.
    """

    dtype: str
    levels: int = 0
    delta: bool = False
    sparse: bool = False

    def __str__(self) -> str:
        """Name it for people."""
        parts = [self.dtype, f"{self.levels} levels" if self.levels else "", "sparse" if self.sparse else ""]
        return ("change in " if self.delta else "") + ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file, how it is encoded, the bytes that it takes in an upload, and its score where that was asked for."""

    file: bytes
    encoding: Encoding
    packed: int
    score: int | None = None


PLAIN: Final = (Encoding("F32"), Encoding("F16"), Encoding("BF16"), Encoding("I16", 32_767), Encoding("I8", 127))
"""Encodings that need no initial model, from the most exact to the coarsest."""

LEVELS: Final = (1, 2, 3, 5, 7, 11, 15, 23, 31, 63, 127)
"""Levels that are tried for the smallest file."""


def encode(
    architecture: Architecture, tensors: Mapping[str, Array], encoding: Encoding, initial: Mapping[str, Array] | None
) -> bytes:
    """Write tensors as a model file.

    Parameters
    ----------
    tensors
        The architecture's, widened or not.
    initial
        The job's initial model's, if there is one: where nothing changed, the file says only so.
    """
    file: Tensors = {}
    with np.errstate(over="ignore"):  # What a type cannot hold becomes infinite, and readers refuse it.
        for name, spec in architecture.tensor_specs().items():
            if spec.kind is TensorKind.INTEGER:
                file[name] = _smallest_integers(tensors[name])
            else:
                before = None if initial is None else initial[name]
                file |= _reals(name, np.asarray(tensors[name], np.float64), encoding, before)
    return write_tensors(file)


def packed_size(file: bytes) -> int:
    """Bytes of a file in an upload."""
    return len(pack(Codec.ZLIB, file_car(file)))


def candidates(with_initial: bool) -> Iterator[Encoding]:
    """Encodings worth trying."""
    yield from PLAIN
    yield from (Encoding("I8", levels) for levels in LEVELS if levels < PLAIN[-1].levels)
    if with_initial:
        for levels in LEVELS:
            yield Encoding("I8", levels, delta=True)
            yield Encoding("I8", levels, delta=True, sparse=True)


def smallest(
    model: Model,
    initial: Model | None,
    score_of: Callable[[bytes], int],
    allowed_loss: int,
    tried: Callable[[int, int], None] = lambda _number, _total: None,
) -> Encoded:
    """Find the encoding that takes fewest bytes and keeps the score.

    Parameters
    ----------
    score_of
        Score, in ppm, of a model file: on rows that were not trained on, by the job's metric.
    allowed_loss
        How far below the score in float32 the chosen file may be, in ppm.
    tried
        Called before each encoding with its number and how many there are.
    """
    given = None if initial is None else initial.tensors
    exact = encode(model.architecture, model.tensors, PLAIN[0], given)
    best = Encoded(exact, PLAIN[0], packed_size(exact), score_of(exact))
    least = (best.score or 0) - allowed_loss
    encodings = list(candidates(initial is not None))
    for number, encoding in enumerate(encodings, start=1):
        tried(number, len(encodings))
        file = encode(model.architecture, model.tensors, encoding, given)
        size = packed_size(file)
        if size >= best.packed:
            continue
        try:
            score = score_of(file)
        except DemlError:
            continue
        if score >= least:
            best = Encoded(file, encoding, size, score)
    return best


def _reals(name: str, values: Array, encoding: Encoding, initial: Array | None) -> Tensors:
    if initial is not None and np.array_equal(values, initial):
        return _unchanged(name)
    if name in EXACT:
        return {name: values.astype(np.float32)}
    if encoding.delta and initial is not None:
        return _delta(name, values - initial, encoding)
    return _numbers(name, values, encoding, per_channel=values.ndim > 1)


def _delta(name: str, change: Array, encoding: Encoding) -> Tensors:
    stored = _numbers(delta_name(name), change, encoding, per_channel=False)
    if not encoding.sparse:
        return stored
    flat = stored[delta_name(name)].ravel()
    places = _with_stops(np.flatnonzero(flat))
    skips = np.diff(places, prepend=-1) - 1
    return stored | {delta_name(name): flat[places], skip_name(name): skips.astype(np.uint8)}


def _with_stops(places: Array) -> Array:
    """Add places such that no two are further apart than a count says.

    `places` are numpy's own indices: `repeat` takes no counts of 64 bits where addresses have 32.
    """
    gaps = np.diff(places, prepend=-1) - 1
    stops = gaps // (MOST_SKIPPED + 1)
    starts = np.repeat(np.concatenate([[-1], places])[:-1], stops)
    within = np.arange(len(starts), dtype=np.int64) - np.repeat(np.cumsum(stops, dtype=np.int64) - stops, stops)
    return np.sort(np.concatenate([places, starts + (within + 1) * (MOST_SKIPPED + 1)]))


def _unchanged(name: str) -> Tensors:
    return {delta_name(name): np.zeros(0, np.float16), skip_name(name): np.zeros(0, np.uint8)}


def _numbers(name: str, values: Array, encoding: Encoding, *, per_channel: bool) -> Tensors:
    if encoding.dtype == "BF16":
        return {name: bfloat16(values)}
    if not encoding.levels:
        return {name: values.astype(DTYPES[encoding.dtype])}
    axes = tuple(range(1, values.ndim)) if per_channel else None
    largest = np.max(np.abs(values), axis=axes, initial=0.0)
    scale = np.where(largest > 0, np.maximum(largest / encoding.levels, LEAST_SCALE), 1.0).astype(np.float32)
    steps = values / (scale.reshape(scale.shape + (1,) * (values.ndim - 1)) if per_channel else scale)
    integers = np.clip(np.rint(steps), -encoding.levels, encoding.levels).astype(DTYPES[encoding.dtype])
    return {name: integers, scale_name(name): scale}


def bfloat16(values: Array) -> Array:
    """Round to the nearest, ties to even: the upper half of a float32."""
    bits = values.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(DTYPES["BF16"])


def _smallest_integers(values: Array) -> Array:
    low, high = int(values.min(initial=0)), int(values.max(initial=0))
    fitting = (one for one in ("I8", "I16") if np.iinfo(DTYPES[one]).min <= low and high <= np.iinfo(DTYPES[one]).max)
    return values.astype(DTYPES[next(fitting, "I32")])
