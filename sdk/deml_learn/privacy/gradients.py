"""Gradients of a network, each row's cut to a norm before they are added up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deml_learn.training.network import Array, Head, Network


@dataclass(frozen=True, slots=True)
class Backward:
    """What the rows' gradients are made of.

    Row i's gradient of weight k is the outer product of ``slopes[k][i]`` and ``inputs[k][i]``, that of bias k is
    ``slopes[k][i]``; `losses` are the rows' losses.
    """

    inputs: tuple[Array, ...]
    slopes: tuple[Array, ...]
    losses: Array


def outputs(network: Network, x: Array) -> Array:
    """Outputs for rows of standardised features, rows by outputs."""
    return _activations(network, x)[-1]


def losses(network: Network, x: Array, y: Array) -> Array:
    """Loss of each row: cross-entropy, or half the squared error."""
    return _loss(network.head, outputs(network, x), y)[0]


def backward(network: Network, x: Array, y: Array) -> Backward:
    """Differentiate each row's loss."""
    *inputs, last = _activations(network, x)
    found, slope = _loss(network.head, last, y)
    slopes = [slope]
    for weight, activation in zip(network.weights[:0:-1], inputs[:0:-1], strict=True):
        slopes.insert(0, (slopes[0] @ weight) * (activation > 0))
    return Backward(tuple(inputs), tuple(slopes), found)


def clipped_sum(network: Network, x: Array, y: Array, clip: float) -> tuple[list[Array], Array]:
    """Add up the rows' gradients, each cut to a norm of `clip`, over all weights and biases together.

    The norm of a row's gradient follows from the norms of its factors (Goodfellow, "Efficient Per-Example Gradient
    Computations", 2015), so that no row's gradient is ever written out. A row whose gradient is not finite counts as
    zero, which keeps the bound; to fail because of it would show that it is there.

    Returns
    -------
    list of array
        A sum for each weight, then one for each bias.
    array
        Loss of each row.
    """
    with np.errstate(all="ignore"):
        back = backward(network, x, y)
        squares = [
            (slope**2).sum(axis=1) * ((activation**2).sum(axis=1) + 1)
            for activation, slope in zip(back.inputs, back.slopes, strict=True)
        ]
        norms = np.sqrt(np.sum(squares, axis=0))
        good = np.isfinite(norms)
        factors = np.minimum(1.0, clip / np.maximum(norms, np.finfo(np.float64).tiny))
    scaled = [np.where(good[:, None], slope * factors[:, None], 0.0) for slope in back.slopes]
    kept = [np.where(good[:, None], activation, 0.0) for activation in back.inputs]
    weights = [slope.T @ activation for slope, activation in zip(scaled, kept, strict=True)]
    return [*weights, *(slope.sum(axis=0) for slope in scaled)], back.losses


def _activations(network: Network, x: Array) -> list[Array]:
    """Inputs of every layer, and the last one's outputs."""
    found = [x]
    last = len(network.weights) - 1
    for index, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        made = found[-1] @ weight.T + bias
        found.append(made if index == last else np.maximum(made, 0.0))
    return found


def _loss(head: Head, last: Array, y: Array) -> tuple[Array, Array]:
    """Losses, and their derivatives by the outputs."""
    if head is Head.REGRESSION:
        miss = last - y[:, None]
        return (miss**2).sum(axis=1) / 2, miss
    if head is Head.BINARY:
        logit, label = last[:, 0], y
        chance = np.exp(-np.logaddexp(0.0, -logit))
        return np.logaddexp(0.0, logit) - label * logit, (chance - label)[:, None]
    shifted = last - last.max(axis=1, keepdims=True)
    spread = np.log(np.exp(shifted).sum(axis=1))
    chosen = y.astype(np.int64)
    rows = np.arange(len(y), dtype=np.int64)
    slope = np.exp(shifted - spread[:, None])
    slope[rows, chosen] -= 1
    return spread - shifted[rows, chosen], slope
