"""What an intent sends, in words: what people read before they agree to it."""

from __future__ import annotations

from collections.abc import Callable

from deml.base.types import Address, Score, Timestamp
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import few_digits
from deml_sdk.jobspec.document import Spec
from deml_sdk.market.chronicle import SponsorRecord
from deml_sdk.market.costs import WholeJob
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.view import Job
from deml_sdk.market.words.text import offer
from deml_sdk.scores import score_text

Said = dict[str, object]


def of_job(job: Job) -> Said:
    """Name a job."""
    return {"job": f"{job.job_id}, {job.terms.title}"}


def of_post(draft: Draft, now: Timestamp) -> Said:
    """Say what a sponsor commits itself to."""
    terms = draft.terms
    said: Said = {"title": terms.title}
    said |= offer(terms, draft.escrow, draft.token, now, draft.prepared)
    said["holdout"] = f"{draft.rows:,} rows, kept on this machine until you reveal them"
    places = f"{terms.max_participants}"
    said["clients"] = f"{len(terms.allow_list)} by name" if terms.allow_list else f"anybody, at most {places}"
    return said


def of_accept(job: Job, receiver: str, sponsor: str, now: Timestamp, token: Token) -> Said:
    """Say what a client takes part in, and who pays it."""
    terms = job.terms
    said = of_job(job) | {"sponsor": sponsor}
    said |= {name: value for name, value in offer(terms, job.escrow, token, now).items() if name != "model"}
    said["pay goes to"] = receiver
    if terms.stake:
        said["stake"] = f"{token.show(terms.stake)}; it comes back unless you declare a score and do not deliver"
    return said


def of_terms_of_use(spec: Spec | None) -> Said:
    """Say what the sponsor may do with a model, and others, as the specification has it."""
    if spec is None:
        return {"licence": "none given: the job has no specification"}
    said: Said = {"licence": spec.license or "none given"}
    if spec.permitted_use:
        said["permitted use"] = spec.permitted_use
    return said


def record_text(record: SponsorRecord, token: Callable[[Address], Token]) -> str:
    """Write a sponsor's record in one sentence."""
    if not record.jobs:
        return "none: this is its first job here"
    parts = [f"{record.jobs} job(s) before this one: {record.settled} settled, {record.running} running"]
    if record.cancelled:
        parts.append(f"{record.cancelled} cancelled")
    parts.append(f"holdout revealed in {record.revealed}, not revealed in {record.unrevealed}")
    parts.append(f"proved false in {record.refuted}" if record.refuted else "none proved false")
    paid = " and ".join(token(one).show(amount) for one, amount in record.paid.items())
    parts.append(f"{record.models_paid} model(s) paid" + (f", {paid} in all" if paid else ""))
    return "; ".join(parts)


def cost_text(cost: WholeJob) -> str:
    """Write what a whole job takes in gas, and what the wallet has."""
    return (
        f"{cost.gas.describe()}, from accepting to your payout, for a model of {cost.model_bytes:,} bytes on chain; "
        f"this wallet has {few_digits(cost.wallet)} ETH"
    )


def of_commit(job: Job, size: int, min_pay: str) -> Said:
    """Say what a client commits to."""
    kept = f"{size:,} bytes; it stays on this machine, in the journal"
    return of_job(job) | {"model": kept, "least pay": min_pay}


def of_declare(job: Job, credited: Score, min_pay: str) -> Said:
    """Say what a client states."""
    return of_job(job) | {"credited score": f"{score_text(credited)} {job.terms.metric}", "least pay": min_pay}


def of_submit(job: Job, cid: str, due: str) -> Said:
    """Say what a client publishes, and for how much."""
    return of_job(job) | {"model": cid, "due": due}


def of_reveal(job: Job, cid: str, size: int) -> Said:
    """Say what a sponsor publishes."""
    return of_job(job) | {"holdout": cid, "bytes": f"{size:,}", "initial model": job.terms.initial_model_cid}
