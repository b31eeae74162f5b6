"""Deposits of every kind. The tokens have moved already, so no deposit is ever refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from deml.base.errors import DemlError
from deml.base.inputs import Accept, CreateJob, Deposit, DepositOrder, ForeignDeposit, Metadata, TopUp
from deml.base.limits import MAX_AMOUNT
from deml.base.outputs import ForeignReturn, Output
from deml.base.types import Amount
from deml.core.closing import attempt, end_overdue
from deml.core.errors import AmountTooLarge, CapacityReached
from deml.core.handlers.accept import accept_with_stake
from deml.core.handlers.create_job import create_job
from deml.core.handlers.credit import credit_deposit
from deml.core.handlers.top_up import top_up
from deml.core.state import State


def deposit(state: State, meta: Metadata, body: Deposit) -> Sequence[Output]:
    """Do what the deposit is for; where that fails, credit the amount to its sender."""
    if body.order is None:
        return credit_deposit(state, body, body.problem)
    change = partial(_carry_out, meta, body, body.order)
    made: Sequence[Output] = ()
    try:
        try:
            return attempt(state, change)
        except CapacityReached:
            made = end_overdue(state, meta)
            return [*made, *attempt(state, change)]
    except DemlError as problem:
        return [*made, *credit_deposit(state, body, problem)]


def return_foreign(_state: State, _meta: Metadata, body: ForeignDeposit) -> Sequence[Output]:
    """Send ERC-721 and ERC-1155 tokens back: nothing here is paid in them."""
    return [ForeignReturn(body.token, body.sender, body.ids, body.amounts)]


def _carry_out(meta: Metadata, body: Deposit, order: DepositOrder, state: State) -> Sequence[Output]:
    if body.amount > MAX_AMOUNT:
        raise AmountTooLarge(body.amount, Amount(MAX_AMOUNT))
    match order:
        case CreateJob():
            return create_job(state, meta, body, order)
        case TopUp():
            return top_up(state, meta, body, order)
        case Accept():
            return accept_with_stake(state, meta, body, order)
