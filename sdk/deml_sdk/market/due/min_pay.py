"""The least pay for which a model will be published: what to propose, what it protects, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deml.base.terms import MarketRule
from deml.base.types import NOTHING, Amount, Score
from deml.market import Bid, offers
from deml_sdk.market.due.planner import needs_min_pay, pay_alone
from deml_sdk.market.errors import MinPayNotChosen
from deml_sdk.market.view import Job

PROPOSED_PART: Final = 10
"""The proposal is what the model would earn alone, divided by this. It ends shaving down to a few per cent, and an
honest client that comes late, whose model adds a tenth to the others', is still paid."""


@dataclass(frozen=True, slots=True)
class MinPayBounds:
    """What there is to choose between, in the token's smallest unit.

    Parameters
    ----------
    most
        What the model earns if nobody else declares.
    proposed
        The least pay that is proposed.
    shaved
        What is left to a client without a minimum, if models almost as good as its own were committed before it.
    stake
        What a client loses that is due and does not publish, and what one false declaration costs who makes it.
    rounds
        How many stakes it takes to keep a client without a minimum out by false declarations; with one it takes one.
    """

    most: Amount
    proposed: Amount
    shaved: Amount
    stake: Amount
    rounds: int

    def texts(self, show: Callable[[Amount], str]) -> tuple[str, str]:
        """Say in plain words what a minimum protects, and what it costs; `show` writes an amount."""
        protects = (
            f"Without a minimum, models committed before yours that are almost as good can leave you "
            f"{show(self.shaved)} of {show(self.most)}, and you publish for that or lose your stake of "
            f"{show(self.stake)}. With {show(self.proposed)}, you are paid that or more, or you keep model and stake."
        )
        costs = (
            "What a minimum costs: whatever pushes your pay below it puts you out of this job for good, unpaid. "
            f"False declarations must lose {self.rounds} stake(s) to keep you out if you have none, and one if you do; "
            "true models committed before yours lose none."
        )
        return protects, costs


def bounds_of(job: Job, credited: Score) -> MinPayBounds:
    """Work out what there is to choose between for a model of this credited score."""
    terms, most = job.terms, pay_alone(job, Bid(credited))
    return MinPayBounds(
        most=most,
        proposed=Amount(most // PROPOSED_PART),
        shaved=_beside_the_next_best(job, credited),
        stake=terms.stake,
        rounds=terms.max_rounds,
    )


def chosen(job: Job, said: Amount | None) -> Amount:
    """Return the least pay that was chosen; none is needed where there is none to choose.

    Raises
    ------
    MinPayNotChosen
    """
    if said is not None:
        return said
    if needs_min_pay(job):
        raise MinPayNotChosen(job.job_id)
    return NOTHING


def _beside_the_next_best(job: Job, credited: Score) -> Amount:
    """Pay beside the best model before it that leaves anything: one step of the grid below."""
    terms, rule = job.terms, job.terms.rule
    if not isinstance(rule, MarketRule):
        return pay_alone(job, Bid(credited))
    gain = min(credited, rule.target) - terms.baseline
    counted = gain if credited >= rule.target else gain - gain % rule.grid
    rival = Bid(Score(terms.baseline + counted - 1))
    return offers(rule, job.escrow, terms.baseline, [rival, Bid(credited)])[1].pay
