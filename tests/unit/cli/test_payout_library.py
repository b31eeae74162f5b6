"""Nothing is staked or escrowed where payments would count as made and pay nothing; what is under way goes on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from deml.base.inputs import Accept, Settle, TopUp, Withdraw
from deml.base.types import Address, Amount, JobId
from deml_cli.context import Session
from deml_cli.session_desk import SessionDesk
from deml_sdk.errors import NoPayoutLibrary
from tests.unit.cli.fake_chain import TOKEN, WALLET

LIBRARY = Address("0x" + "5a" * 20)


class Sent(Exception):
    """The desk went on to ask the chain about a transaction."""


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


def desk(code: bytes) -> SessionDesk:
    session = SimpleNamespace(chain=BareChain(code), node=None, wallet=WALLET, safe_transfer=LIBRARY)
    return SessionDesk(cast(Session, session))


def test_a_job_is_not_accepted_where_it_could_not_pay():
    with pytest.raises(NoPayoutLibrary, match=LIBRARY):
        desk(b"").send([Accept(JobId(1), WALLET.address)], "accept", "that")


def test_a_stake_is_not_deposited_where_it_could_not_be_returned():
    with pytest.raises(NoPayoutLibrary):
        desk(b"").deposit(TOKEN, Amount(1), Accept(JobId(1), WALLET.address), "accept", "that")


def test_a_job_is_not_topped_up_where_it_could_not_pay():
    with pytest.raises(NoPayoutLibrary):
        desk(b"").deposit(TOKEN, Amount(1), TopUp(JobId(1)), "top up", "that")


@pytest.mark.parametrize("order", [Settle(JobId(1)), Withdraw(TOKEN, Amount(1), WALLET.address)])
def test_jobs_that_are_under_way_are_not_held_up(order: Settle | Withdraw):
    with pytest.raises(Sent):
        desk(b"").send([order], "go on", "that")


def test_with_the_library_in_place_nothing_is_in_the_way():
    with pytest.raises(Sent):
        desk(b"\x60").send([Accept(JobId(1), WALLET.address)], "accept", "that")
