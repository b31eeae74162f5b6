"""Codes are the names of the classes, word by word."""

from __future__ import annotations

import pytest

from deml.base.errors import DemlError
from deml.core.errors import NotAParticipant, WrongPhase
from deml.market.errors import GridOutOfRange
from deml.wire.errors import NotADepositOrder


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WrongPhase, "WRONG_PHASE"),
        (NotAParticipant, "NOT_A_PARTICIPANT"),
        (NotADepositOrder, "NOT_A_DEPOSIT_ORDER"),
        (GridOutOfRange, "GRID_OUT_OF_RANGE"),
    ],
)
def test_a_code_has_the_words_of_its_class(error: type[DemlError], code: str) -> None:
    assert error.code() == code
