"""What an update of a 50,000-parameter MLP takes on chain, and what that costs in score, by encoding.

Two tasks: handwritten digits (scikit-learn), and drawn classes with enough rows to see a thousandth. A model trained
on few rows is the job's initial one; training goes on from it on more rows, as a client's does. The client chooses the
smallest encoding on rows that it held back; the table's scores are on a holdout that nobody saw. Bytes are those in an
upload, CAR and compression included; gas is that of calldata (EIP-7623: 40 a byte, 10 a zero). The last columns pack
the same CAR with the standard library's other codecs.
"""

from __future__ import annotations

import argparse
import bz2
import json
import lzma
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_digits, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from deml.ipld import file_car
from deml.scoring import Holdout, Model, load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors
from deml_learn.models.encode import PLAIN, Encoding, encode, packed_size, smallest

FIELDS = {"family": "mlp", "task": "classification", "inputs": 64, "hidden": [256, 128], "outputs": 10}
ARCHITECTURE = parse_architecture(json.dumps(FIELDS))
METRIC = parse_metric("accuracy", ARCHITECTURE)
ALLOWED_LOSS = 2_000
SHOWN = (
    *PLAIN,
    *(Encoding("I8", levels) for levels in (31, 7)),
    *(Encoding(dtype, delta=True) for dtype in ("F16", "BF16")),
    *(Encoding("I8", levels, delta=True) for levels in (127, 31, 7, 3)),
    *(Encoding("I8", levels, delta=True, sparse=True) for levels in (127, 31, 7, 3)),
)


@dataclass(frozen=True)
class Task:
    """Rows: few for the initial model, many for the client's, some that it holds back, and the sponsor's holdout."""

    name: str
    x: np.ndarray
    y: np.ndarray
    first: int
    client: int
    held: int

    def parts(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        ends = np.cumsum([0, self.first, self.client, self.held])
        for begin, end in zip(ends, [*ends[1:], len(self.y)], strict=True):
            yield self.x[begin:end], self.y[begin:end]


def digits() -> Task:
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    return Task("digits", (x[order] / 16).astype(np.float32), y[order], 200, 700, 300)


def drawn() -> Task:
    x, y = make_classification(
        40_000, 64, n_informative=20, n_redundant=10, n_classes=10, class_sep=2.0, random_state=0
    )
    return Task("40,000 drawn rows", (x / x.std(axis=0)).astype(np.float32), y, 1_000, 14_000, 5_000)


def models(task: Task) -> tuple[Model, Model]:
    """The initial model, and the client's."""
    (first_x, first_y), (client_x, client_y), *_ = task.parts()
    classifier = MLPClassifier((256, 128), random_state=0, max_iter=40, alpha=1e-4, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(first_x, first_y)
        initial = _read(classifier)
        classifier.set_params(max_iter=20)
        classifier.fit(client_x, client_y)
    return initial, _read(classifier)


def _read(classifier: MLPClassifier) -> Model:
    tensors = {f"layers.{index}.weight": one.T for index, one in enumerate(classifier.coefs_)}
    tensors |= {f"layers.{index}.bias": one for index, one in enumerate(classifier.intercepts_)}
    file = write_tensors({name: np.ascontiguousarray(one, np.float32) for name, one in tensors.items()})
    return load_model(ARCHITECTURE, file)


def gas(data: bytes) -> int:
    """Calldata's price at its floor."""
    return 40 * len(data) - 30 * data.count(0)


def show(task: Task) -> None:
    initial, model = models(task)
    *_, (held_x, held_y), (x, y) = task.parts()

    def rows(x: np.ndarray, y: np.ndarray) -> Holdout:
        return load_holdout(ARCHITECTURE, METRIC, write_tensors({"x": x, "y": y.astype(np.int64)}), len(y))

    held, holdout = rows(held_x, held_y), rows(x, y)

    def scored(file: bytes, on: Holdout) -> int:
        return score(load_model(ARCHITECTURE, file, initial), on)

    plain = encode(ARCHITECTURE, model.tensors, PLAIN[0], None)
    exact, whole = scored(plain, holdout), len(plain)
    print(f"\n{task.name}: {ARCHITECTURE.parameters:,} parameters, float32 file {whole:,} bytes")
    print(f"accuracy on {len(y):,} unseen rows: initial {score(initial, holdout) / 1e6:.4f}, client {exact / 1e6:.4f}")
    print(f"{'encoding':30}{'bytes':>9}{'of f32':>8}{'gas':>11}{'loss':>9}{'lzma':>9}{'bz2':>9}")
    chosen = smallest(model, initial, lambda file: scored(file, held), ALLOWED_LOSS)
    for encoding in (*SHOWN, chosen.encoding):
        file = encode(ARCHITECTURE, model.tensors, encoding, initial.tensors if encoding.delta else None)
        if encoding is chosen.encoding:
            print("chosen by the client on rows held back:")
        car = file_car(file)
        size = packed_size(file)
        raw = [{"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "lc": 0, "lp": 0, "pb": 0}]
        other = len(lzma.compress(car, lzma.FORMAT_ALONE, filters=raw)), len(bz2.compress(car))
        loss = (exact - scored(file, holdout)) / 1e6
        price = gas(zlib.compress(car, 9))
        print(f"{encoding!s:30}{size:9,}{size / whole:8.3f}{price:11,}{loss:9.4f}{other[0]:9,}{other[1]:9,}")


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for task in (digits(), drawn()):
        show(task)


if __name__ == "__main__":
    main()
