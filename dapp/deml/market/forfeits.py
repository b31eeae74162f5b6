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
        Per verified client, by how much the failed declarations had lowered the pay it was due. Made good out of what
        is not burnt: in proportion, at most in full.
    unproven_loss
        The same, summed over those whose declared score was never verified. As much is burnt, before anybody receives
        anything: it is what an accomplice of the failed can have gained, and a puppet beside them could have declared
        it, to take their stakes back.
    pays
        Per verified client, its final pay. What losses leave is shared in proportion to pay, the remainder to the first
        paid; burnt where nobody is paid.

    Returns
    -------
    Shares
        Compensations and what is burnt sum to `pool`.
    """
    burnt = min(pool, unproven_loss)
    lost, paid = sum(losses), sum(pays)
    to_losses = min(pool - burnt, lost)
    shares = [to_losses * loss // lost if lost else 0 for loss in losses]
    rest = pool - burnt - sum(shares)
    if not paid:
        return Shares(tuple(map(Amount, shares)), Amount(burnt + rest))
    bonuses = [rest * pay // paid for pay in pays]
    first_paid = next(index for index, pay in enumerate(pays) if pay)
    bonuses[first_paid] += rest - sum(bonuses)
    return Shares(tuple(Amount(share + bonus) for share, bonus in zip(shares, bonuses, strict=True)), Amount(burnt))
