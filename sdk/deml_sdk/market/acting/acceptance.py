"""Taking part in a job: what a client should know before it does, and the intent to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deml.base.inputs import Accept
from deml.base.states import Phase
from deml.base.types import Address
from deml.ipld import file_cid
from deml_sdk.chain.transactions import few_digits
from deml_sdk.jobspec.errors import BadSpec, NoSpec, SpecNotHere
from deml_sdk.market.acting.client_steps import require_open
from deml_sdk.market.acting.warnings import warnings_to_accept
from deml_sdk.market.chronicle import SponsorRecord, sponsor_record
from deml_sdk.market.costs import WholeJob, whole_job
from deml_sdk.market.errors import WouldBeRefused
from deml_sdk.market.intent import Funds, Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.schedule import window
from deml_sdk.market.spec import parsed_spec, spec_file
from deml_sdk.market.view import Job
from deml_sdk.market.words import says


def accept(client: MarketClient, job: Job, pay_to: Address) -> Intent:
    """Take part, with a deposit of the stake where the job asks for one; its specification is kept in the journal.

    Raises
    ------
    TooLate
    WouldBeRefused
    """
    require_open(client, job, window(job.terms, Phase.COMMIT), "accept")
    _check_welcome(job, client.account)
    order = Accept(job.job_id, pay_to)
    names, token = client.names, client.token(job.terms.reward_token)
    said = says.of_accept(
        job, names.receiver(pay_to, client.account), names.full(job.sponsor), client.clock().latest, token
    )
    action = f"accept job {job.job_id}"
    public = "that this wallet takes part, its stake, and where its pay goes"
    if job.terms.stake:
        made = client.to_deposit(Funds(token, job.terms.stake), order, action, public, said)
    else:
        made = client.to_send([order], action, public, says=said)
    record = sponsor_record(client.seen(), job.sponsor, before=job.job_id)
    cost = whole_job(client, job, made.gas)
    kept, use = _terms_of_use(client, job)
    told = {"its record": says.record_text(record, client.token), **use, "gas of it all": says.cost_text(cost)}
    warnings = (*warnings_to_accept(client, job), *_doubts(record, cost))
    return replace(made, sends={**made.sends, **told}, warnings=warnings, keeps=kept)


def _terms_of_use(client: MarketClient, job: Job) -> tuple[dict[str, bytes], dict[str, object]]:
    """The specification's file, to keep what was agreed to, and what it says of licence and use."""
    try:
        file = spec_file(client, job)
        return {str(file_cid(file)): file}, says.of_terms_of_use(parsed_spec(job, file))
    except NoSpec:
        return {}, says.of_terms_of_use(None)
    except (SpecNotHere, BadSpec):
        return {}, {"licence": "not known: the specification cannot be read"}


def _doubts(record: SponsorRecord, cost: WholeJob) -> Iterator[str]:
    if record.unrevealed or record.refuted:
        yield (
            f"This sponsor left {record.unrevealed} job(s) without a holdout before, {record.refuted} of its holdouts "
            "proved false: in that case clients share the bond, and no model is paid for."
        )
    if not cost.covered:
        yield (
            f"This wallet has {few_digits(cost.wallet)} ETH, and the whole job takes some {few_digits(cost.gas.wei)}: "
            "without gas for the last steps the stake is lost. Send it Ether first."
        )


def _check_welcome(job: Job, wallet: Address) -> None:
    terms = job.terms
    if job.client(wallet) is not None:
        raise WouldBeRefused("accept", job.job_id, "this wallet has accepted it already")
    if terms.allow_list and wallet not in terms.allow_list:
        raise WouldBeRefused("accept", job.job_id, "it has an allow-list, and this wallet is not on it")
    if job.participants >= terms.max_participants:
        raise WouldBeRefused("accept", job.job_id, f"its {terms.max_participants} places are taken")
