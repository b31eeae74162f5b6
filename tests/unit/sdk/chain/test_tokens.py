from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.limits import MAX_AMOUNT
from deml.base.types import Address, Amount
from deml_sdk.addresses import checksummed, parse_address, parse_hex
from deml_sdk.chain.tokens import BadAmount, Token, format_amount, parse_amount
from deml_sdk.errors import BadAddress, BadHex


@given(st.integers(0, MAX_AMOUNT), st.integers(0, 36))
def test_what_is_written_is_read_back_exactly(amount: int, decimals: int):
    assert parse_amount(format_amount(Amount(amount), decimals), decimals) == amount
    assert parse_amount(f"{amount}u", decimals) == amount


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [(0, 18, "0"), (1, 18, "0.000000000000000001"), (15 * 10**17, 18, "1.5"), (10**24, 18, "1,000,000"), (7, 0, "7")],
)
def test_amounts_are_written_for_people(amount: int, decimals: int, text: str):
    assert format_amount(Amount(amount), decimals) == text
    assert Token(Address("0x"), "TOK", decimals).show(Amount(amount)) == f"{text} TOK"


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5.2", "nan", "inf", "0.0000001", "1.5u", "u", "1e-30"])
def test_what_is_no_amount_is_refused(text: str):
    with pytest.raises(BadAmount):
        parse_amount(text, 6)


def test_addresses_with_a_wrong_checksum_have_a_wrong_digit():
    good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    assert parse_address(good) == good.lower()
    assert checksummed(parse_address(good)) == good
    assert parse_address(good.lower()) == parse_address("0x" + good[2:].upper())
    for text in (good.replace("Ae", "aE", 1), good[:-1], good[2:], "sponsor", good + "0", "0x" + "g" * 40):
        with pytest.raises(BadAddress):
            parse_address(text)


def test_hex_with_or_without_prefix():
    assert parse_hex("0x00ff") == parse_hex("00ff\n") == b"\x00\xff"
    for text in ("0x0", "0xzz", "x" * 100):
        with pytest.raises(BadHex) as caught:
            parse_hex(text)
        assert len(str(caught.value)) < 100
