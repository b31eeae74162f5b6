"""Nothing is staked or escrowed where payments would count as made and pay nothing; what is under way goes on."""

from __future__ import annotations

from typing import Any

import pytest

from deml.base.inputs import Accept, Settle, TopUp, Withdraw
from deml.base.types import Address, Amount, JobId
from deml_sdk.chain.tokens import Token
from deml_sdk.client import Client
from deml_sdk.errors import NoPayoutLibrary
from deml_sdk.market.intent import Funds
from deml_sdk.marketplace import Marketplace
from tests.support.fake_chain import TOKEN, WALLET

LIBRARY = Address("0x" + "5a" * 20)
FUNDS = Funds(Token(TOKEN, "TST", 0), Amount(1))


class Sent(Exception):
    """The client went on to ask the chain about a transaction."""


class BareChain:
    """A chain without the library; to go on is to fail with `Sent`."""

    def __init__(self, code: bytes) -> None:
        self._code = code

    def code(self, address: Address) -> bytes:
        assert address == LIBRARY
        return self._code

    def input_call(self, _payload: bytes) -> Any:
        raise Sent

    def deposit_calls(self, *_arguments: object) -> Any:
        raise Sent


def client(code: bytes) -> Client:
    made = Client(Marketplace(safe_transfer=LIBRARY), wallet=WALLET)
    made.__dict__ |= {"chain": BareChain(code), "_tokens": {TOKEN: Token(TOKEN, "TST", 0)}}
    return made


def test_a_job_is_not_accepted_where_it_could_not_pay():
    with pytest.raises(NoPayoutLibrary, match=LIBRARY):
        client(b"").to_send([Accept(JobId(1), WALLET.address)], "accept", "that")


def test_a_stake_is_not_deposited_where_it_could_not_be_returned():
    with pytest.raises(NoPayoutLibrary):
        client(b"").to_deposit(FUNDS, Accept(JobId(1), WALLET.address), "accept", "that")


def test_a_job_is_not_topped_up_where_it_could_not_pay():
    with pytest.raises(NoPayoutLibrary):
        client(b"").to_deposit(FUNDS, TopUp(JobId(1)), "top up", "that")


@pytest.mark.parametrize("order", [Settle(JobId(1)), Withdraw(TOKEN, Amount(1), WALLET.address)])
def test_jobs_that_are_under_way_are_not_held_up(order: Settle | Withdraw):
    with pytest.raises(Sent):
        client(b"").to_send([order], "go on", "that")


def test_with_the_library_in_place_nothing_is_in_the_way():
    with pytest.raises(Sent):
        client(b"\x60").to_send([Accept(JobId(1), WALLET.address)], "accept", "that")
