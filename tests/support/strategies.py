"""Hypothesis strategies for everything the wire carries, made of the forms of its fields."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from deml.base.outputs import Notice
from deml.base.terms import FixedRule, MarketRule, UnknownRule
from deml.base.types import Address, address_of
from deml.wire import inputs
from deml.wire import notices as told
from deml.wire.forms import Account, Form, Items, Maybe, Named, Raw, Record, StateName, Text, TokenUnits, Truth, Whole
from deml.wire.terms import TERMS, RuleForm

Any_ = SearchStrategy[Any]


def uint(bits: int) -> SearchStrategy[int]:
    return st.integers(0, 2**bits - 1)


def int64() -> SearchStrategy[int]:
    return st.integers(-(2**63), 2**63 - 1)


addresses: SearchStrategy[Address] = st.binary(min_size=20, max_size=20).map(address_of)
texts = st.text(max_size=40)
rules: Any_ = st.one_of(
    st.builds(FixedRule, uint(128), uint(64)),
    st.builds(MarketRule, int64(), uint(64)),
    st.builds(UnknownRule, texts.filter(lambda kind: kind not in ("fixed", "market")), st.binary(max_size=70)),
)


def values_of(form: Form[Any]) -> Any_:
    """Any value of a form."""
    match form:
        case Whole(low, high):
            return st.integers(low, high)
        case TokenUnits(bits):
            return uint(bits)
        case Text():
            return texts
        case Truth():
            return st.booleans()
        case Account():
            return addresses
        case StateName(names) | Named(names):
            return st.sampled_from(names)
        case Raw(size):
            return st.binary(max_size=100) if size is None else st.binary(min_size=size, max_size=size)
        case Maybe(inner):
            return st.none() | values_of(inner)
        case Items(item):
            return st.lists(values_of(item), max_size=4).map(tuple)
        case RuleForm():
            return rules
        case Record():
            return st.builds(form.made, **{field: values_of(one) for field, one in form.members.values()})
        case _:
            raise TypeError(f"no values are known for {type(form).__name__}")


terms = values_of(TERMS.form)
messages: Any_ = st.one_of([values_of(kind.form) for kind in inputs.TABLE.kinds])
notices: SearchStrategy[Notice] = st.one_of([values_of(kind.form) for kind in told.TABLE.kinds])
