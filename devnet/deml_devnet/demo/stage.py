"""Where the demo plays: its devnet, the clock, and what can be read from both."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from deml.base.outputs import Notice
from deml.base.states import Phase
from deml.base.types import Address, Amount, JobId, Score, Timestamp
from deml_devnet.chain import clock
from deml_devnet.chain.deployment import DevnetDeployment
from deml_devnet.chain.local import LocalChain
from deml_devnet.demo.cast import Actor
from deml_devnet.demo.story import Story
from deml_devnet.layout import Layout
from deml_devnet.node_client import ask
from deml_devnet.operation import finish_epoch
from deml_learn.sandbox.interface import Sandbox
from deml_learn.trainers.run import Trained
from deml_sdk.chain.tokens import Token
from deml_sdk.market.schedule import window
from deml_sdk.market.view import Job
from deml_sdk.node.records import StoredOutput
from deml_sdk.node.vouchers import Voucher
from deml_sdk.scores import score_text


@dataclass
class Stage:
    """One devnet, one clock, and the parties on it."""

    folder: Path
    layout: Layout
    deployment: DevnetDeployment
    chain: LocalChain
    story: Story
    sandbox: Sandbox
    actors: list[Actor] = field(default_factory=list)
    training: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Measure the wall time of a phase."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    def actor(self, name: str, account: str) -> Actor:
        """Cast a wallet of the devnet."""
        made = Actor(name, account, self.layout.deployment, self.folder / "homes" / account)
        self.actors.append(made)
        return made

    @cached_property
    def sponsor(self) -> Actor:
        """Who posts the jobs."""
        return self.actor("Sponsor", "sponsor")

    def close(self) -> None:
        """Close everybody's connections."""
        for one in self.actors:
            one.client.close()

    def note_training(self, name: str, made: Trained) -> None:
        """Keep what is to be recorded of a training."""
        spent = None if made.spent is None else {"epsilon": made.spent.epsilon, "delta": made.spent.delta}
        self.training.append({"party": name, "before": made.before, "after": made.after, "privacy": spent})

    @property
    def token(self) -> Token:
        """The reward token."""
        client = self.sponsor.client
        return client.token(client.token_address)

    def post(self, job_file: str) -> JobId:
        """Post a job for the sponsor, as `deml job post` does."""
        client = self.sponsor.client
        path = self.folder / f"job-{secrets.token_hex(4)}.toml"
        path.write_text(job_file, encoding="utf-8")
        job_id = client.send(client.post(client.draft(path))).job_id
        self.finalise()
        return job_id

    def job(self, job_id: int) -> Job:
        """Read a job from the dapp."""
        return self.sponsor.client.job(job_id)

    def declared(self, job_id: int, actor: Actor) -> Score:
        """Read what a party has declared.

        Raises
        ------
        ValueError
            If it has declared nothing.
        """
        found = self.job(job_id).client(actor.address)
        if found is None or found.declared is None:
            raise ValueError(f"{actor.name} has declared nothing for job {job_id}")
        return found.declared

    def tell_credit(self, job_id: JobId, *actors: Actor) -> None:
        """Show what each party has found at home: its model's score, what luck could explain of it, and the rest."""
        baseline, rows = self.job(job_id).terms.baseline, []
        for actor in actors:
            record = actor.client.committed_model(job_id)
            if record.score is None or record.credited is None:
                raise ValueError(f"{actor.name} has not judged its model of job {job_id}")
            gains = (record.score - baseline, record.score - record.credited)
            rows.append((actor.name, *map(score_text, (record.score, *gains, record.credited))))
        self.story.table(("client", "raw score", "gain", "of it luck explains", "credited"), rows)

    def notices(self) -> list[Notice]:
        """Read all notices from the node, in order."""
        return [notice for output in self.outputs() if (notice := output.notice) is not None]

    def outputs(self) -> list[StoredOutput]:
        """Read all outputs from the node, in order."""
        return list(self.sponsor.client.node.outputs())

    def vouchers(self) -> list[Voucher]:
        """Read all vouchers, with what has become of them."""
        return list(self.sponsor.client.vouchers())

    def amount(self, units: int) -> str:
        """Write an amount of tokens, to the hundredth."""
        return f"{units / 10**self.token.decimals:,.2f}"

    def balances(self, actors: Sequence[Actor]) -> Mapping[Address, Amount]:
        """Read token balances from the chain."""
        client, token = self.sponsor.client, self.token.address
        return {one.address: client.balance(token, one.address) for one in actors}

    def outputs_root(self) -> str:
        """Root of the outputs tree in the last claim that the Application's consensus has accepted."""
        app = self.deployment.contracts.app_address
        node = self.deployment.node_url
        accepted = ask(node, "cartesi_getLastAcceptedEpochIndex", application=app)
        return str(ask(node, "cartesi_getEpoch", application=app, epoch_index=accepted)["outputs_merkle_root"])

    def finalise(self) -> None:
        """Let all that was sent become final."""
        clock.finalise(self.chain)

    def enter(self, job_id: int, phase: Phase) -> None:
        """Let time pass until a phase of a job has begun, beyond the reach of a re-org."""
        self._pass_until(window(self.job(job_id).terms, phase).begin)

    def enter_rounds(self, job_id: int) -> None:
        """Let time pass until dues can be fixed."""
        self._pass_until(Timestamp(self.job(job_id).terms.declare_until + 1))

    def leave_round(self, job_id: int) -> None:
        """Let time pass until the current submission round of a job is over."""
        job = self.job(job_id)
        if job.round_until is None:
            raise ValueError(f"job {job_id} is in no submission round")
        self._pass_until(Timestamp(job.round_until + 1))

    def pay(self, *actors: Actor) -> None:
        """Have the epoch's claim accepted, and everybody execute its vouchers through the Application."""
        finish_epoch(self.layout)
        for actor in actors:
            actor.watch()

    def settle(self, job_id: int, actor: Actor) -> None:
        """Have one party bring a job up to date, as anybody may, unless a watcher has ended it."""
        if self.job(job_id).ended:
            return
        actor.client.send(actor.client.settle(job_id))
        self.story.tell(f"{actor.name}: settles, as anybody may.")
        self.finalise()

    def watch(self, job_id: int, *actors: Actor) -> None:
        """Let each party do what is due for it, and tell of it."""
        for actor in actors:
            for done in actor.watch(job_id):
                self.story.tell(f"{actor.name}: {done.text}.")
        self.finalise()

    def _pass_until(self, moment: Timestamp) -> None:
        latest = self.sponsor.client.chain.latest_block().timestamp
        if latest < moment:
            clock.set_time(self.chain, moment)
        self.finalise()
