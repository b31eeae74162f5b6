"""The demo as one JSON document; every number is read back from the chain, the node or the dapp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deml.base.outputs import Refuted
from deml.base.types import Address, Amount, JobId
from deml_devnet.demo.cast import Actor
from deml_devnet.demo.stage import Stage
from deml_sdk.plain import plain


def record(
    stage: Stage,
    jobs: Sequence[JobId],
    actors: Sequence[Actor],
    before: Mapping[Address, Amount],
    after: Mapping[Address, Amount],
    expected: Mapping[Address, int],
) -> dict[str, Any]:
    """Gather the document."""
    node = stage.sponsor.client.node
    vouchers = stage.vouchers()
    return {
        "jobs": [_job(stage, job_id) for job_id in jobs],
        "balances": [
            {
                "party": one.name,
                "account": one.address,
                "before": str(before[one.address]),
                "after": str(after[one.address]),
                "expectedChange": str(expected[one.address]),
            }
            for one in actors
        ],
        "sandbox": stage.sandbox.name,
        "training": stage.training,
        "refuted": [
            {"client": one.client, "declared": one.declared, "computed": one.computed, "reason": one.reason}
            for one in stage.notices()
            if isinstance(one, Refuted)
        ],
        "refusals": {one.name: one.refusals for one in actors if one.refusals},
        "outputsRoot": stage.outputs_root(),
        "inputs": node.processed_inputs(),
        "outputs": len(stage.outputs()),
        "vouchers": len(vouchers),
        "vouchersExecuted": sum(1 for one in vouchers if one.executed),
        "seconds": {name: round(seconds, 3) for name, seconds in stage.seconds.items()},
    }


def _job(stage: Stage, job_id: JobId) -> dict[str, Any]:
    job = stage.job(job_id)
    return {
        "jobId": job.job_id,
        "title": job.terms.title,
        "ending": job.ending,
        "escrow": str(job.escrow),
        "baseline": job.terms.baseline,
        "dataCid": job.data_cid,
        "rounds": job.round,
        "sponsorRefund": str(job.sponsor_refund),
        "burnt": str(job.burnt),
        "clients": [
            {
                "client": one.client,
                "modelCid": one.model_cid,
                "dataCid": job.data_cid if one.model_cid else None,
                "declared": one.declared,
                "score": one.score,
                "standing": one.standing,
                "payout": plain(one.payout),
            }
            for one in job.in_commit_order()
        ],
    }
