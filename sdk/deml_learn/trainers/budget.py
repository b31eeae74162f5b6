"""A privacy budget is spent as it was given, or nothing is trained: the checks before and after."""

from __future__ import annotations

from math import isfinite
from typing import Protocol

from deml.scoring import Architecture
from deml_learn.privacy.budget import Privacy
from deml_learn.trainers.contract import PrivacySpent
from deml_learn.trainers.errors import BudgetNotSpent, NoPrivateTraining, PrivacyAsked, TooMuchPrivacyLoss
from deml_sdk.jobspec.private_training import PRIVATE_FAMILIES, trains_privately


class AskedPrivacy(Protocol):
    """The most that a job lets its clients give away."""

    @property
    def max_epsilon(self) -> float:
        """Largest epsilon."""
        ...

    @property
    def max_delta(self) -> float:
        """Largest delta."""
        ...


def check_terms(asked: AskedPrivacy | None, privacy: Privacy | None, *, improves: bool) -> None:
    """Refuse to give away more than a job asks for.

    Parameters
    ----------
    asked
        None if the job asks for nothing.
    improves
        Whether there is an initial model: without one, a sponsor is making it, of rows that are the sponsor's own.

    Raises
    ------
    PrivacyAsked, TooMuchPrivacyLoss
    """
    if asked is None:
        return
    if privacy is None:
        if improves:
            raise PrivacyAsked(asked.max_epsilon)
        return
    if privacy.epsilon > asked.max_epsilon:
        raise TooMuchPrivacyLoss("epsilon", privacy.epsilon, asked.max_epsilon)
    if privacy.delta > asked.max_delta:
        raise TooMuchPrivacyLoss("delta", privacy.delta, asked.max_delta)


def check_spendable(privacy: Privacy | None, architecture: Architecture, *, ours: bool, improves: bool) -> None:
    """Refuse a budget that this training would not spend: nobody may believe in a protection that is not there.

    Parameters
    ----------
    ours
        Whether it is the built-in trainer.
    improves
        Whether there is an initial model.

    Raises
    ------
    NoPrivateTraining
    """
    if privacy is None:
        return
    if not isfinite(privacy.epsilon):
        raise NoPrivateTraining("an infinite epsilon adds no noise and protects nobody")
    if not ours:
        raise NoPrivateTraining(
            "the job's trainer is not the built-in one, and nobody can count what another gives away"
        )
    if not trains_privately(architecture):
        raise NoPrivateTraining(f"noise is added to {PRIVATE_FAMILIES} alone, and this is another model")
    if not improves:
        raise NoPrivateTraining("there is no initial model, and to standardise by the private rows would tell of them")


def check_spent(privacy: Privacy | None, spent: PrivacySpent | None) -> None:
    """Refuse a model for which no noise was drawn, or not enough.

    Raises
    ------
    BudgetNotSpent
    """
    if privacy is None:
        return
    if spent is None:
        raise BudgetNotSpent(privacy.epsilon, "nothing was counted")
    if not spent.noise > 0:
        raise BudgetNotSpent(privacy.epsilon, "no noise was added")
    if spent.epsilon > privacy.epsilon or spent.delta > privacy.delta:
        raise BudgetNotSpent(privacy.epsilon, f"{spent.epsilon:g} was spent, at a delta of {spent.delta:g}")
