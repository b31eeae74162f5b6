"""Deposits that buy nothing: the amount becomes the depositor's balance, and a report says why."""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.errors import DemlError
from deml.base.inputs import Deposit
from deml.base.outputs import Output, Report
from deml.core.state import State
from deml.ledger import credit


def credit_deposit(state: State, deposit: Deposit, problem: DemlError | None) -> Sequence[Output]:
    """Credit a deposit; `problem` is why it could not do what it was sent for, None where it was sent for nothing."""
    credit(state.balances, deposit.sender, deposit.token, deposit.amount)
    return [
        Report(
            {
                "credited": {
                    "sender": deposit.sender,
                    "token": deposit.token,
                    "amount": str(deposit.amount),
                },
                "reason": problem.as_report() if problem else None,
            }
        )
    ]
