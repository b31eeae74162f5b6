"""The terms of a job as a Solidity struct."""

from __future__ import annotations

from typing import Any, Final

from deml.base.terms import FixedRule, MarketRule, Rule, Terms, UnknownRule
from deml.base.types import Address, Amount, Score, Timestamp
from deml.wire.abi import decode_values, encode_values

TERMS: Final = (
    "(string,string,string,string,string,int64,bytes32,address,(string,bytes),uint64,uint64,uint64,uint64,uint16,"
    "uint128,uint16,uint16,uint32,uint32,uint32,address[],bytes32)"
)
_FIXED: Final = ("uint128", "uint64")
_MARKET: Final = ("int64", "uint64")


def terms_values(terms: Terms) -> tuple[Any, ...]:
    """Values of the struct, in its order."""
    return (
        terms.title,
        terms.spec_cid,
        terms.initial_model_cid,
        terms.architecture,
        terms.metric,
        terms.baseline,
        terms.holdout_commitment,
        terms.reward_token,
        _rule_values(terms.rule),
        terms.commit_until,
        terms.holdout_until,
        terms.declare_until,
        terms.submit_until,
        terms.max_rounds,
        terms.stake,
        terms.bond_bps,
        terms.max_participants,
        terms.max_model_bytes,
        terms.max_holdout_bytes,
        terms.max_rows,
        terms.allow_list,
        terms.nonce,
    )


def terms_from(values: tuple[Any, ...]) -> Terms:
    """Terms of the struct's decoded values.

    Raises
    ------
    MalformedMessage
        If the parameters of a known rule do not decode.
    """
    (title, spec, model, architecture, metric, baseline, holdout, token, rule, *times_and_caps) = values
    (
        commit,
        reveal,
        declare,
        submit,
        rounds,
        stake,
        bond,
        clients,
        model_bytes,
        holdout_bytes,
        rows,
        allowed,
        nonce,
    ) = times_and_caps
    return Terms(
        title=title,
        spec_cid=spec,
        initial_model_cid=model,
        architecture=architecture,
        metric=metric,
        baseline=Score(baseline),
        holdout_commitment=holdout,
        reward_token=Address(token),
        rule=_rule_from(*rule),
        commit_until=Timestamp(commit),
        holdout_until=Timestamp(reveal),
        declare_until=Timestamp(declare),
        submit_until=Timestamp(submit),
        max_rounds=rounds,
        stake=Amount(stake),
        bond_bps=bond,
        max_participants=clients,
        max_model_bytes=model_bytes,
        max_holdout_bytes=holdout_bytes,
        max_rows=rows,
        allow_list=tuple(Address(one) for one in allowed),
        nonce=nonce,
    )


def _rule_values(rule: Rule) -> tuple[str, bytes]:
    match rule:
        case FixedRule(reward, threshold):
            return "fixed", encode_values(_FIXED, (reward, threshold))
        case MarketRule(target, grid):
            return "market", encode_values(_MARKET, (target, grid))
        case UnknownRule(kind, params):
            return kind, params


def _rule_from(kind: str, params: bytes) -> Rule:
    match kind:
        case "fixed":
            reward, threshold = decode_values("FixedRule", _FIXED, params)
            return FixedRule(Amount(reward), threshold)
        case "market":
            target, grid = decode_values("MarketRule", _MARKET, params)
            return MarketRule(Score(target), grid)
        case _:
            return UnknownRule(kind, params)
