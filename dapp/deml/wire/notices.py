"""Notices: calldata of the functions of ``Notices`` in ``IDeML.sol``."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from deml.base.outputs import (
    Accepted,
    Committed,
    Declared,
    Due,
    DuesFixed,
    HoldoutRevealed,
    JobCreated,
    Notice,
    Payout,
    PayToChanged,
    Refuted,
    Scored,
    Scoring,
    Settled,
    ToppedUp,
    VerifiedModel,
)
from deml.base.states import Ending
from deml.wire.abi import Function, function
from deml.wire.table import Kind, Table
from deml.wire.terms import TERMS, terms_from, terms_values


def _flat(made: type[Notice], *types: str, selector: str) -> Kind[Notice]:
    return Kind(function(made.__name__, selector, *types), _members, made)


def _members(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, one.name) for one in fields(value))


def _pack_dues(notice: DuesFixed) -> tuple[Any, ...]:
    head = (notice.job_id, notice.round, notice.round_until)
    return (*head, [_members(due) for due in notice.dues], notice.waived, notice.failed)


def _pack_settled(notice: Settled) -> tuple[Any, ...]:
    head = (notice.job_id, notice.ending, notice.data_cid)
    lists = ([_members(one) for one in notice.models], [_members(one) for one in notice.payouts])
    return (*head, *lists, notice.sponsor_refund, notice.burnt)


_TABLE: Final[Table[Notice]] = Table(
    {
        JobCreated: Kind(
            function("JobCreated", "3d0e8944", "uint256", "address", "uint256", TERMS),
            lambda notice: (notice.job_id, notice.sponsor, notice.escrow, terms_values(notice.terms)),
            lambda job_id, sponsor, escrow, terms: JobCreated(job_id, sponsor, escrow, terms_from(terms)),
        ),
        ToppedUp: _flat(ToppedUp, "uint256", "uint256", selector="fe9a6e7b"),
        Accepted: _flat(Accepted, "uint256", "address", "address", selector="b28189fa"),
        PayToChanged: _flat(PayToChanged, "uint256", "address", "address", selector="f057608b"),
        Committed: _flat(Committed, "uint256", "address", "bytes32", selector="26a45469"),
        HoldoutRevealed: _flat(HoldoutRevealed, "uint256", "string", "int64", "uint32", selector="6ea1f2e7"),
        Declared: _flat(Declared, "uint256", "address", "int64", "uint256", selector="9014833a"),
        DuesFixed: Kind(
            function(
                "DuesFixed", "580e7ed5", "uint256", "uint16", "uint64", "(address,uint256)[]", "address[]", "address[]"
            ),
            _pack_dues,
            lambda job_id, number, until, dues, waived, failed: DuesFixed(
                job_id, number, until, tuple(Due(*due) for due in dues), tuple(waived), tuple(failed)
            ),
        ),
        Scoring: _flat(Scoring, "uint256", "address", "uint32", "uint32", selector="f11531f1"),
        Scored: _flat(Scored, "uint256", "address", "string", "string", "int64", selector="78c94c90"),
        Refuted: _flat(Refuted, "uint256", "address", "string", "int64", "int64", "string", selector="9413a46f"),
        Settled: Kind(
            function(
                "Settled",
                "de859b60",
                "uint256",
                "string",
                "string",
                "(address,string,int64)[]",
                "(address,address,uint256,uint256,uint256)[]",
                "uint256",
                "uint256",
            ),
            _pack_settled,
            lambda job_id, ending, data_cid, models, payouts, refund, burnt: Settled(
                job_id,
                Ending(ending),
                data_cid,
                tuple(VerifiedModel(*one) for one in models),
                tuple(Payout(*one) for one in payouts),
                refund,
                burnt,
            ),
        ),
    }
)

NOTICE_FUNCTIONS: Final[tuple[Function, ...]] = _TABLE.functions
"""Every notice, in the order of ``IDeML.sol``."""


def encode(notice: Notice) -> bytes:
    """Payload of a notice."""
    return _TABLE.encode(notice)


def decode(payload: bytes) -> Notice:
    """Read the payload of a notice.

    Raises
    ------
    UnknownSelector, MalformedMessage
        If it is no notice of ``IDeML.sol``, or not a well-formed one.
    """
    return _TABLE.decode(payload)
