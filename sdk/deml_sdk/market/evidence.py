"""What the notices of a job prove, and which of it is final.

An inspect answer shows a job as time would have it; a notice shows what an input has fixed. Weights are published on a
notice in a finalised block and on nothing less.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deml.base.outputs import DuesFixed, JobCreated, Scored
from deml.base.types import Address, Amount, Timestamp
from deml_sdk.node.records import Seen


@dataclass(frozen=True, slots=True)
class Evidence:
    """What has been noticed of one job.

    That it was created, beyond doubt; its latest dues, as known and as finalised; and when a model was last verified.
    """

    created: bool = False
    dues: DuesFixed | None = None
    final_dues: DuesFixed | None = None
    delivered_at: Timestamp | None = None

    def final_pay(self, client: Address) -> Amount | None:
        """Pay that is due to `client` in the current round beyond doubt; None while newer dues await finality."""
        if self.final_dues is None or self.final_dues != self.dues:
            return None
        return next((due.pay for due in self.final_dues.dues if due.client == client), Amount(0))


def weigh(notices: Iterable[Seen], job_id: int, finalised_block: int) -> Evidence:
    """Collect what concerns one job from notices in the order of their inputs."""
    created = False
    dues: DuesFixed | None = None
    final: DuesFixed | None = None
    delivered_at: Timestamp | None = None
    for seen in notices:
        if seen.notice.job_id != job_id:
            continue
        match seen.notice:
            case JobCreated():
                created = created or seen.block <= finalised_block
            case DuesFixed() as fixed:
                dues = fixed
                final = fixed if seen.block <= finalised_block else final
            case Scored():
                delivered_at = seen.timestamp
    return Evidence(created, dues, final, delivered_at)
