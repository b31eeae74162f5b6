"""Training with differential privacy: gradients clipped row by row, noise on their sum (Abadi et al., 2016)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from deml_learn.privacy.accounting import spend
from deml_learn.privacy.budget import Privacy, Spent
from deml_learn.privacy.gradients import clipped_sum
from deml_learn.privacy.randomness import SYSTEM, Randomness
from deml_learn.training.epoch import TrainingEpoch
from deml_learn.training.errors import TrainingDiverged
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.network import Array, Network

_DECAYS: Final = (0.9, 0.999)
_TINY: Final = 1e-8


def train_privately(
    start: Network,
    x: Array,
    y: Array,
    hyperparameters: Hyperparameters,
    privacy: Privacy,
    report: Callable[[TrainingEpoch], None],
    randomness: Randomness = SYSTEM,
) -> tuple[Network, Spent]:
    """Improve `start` on (x, y) and tell what that gave away of any one row.

    In each step every row takes part with the same chance, independently of the others; the gradients of those that do
    are clipped and added up, noise is added, and Adam takes its step with that sum; Adam's step does not change with
    the size of what it is given, so that nobody needs to divide by the number of rows. Nothing here depends on that
    number: it is as private as the rows. The last network is returned: to choose the best one by private rows would
    give away more, uncounted. `start` and the standardising of `x` must not depend on the rows.

    Parameters
    ----------
    x, y
        Rows by standardised features, and a class number or value each.
    hyperparameters
        `batch` is not used: `privacy` says with what chance a row takes part in a step. Neither is `seed`: noise that
        a number in a file repeats is no protection, so the result is not the same twice.
    report
        Called after every epoch, with the mean loss of the rows that took part: a number for this machine's screen,
        which the promise does not cover.
    randomness
        What samples and noise are drawn from; anything but the system's own source is for tests and measurements.

    Raises
    ------
    DeltaTooLarge, EpsilonOutOfReach
    TrainingDiverged
    """
    privacy.check_rows(len(y))
    steps = privacy.steps_an_epoch
    spent = spend(privacy, hyperparameters.epochs * steps)
    descent = _Descent(start, hyperparameters.learning_rate)
    report(TrainingEpoch(0, hyperparameters.epochs, None, None))
    for number in range(1, hyperparameters.epochs + 1):
        seen: list[Array] = []
        for _ in range(steps):
            chosen = randomness.uniform(len(y)) < privacy.sampling_rate
            sums, losses = clipped_sum(descent.network, x[chosen], y[chosen], privacy.clip)
            seen.append(losses)
            noisy = [one + randomness.normal(one.shape) * spent.noise_multiplier * privacy.clip for one in sums]
            for place, weight in zip(noisy, descent.network.weights, strict=False):
                place += hyperparameters.l2 * weight
            descent.step(noisy)
        if not descent.finite:
            raise TrainingDiverged(number)
        loss = np.concatenate(seen)
        report(TrainingEpoch(number, hyperparameters.epochs, float(loss.mean()) if len(loss) else None, None))
    return descent.network, spent


@dataclass
class _Descent:
    """Adam (Kingma and Ba, 2015) on all weights, then all biases."""

    network: Network
    learning_rate: float
    _steps: int = 0
    _moments: list[tuple[Array, Array]] = field(default_factory=list)

    def __post_init__(self) -> None:
        places = (*self.network.weights, *self.network.biases)
        self._moments = [(np.zeros_like(one), np.zeros_like(one)) for one in places]

    def step(self, gradients: Sequence[Array]) -> None:
        """Go against the gradients."""
        self._steps += 1
        first, second = _DECAYS
        places = (*self.network.weights, *self.network.biases)
        moved = []
        with np.errstate(all="ignore"):
            for index, (place, gradient) in enumerate(zip(places, gradients, strict=True)):
                mean, square = self._moments[index]
                mean = first * mean + (1 - first) * gradient
                square = second * square + (1 - second) * gradient**2
                self._moments[index] = (mean, square)
                wide = np.sqrt(square / (1 - second**self._steps)) + _TINY
                moved.append(place - self.learning_rate * mean / (1 - first**self._steps) / wide)
        layers = len(self.network.weights)
        self.network = Network(tuple(moved[:layers]), tuple(moved[layers:]), self.network.head)

    @property
    def finite(self) -> bool:
        """Whether all weights and biases are finite."""
        return all(np.isfinite(one).all() for one in (*self.network.weights, *self.network.biases))
