"""The metrics again, slow and obvious: docs/scoring.md in integers and fractions, without numpy."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.support.reference_scoring import Matrix, Vector, exp, integers, log, nearest

MAX_SCORE = 2**40


def halves_up(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def to_units(value: Fraction, bits: int) -> Fraction:
    """The multiple of 2^-bits nearest to `value`, ties to even."""
    return Fraction(round(value * 2**bits), 2**bits)


def predicted(outputs: Vector) -> int:
    return int(outputs[0] > 0) if len(outputs) == 1 else list(outputs).index(max(outputs))


def accuracy(outputs: Matrix, y: Sequence[int]) -> Fraction:
    return mean([Fraction(predicted(row) == label) for row, label in zip(outputs, y, strict=True)])


def by_class(outputs: Matrix, y: Sequence[int]) -> list[tuple[int, int, int]]:
    """Hits, predictions and rows of every class that is predicted or true."""
    guesses = [predicted(row) for row in outputs]
    return [
        (sum(g == t == one for g, t in zip(guesses, y, strict=True)), guesses.count(one), list(y).count(one))
        for one in sorted({*guesses, *y})
    ]


def mean_of_classes(fractions: Sequence[Fraction]) -> Fraction:
    return mean([Fraction(halves_up(one * 2**40), 2**40) for one in fractions])


def balanced_accuracy(outputs: Matrix, y: Sequence[int]) -> Fraction:
    return mean_of_classes([Fraction(hits, actual) for hits, _, actual in by_class(outputs, y) if actual])


def macro_f1(outputs: Matrix, y: Sequence[int]) -> Fraction:
    return mean_of_classes([Fraction(2 * hits, guessed + actual) for hits, guessed, actual in by_class(outputs, y)])


def roc_auc(outputs: Matrix, y: Sequence[int]) -> Fraction:
    margins = [row[0] if len(row) == 1 else nearest(row[1] - row[0]) for row in outputs]
    ones = [margin for margin, label in zip(margins, y, strict=True) if label]
    zeros = [margin for margin, label in zip(margins, y, strict=True) if not label]
    return mean([Fraction((one > zero) + (one >= zero), 2) for one in ones for zero in zeros])


def softmax(outputs: Vector) -> tuple[list[Fraction], list[Fraction], Fraction]:
    """The logits of two classes or more, their exponentials relative to the largest, and the sum of these."""
    logits = [Fraction(0), *outputs] if len(outputs) == 1 else list(outputs)
    exponentials = [to_units(exp(nearest(logit - max(logits))), 52) for logit in logits]
    return logits, exponentials, nearest(sum(exponentials) * 2**52) / 2**52


def loss(outputs: Vector, label: int) -> Fraction:
    logits, _, total = softmax(outputs)
    return to_units(min(nearest(log(total) + nearest(max(logits) - logits[label])), Fraction(4096)), 30)


def log_loss(outputs: Matrix, y: Sequence[int]) -> Fraction:
    return -mean([loss(row, label) for row, label in zip(outputs, y, strict=True)])


def distance(outputs: Vector, label: int) -> Fraction:
    _, exponentials, total = softmax(outputs)
    errors = [nearest(nearest(one / total) - (number == label)) for number, one in enumerate(exponentials)]
    squares = [to_units(nearest(error * error), 40) for error in errors]
    return squares[1] if len(squares) == 2 else sum(squares, Fraction(0))


def brier(outputs: Matrix, y: Sequence[int]) -> Fraction:
    return -mean([distance(row, label) for row, label in zip(outputs, y, strict=True)])


def residuals(outputs: Matrix, y: Vector) -> list[Fraction]:
    return [nearest(one - row[0]) for row, one in zip(outputs, y, strict=True)]


def r2(outputs: Matrix, y: Vector) -> Fraction:
    errors, error_unit = integers(residuals(outputs, y), 26)
    targets, target_unit = integers(y, 26)
    middle = Fraction(sum(targets), len(targets))
    error = sum(one * one for one in errors) * error_unit**2
    variation = sum((one - middle) ** 2 for one in targets) * target_unit**2
    return 1 - error / variation


def mse(outputs: Matrix, y: Vector) -> Fraction:
    bounded = [min(abs(one), Fraction(2**21)) for one in residuals(outputs, y)]
    return -mean([to_units(one, 31) ** 2 for one in bounded])


def mae(outputs: Matrix, y: Vector) -> Fraction:
    bounded = [min(abs(one), Fraction(2**41)) for one in residuals(outputs, y)]
    return -mean([to_units(one, 31) for one in bounded])


METRICS = {one.__name__: one for one in (accuracy, balanced_accuracy, macro_f1, roc_auc, log_loss, brier, r2, mse, mae)}


def score(metric: str, outputs: Matrix, y: Sequence[Any]) -> int:
    """Parts per million, halves up, clipped."""
    return max(-MAX_SCORE, min(MAX_SCORE, halves_up(METRICS[metric](outputs, y) * 1_000_000)))


def cut_in_units(cut: int, bits: int) -> int:
    return (Fraction(cut, 1_000_000) * 2**bits).__floor__()


def loss_bits(cut: int) -> int:
    """The finest units in which the cut stays below 2^40."""
    bits = 40
    while Fraction(cut // 1_000_000) * 2**bits >= 2**40:
        bits -= 1
    return bits


def cut_losses(losses: Sequence[Fraction], cut: int) -> list[int]:
    bits = loss_bits(cut)
    return [-min(round(min(one, Fraction(2**21)) * 2**bits), cut_in_units(cut, bits)) for one in losses]


def weight(y: Sequence[int], label: int) -> int:
    return 2**40 // list(y).count(label)


def placement(margins: Sequence[Fraction], y: Sequence[int], row: int) -> int:
    """Twice the rows of the other class on the right side of this one, and once those on a par with it."""
    others = [one for one, label in zip(margins, y, strict=True) if label != y[row]]
    sign = 1 if y[row] else -1
    return sum((sign * margins[row] > sign * one) + (sign * margins[row] >= sign * one) for one in others)


def qualities(metric: str, outputs: Matrix, y: Sequence[Any], cut: int) -> list[int]:
    """What each row is worth to a metric, in the units of `scale`."""
    rows = list(zip(outputs, y, strict=True))
    hits = [int(predicted(row) == label) for row, label in rows] if isinstance(y[0], int) else []
    match metric:
        case "accuracy":
            return hits
        case "balanced_accuracy":
            return [hit * weight(y, label) for hit, label in zip(hits, y, strict=True)]
        case "roc_auc":
            margins = [Fraction(row[0] if len(row) == 1 else nearest(row[1] - row[0])) for row in outputs]
            return [placement(margins, y, number) for number in range(len(y))]
        case "brier":
            return [int(-distance(row, label) * 2**40) for row, label in rows]
        case "log_loss":
            return [-min(int(loss(row, label) * 2**30), cut_in_units(cut, 30)) for row, label in rows]
        case "mae":
            return cut_losses([abs(one) for one in residuals(outputs, y)], cut)
        case _:
            return cut_losses([nearest(one * one) for one in residuals(outputs, y)], cut)


def scale(metric: str, classes: int, y: Sequence[Any], cut: int) -> tuple[int, int]:
    """The most that a row can count, and what all rows together make for a score of 1."""
    match metric:
        case "accuracy":
            return 1, len(y)
        case "balanced_accuracy":
            present = sorted(set(y))
            return max(weight(y, one) for one in present), len(present) * 2**40
        case "roc_auc":
            ones = sum(y)
            return 2 * max(ones, len(y) - ones), 2 * ones * (len(y) - ones)
        case "brier":
            return (1 if classes == 2 else 2) * 2**40, len(y) * 2**40
        case "log_loss":
            return cut_in_units(cut, 30), len(y) * 2**30
        case "r2":
            targets, unit = integers(y, 26)
            middle = Fraction(sum(targets), len(targets))
            variation = sum((one - middle) ** 2 for one in targets) * unit**2
            return cut_in_units(cut, loss_bits(cut)), -(-variation * 2 ** loss_bits(cut) // 1)
        case _:
            return cut_in_units(cut, loss_bits(cut)), len(y) * 2 ** loss_bits(cut)


def gain(
    metric: str, outputs: Matrix, initial: Matrix, y: Sequence[Any], classes: int, cut: int
) -> tuple[int, int, int, int]:
    """Sum of the gains, sum of their squares, and the scale."""
    made = (qualities(metric, one, y, cut) for one in (outputs, initial))
    gains = [one - other for one, other in zip(*made, strict=True)]
    summed = [one for one, label in zip(gains, y, strict=True) if metric != "roc_auc" or label]
    return sum(summed), sum(one * one for one in gains), *scale(metric, classes, y, cut)
