"""A fork of the state takes effect as a whole or not at all."""

from __future__ import annotations

from collections.abc import MutableMapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.types import Amount
from deml.core.overlay import Overlay
from deml.core.state import State
from tests.support.deployment import account
from tests.support.digest import digest

KEY = (account(1), account(2))


def test_a_fork_is_invisible_until_it_is_merged() -> None:
    state = State()
    before = digest(state)
    fork = state.fork()
    fork.balances[KEY] = Amount(5)
    assert digest(state) == before
    assert fork.balances[KEY] == 5
    fork.merge()
    assert state.balances == {KEY: 5}


def test_a_fork_of_a_fork_reaches_the_state_through_both() -> None:
    state = State()
    outer = state.fork()
    inner = outer.fork()
    inner.balances[KEY] = Amount(5)
    assert KEY not in outer.balances
    inner.merge()
    assert KEY in outer.balances
    assert not state.balances
    outer.merge()
    assert state.balances[KEY] == 5


def test_a_forgotten_fork_leaves_no_trace() -> None:
    state = State()
    state.balances[KEY] = Amount(5)
    fork = state.fork()
    del fork.balances[KEY]
    assert KEY not in fork.balances
    assert state.balances == {KEY: 5}


KEYS = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), KEYS, st.integers(0, 9)),
        st.tuples(st.just("delete"), KEYS, st.just(0)),
        st.tuples(st.just("pop"), KEYS, st.just(0)),
    )
)


def act(mapping: MutableMapping[int, int], step: tuple[str, int, int]) -> None:
    kind, key, value = step
    if kind == "set":
        mapping[key] = value
    elif kind == "pop":
        mapping.pop(key, None)
    else:
        try:
            del mapping[key]
        except KeyError:
            assert key not in mapping


@given(st.dictionaries(KEYS, st.integers(0, 9)), STEPS, STEPS)
def test_an_overlay_is_a_dict_that_waits(
    below: dict[int, int], steps: list[tuple[str, int, int]], deeper: list[tuple[str, int, int]]
) -> None:
    origin, plain = dict(below), dict(below)
    overlay = Overlay(below)
    for step in steps:
        act(overlay, step)
        act(plain, step)
    assert below == origin
    second = Overlay(overlay)
    for step in deeper:
        act(second, step)
        act(plain, step)
        assert dict(second) == plain
        assert len(second) == len(plain)
        assert all(second[key] == value for key, value in plain.items())
    second.apply()
    assert dict(overlay) == plain
    assert below == origin
    overlay.apply()
    assert below == plain


def test_an_absent_key_is_absent() -> None:
    overlay: Overlay[int, int] = Overlay({})
    for read in (overlay.__getitem__, overlay.__delitem__):
        with pytest.raises(KeyError):
            read(1)
    overlay[1] = 2
    del overlay[1]
    with pytest.raises(KeyError):
        overlay[1]
