"""What happens in the market, in a line each, for the logs of servers and nodes."""

from __future__ import annotations

from deml.base.errors import DemlError
from deml_flower.keeper import CommittedFor, KeeperEvent, OfferFailed
from deml_sdk.campaigns.run import CampaignEvent, CampaignOver, NotYetOpened, RoundEnded, RoundOpened
from deml_sdk.market.watching.events import Claimed, Done, Failed, Over, Waiting
from deml_sdk.scores import score_text


def news(event: KeeperEvent | CampaignEvent) -> str | None:
    """Say what happened; None for a look that found nothing to do."""
    match event:
        case RoundOpened(number, job_id):
            return f"round {number} is job {job_id}"
        case RoundEnded(number, result):
            best = (
                "nothing was bought"
                if result.best is None
                else f"the best model scored {score_text(result.best.score)}"
            )
            start = score_text(result.terms.baseline)
            return f"round {number} has ended ({result.ending}); it started from {start}, {best}"
        case NotYetOpened(number, error):
            return f"round {number} cannot be opened yet: {_told(error)}"
        case CampaignOver(reason):
            return f"no further round is opened: {reason}"
        case CommittedFor(job_id, node_id):
            return f"job {job_id}: committed to what node {node_id} has learnt"
        case OfferFailed(offer, error, final):
            about = "the folder" if offer is None else f"job {offer.job_id}, node {offer.node_id}"
            return f"{about}: {_told(error)}" + ("" if final else " It is tried again.")
        case Done(job_id, _, text):
            return f"job {job_id}: {text}"
        case Failed(place, _, error):
            return f"{f'job {place}' if isinstance(place, int) else place}: {_told(error)}"
        case Claimed(executed) if executed:
            return f"executed {len(executed)} vouchers"
        case Over() | Waiting() | Claimed():
            return None


def _told(error: DemlError) -> str:
    return f"{error} ({error.code()})"
