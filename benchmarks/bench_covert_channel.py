"""How much a malicious trainer can hide in the low bits of weights without anybody seeing it in the score.

A multilayer perceptron is trained on handwritten digits; then the lowest bits of every weight are replaced with random
ones, as a trainer would replace them with private data, and the accuracy is measured again. Writes a table in Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from bench_privacy import CASES, OVERFITTING, Trial, trial
from numpy.typing import NDArray

from deml_learn.training.network import Network
from deml_learn.training.trainer import train

BEARABLE = 0.005
"""Accuracy that may be lost before somebody looks: half a percentage point, the spread between two random seeds."""

REPEATS = 3

Weights = NDArray[np.float64]
Hide = Callable[[Weights, int, np.random.Generator], Weights]


def in_floats(kind: type[np.floating], words: type[np.unsignedinteger]) -> Hide:
    """Hide in the mantissas of floating-point numbers."""

    def hide(weights: Weights, bits: int, random: np.random.Generator) -> Weights:
        raw = weights.astype(kind).view(words)
        noise = random.integers(0, 2**bits, raw.shape).astype(words)
        return ((raw >> words(bits) << words(bits)) | noise).view(kind).astype(np.float64)

    return hide


def in_integers(weights: Weights, bits: int, random: np.random.Generator) -> Weights:
    """Hide in weights rounded to 255 steps a tensor."""
    step = np.abs(weights).max() / 127
    whole = np.round(weights / step).astype(np.int64)
    noise = random.integers(0, 2**bits, whole.shape)
    return np.clip((whole >> bits << bits) | noise, -127, 127) * step


FORMS: dict[str, tuple[int, int, Hide]] = {
    "32-bit floats": (32, 23, in_floats(np.float32, np.uint32)),
    "16-bit floats": (16, 10, in_floats(np.float16, np.uint16)),
    "8-bit integers": (8, 7, in_integers),
}
"""Bits of a number, bits that may be replaced, and how."""


def changed(network: Network, hide: Hide, bits: int, random: np.random.Generator) -> Network:
    """Replace the low bits of all weights and biases."""
    weights = tuple(hide(one, bits, random) for one in network.weights)
    return Network(weights, tuple(hide(one, bits, random) for one in network.biases), network.head)


def rows(one: Trial, network: Network) -> Iterator[str]:
    """Lines of the table."""
    count = sum(part.size for part in (*network.weights, *network.biases))
    untouched = one.accuracy(one.start.with_network(network))
    yield f"| numbers stored as | bits in all ({count:,} numbers) | low bits replaced unnoticed | hidden | accuracy |"
    yield "|---|---|---|---|---|"
    yield f"| as trained | | 0 | 0 | {untouched:.4f} |"
    random = np.random.default_rng(0)
    for name, (width, most, hide) in FORMS.items():
        best, kept = 0, untouched
        for bits in range(most + 1):
            found = [one.accuracy(one.start.with_network(changed(network, hide, bits, random))) for _ in range(REPEATS)]
            if np.mean(found) >= untouched - BEARABLE:
                best, kept = bits, float(np.mean(found))
        yield f"| {name} | {width * count:,} | {best} of {width} | {best * count / 8:,.0f} bytes | {kept:.4f} |"


if __name__ == "__main__":
    case = next(one for one in CASES if one.name == "digits")
    split = trial(case, 0)
    x = split.start.standardizer.apply(split.private.x)
    trained = train(split.start.network, x, split.private.y, OVERFITTING, None, lambda _: None)
    for line in rows(split, trained):
        print(line, flush=True)
