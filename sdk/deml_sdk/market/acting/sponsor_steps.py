"""What a sponsor does with a job, one step each; what sends something makes the intent to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from deml.base.commitment import holdout_commitment
from deml.base.inputs import Cancel, CreateJob, RevealHoldout, TopUp
from deml.base.states import Opening, Phase
from deml.base.types import Amount, Score
from deml.ipld import Cid, file_cid
from deml.scoring import score
from deml_sdk.market.acting.client_steps import require_open
from deml_sdk.market.content import read_initial
from deml_sdk.market.errors import NobodyToRevealFor, NotThisHoldout, WouldBeRefused, WrongBaseline
from deml_sdk.market.intent import Funds, Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.journal import HoldoutRecord
from deml_sdk.market.judging.evaluation import read_rows
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.posting.secrecy import check_secret
from deml_sdk.market.schedule import window
from deml_sdk.market.uploads import fit_reveal, packed
from deml_sdk.market.view import Job
from deml_sdk.market.words import says

_OPENINGS: Final = {
    Opening.CONFIRMED: "it is revealed already",
    Opening.SCORING: "it has arrived, and its baseline is being scored; 'deml continue {job}' goes on",
    Opening.REFUTED: "it was found to differ from the terms, which is final",
}
"""Why a holdout cannot be revealed again, by what has become of it."""


def commitment_to(client: MarketClient, cid: Cid, nonce: bytes, *, create: bool = False) -> bytes:
    """Commitment of this wallet to a holdout; a salt is made for it only if `create`."""
    salt = client.holdout_salt(nonce, create=create)
    return holdout_commitment(client.chain_id, client.app, nonce, client.account, cid.v1().binary, salt)


def require_arrival(client: MarketClient, draft: Draft) -> None:
    """Refuse a token of which the escrow would not arrive in full.

    Raises
    ------
    TokenArrivesShort, DepositWouldFail
    """
    client.try_deposit(draft.token.address, draft.escrow, CreateJob(draft.terms))


def post(client: MarketClient, draft: Draft, warnings: Sequence[str] = ()) -> Intent:
    """Deposit the escrow with the terms; the holdout goes into the journal, and nowhere else.

    Raises
    ------
    HoldoutIsPublic
    NotEnoughTokens, NoPayoutLibrary
    """
    record = HoldoutRecord(
        commitment=draft.terms.holdout_commitment.hex(),
        nonce=draft.terms.nonce.hex(),
        sponsor=client.account,
        cid=str(draft.holdout_cid),
        initial_cid=draft.terms.initial_model_cid,
    )
    public = "the terms, the initial model and the spec; of the holdout only a commitment, its size and its row count"
    action = f"deposit {draft.token.show(draft.escrow)} and open the job"
    said = says.of_post(draft, client.clock().latest)
    made = client.to_deposit(Funds(draft.token, draft.escrow), CreateJob(draft.terms), action, public, said)
    return replace(
        made,
        warnings=(*warnings, *check_secret(client, draft)),
        keeps={record.cid: draft.holdout, record.initial_cid: draft.initial},
        record=record,
        shares=(draft.initial,) if draft.spec is None else (draft.initial, draft.spec),
    )


def top_up(client: MarketClient, job: Job, amount: Amount) -> Intent:
    """Add to the escrow, in the commit phase.

    Raises
    ------
    TooLate, WouldBeRefused
    """
    _require_own(client, job, "top up")
    require_open(client, job, window(job.terms, Phase.COMMIT), "top up")
    token = client.token(job.terms.reward_token)
    said = says.of_job(job) | {"escrow": f"{token.show(Amount(job.escrow + amount))}, now {token.show(job.escrow)}"}
    action = f"add {token.show(amount)} to the escrow of job {job.job_id}"
    return client.to_deposit(Funds(token, amount), TopUp(job.job_id), action, "the larger escrow", said)


def cancel(client: MarketClient, job: Job) -> Intent:
    """Take the escrow back while nobody has accepted.

    Raises
    ------
    TooLate, WouldBeRefused
    """
    _require_own(client, job, "cancel")
    require_open(client, job, window(job.terms, Phase.COMMIT), "cancel")
    if job.participants:
        raise WouldBeRefused("cancel", job.job_id, f"{job.participants} accepted it")
    back = client.token(job.terms.reward_token).show(job.escrow)
    said = says.of_job(job) | {"comes back": f"{back}, by voucher: 'deml claim'"}
    return client.to_send([Cancel(job.job_id)], f"cancel job {job.job_id}", "that the job is cancelled", says=said)


def record_of(client: MarketClient, job: Job) -> HoldoutRecord | None:
    """Find the holdout of one's own job, if this machine knows it."""
    if job.sponsor != client.account:
        return None
    record = client.journal.holdout(job.terms.holdout_commitment)
    return record if record is not None and client.journal.holds(record.cid) else None


def recover(client: MarketClient, job: Job, holdout: bytes, initial: bytes) -> HoldoutRecord:
    """Put a holdout back into the journal that this wallet committed to before.

    Raises
    ------
    NotThisHoldout
        If the job's commitment, or its initial model, is to something else.
    """
    cid = file_cid(holdout)
    commitment = commitment_to(client, cid, job.terms.nonce)
    if commitment != job.terms.holdout_commitment:
        raise NotThisHoldout(str(cid), job.job_id)
    if file_cid(initial) != Cid.parse(job.terms.initial_model_cid).v1():
        raise NotThisHoldout(str(file_cid(initial)), job.job_id)
    record = HoldoutRecord(
        commitment=commitment.hex(),
        nonce=job.terms.nonce.hex(),
        sponsor=client.account,
        cid=str(cid),
        initial_cid=job.terms.initial_model_cid,
    )
    client.journal.keep(record.cid, holdout)
    client.journal.keep(record.initial_cid, initial)
    client.journal.write(record)
    return record


def reveal(client: MarketClient, job: Job, record: HoldoutRecord, fresh: bool = False) -> Intent:
    """Publish the holdout: upload what does not fit, then open the commitment.

    An upload that broke off is continued, unless `fresh`.

    Raises
    ------
    TooEarly, TooLate, NobodyToRevealFor, WouldBeRefused
    WrongBaseline
        If the dapp would refute it: the initial model does not score what the terms say.
    """
    _require_own(client, job, "reveal the holdout")
    phase = window(job.terms, Phase.REVEAL)
    require_open(client, job, phase, "reveal the holdout")
    if job.opening is not None:
        raise WouldBeRefused("reveal the holdout", job.job_id, _OPENINGS[job.opening].format(job=job.job_id))
    if not job.committed:
        raise NobodyToRevealFor(job.job_id)
    holdout, initial = client.journal.content(record.cid), client.journal.content(record.initial_cid)
    baseline = Score(score(read_initial(job, initial), read_rows(job.terms, holdout)))
    if baseline != job.terms.baseline:
        raise WrongBaseline(job.job_id, job.terms.baseline, baseline)
    salt = client.holdout_salt(job.terms.nonce)
    body, loads = fit_reveal(RevealHoldout(job.job_id, record.cid, salt, packed(holdout), packed(initial)))
    uploads = [one for load in loads for one in load.remaining(job, client.account, fresh)]
    action = f"reveal the holdout of job {job.job_id}"
    said = says.of_reveal(job, record.cid, len(holdout))
    return client.to_send([*uploads, body], action, "the whole holdout, for good", phase.end, said)


def share(client: MarketClient, record: HoldoutRecord) -> None:
    """Add the revealed holdout, which the chain shows already, to the content store."""
    client.share(client.journal.content(record.cid))
    client.journal.write(replace(record, published=True))


def _require_own(client: MarketClient, job: Job, action: str) -> None:
    if job.sponsor != client.account:
        raise WouldBeRefused(action, job.job_id, f"only its sponsor {job.sponsor} may")
