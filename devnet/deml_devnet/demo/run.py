"""The whole demo: set the stage, play four acts, pay out, and hold every balance on chain against the rules."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from deml.base.errors import DemlError
from deml.base.states import Standing
from deml.base.types import Address, Amount, JobId
from deml_devnet import supervisor
from deml_devnet.chain.deployment import DevnetDeployment
from deml_devnet.chain.local import LocalChain
from deml_devnet.demo import campaign, puppet, sealed_job, silent_sponsor
from deml_devnet.demo.audit import Ledger
from deml_devnet.demo.cast import Actor
from deml_devnet.demo.data import share_out
from deml_devnet.demo.models import initial_model
from deml_devnet.demo.record import record
from deml_devnet.demo.stage import Stage
from deml_devnet.demo.story import Story
from deml_devnet.layout import Layout
from deml_devnet.options import DevnetOptions
from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import Sandbox
from deml_learn.sandbox.unconfined import Unconfined
from deml_sdk.scores import score_text

PUPPET_ACCOUNT = "client7"
LOUD = "bold white on red"
STYLES: Final = {Standing.PAID: "green", Standing.FAILED: "red"}
"""Colours of those who were paid, and of those who lost their stake."""

NOW_TRY: Final = (
    (". .venv/bin/activate", "make the command 'deml' known to this terminal"),
    ("deml devnet up", "a market of your own: a chain, a node, the contracts, money to play with"),
    ("deml wallet balance client1", "what its first client has; README goes on from here, as sponsor and client"),
)
"""Typed one after the other in a checkout, these work."""


@dataclass(eq=False)
class BalancesDiffer(DemlError):
    differences: str
    what = "On-chain balances are not what the rules say: {differences}."
    fix = "This is a bug in DeML; please report it with the output of 'deml demo --json FILE'."


def run(console: Console, json_file: Path | None) -> None:
    """Play the demo on a devnet of its own, which is gone afterwards.

    Parameters
    ----------
    console
        Where the story is told.
    json_file
        Where everything is written down, read back from the chain and the node; None for nowhere.

    Raises
    ------
    SandboxLeaks
        Before anything is started.
    BalancesDiffer
        If a balance is not what the rules say.
    DemlError
        If a part of the devnet is missing or fails.
    """
    begun = time.perf_counter()
    sandbox = _sandbox(console)
    with tempfile.TemporaryDirectory(prefix="deml-demo-") as name:
        folder = Path(name)
        layout = Layout(folder / "devnet")
        console.print("Starting a chain, the Cartesi contracts, a node and the dapp ...")
        with _devnet(layout) as deployment, closing(LocalChain(deployment.rpc_url)) as chain:
            stage = Stage(folder, layout, deployment, chain, Story(console), sandbox)
            stage.seconds["start"] = time.perf_counter() - begun
            with closing(stage):
                _play(stage, json_file)


def _play(stage: Stage, json_file: Path | None) -> None:
    parts = share_out()
    with stage.timed("initial model"):
        initial = initial_model(parts.sample.save(stage.folder / "sample.csv", parts.columns))
        (stage.folder / "initial.safetensors").write_bytes(initial)
    cast = sealed_job.company(stage)
    helper = stage.actor("Puppet", PUPPET_ACCOUNT)
    actors = [stage.sponsor, *cast.all, helper]
    before = stage.balances(actors)
    jobs = [sealed_job.play(stage, parts, initial, cast)]
    with stage.timed("act one: pay"):
        stage.pay(*actors)
        _tell_why(stage, jobs[0], cast)
    jobs.append(silent_sponsor.play(stage, parts, initial, cast.clinics[:2]))
    jobs.append(puppet.play(stage, parts, initial, cast.clinics[:2], helper))
    learnt = campaign.play(stage, cast.clinics)
    jobs.extend(learnt.jobs)
    with stage.timed("pay"):
        stage.pay(*actors)
        campaign.finish(stage)
    after = stage.balances(actors)
    expected = _expected(stage, jobs, actors)
    _tell_balances(stage, actors, before, after, expected)
    if json_file is not None:
        document = record(stage, jobs, actors, before, after, expected) | {"campaign": learnt.as_json()}
        json_file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    _check(actors, before, after, expected)
    stage.story.now_try(NOW_TRY)


def _sandbox(console: Console) -> Sandbox:
    """Take this machine's sandbox, or none where there is none: what trains here is our own trainer, and no other."""
    try:
        return find_sandbox()
    except NoSandbox as error:
        told = f"NO SANDBOX: the demo's own trainer runs without; strangers' stay refused. {error} {error.advice()}"
        console.print(told, style=LOUD)
        return Unconfined()


@contextmanager
def _devnet(layout: Layout) -> Iterator[DevnetDeployment]:
    try:
        yield supervisor.up(DevnetOptions(block_seconds=0).anywhere(), layout)
    finally:
        supervisor.down(layout)


def _tell_why(stage: Stage, job_id: JobId, cast: sealed_job.Company) -> None:
    job = stage.job(job_id)
    names = {one.address: one.name for one in cast.all}
    rows, styles = [], []
    for client in job.in_commit_order():
        payout = client.payout
        if payout is None or client.declared is None:
            raise ValueError(f"{names[client.client]} has no payout, although job {job_id} has ended")
        received = [stage.amount(one) for one in (payout.pay, payout.stake, payout.compensation)]
        rows.append((names[client.client], score_text(client.declared), client.standing, *received))
        styles.append(STYLES.get(client.standing))
    stage.story.table(("client", "declared", "standing", "pay", "stake back", "forfeits"), rows, styles)
    stage.story.tell(
        "The free-rider improved nothing, so nothing was due. The copier could not open a commitment made for "
        "another's wallet, and the poisoner's model was refuted: both lost their stakes, to the clients "
        "whose models were verified. What nobody earned went back to the sponsor."
    )


def _expected(stage: Stage, jobs: Sequence[JobId], actors: Sequence[Actor]) -> Mapping[Address, int]:
    notices = stage.notices()
    changes = {actor.address: 0 for actor in actors}
    for job_id in jobs:
        for account, change in Ledger(notices, job_id).expected().items():
            changes[account] += change
    return changes


def _tell_balances(
    stage: Stage,
    actors: Sequence[Actor],
    before: Mapping[Address, Amount],
    after: Mapping[Address, Amount],
    expected: Mapping[Address, int],
) -> None:
    stage.story.act("Balances", f"{stage.token.symbol}, read from the chain before the first job and after the last.")
    rows = [
        (
            one.name,
            stage.amount(before[one.address]),
            stage.amount(after[one.address]),
            stage.amount(after[one.address] - before[one.address]),
            stage.amount(expected[one.address]),
        )
        for one in actors
    ]
    stage.story.table(("party", "before", "after", "change", "by the rules"), rows)


def _check(
    actors: Sequence[Actor],
    before: Mapping[Address, Amount],
    after: Mapping[Address, Amount],
    expected: Mapping[Address, int],
) -> None:
    differences = [
        f"{one.name} has {after[one.address] - before[one.address]:+d}, should have {expected[one.address]:+d}"
        for one in actors
        if after[one.address] - before[one.address] != expected[one.address]
    ]
    if differences:
        raise BalancesDiffer("; ".join(differences))
