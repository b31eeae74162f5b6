"""`deml compute`: have untrusted machines audit a job or train an initial model, and verify what they say."""

from __future__ import annotations

import json
import os
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.exit_codes import exit_code
from deml_cli.render import Proposal
from deml_cli.training_options import HyperparameterOptions, ReadingOptions

if TYPE_CHECKING:
    from deml_sdk.compute.prepare import PreparedComputation
    from deml_sdk.compute.result import SaidAndComputed
    from deml_sdk.compute.verify import ComputeVerification

app = group(
    "Have machines that you do not trust audit a job, or train an initial model on public rows, through Bacalhau or "
    "Lilypad; and verify bit for bit what comes back. Private data never goes there. Neither network was run in CI."
)

IMAGE: Final = "registry.example/deml-compute:0.1.0"
"""Stands for an image of one's own: nobody has published one. A test holds it to the SDK's."""

MODULE: Final = "lilypad_module.json"
"""The module with its request in it, as Lilypad would make it of the template."""


class Use(StrEnum):
    """What is to be computed."""

    SCORE = "score"
    REPLAY = "replay"
    TRAIN = "train"


class ComputeNetwork(StrEnum):
    """Who computes."""

    BACALHAU = "bacalhau"
    LILYPAD = "lilypad"


RenderedFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="What 'deml compute render' has written.")]
ResultFolder = Annotated[
    Path, typer.Argument(metavar="RESULT", help="Folder with result.json, or with outputs/result.json.")
]
AuditedJob = Annotated[int | None, typer.Argument(metavar="[JOB]", help="Number of the job.", min=1)]
BacalhauUrl = Annotated[
    str | None, typer.Option("--url", envvar="DEML_BACALHAU_URL", help="Bacalhau's API, such as http://127.0.0.1:1234.")
]


@command(
    app,
    "render",
    examples=(
        "deml compute render 7 --image registry.example/deml-compute:0.1.0@sha256:0f1e...",
        "deml compute render 7 --use replay --out replay-7",
        "deml compute render 7 --network lilypad --module ../deml-module",
        "deml compute render --use train --terms job.toml --data public.csv --out training",
    ),
)
def render(
    session: Session,
    job_id: AuditedJob = None,
    *,
    use: Annotated[Use, typer.Option(help="Score published models, replay all inputs, or train a first model.")] = (
        Use.SCORE
    ),
    network: Annotated[ComputeNetwork, typer.Option(help="Whose form of job to write.")] = ComputeNetwork.BACALHAU,
    image: Annotated[str, typer.Option(help="The image that you have built from docker/compute and pushed.")] = IMAGE,
    out: Annotated[Path, typer.Option(help="Folder to write request, files and job to.")] = Path("computation"),
    client: Annotated[
        list[str] | None, typer.Option(help="With --use score: only this client's model. [all that are published]")
    ] = None,
    module: Annotated[
        Path | None, typer.Option(help="With lilypad: a module's repository, to write its template to.")
    ] = None,
    terms: Annotated[Path | None, typer.Option(help="With --use train: a job file, before there is a job.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="With --use train: the rows. They become public when they are submitted.")
    ] = None,
    columns: ReadingOptions,
    how: HyperparameterOptions,
) -> None:
    """Write a computation down: the request, every file it needs, and the network's job. Nothing is sent.

    Files are fetched and checked against their CIDs. The folder is what a result is verified against later.
    """
    from deml_sdk.compute.rendering import JOB, TEMPLATE, bacalhau_job, filled_module, module_template, pinned
    from deml_sdk.compute.request import request_text
    from deml_sdk.files.files import write_file

    if use is Use.TRAIN:
        prepared = _training(session, job_id, terms, data, columns, how)
    else:
        prepared = _audit(session, job_id, use, client or [])
    text = request_text(prepared.request)
    if network is ComputeNetwork.BACALHAU:
        name, job = JOB, bacalhau_job(prepared, image)
    else:
        template = module_template(image)
        name, job = MODULE, filled_module(template, text)
        if module is not None:
            write_file(module / TEMPLATE, template.encode())
    prepared.write(out)
    write_file(out / name, (json.dumps(job, indent=2) + "\n").encode())
    if not pinned(image):
        session.render.warn(f"The image {image} can be replaced by the owner of its name: add its @sha256:... digest.")
    request = prepared.request
    session.render.say(f"Wrote {out}: {name}, and {len(request.files)} files that it mounts without a network.")
    session.render.next(
        f"deml compute submit {out}"
        + ("" if network is ComputeNetwork.BACALHAU else " --module github.com/OWNER/REPOSITORY:TAG")
    )
    session.render.emit(
        {
            "folder": out,
            "use": use,
            "network": network,
            "request": request.digest.hex(),
            "argument": text,
            "files": [
                {"name": one.name, "cid": one.cid, "bytes": one.size, "client": one.client} for one in request.files
            ],
            "job": job,
        }
    )


@command(
    app,
    "submit",
    examples=(
        "deml compute submit computation --url http://127.0.0.1:1234",
        "deml compute submit computation      # by the program 'bacalhau'",
        "deml compute submit computation --module github.com/OWNER/REPOSITORY:COMMIT",
    ),
)
def submit(
    session: Session,
    folder: RenderedFolder,
    url: BacalhauUrl = None,
    module: Annotated[
        str | None, typer.Option(help="Lilypad's module, run by the program 'lilypad', with its own key and its price.")
    ] = None,
) -> None:
    """Send a rendered computation to the network, through its API or its own program.

    For Bacalhau the files are published on IPFS first, by your own node. Lilypad's program uploads them, and comes back
    with the result. It pays by its own key, so it is never started again: an outage that ends it is told.
    """
    from deml_sdk.compute.bacalhau import Bacalhau, submit_by_program
    from deml_sdk.compute.lilypad import lilypad_command, run_module
    from deml_sdk.compute.prepare import MOUNTED, read_prepared
    from deml_sdk.compute.publishing import publish_files
    from deml_sdk.compute.rendering import JOB
    from deml_sdk.compute.request import request_text
    from deml_sdk.files.files import read_file

    prepared = read_prepared(folder)
    text = request_text(prepared.request)
    whom = url or "the program 'bacalhau'"
    if module is not None:
        lilypad_command(module, text)
        whom = f"the program 'lilypad', as {module}"
    _confirm(session, prepared, whom)
    if module is not None:
        with session.render.waiting("Lilypad computes"):
            done = run_module(module, text, folder / MOUNTED, os.environ)
        session.render.say(f"The result is in {done.folder}.")
        session.render.next(f"deml compute verify {folder} {done.folder}")
        session.render.emit({"network": ComputeNetwork.LILYPAD, "folder": done.folder, "cid": done.cid})
        return
    job = json.loads(read_file(folder / JOB))
    published = publish_files(prepared, session.ipfs, session.render)
    if url is None:
        number = submit_by_program(folder / JOB, os.environ)
    else:
        with closing(Bacalhau(url)) as network:
            number = network.submit(job)
    session.render.say(f"Submitted as {number}; {published} files are on IPFS.")
    asked = "" if url is None else f" --url {url}"
    session.render.next(f"deml compute fetch result --job {number}{asked}", f"deml compute verify {folder} result")
    session.render.emit({"network": ComputeNetwork.BACALHAU, "jobId": number, "published": published})


@command(
    app,
    "fetch",
    examples=(
        "deml compute fetch result --job j-1b2c --url http://127.0.0.1:1234",
        "deml compute fetch result --cid bafybei...",
    ),
)
def fetch(
    session: Session,
    out: Annotated[Path, typer.Argument(metavar="RESULT", help="Folder to write the result's files to.")],
    job: Annotated[str | None, typer.Option("--job", help="The network's own number of the job.")] = None,
    url: BacalhauUrl = None,
    cid: Annotated[str | None, typer.Option(help="CID of the result, a folder or an archive.")] = None,
) -> None:
    """Get a result: by its CID from IPFS, every block checked, or from where Bacalhau says that it is.

    'bacalhau job get' and 'lilypad run' write folders that 'deml compute verify' takes as they are.
    """
    from deml.ipld import Cid
    from deml_sdk.compute.bacalhau import Bacalhau
    from deml_sdk.compute.fetching import from_ipfs
    from deml_sdk.files.files import write_file

    if (cid is None) == (job is None):
        raise typer.BadParameter("give --cid, or --job with --url")
    if cid is not None:
        found = from_ipfs(Cid.parse(cid), session.ipfs)
    elif url is None or job is None:
        raise typer.BadParameter("--job needs the API's --url; without one use 'bacalhau job get'")
    else:
        with closing(Bacalhau(url)) as network:
            place = network.results(job)
        found = place.fetch(session.ipfs, session.client.ipfs_settings.egress)
        cid = place.cid
    for name, content in found.items():
        write_file(out / name, content)
    session.render.say(f"Wrote {', '.join(found)} to {out}. None of it is verified yet.")
    session.render.emit({"folder": out, "cid": cid, "files": {name: len(content) for name, content in found.items()}})


@command(
    app,
    "verify",
    examples=("deml compute verify computation result", "deml compute verify computation result --offline --json"),
)
def verify(
    session: Session,
    folder: RenderedFolder,
    result: ResultFolder,
    offline: Annotated[
        bool, typer.Option("--offline", help="Compare with this machine alone, and not with what the node says.")
    ] = False,
) -> None:
    """Compute everything again on this machine, and compare bit for bit. The exit code is 1 if anything differs.

    A trained model cannot be derived again bit for bit. Of it, bytes, CID and the exact score on the rows are verified.
    """
    from deml_sdk.advice import report_of
    from deml_sdk.compute.errors import DappSaysOtherwise, ResultRefuted
    from deml_sdk.compute.fetching import from_folder
    from deml_sdk.compute.prepare import read_prepared
    from deml_sdk.compute.verify import verify_result

    prepared = read_prepared(folder)
    with session.render.waiting("computing it here"):
        found = verify_result(prepared, from_folder(result), str(result))
    if not found.lies and not offline:
        found = _with_node(session, prepared, found)
    document = {
        "holds": not found.lies and not found.node,
        "outcome": found.outcome,
        "environment": found.environment,
        "lies": found.lies,
        "node": found.node,
    }
    try:
        found.require_true(str(result))
    except (ResultRefuted, DappSaysOtherwise) as error:
        _show(session, found.lies or found.node)
        if session.options.json:
            session.render.emit({**document, "error": report_of(error)})
            raise typer.Exit(exit_code(error)) from error
        raise
    session.render.say(f"{result} is true: this machine computes the same, bit for bit.")
    session.render.emit(document)


def _audit(session: Session, job_id: int | None, use: Use, clients: list[str]) -> PreparedComputation:
    from deml.base.config import Deployment
    from deml_cli.config import image_contracts
    from deml_sdk.addresses import parse_address
    from deml_sdk.compute.prepare import to_replay, to_score

    if job_id is None:
        raise typer.BadParameter("an audit needs the number of a job")
    job = session.client.job(job_id)
    if use is Use.SCORE:
        return to_score(session.client, job, [parse_address(one) for one in clients])
    count = session.node.processed_inputs()
    inputs = (one.raw for one in session.node.inputs() if one.index < count)
    return to_replay(session.client, job_id, inputs, Deployment(**image_contracts(session.config)))


def _training(
    session: Session,
    job_id: int | None,
    terms: Path | None,
    data: Path | None,
    columns: ReadingOptions,
    how: HyperparameterOptions,
) -> PreparedComputation:
    from dataclasses import replace

    from deml_learn.trainers.plan import Training, TrainingOptions
    from deml_learn.trainers.task import task_of_file, task_of_job
    from deml_learn.trainers.train import read_rows
    from deml_learn.training.errors import NoTask
    from deml_sdk.compute.prepare import about_job, to_train
    from deml_sdk.compute.request import TrainingRecipe
    from deml_sdk.data.holdout import data_file

    if data is None:
        raise typer.BadParameter("--use train needs the rows: --data FILE")
    if terms is None and job_id is None:
        raise NoTask()
    task = task_of_file(terms) if terms else task_of_job(session.client, session.client.job(job_id or 0))
    rows = read_rows(task, data, columns.reading).table
    wishes = TrainingOptions(how.epochs, how.batch, how.learning_rate, how.l2, how.validation, how.seed, half=how.half)
    plan = Training(replace(task, initial=None), wishes).hyperparameters
    recipe = TrainingRecipe(
        task.architecture_text,
        task.metric.name,
        plan.epochs,
        plan.batch,
        plan.learning_rate,
        plan.l2,
        plan.validation,
        plan.seed,
        how.half,
    )
    about = None if terms or job_id is None else about_job(session.client, job_id)
    return to_train(recipe, data_file(task.architecture, rows.x, rows.y), about)


def _confirm(session: Session, prepared: PreparedComputation, whom: str) -> None:
    from deml_sdk.compute.request import ComputeUse
    from deml_sdk.market.unpublished import Guard

    request = prepared.request
    public = ["the request and its files, to the network and the machine that computes: all of them are public already"]
    if request.use is ComputeUse.TRAIN:
        for content in prepared.files.values():
            Guard(session.home).check_content(content)
        public = ["every row that is trained on, for good: nobody can take it back"]
    facts = {"computation": request.use, "to": whom, "files": len(request.files)}
    session.render.confirm(Proposal("send a computation to machines that you do not trust", facts, tuple(public)))


def _with_node(session: Session, prepared: PreparedComputation, found: ComputeVerification) -> ComputeVerification:
    """Compare with what the node says, too, of the job that is meant."""
    from dataclasses import replace

    from deml_sdk.compute.errors import OtherApplication
    from deml_sdk.compute.request import ComputeUse
    from deml_sdk.compute.verify import against_job, against_outputs

    about, use = prepared.request.about, prepared.request.use
    if about is None or use is ComputeUse.TRAIN:
        return found
    here = (session.client.chain_id, session.client.app)
    if here != (about.chain_id, about.app):
        raise OtherApplication(f"{about.app} on chain {about.chain_id}", f"{here[1]} on chain {here[0]}")
    if use is ComputeUse.SCORE:
        return replace(found, node=against_job(found.outcome, session.client.job(about.job_id)))
    return replace(found, node=against_outputs(found.outcome, session.node.outputs()))


def _show(session: Session, differences: tuple[SaidAndComputed, ...]) -> None:
    session.render.table(
        "Not so", ("field", "said", "computed"), [(one.field, one.said, one.computed) for one in differences]
    )
