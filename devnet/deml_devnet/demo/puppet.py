"""Act three: the sponsor's puppet knows the holdout by heart; the honest see it before they publish."""

from __future__ import annotations

from typing import Final

from deml.base.inputs import Submit, Upload
from deml.base.states import Phase
from deml.base.types import JobId
from deml.wire.inputs import decode_message
from deml_devnet.demo.cast import Actor
from deml_devnet.demo.data import Parts
from deml_devnet.demo.job_files import MARKET, job_file
from deml_devnet.demo.models import RUTHLESS, trained
from deml_devnet.demo.stage import Stage
from deml_sdk.scores import score_text

PARTICIPANTS: Final = 4


class WeightsLeaked(Exception):
    """An honest client's weights are on chain although it was not due; then the demo must fail."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}'s weights were sent")


def play(stage: Stage, parts: Parts, initial: bytes, clinics: tuple[Actor, ...], puppet: Actor) -> JobId:
    """Play the act up to its ending."""
    story = stage.story
    story.act(
        "Act three: the sponsor's puppet",
        "A 'market' job: pay for what a model adds to the best before it. The sponsor gives its holdout to a puppet, "
        "which commits first, to a model that has learnt the answers.",
    )
    holdout = parts.holdouts[2].save(stage.folder / "holdout-3.csv", parts.columns)
    with stage.timed("act three"):
        job_id = stage.post(job_file("A crooked job", holdout.name, MARKET, PARTICIPANTS))
        puppet.take_part(job_id)
        puppet.commit(job_id, trained(initial, holdout, stage.sandbox, RUTHLESS).file)
        for clinic in clinics:
            clinic.take_part(job_id)
            clinic.commit(job_id, trained(initial, stage.folder / f"{clinic.account}.csv", stage.sandbox).file)
        stage.enter(job_id, Phase.REVEAL)
        stage.watch(job_id, stage.sponsor)
        stage.enter(job_id, Phase.DECLARE)
        stage.watch(job_id, puppet, *clinics)
        stage.tell_credit(job_id, puppet, *clinics)
        stage.enter_rounds(job_id)
        stage.settle(job_id, clinics[0])
        _tell_dues(stage, job_id, (puppet, *clinics))
        stage.watch(job_id, puppet, *clinics)
        stage.settle(job_id, clinics[0])
        _check_nothing_leaked(job_id, clinics)
        story.tell(
            "The sponsor has paid its own puppet and has no model but its own. The clinics have their stakes back, and "
            "their weights were never sent: read back from the chain's inputs."
        )
    return job_id


def _tell_dues(stage: Stage, job_id: JobId, actors: tuple[Actor, ...]) -> None:
    names = {one.address: one.name for one in actors}
    rows = [
        (names[one.client], score_text(one.declared), stage.amount(one.due or 0))
        for one in stage.job(job_id).in_commit_order()
        if one.declared is not None
    ]
    stage.story.tell("Dues, fixed before anybody publishes:")
    stage.story.table(("client", "declared", "due"), rows)


def _check_nothing_leaked(job_id: JobId, clinics: tuple[Actor, ...]) -> None:
    for clinic in clinics:
        for sent in clinic.client.node.inputs(sender=clinic.address):
            body = decode_message(sent.payload)
            if isinstance(body, Submit | Upload) and body.job_id == job_id:
                raise WeightsLeaked(clinic.name)
