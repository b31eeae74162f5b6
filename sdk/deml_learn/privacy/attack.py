"""Membership-inference attacks: they tell, from a model, which rows that was trained on.

They know what any reader of the chain knows, the model and the initial one, and are given rows to judge. What a row
would look like had it not been trained on is estimated from rows that were not, and, if there are any, from shadow
models. Others may know more and do better: no result here is a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from deml.scoring import Model
from deml_learn.privacy.errors import TooFewToJudge
from deml_learn.privacy.shadows import Shadows
from deml_learn.privacy.signals import Signals, signals
from deml_learn.training.network import Array
from deml_sdk.extras import needed_to

with needed_to("audit a model"):
    from scipy import stats

FALSE_POSITIVE_RATES: Final = (0.001, 0.01)
"""Where the attack is judged: an accusation that is rarely wrong is what harms somebody (Carlini et al., 2022)."""

LEAST_ROWS: Final = 20
"""With fewer rows trained on, or not trained on, nothing can be said."""

_CONFIDENCE: Final = 0.95
_RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, and the limits of its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AttackResult:
    """How well one attack tells members from others.

    `auc` is its chance to pick the member out of a pair; `recognised` the part of the members it names, by the part
    of the others that it may name wrongly; `curve` holds false and true positive rates.
    """

    auc: Estimate
    recognised: Mapping[float, Estimate]
    curve: tuple[Array, Array]


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Rows by features, and a class number or value each."""

    x: Array
    y: Array


@dataclass(frozen=True, slots=True)
class Audit:
    """Outcomes by attack, and on how many rows they rest."""

    members: int
    others: int
    outcomes: Mapping[str, AttackResult]

    def best_at(self, rate: float) -> str:
        """Name of the attack that recognises most members at a rate of false alarms."""
        return max(self.outcomes, key=lambda name: self.outcomes[name].recognised[rate].value)

    @property
    def best_of_pairs(self) -> str:
        """Name of the attack that most often picks the member out of a pair."""
        return max(self.outcomes, key=lambda name: self.outcomes[name].auc.value)


def audit(
    model: Model,
    initial: Model | None,
    members: LabelledRows,
    others: LabelledRows,
    shadows: Shadows | None = None,
    seed: int = 0,
) -> Audit:
    """Attack a model.

    Parameters
    ----------
    initial
        What training began with; None leaves out the attacks that compare with it.
    members, others
        Rows trained on, and rows of the same kind that were not.
    shadows
        Models trained like it on halves of `members` and `others`, in this order; None to do without.
    seed
        Of the resampling that confidence intervals come from.

    Raises
    ------
    TooFewToJudge
    """
    if min(len(members.y), len(others.y)) < LEAST_ROWS:
        raise TooFewToJudge(len(members.y), len(others.y), LEAST_ROWS)
    inside, outside = (signals(model, one.x, one.y) for one in (members, others))
    scored = {"loss": (-inside.losses, -outside.losses)}
    before: tuple[Signals, Signals] | None = None
    if initial is not None:
        before = signals(initial, members.x, members.y), signals(initial, others.x, others.y)
        scored["loss against the initial model"] = (
            before[0].losses - inside.losses,
            before[1].losses - outside.losses,
        )
    scored["likelihood ratio"] = _likelihood(inside, outside, before)
    if shadows is not None:
        ratios = shadows.distance(np.concatenate([inside.confidence, outside.confidence]))
        name = f"likelihood ratio by {len(shadows.learnt)} shadow models"
        scored[name] = (ratios[: len(members.y)], ratios[len(members.y) :])
    random = np.random.default_rng(seed)
    outcomes = {name: _outcome(found[0], found[1], random) for name, found in scored.items()}
    return Audit(len(members.y), len(others.y), outcomes)


def _likelihood(inside: Signals, outside: Signals, before: tuple[Signals, Signals] | None) -> tuple[Array, Array]:
    """Distance of each row's confidence from what it would be had the row not been trained on, in deviations.

    That is a normal distribution around a line through the initial model's confidence, fitted to the others (LiRA's
    offline test, with one model for all shadow models). Each half of the others is judged by the other half's fit.
    """
    known = (np.zeros(len(inside.confidence)), np.zeros(len(outside.confidence)))
    if before is not None:
        known = (before[0].confidence, before[1].confidence)
    halves = np.arange(len(outside.confidence), dtype=np.int64) % 2
    fits = [_fit(known[1][halves == half], outside.confidence[halves == half]) for half in (0, 1)]
    of_members = np.mean([_distance(fit, known[0], inside.confidence) for fit in fits], axis=0)
    of_others = np.empty(len(outside.confidence))
    for half in (0, 1):
        judged = halves == half
        of_others[judged] = _distance(fits[1 - half], known[1][judged], outside.confidence[judged])
    return of_members, of_others


def _fit(known: Array, found: Array) -> tuple[float, float, float]:
    """Line and spread of a normal distribution around it, by least squares."""
    slope = 0.0
    if np.ptp(known) > 0:
        slope = float(np.polyfit(known, found, 1)[0])
    middle = float(np.mean(found - slope * known))
    return slope, middle, max(float(np.std(found - slope * known - middle)), np.finfo(np.float64).tiny)


def _distance(fit: tuple[float, float, float], known: Array, found: Array) -> Array:
    slope, middle, spread = fit
    distance: Array = (found - slope * known - middle) / spread
    return distance


def _outcome(members: Array, others: Array, random: np.random.Generator) -> AttackResult:
    drawn = [_auc(random.choice(members, len(members)), random.choice(others, len(others))) for _ in range(_RESAMPLES)]
    low, high = np.quantile(drawn, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    auc = Estimate(_auc(members, others), float(low), float(high))
    recognised = {rate: _recognised(members, others, rate) for rate in FALSE_POSITIVE_RATES}
    return AttackResult(auc, recognised, _curve(members, others))


def _auc(members: Array, others: Array) -> float:
    """Mann and Whitney's statistic: ties count half."""
    ranks = stats.rankdata(np.concatenate([members, others]))[: len(members)]
    return float((ranks.sum() / len(members) - (len(members) + 1) / 2) / len(others))


def _recognised(members: Array, others: Array, rate: float) -> Estimate:
    """Part of the members above the highest threshold that at most `rate` of the others exceed; exact interval."""
    allowed = int(rate * len(others))
    threshold = np.sort(others)[len(others) - 1 - allowed]
    hits, total = int((members > threshold).sum()), len(members)
    interval = stats.binomtest(hits, total).proportion_ci(_CONFIDENCE, "exact")
    return Estimate(hits / total, float(interval.low), float(interval.high))


def _curve(members: Array, others: Array) -> tuple[Array, Array]:
    thresholds = np.unique(np.concatenate([members, others]))[::-1]
    false = 1 - np.searchsorted(np.sort(others), thresholds, side="left") / len(others)
    true = 1 - np.searchsorted(np.sort(members), thresholds, side="left") / len(members)
    return np.concatenate([[0.0], false]), np.concatenate([[0.0], true])
