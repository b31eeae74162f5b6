"""How jobs and clients look in answers to queries: plain JSON, amounts and hashes as text."""

from __future__ import annotations

from typing import Any

from deml.base.states import Standing
from deml.base.terms import FixedRule, MarketRule, Rule, Terms
from deml.base.types import Timestamp
from deml.core.buffers import slot_name
from deml.core.job import Client, Job
from deml.core.phases import phase_of
from deml.core.state import Buffer, BufferKey, ScoringKey
from deml.scoring import Scoring

View = dict[str, Any]


def job(shown: Job, as_of: Timestamp) -> View:
    """Describe a job, its phase as of `as_of`."""
    phase = phase_of(shown, as_of)
    outcome = shown.outcome
    return {
        "jobId": shown.id,
        "sponsor": shown.sponsor,
        "phase": phase,
        "ending": outcome.ending if outcome else None,
        "round": shown.round,
        "roundUntil": shown.round_until if shown.round else None,
        "escrow": str(shown.escrow),
        "participants": len(shown.clients),
        "committed": sum(1 for one in shown.clients if one.commitment is not None),
        "declared": sum(1 for one in shown.clients if one.score is not None),
        "revealed": shown.revealed is not None,
        "opening": shown.opened.opening if shown.opened else None,
        "dataCid": shown.revealed.data_cid if shown.revealed else None,
        "rows": shown.revealed.rows if shown.revealed else None,
        "sponsorRefund": str(outcome.sponsor_refund) if outcome else None,
        "burnt": str(outcome.burnt) if outcome else None,
        "terms": terms(shown.terms),
    }


def client(shown: Client, of: Job) -> View:
    """Describe a participant: how far it has come, what it is due, what it received."""
    payouts = of.outcome.payouts if of.outcome else ()
    payout = next((one for one in payouts if one.client == shown.address), None)
    return {
        "client": shown.address,
        "payTo": shown.pay_to,
        "stake": str(shown.stake),
        "commitment": "0x" + shown.commitment.hex() if shown.commitment else None,
        "order": shown.order or None,
        "score": shown.score,
        "minPay": str(shown.min_pay) if shown.score is not None else None,
        "due": str(shown.due) if of.round else None,
        "status": Standing.PAID if payout and payout.pay and shown.standing is Standing.VERIFIED else shown.standing,
        "modelCid": shown.model_cid or None,
        "scoredBy": shown.scored_by if shown.standing is Standing.SCORING else None,
        "payout": {
            "pay": str(payout.pay),
            "stake": str(payout.stake),
            "compensation": str(payout.compensation),
        }
        if payout
        else None,
    }


def upload(key: BufferKey, buffer: Buffer) -> View:
    """Describe an upload buffer: what to send next to continue it."""
    return {
        "owner": key.owner,
        "slot": slot_name(key.slot),
        "nextSeq": buffer.chunks,
        "bytes": buffer.size,
    }


def scoring(key: ScoringKey, shown: Scoring, rows: int) -> View:
    """Describe a score in the making: how many of the holdout's rows are through."""
    return {"owner": key.owner, "rowsDone": shown.rows, "rows": rows}


def terms(shown: Terms) -> View:
    """Describe terms under the names of ``IDeML.sol``."""
    return {
        "title": shown.title,
        "specCid": shown.spec_cid,
        "initialModelCid": shown.initial_model_cid,
        "architecture": shown.architecture,
        "metric": shown.metric,
        "baseline": shown.baseline,
        "holdoutCommitment": "0x" + shown.holdout_commitment.hex(),
        "rewardToken": shown.reward_token,
        "rule": _rule(shown.rule),
        "commitUntil": shown.commit_until,
        "holdoutUntil": shown.holdout_until,
        "declareUntil": shown.declare_until,
        "submitUntil": shown.submit_until,
        "maxRounds": shown.max_rounds,
        "stake": str(shown.stake),
        "bondBps": shown.bond_bps,
        "maxParticipants": shown.max_participants,
        "maxModelBytes": shown.max_model_bytes,
        "maxHoldoutBytes": shown.max_holdout_bytes,
        "maxRows": shown.max_rows,
        "allowList": list(shown.allow_list),
        "nonce": "0x" + shown.nonce.hex(),
    }


def _rule(rule: Rule) -> View:
    match rule:
        case FixedRule(reward, threshold):
            return {"kind": "fixed", "reward": str(reward), "threshold": threshold}
        case MarketRule(target, grid):
            return {"kind": "market", "target": target, "grid": grid}
        case _:
            return {"kind": rule.kind}
