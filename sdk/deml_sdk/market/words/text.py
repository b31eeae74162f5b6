"""Jobs in words: what people read in `job list`, `job show` and `job results`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deml.base.answers import Participant
from deml.base.outputs import Aggregated, Notice, ScoringProgress
from deml.base.states import Opening, Phase
from deml.base.terms import FixedRule, MarketRule, Rule, Terms
from deml.base.types import Address, Amount, Timestamp
from deml.scoring import Holdout
from deml_sdk.chain.tokens import Token
from deml_sdk.dates import date_text, duration_text
from deml_sdk.market.judging.evaluation import Evaluation
from deml_sdk.market.judging.luck import what_rows_tell
from deml_sdk.market.names import NOBODY_KNOWN, Names
from deml_sdk.market.schedule import phase_at, phase_end
from deml_sdk.market.view import Job, job_json
from deml_sdk.node.vouchers import Voucher
from deml_sdk.scores import score_text


def summary(job: Job, now: Timestamp, token: Token) -> tuple[str, ...]:
    """Row of a job in a list; for `SUMMARY_COLUMNS`."""
    return (
        str(job.job_id),
        job.terms.title,
        phase_text(job, now),
        token.show(job.escrow),
        job.terms.metric,
        score_text(job.terms.baseline),
        f"{job.committed}/{job.terms.max_participants}",
    )


SUMMARY_COLUMNS = ("job", "title", "phase", "escrow", "metric", "baseline", "committed")


def details(job: Job, now: Timestamp, token: Token, names: Names = NOBODY_KNOWN) -> Mapping[str, object]:
    """Everything about a job, by name."""
    terms = job.terms
    return {
        "title": terms.title,
        "sponsor": names.full(job.sponsor),
        "phase": phase_text(job, now),
        **offer(terms, job.escrow, token, now),
        "initial model": terms.initial_model_cid,
        "specification": terms.spec_cid or "none",
        "holdout": _holdout(job),
        **({"average": _average(job, now)} if terms.aggregate else {}),
        "clients": f"{job.participants} of at most {terms.max_participants}; {job.committed} committed, "
        f"{job.declared} declared" + (f"; {len(terms.allow_list)} on the allow-list" if terms.allow_list else ""),
        "limits": f"model {terms.max_model_bytes:,} bytes, holdout {terms.max_holdout_bytes:,} bytes, "
        f"{terms.min_rows:,} to {terms.max_rows:,} rows",
    }


def offer(terms: Terms, escrow: Amount, token: Token, now: Timestamp, rows: Holdout | None = None) -> dict[str, object]:
    """What a job pays for, what it risks, and when: what a sponsor agrees to, and who accepts.

    Parameters
    ----------
    rows
        The sponsor's own holdout, where it is here: what its rows can tell is then exact.
    """
    confidence = f"{terms.confidence / 10_000:g} %" if terms.confidence else "0 %: scores are paid as they are"
    return {
        "escrow": token.show(escrow),
        "pays": rule_text(terms.rule, token),
        "stake": f"{token.show(terms.stake)} of each client, lost by a client that declares and does not deliver",
        "bond": f"{token.show(bond_of(terms, escrow))} ({terms.bond_bps / 100:g} % of the escrow), shared by committed "
        "clients if the holdout is not revealed in time",
        "metric": terms.metric,
        "baseline": f"{score_text(terms.baseline)}, the score of the initial model",
        "confidence": confidence,
        "least rows": f"{terms.min_rows:,} distinct ones, or the holdout counts as not revealed",
        "luck": what_rows_tell(terms, rows),
        "model": architecture_text(terms.architecture),
        "commit until": time_text(terms.commit_until, now),
        "reveal until": time_text(terms.holdout_until, now),
        "declare until": time_text(terms.declare_until, now),
        "submit until": f"{time_text(terms.submit_until, now)}; up to {terms.max_rounds} round(s) of "
        f"{duration_text(terms.window)}",
    }


def bond_of(terms: Terms, escrow: Amount) -> Amount:
    """What committed clients share if the holdout is not revealed."""
    return Amount(escrow * terms.bond_bps // 10_000)


def architecture_text(text: str) -> str:
    """Write a model's shape in words; what is no such JSON stays as it is."""
    try:
        shape = dict(json.loads(text))
    except (ValueError, TypeError):
        return text
    family = shape.pop("family", "model")
    parts = [_part(name, value) for name, value in shape.items() if value is not False]
    return ": ".join(one for one in (str(family), ", ".join(parts)) if one)


def _part(name: str, value: object) -> str:
    if value is True:
        return name
    if isinstance(value, list):
        return f"{name} {' x '.join(map(str, value))}"
    return f"{name} {value}"


def outcome(job: Job, now: Timestamp, token: Token, names: Names = NOBODY_KNOWN) -> Mapping[str, object]:
    """How a job went, by name."""
    facts: dict[str, object] = {
        "title": job.terms.title,
        "sponsor": names.full(job.sponsor),
        "phase": phase_text(job, now),
        "escrow": token.show(job.escrow),
        "metric": job.terms.metric,
        "baseline": score_text(job.terms.baseline),
        "holdout": _holdout(job),
    }
    if job.terms.aggregate:
        facts["average"] = _average(job, now)
    if job.sponsor_refund is not None:
        facts["to the sponsor"] = token.show(job.sponsor_refund)
    if job.burnt:
        facts["burnt"] = token.show(job.burnt)
    return facts


PARTICIPANT_COLUMNS = ("client", "standing", "score", "credited", "asks for", "due", "received", "model")


def participant(
    one: Participant, token: Token, progress: ScoringProgress | None = None, names: Names = NOBODY_KNOWN
) -> tuple[str, ...]:
    """Row of a client, with how far its scoring is; for `PARTICIPANT_COLUMNS`."""
    return (
        names.short(one.client),
        f"scoring, {progress.rows_done:,} of {progress.rows:,} rows" if progress and one.scored_by else one.standing,
        "" if one.score is None else score_text(one.score),
        "" if one.declared is None else score_text(one.declared),
        "" if one.min_pay is None else token.show(one.min_pay),
        "" if one.due is None else token.show(one.due),
        "" if one.payout is None else token.show(one.payout.total),
        one.model_cid or "",
    )


def phase_text(job: Job, now: Timestamp) -> str:
    """Phase of a job at `now`, and when that changes."""
    phase = phase_at(job, now)
    if phase is Phase.ENDED:
        return f"ended: {job.ending}"
    if phase is Phase.OVER:
        return "over, to be settled"
    end = phase_end(job, now)
    name = str(phase)
    if phase is Phase.SUBMIT:
        name = f"submit, round {job.round}" if end else f"submit; round {job.round + 1} begins once somebody settles"
    return name if end is None else f"{name} for {duration_text(end - now)}"


def rule_text(rule: Rule, token: Token) -> str:
    """Reward rule in words."""
    match rule:
        case FixedRule(reward, threshold):
            return f"{token.show(reward)} each to the first that beat the baseline by {score_text(threshold)}"
        case MarketRule(target, grid):
            steps = f"in steps of {score_text(grid)}"
            return f"for what a model adds to the best before it, {steps}; everything at {score_text(target)}"
        case _:
            return f"unknown to this version: {rule.kind}"


def payment(voucher: Voucher, token: Callable[[Address], Token]) -> tuple[str, str]:
    """Receiver and amount of a voucher; `token` looks one up."""
    transfer = voucher.transfer
    if transfer is None:
        return "", "no fungible token"
    return transfer.to, token(transfer.token).show(transfer.amount)


def progress_text(made: Iterable[Notice]) -> str:
    """How far a scoring has come, to follow what led to it; empty where it has ended."""
    return "".join(
        f"; scored on {one.rows_done:,} of {one.rows:,} rows" for one in made if isinstance(one, ScoringProgress)
    )


def average_text(made: Iterable[Notice]) -> str:
    """What an average scores, to follow what led to it; empty where it is not told yet."""
    return "".join(
        f": {one.model_cid}, of {one.models} model(s), scores {score_text(one.score)}"
        for one in made
        if isinstance(one, Aggregated)
    )


def evaluation_text(found: Evaluation) -> str:
    """What a model scores, and what of that is credited where that is less."""
    if found.credited == found.score:
        return score_text(found.score)
    return f"{score_text(found.score)}, credited as {score_text(found.credited)}: luck could explain the rest"


def time_text(time: Timestamp, now: Timestamp) -> str:
    """Date of a timestamp, and how far away it is."""
    distance = f"in {duration_text(time - now)}" if time >= now else f"{duration_text(now - time)} ago"
    return f"{date_text(time)}, {distance}"


def as_json(job: Job, now: Timestamp) -> dict[str, Any]:
    """A job for scripts: the dapp's own fields, with the phase as of `now`."""
    return {"asOf": now, "phaseNow": phase_at(job, now), "phaseUntil": phase_end(job, now), "job": job_json(job)}


def _average(job: Job, now: Timestamp) -> str:
    average = job.average
    if average is None:
        return "none: no model was verified" if job.ended else "of the verified models, once the job is settled"
    if average.score is not None:
        return f"{average.model_cid}, of {average.models} model(s), scores {score_text(average.score)}"
    if now > average.until:
        return "not made in time"
    return f"can be made until {time_text(average.until, now)}; {average.added} of {average.models} model(s) added"


def _holdout(job: Job) -> str:
    if (progress := job.scoring(job.sponsor)) and job.opening is Opening.SCORING:
        return f"opened; the baseline is being scored, {progress.rows_done:,} of {progress.rows:,} rows"
    if job.opening is Opening.REFUTED:
        return "opened, and found to differ from the terms"
    if job.data_cid is None:
        return "secret until it is revealed"
    return f"{job.data_cid}, {job.rows:,} rows"
