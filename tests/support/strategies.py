"""Hypothesis strategies for everything the wire carries."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from deml.base import inputs, outputs
from deml.base.inputs import Codec, Slot, Stream
from deml.base.outputs import Due, Notice, Payout, VerifiedModel
from deml.base.states import Ending
from deml.base.terms import FixedRule, MarketRule, Terms, UnknownRule
from deml.base.types import Address, address_of

Any_ = SearchStrategy[Any]


def uint(bits: int) -> SearchStrategy[int]:
    return st.integers(0, 2**bits - 1)


def int64() -> SearchStrategy[int]:
    return st.integers(-(2**63), 2**63 - 1)


addresses: SearchStrategy[Address] = st.binary(min_size=20, max_size=20).map(address_of)
words = st.binary(min_size=32, max_size=32)
texts = st.text(max_size=40)
streams = st.builds(Stream, st.sampled_from(Codec), st.binary(max_size=80))

rules: Any_ = st.one_of(
    st.builds(FixedRule, uint(128), uint(64)),
    st.builds(MarketRule, int64(), uint(64)),
    st.builds(UnknownRule, texts.filter(lambda kind: kind not in ("fixed", "market")), st.binary(max_size=70)),
)
terms: SearchStrategy[Terms] = st.builds(
    Terms,
    *(texts,) * 5,
    int64(),
    words,
    addresses,
    rules,
    *(uint(64),) * 4,
    uint(16),
    uint(128),
    *(uint(16),) * 2,
    *(uint(32),) * 3,
    st.lists(addresses, max_size=4).map(tuple),
    words,
)

messages: Any_ = st.one_of(
    st.builds(inputs.CreateJob, terms),
    st.builds(inputs.TopUp, uint(256)),
    st.builds(inputs.Accept, uint(256), addresses),
    st.builds(inputs.SetPayTo, uint(256), addresses),
    st.builds(inputs.Commit, uint(256), words),
    st.builds(inputs.Upload, uint(256), st.sampled_from(Slot), uint(32), st.binary(max_size=100)),
    st.builds(inputs.RevealHoldout, uint(256), texts, words, streams, streams),
    st.builds(inputs.Declare, uint(256), int64(), uint(256)),
    st.builds(inputs.Submit, uint(256), texts, texts, words, streams),
    st.builds(inputs.ScoreSlices, uint(256), addresses, uint(32)),
    st.builds(inputs.Settle, uint(256)),
    st.builds(inputs.Cancel, uint(256)),
    st.builds(inputs.Withdraw, addresses, uint(256), addresses),
)

_dues = st.lists(st.builds(Due, addresses, uint(256)), max_size=4).map(tuple)
_several = st.lists(addresses, max_size=3).map(tuple)
_payouts = st.lists(st.builds(Payout, addresses, addresses, *(uint(256),) * 3), max_size=3).map(tuple)
_models = st.lists(st.builds(VerifiedModel, addresses, texts, int64()), max_size=3).map(tuple)

notices: SearchStrategy[Notice] = st.one_of(
    st.builds(outputs.JobCreated, uint(256), addresses, uint(256), terms),
    st.builds(outputs.ToppedUp, uint(256), uint(256)),
    st.builds(outputs.Accepted, uint(256), addresses, addresses),
    st.builds(outputs.PayToChanged, uint(256), addresses, addresses),
    st.builds(outputs.Committed, uint(256), addresses, words),
    st.builds(outputs.HoldoutRevealed, uint(256), texts, int64(), uint(32)),
    st.builds(outputs.Declared, uint(256), addresses, int64(), uint(256)),
    st.builds(outputs.DuesFixed, uint(256), uint(16), uint(64), _dues, _several, _several),
    st.builds(outputs.Scored, uint(256), addresses, texts, texts, int64()),
    st.builds(outputs.ScoringProgress, uint(256), addresses, uint(32), uint(32)),
    st.builds(outputs.Refuted, uint(256), addresses, texts, int64(), int64(), texts),
    st.builds(outputs.Settled, uint(256), st.sampled_from(Ending), texts, _models, _payouts, uint(256), uint(256)),
)
