"""Layer 1: reward rules; pure integer functions of terms, and of scores in commit order.

A rule is a module with `check` and `offers`, and a row in `rules.RULES`.
"""

from deml.market.bid import Bid, Offer
from deml.market.forfeits import Shares, share_forfeits
from deml.market.luck import check_rows_for, credited_gain, credited_score, least_gain, luck_bar
from deml.market.rules import check_rule, distance, final_pays, needs_stake, offers

__all__ = [
    "Bid",
    "Offer",
    "Shares",
    "check_rows_for",
    "check_rule",
    "credited_gain",
    "credited_score",
    "distance",
    "final_pays",
    "least_gain",
    "luck_bar",
    "needs_stake",
    "offers",
    "share_forfeits",
]
