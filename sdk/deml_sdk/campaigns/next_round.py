"""The next round of a campaign: which model it starts from, and the job file that opens it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from deml.base.terms import FixedRule, MarketRule, Terms
from deml.base.types import Address
from deml.ipld import file_cid
from deml.scoring import Model, load_model, no_sums, parse_architecture
from deml.scoring.errors import NoInitialModel
from deml.scoring.safetensors import write_tensors
from deml_sdk.campaigns.errors import NoColumns, RoundGoesOn, RulesChanged
from deml_sdk.campaigns.rounds import Candidate, Round, StartedFrom
from deml_sdk.data.reading import Reading
from deml_sdk.jobspec.errors import SpecNotHere
from deml_sdk.jobspec.job_file import JobFile, Share
from deml_sdk.jobspec.reading import MAX_SPEC_BYTES, parse_spec, reading_of
from deml_sdk.market.content import sent_file
from deml_sdk.market.errors import AverageDiffers
from deml_sdk.market.interface import MarketClient


def starting_point(before: Round) -> Candidate:
    """Choose what a next round starts from: whatever scored best, and the initial model where nothing is better.

    All were scored on the same holdout, which nobody had seen.

    Raises
    ------
    RoundGoesOn
        If the round has not ended.
    """
    if before.ending is None:
        raise RoundGoesOn(before.job_id)
    return before.winner


def model_file(client: MarketClient, sponsor: Address, played: Round, chosen: Candidate) -> bytes:
    """Fetch a model of a round, in a form that stands by itself: a change to the initial model is written out.

    Raises
    ------
    NotOnChain
        If neither a content store nor the chain has it.
    AverageDiffers
        If the dapp has told of another average than these models have.
    """
    if chosen.origin is StartedFrom.AVERAGE:
        return _average(client, sponsor, played, chosen)
    file, whole = _delivered(client, sponsor, played, chosen)
    if whole is None:
        return file
    reals = {name: one.astype(np.float32) for name, one in whole.tensors.items() if one.dtype.kind == "f"}
    return write_tensors({**whole.tensors, **reals})


def _delivered(client: MarketClient, sponsor: Address, played: Round, chosen: Candidate) -> tuple[bytes, Model | None]:
    """Fetch a model; with it, where it is a change to the initial one, what the two make together."""
    terms = played.terms
    file = sent_file(client, played.job_id, terms, chosen.client or sponsor, chosen.model_cid)
    architecture = parse_architecture(terms.architecture)
    try:
        load_model(architecture, file)
    except NoInitialModel:
        first = sent_file(client, played.job_id, terms, sponsor, terms.initial_model_cid)
        return file, load_model(architecture, file, load_model(architecture, first))
    return file, None


def _average(client: MarketClient, sponsor: Address, played: Round, told: Candidate) -> bytes:
    """Make the very bytes that the dapp has averaged."""
    architecture = parse_architecture(played.terms.architecture)
    sums = no_sums(architecture)
    for one in played.verified:
        file, whole = _delivered(client, sponsor, played, one)
        sums = sums.plus(load_model(architecture, file) if whole is None else whole)
    made = sums.mean()
    if str(file_cid(made)) != told.model_cid:
        raise AverageDiffers(played.job_id, told.model_cid, str(file_cid(made)))
    return made


def as_written(written: JobFile, before: Round, initial: Path, holdout: Path | None) -> JobFile:
    """Take the sponsor's own job file for the next round: all but the initial model and the job before is as it says.

    Raises
    ------
    RulesChanged
        If it is about another architecture or metric than the round before.
    """
    told = {"architecture": written.architecture, "metric": written.metric}
    for name, now in told.items():
        known = getattr(before.terms, name)
        if now != known:
            raise RulesChanged(before.job_id, name, known, now)
    holdout = written.holdout if holdout is None else holdout
    return replace(written, initial=initial, holdout=holdout, previous_job=before.job_id)


def as_before(client: MarketClient, before: Round, initial: Path, holdout: Path, escrow: str | None) -> JobFile:
    """Write the next round's job file from the terms of the round before, for as long windows and as much escrow.

    Parameters
    ----------
    escrow
        In whole tokens; None for as much as before.

    Raises
    ------
    NoColumns
        If the holdout is a table, and no specification says how it is read.
    SpecNotHere, BadSpec
    """
    terms = before.terms
    spec, reading = _specification(client, before)
    if reading is None and holdout.suffix != ".safetensors":
        raise NoColumns(before.job_id, str(holdout))
    fixed = terms.rule if isinstance(terms.rule, FixedRule) else None
    market = terms.rule if isinstance(terms.rule, MarketRule) else None
    return JobFile(
        title=terms.title,
        spec=spec,
        architecture=terms.architecture,
        metric=terms.metric,
        initial=initial,
        holdout=holdout,
        reading=reading or Reading(""),
        token=terms.reward_token,
        escrow=f"{before.escrow}u" if escrow is None else escrow,
        rule="fixed" if fixed else "market",
        target=market.target if market else 0,
        grid=market.grid if market else 0,
        reward=f"{fixed.reward}u" if fixed else "0",
        threshold=fixed.threshold if fixed else 0,
        stake=Share(tokens=f"{terms.stake}u"),
        bond_bps=terms.bond_bps,
        **_windows(before, terms),
        rounds=terms.max_rounds,
        participants=terms.max_participants,
        allow_list=terms.allow_list,
        confidence=terms.confidence,
        previous_job=before.job_id,
        aggregate=terms.aggregate,
    )


def _windows(before: Round, terms: Terms) -> dict[str, int]:
    return {
        "commit": terms.commit_until - before.opened,
        "reveal": terms.holdout_until - terms.commit_until,
        "declare": terms.declare_until - terms.holdout_until,
        "submit": terms.submit_until - terms.declare_until,
    }


def _specification(client: MarketClient, before: Round) -> tuple[Path | None, Reading | None]:
    """Fetch the specification into the journal's files, and read from it how a table is read."""
    cid = before.terms.spec_cid
    if not cid:
        return None, None
    content = client.fetch(cid, MAX_SPEC_BYTES)
    if content is None:
        raise SpecNotHere(cid, before.job_id)
    spec = parse_spec(content, f"The file {cid}, named by job {before.job_id},")
    return kept(client, content), reading_of(spec)


def kept(client: MarketClient, content: bytes) -> Path:
    """Keep a file in the journal; tell where it lies."""
    return client.journal.keep(str(file_cid(content)), content)
