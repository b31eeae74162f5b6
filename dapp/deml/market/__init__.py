"""Layer 1: reward rules; pure integer functions of terms, and of scores in commit order.

A rule is a module with `check` and `offers`, and a row in `rules.RULES`.
"""

from deml.market.bid import Bid, Offer
from deml.market.forfeits import Shares, share_forfeits
from deml.market.rules import check_rule, final_pays, needs_stake, offers

__all__ = ["Bid", "Offer", "Shares", "check_rule", "final_pays", "needs_stake", "offers", "share_forfeits"]
