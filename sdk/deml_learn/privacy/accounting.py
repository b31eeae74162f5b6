"""How much noise a promise takes, counted by Google's ``dp-accounting``."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from math import inf, isinf, log, sqrt
from typing import Final

from deml_learn.privacy.budget import Privacy, Spent
from deml_learn.privacy.errors import EpsilonOutOfReach
from deml_sdk.extras import needed_to

LEAST_NOISE: Final = 0.3
"""Less noise than this is not used, however large an epsilon is asked for: it would protect next to nothing, and the
distributions to be counted with grow without bound."""

MOST_NOISE: Final = 10_000.0
"""Where the search for enough noise gives up: nothing would be learnt with so much."""

PRECISION: Final = 2e-3
"""The noise found is at most this part above the least that is enough."""

_FINENESS: Final = 1 / 800
_FINEST: Final = 1e-5
_COARSEST: Final = 1e-2
"""Privacy losses are counted in steps of such a part of epsilon, within bounds: it costs less than 1 % of epsilon."""


@lru_cache(maxsize=64)
def spend(privacy: Privacy, steps: int) -> Spent:
    """Find the least noise that keeps a promise over so many steps, and what is spent with it.

    The sampled Gaussian mechanism is composed by privacy loss distributions (Koskela et al., 2020; Doroshenko et al.,
    2022), which give an upper bound for any one row added or left out. It depends on nothing else.

    Raises
    ------
    EpsilonOutOfReach
    """
    sampling_rate = privacy.sampling_rate
    if isinf(privacy.epsilon):
        return Spent(inf, privacy.delta, 0.0, steps, sampling_rate, accountant_name())

    def cost(noise: float) -> float:
        return epsilon_of(noise, sampling_rate, steps, privacy.delta, _fineness(privacy))

    enough = _guess(privacy, steps)
    while enough > MOST_NOISE or cost(enough) > privacy.epsilon:
        enough *= 2
        if enough > MOST_NOISE:
            raise EpsilonOutOfReach(privacy.epsilon, steps)
    little = enough
    while little > LEAST_NOISE and cost(little) <= privacy.epsilon:
        little, enough = max(LEAST_NOISE, little / 2), little
    if cost(little) <= privacy.epsilon:
        enough = little
    while enough - little > PRECISION * enough:
        middle = (little + enough) / 2
        if cost(middle) > privacy.epsilon:
            little = middle
        else:
            enough = middle
    return Spent(cost(enough), privacy.delta, enough, steps, sampling_rate, accountant_name())


@lru_cache(maxsize=256)
def spent_so_far(privacy: Privacy, epochs: int, done: int) -> float:
    """Epsilon that a training of `epochs` has given away after `done` of them, counted as for the whole of it.

    Raises
    ------
    EpsilonOutOfReach
    """
    steps = privacy.steps_an_epoch
    whole = spend(privacy, epochs * steps)
    if done == 0 or isinf(privacy.epsilon):
        return inf if done else 0.0
    return epsilon_of(whole.noise_multiplier, privacy.sampling_rate, done * steps, privacy.delta, _fineness(privacy))


def _fineness(privacy: Privacy) -> float:
    return min(_COARSEST, max(_FINEST, privacy.epsilon * _FINENESS))


def _guess(privacy: Privacy, steps: int) -> float:
    """Noise that is about enough: that of the Gaussian mechanism (Dwork and Roth, 2014) for all steps at once."""
    width = privacy.sampling_rate * sqrt(2 * steps * log(1.25 / privacy.delta))
    return max(LEAST_NOISE, width / privacy.epsilon)


def epsilon_of(noise: float, sampling_rate: float, steps: int, delta: float, fineness: float = 1e-3) -> float:
    """Bound epsilon from above, for any one row added or left out.

    Parameters
    ----------
    noise
        Standard deviation in units of the clipping norm.
    fineness
        Width of the steps in which privacy losses are counted; wider ones give larger bounds.
    """
    with needed_to("count what training gives away"):
        from dp_accounting import NeighboringRelation, dp_event
        from dp_accounting.pld import PLDAccountant

    step = dp_event.PoissonSampledDpEvent(sampling_rate, dp_event.GaussianDpEvent(noise))
    neighbours = NeighboringRelation.ADD_OR_REMOVE_ONE
    accountant = PLDAccountant(neighbours, value_discretization_interval=fineness)
    accountant.compose(dp_event.SelfComposedDpEvent(step, steps))
    return float(accountant.get_epsilon(delta))


def accountant_name() -> str:
    """Who counts, and what neighbouring data sets are to it."""
    return f"dp-accounting {version('dp-accounting')}, privacy loss distributions, one row added or left out"
