"""Campaigns in words, and for scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from deml.base.types import Address, Amount
from deml_sdk.campaigns.rounds import Campaign, Candidate, ClientTotal, Round
from deml_sdk.chain.tokens import Token
from deml_sdk.market.names import NOBODY_KNOWN, Names
from deml_sdk.scores import score_text

TokenLookup = Callable[[Address], Token]
"""Looks a token up."""

ROUND_COLUMNS: Final = (
    "round",
    "job",
    "started from",
    "baseline",
    "best",
    "average",
    "clients",
    "verified",
    "spent",
    "ending",
)

CLIENT_COLUMNS: Final = ("client", "rounds", "models verified", "earned")


def round_row(number: int, one: Round, tokens: TokenLookup) -> tuple[str, ...]:
    """Row of a round, which is the `number`-th; for `ROUND_COLUMNS`."""
    return (
        str(number),
        str(one.job_id),
        "" if one.origin is None else str(one.origin),
        score_text(one.terms.baseline),
        "" if one.best is None else score_text(one.best.score),
        "" if one.average is None else score_text(one.average.score),
        str(len(one.clients)),
        str(sum(1 for client in one.clients if client.model_cid is not None)),
        tokens(one.terms.reward_token).show(one.spent) if one.ending else "",
        str(one.ending or "goes on"),
    )


def client_row(one: ClientTotal, tokens: TokenLookup, names: Names = NOBODY_KNOWN) -> tuple[str, ...]:
    """Row of a client over all rounds; for `CLIENT_COLUMNS`."""
    return (names.short(one.client), str(one.rounds), str(one.models), amounts_text(one.earned, tokens))


def facts(found: Campaign, tokens: TokenLookup) -> Mapping[str, object]:
    """What a campaign has come to, by name."""
    told: dict[str, object] = {
        "title": found.latest.terms.title,
        "sponsor": found.sponsor,
        "metric": found.latest.terms.metric,
        "spent": amounts_text(found.spent, tokens),
        "in escrow": amounts_text(found.held, tokens),
    }
    if found.earlier is not None:
        told["claims to go on from"] = f"job {found.earlier}, which is not this sponsor's"
    if found.model is not None:
        told["model so far"] = model_text(found.model)
    return told


def model_text(model: Candidate) -> str:
    """Say which model it is, and what it scored."""
    return f"{model.model_cid}, {score_text(model.score)} on rows that nobody had seen"


def amounts_text(amounts: Mapping[Address, Amount], tokens: TokenLookup) -> str:
    """Write amounts of one or more tokens."""
    return ", ".join(tokens(token).show(amount) for token, amount in amounts.items() if amount) or "nothing"


def campaign_json(found: Campaign) -> dict[str, Any]:
    """A campaign for scripts: amounts are texts, by token, in its smallest unit; scores are in ppm."""
    return {
        "sponsor": found.sponsor,
        "earlier": found.earlier,
        "spent": _amounts(found.spent),
        "held": _amounts(found.held),
        "model": None if found.model is None else _candidate(found.model),
        "rounds": [_round(one) for one in found.rounds],
        "clients": [
            {"client": one.client, "rounds": one.rounds, "models": one.models, "earned": _amounts(one.earned)}
            for one in found.clients
        ],
    }


def _round(one: Round) -> dict[str, Any]:
    return {
        "jobId": one.job_id,
        "previousJob": one.terms.previous_job,
        "origin": one.origin,
        "opened": one.opened,
        "initialModelCid": one.terms.initial_model_cid,
        "baseline": one.terms.baseline,
        "dataCid": one.data_cid,
        "rows": one.rows,
        "escrow": str(one.escrow),
        "spent": str(one.spent),
        "ending": one.ending,
        "sponsorRefund": None if one.refund is None else str(one.refund),
        "burnt": None if one.burnt is None else str(one.burnt),
        "best": None if one.best is None else _candidate(one.best),
        "average": None if one.average is None else _candidate(one.average),
        "clients": [
            {
                "client": client.client,
                "committed": client.committed,
                "score": client.score,
                "credited": client.credited,
                "modelCid": client.model_cid,
                "earned": str(client.earned),
            }
            for client in one.clients
        ],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"origin": one.origin, "modelCid": one.model_cid, "score": one.score, "client": one.client}


def _amounts(amounts: Mapping[Address, Amount]) -> dict[str, str]:
    return {token: str(amount) for token, amount in amounts.items()}
