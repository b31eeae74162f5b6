"""Text that fits a terminal: folded between words, long names shortened in the middle, tables that fit or turn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deml_cli.layout import GAP, fact_lines, fitted, folded, row_lines
from deml_sdk.visible import shortened

ADDRESS = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
CID = "bafkreicco4kqordn3w6gzxwmroclskcinl5qenrhf5x67agx2jvhctca6y"
TEXTS = st.lists(st.text("abc-", min_size=1, max_size=30), min_size=1, max_size=40).map(" ".join)


@given(TEXTS, st.integers(20, 100))
def test_no_word_is_broken_and_no_line_is_longer_than_it_must_be(text: str, width: int):
    lines = list(folded(text, width))
    assert " ".join(lines).split() == text.split()
    assert all(len(one) <= width or " " not in one for one in lines)


def test_a_command_in_quotes_stays_in_one_piece():
    text = "Put it back now, before the declare phase begins, with this: 'deml recover 7 FILE'"
    assert list(folded(text, 70))[-1] == "'deml recover 7 FILE'"


def test_accounts_hashes_and_cids_are_shortened_in_the_middle():
    assert shortened(f"{ADDRESS} has {CID}") == "0x7099...79c8 has bafkreic...tca6y"
    assert shortened("fe" * 32) == "fefefe...fefe"
    assert shortened("0x12 and bafy and deadbeef") == "0x12 and bafy and deadbeef"


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers(0, 10**9).map(str)), min_size=1, max_size=5), st.integers(40, 120))
def test_a_table_fits_or_is_turned(rows: list[tuple[str, str, str]], width: int):
    names = ("what", "why", "number")
    widths = fitted(names, rows, width)
    longest = [max(len(word) for row in rows for word in (*row[at].split(), names[at])) for at in range(3)]
    assert (widths is None) == (sum(longest) + 2 * len(GAP) > width)
    if widths is not None:
        for row in rows:
            lines = list(row_lines(row, widths, (False, False, True)))
            assert all(len(one) <= width for one in lines)
            assert sorted(" ".join(lines).split()) == sorted(" ".join(row).split())


def test_facts_hang_under_their_names():
    lines = list(fact_lines({"a": "word " * 30, "longer": 7}, 60))
    assert [left.strip() for left, _ in lines if left.strip()] == ["a", "longer"]
    assert all(len(left) + 2 * len(GAP) + len(right) <= 60 for left, right in lines)
