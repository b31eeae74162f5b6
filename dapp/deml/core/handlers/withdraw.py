"""`withdraw`: take tokens out of one's balance."""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.inputs import Metadata, Withdraw
from deml.base.outputs import Output, Transfer
from deml.base.types import ETHER
from deml.core.errors import NothingToWithdraw, SinkRefused
from deml.core.state import State
from deml.ledger import debit


def withdraw(state: State, meta: Metadata, body: Withdraw) -> Sequence[Output]:
    """Emit the voucher that pays out."""
    if not body.amount:
        raise NothingToWithdraw()
    if body.to in (ETHER, meta.app):
        raise SinkRefused(body.to)
    debit(state.balances, meta.sender, body.token, body.amount)
    return [Transfer(body.token, body.to, body.amount)]
