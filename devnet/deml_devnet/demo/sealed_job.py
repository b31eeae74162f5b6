"""Act one: a sealed job with a fixed reward; three clinics, a free-rider, a copier and a poisoner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.inputs import Commit, Submit
from deml.base.states import Phase, Standing
from deml.base.types import NOTHING, JobId, Score
from deml.wire.inputs import decode_message
from deml_devnet.demo.cast import Actor, NotRefused
from deml_devnet.demo.data import Parts
from deml_devnet.demo.job_files import FIXED, job_file
from deml_devnet.demo.models import DILIGENT, PRIVATE, trained
from deml_devnet.demo.stage import Stage
from deml_learn.sandbox.unconfined import Unconfined
from deml_learn.trainers.run import Trained
from deml_sdk.market.errors import DeclarationRefuted
from deml_sdk.market.judging.luck import what_rows_tell
from deml_sdk.market.uploads import fit_submit, packed
from deml_sdk.scores import score_text

CLINICS: Final = ("North Clinic", "South Clinic", "Town Clinic")
PARTICIPANTS: Final = 6

PERFECT: Final = Score(0)
"""Of a Brier score; no gain on a sample is credited as that."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who takes part."""

    clinics: tuple[Actor, ...]
    free_rider: Actor
    copier: Actor
    poisoner: Actor

    @property
    def all(self) -> tuple[Actor, ...]:
        """All clients, in the order in which they commit."""
        return (*self.clinics, self.free_rider, self.copier, self.poisoner)


def company(stage: Stage) -> Company:
    """Give everybody a wallet."""
    clinics = tuple(stage.actor(name, f"client{number}") for number, name in enumerate(CLINICS, start=1))
    cheats = (
        stage.actor(name, f"client{number}") for number, name in enumerate(("Free-rider", "Copier", "Poisoner"), 4)
    )
    return Company(clinics, *cheats)


def play(stage: Stage, parts: Parts, initial: bytes, cast: Company) -> JobId:
    """Play the act up to the settlement."""
    stage.story.act(
        "Act one: a sealed job",
        "A sponsor wants a better model for telling tumours apart. It may not see the clinics' patients, and they may "
        "not see its holdout.",
    )
    holdout = parts.holdouts[0].save(stage.folder / "holdout-1.csv", parts.columns)
    with stage.timed("act one: commit"):
        job_id = stage.post(job_file("Tell tumours apart", holdout.name, FIXED, PARTICIPANTS))
        _commit(stage, cast, parts, initial, job_id)
    with stage.timed("act one: reveal"):
        _reveal(stage, job_id)
    with stage.timed("act one: declare"):
        _declare(stage, cast, job_id)
    with stage.timed("act one: submit"):
        _submit(stage, cast, job_id)
    return job_id


def _commit(stage: Stage, cast: Company, parts: Parts, initial: bytes, job_id: JobId) -> None:
    story, job = stage.story, stage.job(job_id)
    story.phase("Commit")
    story.tell(
        f"Sponsor: escrows {stage.token.show(job.escrow)}: a hundred for each of the first four whose Brier score (0 "
        f"is perfect) beats that of its model by 0.072. That one scores {score_text(job.terms.baseline)}."
    )
    story.tell(what_rows_tell(job.terms))
    story.tell(f"Clients train at home{_confined(stage)}.")
    for clinic, rows in zip(cast.clinics, parts.clinics, strict=True):
        clinic.take_part(job_id)
        table = rows.save(stage.folder / f"{clinic.account}.csv", parts.columns)
        private = clinic is cast.clinics[-1]
        made = trained(initial, table, stage.sandbox, PRIVATE if private else DILIGENT)
        stage.note_training(clinic.name, made)
        clinic.commit(job_id, made.file)
        story.tell(f"{clinic.name}: trains at home on {len(rows)} patients, commits to a hash.{_privacy(made)}")
    cast.free_rider.take_part(job_id)
    cast.free_rider.commit(job_id, initial)
    story.tell("Free-rider: commits to the sponsor's own initial model.")
    cast.copier.take_part(job_id)
    copied = _commitment_of(stage, job_id, cast.clinics[0])
    copier = cast.copier.client
    copier.send(copier.to_send([Commit(job_id, copied)], "commit to what North Clinic committed to", "a copied hash"))
    story.tell("Copier: sends North Clinic's commitment as its own.")
    cast.poisoner.take_part(job_id)
    poison = parts.clinics[1].flipped().save(stage.folder / "poison.csv", parts.columns)
    cast.poisoner.commit(job_id, trained(initial, poison, stage.sandbox).file)
    story.tell("Poisoner: trains on wrong diagnoses, commits.")
    story.knows("the sponsor", "six hashes, and that six wallets staked 100 each")
    story.knows("a client", "the terms and the initial model; nothing of the holdout or of other models")


def _confined(stage: Stage) -> str:
    if isinstance(stage.sandbox, Unconfined):
        return ", without a sandbox on this machine, by DeML's own trainer"
    return f", each in {stage.sandbox.name}: what trains sees their rows, and no way out"


def _reveal(stage: Stage, job_id: JobId) -> None:
    story = stage.story
    story.phase("Reveal")
    stage.enter(job_id, Phase.REVEAL)
    stage.watch(job_id, stage.sponsor)
    job = stage.job(job_id)
    story.tell(f"The dapp has checked its {job.rows} rows against the commitment, and the initial model's score.")
    story.knows("everybody", f"the holdout {job.data_cid}; too late to fit it")


def _declare(stage: Stage, cast: Company, job_id: JobId) -> None:
    story = stage.story
    story.phase("Declare")
    stage.enter(job_id, Phase.DECLARE)
    stage.watch(job_id, *cast.clinics)
    stage.tell_credit(job_id, *cast.clinics)
    story.tell(
        "What luck could explain of a gain on so few rows is not paid: it is the credited score that is declared."
    )
    job = stage.job(job_id)
    _state(cast.free_rider, job_id, job.terms.baseline)
    story.tell(f"Free-rider: declares {score_text(job.terms.baseline)}, which is what the initial model scores.")
    claimed = stage.declared(job_id, cast.clinics[0])
    _state(cast.copier, job_id, claimed)
    story.tell(f"Copier: declares North Clinic's {score_text(claimed)}.")
    _state(cast.poisoner, job_id, PERFECT)
    story.tell(f"Poisoner: claims {score_text(PERFECT)}.")
    story.knows("a client", "every claim, and its own pay in any case, before it decides to publish")


def _state(cheat: Actor, job_id: JobId, credited: Score) -> None:
    """Declare a score, whatever the model's own is."""
    cheat.client.send(cheat.client.declare(job_id, credited, NOTHING))


def _submit(stage: Stage, cast: Company, job_id: JobId) -> None:
    story = stage.story
    story.phase("Submit, round 1")
    stage.enter_rounds(job_id)
    stage.settle(job_id, cast.free_rider)
    _tell_dues(stage, job_id, cast)
    stage.watch(job_id, *cast.clinics)
    story.tell(f"Copier: replays North Clinic's published bytes. {_replay(cast)}")
    story.phase("Submit, round 2: the copier's place goes to the next")
    stage.leave_round(job_id)
    stage.settle(job_id, cast.clinics[1])
    _tell_dues(stage, job_id, cast)
    story.tell(f"Poisoner: publishes the model it committed to. {_publish_poison(stage, job_id, cast.poisoner)}")
    story.phase("Settle")
    stage.leave_round(job_id)
    stage.settle(job_id, cast.clinics[2])


def _tell_dues(stage: Stage, job_id: JobId, cast: Company) -> None:
    names = {one.address: one.name for one in cast.all}
    due = [names[one.client] for one in stage.job(job_id).in_commit_order() if one.standing is Standing.DUE]
    stage.story.tell(f"Due to publish now: {', '.join(due)}.")


def _replay(cast: Company) -> str:
    """Send the bytes and the salt that a clinic has published, under the copier's own name."""
    sent = cast.copier.client.node.inputs(sender=cast.clinics[0].address)
    (original,) = (body for one in sent if isinstance(body := decode_message(one.payload), Submit) if one.accepted)
    return cast.copier.try_in_vain(original, "submit another's model")


def _publish_poison(stage: Stage, job_id: JobId, poisoner: Actor) -> str:
    job, client = stage.job(job_id), poisoner.client
    record = client.committed_model(job)
    if job.data_cid is None:
        raise ValueError("the holdout is secret")
    stream = packed(client.journal.content(record.cid))
    body, _ = fit_submit(Submit(job_id, record.cid, job.data_cid, client.model_salt(job_id), stream))
    intent = client.to_send([body], "submit a model that does not score what was declared", "the model")
    try:
        client.send(intent)
    except DeclarationRefuted as found:
        stage.finalise()
        computed, declared = score_text(found.computed), score_text(found.declared)
        return f"It is credited {computed} where {declared} was declared: refuted for good."
    raise NotRefused(poisoner.name, intent.action)


def _privacy(made: Trained) -> str:
    """What a clinic that trains with differential privacy has given away."""
    if made.spent is None:
        return ""
    return (
        f" With differential privacy: whatever is concluded from its model changes by no more than a factor e to the "
        f"{made.spent.epsilon:.2g} through any one patient, but for a chance of {made.spent.delta:g}."
    )


def _commitment_of(stage: Stage, job_id: JobId, actor: Actor) -> bytes:
    found = stage.job(job_id).client(actor.address)
    if found is None or found.commitment is None:
        raise ValueError(f"{actor.name} has not committed")
    return found.commitment
