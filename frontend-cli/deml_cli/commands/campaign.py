"""`deml campaign`: one better model, learnt from many, round after round."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml_cli.advice import WORDS
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.render import Proposal, Render
from deml_sdk.advice import advice_of
from deml_sdk.market.schedule import LOOK_SECONDS

if TYPE_CHECKING:
    from deml_sdk.campaigns.run import CampaignEvent

app = group("Improve one model, round by round.")

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with its parts and its plan. Keep it secret.")]


@command(
    app,
    "new",
    examples=("deml campaign new tumours --job job.toml --data rows.csv --rounds 3 --budget 1200",),
)
def new(
    session: Session,
    folder: Folder,
    job: Annotated[Path, typer.Option(help="The job file of every round; its holdout is not looked at.")],
    data: Annotated[Path, typer.Option(help="Your rows: CSV, Parquet, Arrow, Feather or npz.")],
    budget: Annotated[
        str, typer.Option(help="Most that all rounds together may spend, in whole tokens; gas is extra.")
    ],
    rounds: Annotated[int, typer.Option(help="How many rounds.", min=2, max=1_000)] = 3,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same parts. [secret]", min=0)] = None,
) -> None:
    """Divide your rows into one sealed part per round, so that each round is judged on rows that nobody has seen."""
    plan = session.client.new_campaign(folder, job_file=job, data=data, rounds=rounds, budget=budget, seed=seed)
    session.render.say(f"Wrote {len(plan.rounds)} parts of {data} to {folder}. They are secret until their round.")
    session.render.next(f"deml campaign run {folder}")
    session.render.emit({"folder": folder, "rounds": [{"part": one.part, "cid": one.cid} for one in plan.rounds]})


@command(app, "run", examples=("deml campaign run tumours", "deml campaign run tumours --yes --json"))
def run(
    session: Session,
    folder: Folder,
    every: Annotated[float, typer.Option(help="Seconds between looks.", min=0.1)] = LOOK_SECONDS,
) -> None:
    """Open each round from the model that scored best so far, reveal, settle and claim, within the budget.

    It may be stopped at any time and started again: it continues where it stopped.
    """
    from deml_sdk.campaigns.folder import CampaignFolder

    plan = CampaignFolder(folder).read()
    session.render.confirm(
        Proposal(
            "run this campaign without asking again, until it is stopped",
            {
                "rounds": len(plan.rounds),
                "spends at most": f"{plan.budget} tokens, and gas",
                "as": plan.job_file,
            },
            ("the job file's terms, in each round", "each part of your rows, in its round's reveal phase"),
        )
    )
    session.render.lose_output()
    told = _CampaignTeller(session.render)
    try:
        session.client.run_campaign(folder, on_event=told.tell, every=every)
    except KeyboardInterrupt:
        session.render.note("Stopped. Nothing is lost: run it again to continue.")
        raise


@command(
    app,
    "show",
    examples=("deml campaign show 7", "deml campaign show 7 --json", "deml campaign show 7 --model best.safetensors"),
)
def show(
    session: Session,
    job_id: Annotated[int, typer.Argument(metavar="JOB", help="Number of any job of the campaign.", min=1)],
    model: Annotated[Path | None, typer.Option(help="Where to write the best model so far.")] = None,
) -> None:
    """Show a campaign's rounds, their results and costs, and who took part; from proven notices alone."""
    from deml_sdk.campaigns.text import CLIENT_COLUMNS, ROUND_COLUMNS, campaign_json, client_row, facts, round_row
    from deml_sdk.files.files import write_file

    client, render = session.client, session.render
    found = client.campaign(job_id)
    render.facts(facts(found, client.token), title=f"Campaign of job {job_id}")
    rows = [round_row(number, one, client.token) for number, one in enumerate(found.rounds, start=1)]
    render.table(f"{len(rows)} round(s)", ROUND_COLUMNS, rows)
    render.table(None, CLIENT_COLUMNS, [client_row(one, client.token) for one in found.clients])
    if model is not None:
        write_file(model, client.campaign_model(job_id))
        render.say(f"Stored {model}")
    render.emit({**campaign_json(found), "path": model})


class _CampaignTeller:
    """Tells what happens, and what is waited for only when it changes."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._last = ""

    def tell(self, event: CampaignEvent) -> None:
        text = _text(event)
        if not text or text == self._last:
            return
        self._last = text
        self._render.say(text)
        self._render.emit_line({"event": type(event).__name__.lower(), "text": text})


def _text(event: CampaignEvent) -> str:
    from deml_sdk.campaigns.run import CampaignOver, NotYetOpened, RoundEnded, RoundOpened
    from deml_sdk.market.watching import events
    from deml_sdk.scores import score_text

    match event:
        case RoundOpened(number, job_id):
            return f"Round {number}: job {job_id} is open."
        case RoundEnded(number, result):
            winner = result.winner
            return (
                f"Round {number}: {result.ending}. Best is the {winner.origin} model with {score_text(winner.score)}."
            )
        case NotYetOpened(number, error) | events.Failed(number, _, error):
            return f"{number}: {error} {advice_of(error, WORDS)}"
        case CampaignOver(reason):
            return f"The campaign is over: {reason}."
        case events.Done(job_id, _, text):
            return f"Job {job_id}: {text}."
        case events.Waiting(job_id, text):
            return f"Job {job_id}: waiting for {text}."
        case events.Claimed(executed) if executed:
            return f"Executed {len(executed)} voucher(s)."
        case _:
            return ""
