"""Balances: never negative, never lost, zero never stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.types import Address, Amount
from deml.ledger import InsufficientBalance, credit, debit, holdings
from tests.support.deployment import account

ANNA, BERT = account(0xA0), account(0xB0)
GOLD, SILVER = account(0x60), account(0x51)


def test_credits_add_up_by_owner_and_token() -> None:
    balances: dict[tuple[Address, Address], Amount] = {}
    credit(balances, ANNA, GOLD, Amount(3))
    credit(balances, ANNA, GOLD, Amount(4))
    credit(balances, ANNA, SILVER, Amount(1))
    credit(balances, BERT, GOLD, Amount(2**200))
    assert list(holdings(balances, ANNA)) == [(SILVER, 1), (GOLD, 7)]
    assert list(holdings(balances, BERT)) == [(GOLD, 2**200)]
    assert list(holdings(balances, GOLD)) == []


def test_nothing_leaves_no_entry() -> None:
    balances: dict[tuple[Address, Address], Amount] = {}
    credit(balances, ANNA, GOLD, Amount(0))
    debit(balances, ANNA, GOLD, Amount(0))
    assert balances == {}
    credit(balances, ANNA, GOLD, Amount(5))
    debit(balances, ANNA, GOLD, Amount(5))
    assert balances == {}


def test_more_than_there_is_cannot_leave() -> None:
    balances = {(ANNA, GOLD): Amount(5)}
    with pytest.raises(InsufficientBalance) as caught:
        debit(balances, ANNA, GOLD, Amount(6))
    assert caught.value.values == {"account": ANNA, "token": GOLD, "balance": 5, "amount": 6}
    assert balances == {(ANNA, GOLD): 5}
    with pytest.raises(InsufficientBalance):
        debit(balances, BERT, GOLD, Amount(1))
    with pytest.raises(InsufficientBalance):
        debit(balances, ANNA, SILVER, Amount(1))


@given(st.lists(st.tuples(st.sampled_from((ANNA, BERT)), st.sampled_from((GOLD, SILVER)), st.integers(-50, 50))))
def test_what_comes_in_is_what_goes_out_or_stays(moves: list[tuple[Address, Address, int]]) -> None:
    balances: dict[tuple[Address, Address], Amount] = {}
    net = 0
    for owner, token, amount in moves:
        before = dict(balances)
        try:
            if amount >= 0:
                credit(balances, owner, token, Amount(amount))
            else:
                debit(balances, owner, token, Amount(-amount))
            net += amount
        except InsufficientBalance:
            assert balances == before
    assert sum(balances.values()) == net
    assert all(amount > 0 for amount in balances.values())
