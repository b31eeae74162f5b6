"""Who receives the stakes of clients that declared a score and did not deliver it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deml.base.types import Amount


@dataclass(frozen=True, slots=True)
class Shares:
    """Compensation, parallel to the losses and pays given, and what nobody may have."""

    compensations: tuple[Amount, ...]
    burnt: Amount


def share_forfeits(pool: Amount, losses: Sequence[Amount], unproven_loss: Amount, pays: Sequence[Amount]) -> Shares:
    """Share out forfeited stakes: to clients whose model was verified, or to nobody; never to the sponsor.

    Parameters
    ----------
    pool
        Sum of the forfeited stakes.
    losses
        Per verified client, by how much the failed declarations had lowered the pay it was due. Made good first: in
        proportion, at most in full.
    unproven_loss
        The same, summed over those whose declared score was never verified. What it would receive is burnt: a puppet
        beside the failed ones could have declared it, to take their stakes back. Rounding goes with it.
    pays
        Per verified client, its final pay. What losses leave is shared in proportion to pay, the remainder to the first
        paid; burnt where nobody is paid.

    Returns
    -------
    Shares
        Compensations and what is burnt sum to `pool`.
    """
    lost, paid = sum(losses) + unproven_loss, sum(pays)
    to_losses = min(pool, lost)
    shares = [to_losses * loss // lost if lost else 0 for loss in losses]
    burnt = to_losses - sum(shares) if unproven_loss else 0
    rest = pool - sum(shares) - burnt
    if not paid:
        return Shares(tuple(map(Amount, shares)), Amount(burnt + rest))
    bonuses = [rest * pay // paid for pay in pays]
    first_paid = next(index for index, pay in enumerate(pays) if pay)
    bonuses[first_paid] += rest - sum(bonuses)
    return Shares(tuple(Amount(share + bonus) for share, bonus in zip(shares, bonuses, strict=True)), Amount(burnt))
