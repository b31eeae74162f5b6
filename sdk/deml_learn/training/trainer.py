"""The built-in trainer: scikit-learn's networks, started from given weights instead of random ones.

Logistic and softmax regression are networks without a hidden layer. Linear regression is solved, not searched for:
ridge regression on what the initial model leaves unexplained, which shrinks towards that model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from math import inf

import numpy as np

from deml_learn.training.epoch import TrainingEpoch
from deml_learn.training.errors import TrainingDiverged
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.network import Array, Head, Network
from deml_sdk.extras import needed_to

with needed_to("train"):
    from sklearn.linear_model import Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor

Measure = Callable[[Network], int]
"""The job's metric of a network on the validation rows; higher is better."""


def train(
    start: Network,
    x: Array,
    y: Array,
    hyperparameters: Hyperparameters,
    measure: Measure | None,
    report: Callable[[TrainingEpoch], None],
) -> Network:
    """Improve `start` on (x, y) and return the best network met, `start` included.

    Parameters
    ----------
    x, y
        Rows by features, and a class number or value each.
    measure
        Chooses between epochs, the smaller loss where it cannot; without it the last one is taken.
    report
        Called after every epoch.
    """
    if start.head is Head.REGRESSION and len(start.weights) == 1:
        epochs, total = iter([_ridge(start, x, y, hyperparameters)]), 1
    else:
        epochs, total = _epochs(start, x, y, hyperparameters), hyperparameters.epochs
    first = measure(start) if measure else 0
    best, best_rank = start, (first, -inf)
    report(TrainingEpoch(0, total, None, first if measure else None))
    for number, (network, loss) in enumerate(islice(epochs, total), start=1):
        score = measure(network) if measure else number
        report(TrainingEpoch(number, total, loss, score if measure else None))
        if (score, -loss) > best_rank:
            best, best_rank = network, (score, -loss)
    return best


def _ridge(start: Network, x: Array, y: Array, hyperparameters: Hyperparameters) -> tuple[Network, float]:
    (weight,), (bias,) = start.weights, start.biases
    residual = y - (x @ weight[0] + bias[0])
    solved = Ridge(alpha=hyperparameters.l2 * len(y)).fit(x, residual)
    loss = float(np.mean((residual - solved.predict(x)) ** 2)) / 2
    found = Network((weight + solved.coef_[None, :],), (bias + solved.intercept_,), start.head)
    return found, loss


def _epochs(start: Network, x: Array, y: Array, hyperparameters: Hyperparameters) -> Iterator[tuple[Network, float]]:
    estimator = _estimator(start, hyperparameters)
    estimator.set_params(batch_size=min(hyperparameters.batch, len(y)))
    for epoch in count(1):
        try:
            with np.errstate(all="ignore"):
                estimator.partial_fit(x, y)
        except ValueError as error:  # scikit-learn's word for weights that are not finite
            raise TrainingDiverged(epoch) from error
        yield _network(estimator, start), float(estimator.loss_)


def _estimator(start: Network, hyperparameters: Hyperparameters) -> MLPClassifier | MLPRegressor:
    """Make scikit-learn's network with the weights of `start`.

    Its first step makes random weights, which are then overwritten; one row of zeros keeps that step from mattering.
    """
    made = MLPRegressor if start.head is Head.REGRESSION else MLPClassifier
    estimator = made(
        hidden_layer_sizes=tuple(len(bias) for bias in start.biases[:-1]),
        learning_rate_init=hyperparameters.learning_rate,
        alpha=hyperparameters.l2,
        random_state=np.random.RandomState(hyperparameters.seed),
    )
    zeros = np.zeros((1, start.weights[0].shape[1]))
    if start.head is Head.REGRESSION:
        estimator.partial_fit(zeros, np.zeros(1))
    else:
        estimator.partial_fit(zeros, np.zeros(1), classes=np.arange(class_count(start), dtype=np.int64))
    for place, weight in zip(estimator.coefs_, _weights_for_estimator(start.weights, start), strict=True):
        place[...] = weight.T
    for place, bias in zip(estimator.intercepts_, _weights_for_estimator(start.biases, start), strict=True):
        place[...] = bias
    return estimator


def class_count(network: Network) -> int:
    """How many classes a classifier tells apart."""
    return max(2, len(network.biases[-1]))


def _is_softmax_pair(network: Network) -> bool:
    """Whether two outputs say what scikit-learn says with one: the difference of the two."""
    return network.head is Head.SOFTMAX and len(network.biases[-1]) == 2


def _weights_for_estimator(layers: Sequence[Array], start: Network) -> list[Array]:
    if not _is_softmax_pair(start):
        return list(layers)
    last = layers[-1]
    return [*layers[:-1], last[1:] - last[:1]]


def _network(estimator: MLPClassifier | MLPRegressor, start: Network) -> Network:
    weights = [one.T.copy() for one in estimator.coefs_]
    biases = [one.copy() for one in estimator.intercepts_]
    if _is_softmax_pair(start):
        for layers, before in ((weights, start.weights), (biases, start.biases)):
            middle = before[-1].mean(axis=0)
            layers[-1] = np.stack([middle - layers[-1][0] / 2, middle + layers[-1][0] / 2])
    return Network(tuple(weights), tuple(biases), start.head)
