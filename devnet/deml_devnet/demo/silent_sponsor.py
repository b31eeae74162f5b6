"""Act two: a sponsor that never reveals its holdout, and what its clients then receive."""

from __future__ import annotations

from typing import Final

from deml.base.states import Phase
from deml.base.types import JobId
from deml_devnet.demo.cast import Actor
from deml_devnet.demo.data import Parts
from deml_devnet.demo.job_files import MARKET, job_file
from deml_devnet.demo.models import trained
from deml_devnet.demo.stage import Stage

PARTICIPANTS: Final = 4


def play(stage: Stage, parts: Parts, initial: bytes, clinics: tuple[Actor, ...]) -> JobId:
    """Play the act up to its ending."""
    story = stage.story
    story.act("Act two: a sponsor that never reveals", "It posts a job, collects commitments, and falls silent.")
    holdout = parts.holdouts[1].save(stage.folder / "holdout-2.csv", parts.columns)
    with stage.timed("act two"):
        job_id = stage.post(job_file("A job without an end", holdout.name, MARKET, PARTICIPANTS))
        for clinic in clinics:
            clinic.take_part(job_id)
            clinic.commit(job_id, trained(initial, stage.folder / f"{clinic.account}.csv", stage.sandbox).file)
        story.tell(f"{' and '.join(one.name for one in clinics)}: commit.")
        stage.enter(job_id, Phase.DECLARE)
        story.tell("Sponsor: nothing. The reveal window has passed.")
        stage.settle(job_id, clinics[0])
        job = stage.job(job_id)
        share = job.clients[0].payout.compensation if job.clients[0].payout else 0
        story.tell(
            f"Ending: {job.ending}. The bond is 20 % of the escrow: {stage.amount(share)} of it for each that had "
            "committed, and their stakes back. Their models stay with them."
        )
    return job_id
