"""What a sponsor does with a job, one step each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from deml.base.commitment import holdout_commitment
from deml.base.inputs import Cancel, CreateJob, RevealHoldout, TopUp
from deml.base.outputs import JobCreated, Notice
from deml.base.states import Opening, Phase
from deml.base.types import Amount, JobId
from deml.ipld import Cid, file_cid
from deml_sdk.market.client_steps import require_open, require_unrefuted
from deml_sdk.market.content import read_initial, score_model
from deml_sdk.market.desk import Desk
from deml_sdk.market.draft import Draft
from deml_sdk.market.errors import JobNotCreated, NobodyToRevealFor, NotThisHoldout, WouldBeRefused, WrongBaseline
from deml_sdk.market.journal import HoldoutRecord
from deml_sdk.market.schedule import window
from deml_sdk.market.uploads import fit_reveal, packed
from deml_sdk.market.view import Job

_OPENINGS: Final = {
    Opening.CONFIRMED: "it is revealed already",
    Opening.SCORING: "it has arrived, and its baseline is being scored; 'deml continue {job}' goes on",
    Opening.REFUTED: "it was found not to be what the terms declare, which is final",
}
"""Why a holdout cannot be revealed again, by what has become of it."""


def commitment_to(desk: Desk, cid: Cid, nonce: bytes, *, create: bool = False) -> bytes:
    """Commitment of this wallet to a holdout; a salt is made for it only if `create`."""
    salt = desk.holdout_salt(nonce, create=create)
    return holdout_commitment(desk.chain_id, desk.app, nonce, desk.wallet, cid.v1().binary, salt)


def require_arrival(desk: Desk, draft: Draft) -> None:
    """Refuse a token of which the escrow would not arrive in full.

    Raises
    ------
    TokenArrivesShort, DepositWouldFail
    """
    desk.try_deposit(draft.token.address, draft.escrow, CreateJob(draft.terms))


def post(desk: Desk, draft: Draft, warnings: Sequence[str] = ()) -> JobId:
    """Deposit the escrow with the terms; the holdout stays in the journal.

    Raises
    ------
    DepositCredited
        If the dapp refuses the terms.
    """
    record = HoldoutRecord(
        commitment=draft.terms.holdout_commitment.hex(),
        nonce=draft.terms.nonce.hex(),
        sponsor=desk.wallet,
        cid=str(draft.holdout_cid),
        initial_cid=draft.terms.initial_model_cid,
    )
    desk.journal.keep(record.cid, draft.holdout)
    desk.journal.keep(record.initial_cid, draft.initial)
    desk.journal.write(record)

    def share_files() -> None:
        desk.share(draft.initial)
        if draft.spec is not None:
            desk.share(draft.spec)

    public = "the terms, the initial model and the spec; of the holdout only a commitment, its size and its row count"
    order = CreateJob(draft.terms)
    action = f"deposit {draft.token.show(draft.escrow)} and open the job"
    notices = desk.deposit(draft.token.address, draft.escrow, order, action, public, warnings, share_files)
    for notice in notices:
        if isinstance(notice, JobCreated):
            return notice.job_id
    raise JobNotCreated()


def top_up(desk: Desk, job: Job, amount: Amount) -> tuple[Notice, ...]:
    """Add to the escrow, in the commit phase.

    Raises
    ------
    TooLate, WouldBeRefused
    """
    _require_own(desk, job, "top up")
    require_open(desk, job, window(job.terms, Phase.COMMIT), "top up")
    action = f"add to the escrow of job {job.id}"
    return desk.deposit(job.terms.reward_token, amount, TopUp(job.id), action, "the larger escrow")


def cancel(desk: Desk, job: Job) -> tuple[Notice, ...]:
    """Take the escrow back while nobody has accepted.

    Raises
    ------
    TooLate, WouldBeRefused
    """
    _require_own(desk, job, "cancel")
    require_open(desk, job, window(job.terms, Phase.COMMIT), "cancel")
    if job.participants:
        raise WouldBeRefused("cancel", job.id, f"{job.participants} accepted it")
    return desk.send([Cancel(job.id)], f"cancel job {job.id}", "that the job is cancelled")


def record_of(desk: Desk, job: Job) -> HoldoutRecord | None:
    """Find the holdout of one's own job, if this machine knows it."""
    return desk.journal.holdout(job.terms.holdout_commitment) if job.sponsor == desk.wallet else None


def recover(desk: Desk, job: Job, holdout: bytes, initial: bytes) -> HoldoutRecord:
    """Put a holdout back into the journal that this wallet committed to before.

    Raises
    ------
    NotThisHoldout
        If the job's commitment, or its initial model, is to something else.
    """
    cid = file_cid(holdout)
    commitment = commitment_to(desk, cid, job.terms.nonce)
    if commitment != job.terms.holdout_commitment:
        raise NotThisHoldout(str(cid), job.id)
    if file_cid(initial) != Cid.parse(job.terms.initial_model_cid).v1():
        raise NotThisHoldout(str(file_cid(initial)), job.id)
    record = HoldoutRecord(
        commitment=commitment.hex(),
        nonce=job.terms.nonce.hex(),
        sponsor=desk.wallet,
        cid=str(cid),
        initial_cid=job.terms.initial_model_cid,
    )
    desk.journal.keep(record.cid, holdout)
    desk.journal.keep(record.initial_cid, initial)
    desk.journal.write(record)
    return record


def reveal(desk: Desk, job: Job, record: HoldoutRecord, fresh: bool = False) -> tuple[Notice, ...]:
    """Publish the holdout: upload what does not fit, then open the commitment.

    An upload that broke off is continued, unless `fresh`.

    Raises
    ------
    TooEarly, TooLate, NobodyToRevealFor, WouldBeRefused
    WrongBaseline
        If the dapp would refute it: the initial model does not score what the terms say.
    """
    _require_own(desk, job, "reveal the holdout")
    phase = window(job.terms, Phase.REVEAL)
    require_open(desk, job, phase, "reveal the holdout")
    if job.opening is not None:
        raise WouldBeRefused("reveal the holdout", job.id, _OPENINGS[job.opening].format(job=job.id))
    if not job.committed:
        raise NobodyToRevealFor(job.id)
    holdout, initial = desk.journal.content(record.cid), desk.journal.content(record.initial_cid)
    baseline = score_model(job, read_initial(job, initial), holdout)
    if baseline != job.terms.baseline:
        raise WrongBaseline(job.id, job.terms.baseline, baseline)
    salt = desk.holdout_salt(job.terms.nonce)
    body, loads = fit_reveal(RevealHoldout(job.id, record.cid, salt, packed(holdout), packed(initial)))
    uploads = [one for load in loads for one in load.remaining(job, desk.wallet, fresh)]
    action = f"reveal the holdout of job {job.id}"
    return require_unrefuted(desk.send([*uploads, body], action, "the whole holdout, for good", phase.end))


def share(desk: Desk, record: HoldoutRecord) -> None:
    """Add the revealed holdout, which the chain shows already, to the content store."""
    desk.share(desk.journal.content(record.cid))
    desk.journal.write(replace(record, published=True))


def _require_own(desk: Desk, job: Job, action: str) -> None:
    if job.sponsor != desk.wallet:
        raise WouldBeRefused(action, job.id, f"only its sponsor {job.sponsor} may")
