"""The average of a settled job's verified models: have the dapp make it, and make the same bytes from public ones."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from deml.base.answers import Average
from deml.base.inputs import Aggregate
from deml.base.states import DELIVERED
from deml.ipld import file_cid
from deml.scoring import check_mean, no_sums, parse_architecture
from deml_sdk.dates import date_text
from deml_sdk.market.content import public_file, read_delivered
from deml_sdk.market.errors import AverageDiffers, NothingToAverage, TooLate, WouldBeRefused
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.slices import inputs_for_average
from deml_sdk.market.view import Job
from deml_sdk.market.words import says
from deml_sdk.outages import through_outages
from deml_sdk.progress import SILENT, Observer

DONE_BY_ANOTHER: Final = "ALREADY_AGGREGATED"
"""Code with which the dapp refuses to make what somebody else has just had made."""


def aggregate(client: MarketClient, job: Job) -> Intent:
    """Have the average made, scored and told, to its end if nothing comes between.

    That somebody else finishes it first is no failure.

    Raises
    ------
    WouldBeRefused
        If there is none to be made.
    TooLate
    """
    average, now = _awaited(job), client.clock().latest
    if now > average.until:
        raise TooLate("aggregate", job.job_id, date_text(average.until), date_text(now))
    inputs = inputs_for_average(job.terms, job.rows or 0, average)
    said = says.of_job(job) | {"models": f"{average.models} that are verified, {average.added} of them added already"}
    made = client.to_send(
        [Aggregate(job.job_id)] * inputs,
        f"average the models of job {job.job_id}",
        "the average of the verified models, which anyone can compute, and its score",
        average.until,
        said,
    )
    return replace(made, moot=DONE_BY_ANOTHER)


def average_file(client: MarketClient, job: Job, observer: Observer = SILENT) -> bytes:
    """Make the average of a job's verified models at home: the very bytes that the dapp makes.

    No outage of the node ends it.

    Raises
    ------
    NothingToAverage
        If no model is verified, or the job has not ended.
    NoAverage
        If its models cannot be averaged.
    AverageDiffers
        If the dapp has told of another file.
    NotOnChain
    """
    delivered = [one for one in job.in_commit_order() if one.standing in DELIVERED and one.model_cid is not None]
    if not delivered or not job.ended:
        raise NothingToAverage(job.job_id, len(delivered))
    architecture = parse_architecture(job.terms.architecture)
    check_mean(architecture)
    sums = no_sums(architecture)
    for one in delivered:
        file = through_outages(partial(public_file, client, job, one.model_cid or ""), observer)
        sums = sums.plus(read_delivered(client, job, file))
    made = sums.mean()
    told, cid = job.average.model_cid if job.average else None, str(file_cid(made))
    if told not in (None, cid):
        raise AverageDiffers(job.job_id, told or "", cid)
    return made


def _awaited(job: Job) -> Average:
    """Find the average that the dapp has yet to make.

    Raises
    ------
    WouldBeRefused
    """
    average = job.average
    if average is None:
        reason = "no model was verified, or its terms ask for none" if job.ended else "it is not settled yet"
        raise WouldBeRefused("aggregate", job.job_id, reason)
    if average.score is not None:
        raise WouldBeRefused("aggregate", job.job_id, f"its average has been made: {average.model_cid}")
    return average
