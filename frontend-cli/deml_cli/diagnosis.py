"""What `deml score --data` shows of a model on one's own rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deml_sdk.scores import score_text

if TYPE_CHECKING:
    from deml_cli.render import Render
    from deml_sdk.chain.tokens import Token
    from deml_sdk.market.judging.diagnosis import Diagnosis
    from deml_sdk.market.view import Job


def show_diagnosis(render: Render, job: Job, found: Diagnosis, token: Token, data: Path) -> None:
    """Show metrics, classes and prospects for people."""
    render.say(f"On {found.rows:,} rows of {data}, which stay on this machine:")
    rows = [
        (one.metric, score_text(one.initial), score_text(one.model), _change(one.model - one.initial))
        for one in found.metrics
    ]
    render.table(None, ("metric", "initial model", "this model", "change"), rows)
    if found.classes:
        classes = [
            (one.name, one.rows, _part(one.initial_right, one.rows), _part(one.model_right, one.rows))
            for one in found.classes
        ]
        render.table(None, ("class", "rows", "initial model is right", "this model is right"), classes)
    _say_prospect(render, job, found, token)


def _say_prospect(render: Render, job: Job, found: Diagnosis, token: Token) -> None:
    likely, metric = found.prospect, job.terms.metric
    if job.terms.confidence:
        spread = f"most likely from {score_text(likely.low)} to {score_text(likely.high)}"
        what = f"this model would be credited with {score_text(likely.credited)} ({spread})"
    else:
        what = f"this model would score about {score_text(likely.credited)}"
    render.say(f"Paid is {metric}. On {likely.rows:,} rows like these, the least that the holdout has, {what}.")
    if likely.pay:
        render.say(f"That earns up to {token.show(likely.pay)}; models committed before it reduce this.")
    else:
        render.warn("That earns nothing: luck could explain all of it, or the initial model is as good.")
    render.note("Rows that it was trained on flatter a model: use others.")


def _change(ppm: int) -> str:
    return f"{'+' if ppm > 0 else ''}{score_text(ppm)}"


def _part(right: int, rows: int) -> str:
    return f"{right:,} ({100 * right / rows:.0f} %)" if rows else "none"
