"""Models of ``scoring-encodings.json``: one tensor in every encoding, sound and not; the others in F32."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from safetensors.numpy import save

from tests.support.random_tensors import Entry, File, integers, nested, write
from tests.support.reference_encodings import decode
from tests.vectors.scoring_cases import LINEAR, LOGISTIC, MLP, STANDARDIZED, Arrays, Case, shapes

WEIGHT, DELTA, SKIP = "layers.0.weight", "layers.0.weight:delta", "layers.0.weight:skip"
SCALE, DELTA_SCALE = "layers.0.weight:scale", "layers.0.weight:delta:scale"


@dataclass
class EncodedCase(Case):
    """A case whose model has some tensors as `encoded` says; `initial` is the job's initial model, if there is one."""

    encoded: File = field(default_factory=dict)
    initial: Arrays | None = None

    def files(self) -> dict[str, bytes]:
        """The safetensors files."""
        initial = {} if self.initial is None else {"initial": save(self.initial)}
        return {"model": write(self.entries()), "holdout": save(self.holdout)} | initial

    def entries(self) -> File:
        """All tensors of the model file."""
        changed = {name.split(":")[0] for name in self.encoded}
        return _as_entries({name: one for name, one in self.model.items() if name not in changed}) | self.encoded

    def tensors(self) -> dict[str, Any]:
        """What the model means, in nested lists of fractions."""
        before = _as_entries(self.initial or {})
        made = {}
        for name, shape in shapes(self.architecture).items():
            initial = decode(before, name, []) if before else []
            made[name] = nested(decode(self.entries(), name, initial), shape)
        return made


def _as_entries(arrays: Arrays) -> File:
    return {name: Entry("F32", one.shape, one.astype("<f4").tobytes()) for name, one in arrays.items()}


def floats(*values: float, dtype: str = "F32", shape: tuple[int, ...] | None = None) -> Entry:
    code = {"F32": "f", "F16": "e"}[dtype]
    return Entry(dtype, (len(values),) if shape is None else shape, struct.pack(f"<{len(values)}{code}", *values))


def bfloats(*values: float, shape: tuple[int, ...]) -> Entry:
    return Entry("BF16", shape, b"".join(struct.pack("<f", one)[2:] for one in values))


def one_scale(value: float) -> Entry:
    return floats(value, shape=())


def steps(dtype: str, shape: tuple[int, ...], low: int, high: int) -> Entry:
    """Integers that go up and down between two bounds, both met."""
    count = prod(shape)
    return integers(dtype, shape, [low + (high - low) * (7 * index % count) // (count - 1) for index in range(count)])


SOFTMAX = LOGISTIC | {"outputs": 3}
INITIAL = {
    name: (np.arange(np.prod(shape)).reshape(shape) % 11 - 5).astype(np.float32) / 8
    for name, shape in shapes(SOFTMAX).items()
}
WIDE = LOGISTIC | {"inputs": 600}
WIDE_INITIAL = {
    name: (np.arange(np.prod(shape)).reshape(shape) % 7 - 3).astype(np.float32) for name, shape in shapes(WIDE).items()
}
TWELVE = tuple((5 * index % 12 - 6) / 4 for index in range(12))
THIRDS = floats(1 / 3, 2 / 3, 5 / 3)
LEAST, LARGEST = 2.0**-126, float(np.finfo(np.float32).max)


def case(name: str, encoded: File, initial: Arrays | None = None, refusal: str | None = None, **more: Any) -> Case:
    architecture = more.pop("architecture", SOFTMAX)
    metric = more.pop("metric", "log_loss")
    return EncodedCase(
        f"encodings: {name}", architecture, metric, encoded=encoded, initial=initial, refusal=refusal, **more
    )


SOUND = [
    case("BF16", {WEIGHT: bfloats(*TWELVE, shape=(3, 4))}),
    case("BF16, subnormal and huge", {WEIGHT: bfloats(1e-40, -1e-39, 3e38, *TWELVE[3:], shape=(3, 4))}),
    case("I8", {WEIGHT: steps("I8", (3, 4), -128, 127), SCALE: one_scale(0.01)}),
    case("I8, a scale for each unit", {WEIGHT: steps("I8", (3, 4), -128, 127), SCALE: THIRDS}),
    case("I16", {WEIGHT: steps("I16", (3, 4), -32_768, 32_767), SCALE: one_scale(1e-4)}),
    case("I16, a scale for each unit", {WEIGHT: steps("I16", (3, 4), -32_768, 32_767), SCALE: THIRDS}),
    case("the smallest scale", {WEIGHT: steps("I8", (3, 4), -128, 127), SCALE: one_scale(LEAST)}),
    case("the largest scale", {WEIGHT: integers("I8", (3, 4), [1, 0, -1] * 4), SCALE: one_scale(LARGEST)}),
    case("a bias in I8, a scale for each", {"layers.0.bias": steps("I8", (3,), -9, 9), "layers.0.bias:scale": THIRDS}),
    case("delta in F32", {DELTA: floats(*TWELVE, shape=(3, 4))}, INITIAL),
    case("delta in F16", {DELTA: floats(*TWELVE, dtype="F16", shape=(3, 4))}, INITIAL),
    case("delta in BF16", {DELTA: bfloats(*TWELVE, shape=(3, 4))}, INITIAL),
    case("delta in I8", {DELTA: steps("I8", (3, 4), -128, 127), DELTA_SCALE: one_scale(1 / 300)}, INITIAL),
    case("delta in I16, a scale for each", {DELTA: steps("I16", (3, 4), -9, 9), DELTA_SCALE: THIRDS}, INITIAL),
    case("delta far below the last bit", {DELTA: floats(*[2.0**-140] * 12, shape=(3, 4))}, INITIAL),
    case("sparse delta", {DELTA: floats(0.5, -0.25, 4), SKIP: integers("U8", (3,), [0, 4, 5])}, INITIAL),
    case(
        "sparse delta in I8",
        {DELTA: integers("I8", (2,), [-3, 7]), DELTA_SCALE: one_scale(0.1), SKIP: integers("U8", (2,), [1, 9])},
        INITIAL,
    ),
    case("sparse delta of nothing", {DELTA: Entry("F16", (0,), b""), SKIP: Entry("U8", (0,), b"")}, INITIAL, rows=3),
    case(
        "sparse delta over a long way",
        {DELTA: floats(3, 0, 0, -3), SKIP: integers("U8", (4,), [0, 255, 255, 86])},
        WIDE_INITIAL,
        architecture=WIDE,
        rows=2,
    ),
    case("a whole model beside an initial one", {WEIGHT: floats(*TWELVE, shape=(3, 4))}, INITIAL, metric="accuracy"),
    case(
        "two layers, each in its own way",
        {
            WEIGHT: bfloats(*TWELVE, *TWELVE, shape=(6, 4)),
            "layers.1.weight": steps("I8", (5, 6), -100, 100),
            "layers.1.weight:scale": floats(0.1, 0.2, 0.3, 0.4, 0.5),
        },
        architecture=MLP,
    ),
]

NAN, INFINITY = float("nan"), float("inf")
WHOLE = {WEIGHT: floats(*TWELVE, shape=(3, 4))}
INTEGERS = {WEIGHT: steps("I8", (3, 4), -128, 127)}
CHANGE = {DELTA: floats(*TWELVE, shape=(3, 4))}

REFUSED = [
    *(
        case(f"a scale that is {name}", INTEGERS | {SCALE: one_scale(value)}, refusal="BAD_SCALE")
        for name, value in {
            "zero": 0.0,
            "minus zero": -0.0,
            "negative": -1.0,
            "NaN": NAN,
            "infinite": INFINITY,
            "subnormal": 2.0**-127,
        }.items()
    ),
    case("one scale of many is zero", INTEGERS | {SCALE: floats(1, 0, 1)}, refusal="BAD_SCALE"),
    case("a product of 2^128", INTEGERS | {SCALE: one_scale(2.0**121)}, refusal="NUMBER_TOO_LARGE"),
    case("integers without a scale", INTEGERS, refusal="MISSING_TENSOR"),
    case("a scale without integers", WHOLE | {SCALE: THIRDS}, refusal="SURPLUS_TENSOR"),
    case("a scale for each input", INTEGERS | {SCALE: floats(1, 1, 1, 1)}, refusal="WRONG_SHAPE"),
    case("a scale in F16", INTEGERS | {SCALE: floats(1, dtype="F16", shape=())}, refusal="UNSUPPORTED_DTYPE"),
    case("BF16 infinity", {WEIGHT: bfloats(INFINITY, *TWELVE[1:], shape=(3, 4))}, refusal="NOT_FINITE"),
    case("BF16 NaN", {WEIGHT: bfloats(NAN, *TWELVE[1:], shape=(3, 4))}, refusal="NOT_FINITE"),
    case("a delta of infinity", {DELTA: floats(INFINITY, *TWELVE[1:], shape=(3, 4))}, INITIAL, "NOT_FINITE"),
    case("a tensor and its delta", WHOLE | CHANGE, INITIAL, "SURPLUS_TENSOR"),
    case("a delta and nothing to change", CHANGE, refusal="NO_INITIAL_MODEL"),
    case("a delta of another shape", {DELTA: floats(*TWELVE)}, INITIAL, "WRONG_SHAPE"),
    case(
        "a sum of 2^128",
        {DELTA: floats(*[LARGEST] * 12, shape=(3, 4))},
        {name: np.full_like(one, LARGEST) for name, one in INITIAL.items()},
        "NUMBER_TOO_LARGE",
    ),
    case(
        "a place too far", {DELTA: floats(1, 1), SKIP: integers("U8", (2,), [5, 6])}, INITIAL, "POSITION_OUT_OF_RANGE"
    ),
    case("places without a delta", {SKIP: integers("U8", (1,), [5])}, INITIAL, "MISSING_TENSOR"),
    case("more places than changes", {DELTA: floats(1), SKIP: integers("U8", (2,), [5, 0])}, INITIAL, "WRONG_SHAPE"),
    case("places in I8", {DELTA: floats(1), SKIP: integers("I8", (1,), [5])}, INITIAL, "UNSUPPORTED_DTYPE"),
    case("places in a table", {DELTA: floats(1), SKIP: integers("U8", (1, 1), [5])}, INITIAL, "WRONG_SHAPE"),
    case(
        "scales for the places of a sparse delta",
        {DELTA: integers("I8", (2,), [1, 2]), DELTA_SCALE: floats(1, 1), SKIP: integers("U8", (2,), [0, 0])},
        INITIAL,
        "WRONG_SHAPE",
    ),
    case(
        "places for a whole tensor",
        WHOLE | {SKIP: integers("U8", (1,), [5])},
        INITIAL,
        "SURPLUS_TENSOR",
    ),
    case("a delta of a delta", {DELTA: floats(1), f"{DELTA}:delta": floats(1)}, INITIAL, "WRONG_SHAPE"),
    case(
        "a delta that takes a standardiser's scale to zero",
        {"standardize.scale:delta": floats(-1, 0, 0, 0)},
        {name: np.ones(shape, np.float32) for name, shape in shapes(LINEAR | STANDARDIZED).items()},
        "BAD_STANDARDIZER",
        architecture=LINEAR | STANDARDIZED,
        metric="r2",
    ),
]

CASES = [*SOUND, *REFUSED]
