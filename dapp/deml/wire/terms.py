"""The terms of a job, as a Solidity struct and in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deml.base.terms import FixedRule, MarketRule, Rule, Terms, UnknownRule
from deml.wire.abi import decode_values, encode_values
from deml.wire.arguments import (
    ADDRESS,
    NUMBER,
    SCORE,
    TEXT,
    TIME,
    TRUTH,
    WORD,
    Argument,
    amount,
    packer,
    several,
    struct,
    uint,
    unpacker,
)
from deml.wire.errors import MalformedJson
from deml.wire.forms import Form, Raw, Record, Text

_PARAMETERS: Final[dict[type[Rule], tuple[str, dict[str, Argument]]]] = {
    FixedRule: ("fixed", {"reward": amount(128), "threshold": uint(64)}),
    MarketRule: ("market", {"target": SCORE, "grid": uint(64)}),
}
"""For each rule its kind, and its parameters."""


@dataclass(frozen=True)
class RuleForm(Form[Rule]):
    """A reward rule: its kind beside its parameters, which are bytes where this version does not know the kind."""

    kinds: Mapping[str, Record[Any]]
    unknown: Record[UnknownRule]

    def write(self, value: Rule) -> dict[str, Any]:
        """Write an object."""
        if isinstance(value, UnknownRule):
            return self.unknown.write(value)
        kind, _ = _PARAMETERS[type(value)]
        written = self.kinds[kind].write(value)
        written["kind"] = kind
        return written

    def read(self, json: Any, at: str) -> Rule:
        """Read an object."""
        if not isinstance(json, Mapping):
            raise MalformedJson(at, "an object")
        known = self.kinds.get(Text().read(json.get("kind"), f"{at}.kind"))
        rule: Rule = (known or self.unknown).read(json, at)
        return rule


RULE_FORM: Final = RuleForm(
    {
        kind: Record(made, **{name: one.form for name, one in members.items()})
        for made, (kind, members) in _PARAMETERS.items()
    },
    Record(UnknownRule, kind=Text(), params=Raw()),
)


def _pack_rule(rule: Rule) -> tuple[str, bytes]:
    if isinstance(rule, UnknownRule):
        return rule.kind, rule.params
    kind, members = _PARAMETERS[type(rule)]
    return kind, encode_values([one.abi for one in members.values()], packer(members)(rule))


def _unpack_rule(arguments: tuple[str, bytes]) -> Rule:
    kind, params = arguments
    for made, (known, members) in _PARAMETERS.items():
        if kind == known:
            values = decode_values(made.__name__, [one.abi for one in members.values()], params)
            rule: Rule = unpacker(made, members)(values)
            return rule
    return UnknownRule(kind, params)


TERMS: Final = struct(
    Terms,
    title=TEXT,
    spec_cid=TEXT,
    initial_model_cid=TEXT,
    architecture=TEXT,
    metric=TEXT,
    baseline=SCORE,
    holdout_commitment=WORD,
    reward_token=ADDRESS,
    rule=Argument("(string,bytes)", RULE_FORM, _pack_rule, _unpack_rule),
    commit_until=TIME,
    holdout_until=TIME,
    declare_until=TIME,
    submit_until=TIME,
    max_rounds=uint(16),
    stake=amount(128),
    bond_bps=uint(16),
    max_participants=uint(16),
    max_model_bytes=uint(32),
    max_holdout_bytes=uint(32),
    max_rows=uint(32),
    min_rows=uint(32),
    confidence=uint(32),
    evidence_cut=uint(64),
    previous_job=NUMBER,
    aggregate=TRUTH,
    allow_list=several(ADDRESS),
    nonce=WORD,
)
"""Field by field as in ``IDeML.sol``."""
