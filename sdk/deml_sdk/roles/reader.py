"""What everybody may look at: jobs, scores, payouts, notices and vouchers with their proofs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from deml.base.outputs import Payout
from deml.base.states import Phase
from deml.base.types import Address, Amount, JobId, Score
from deml_sdk.addresses import parse_address
from deml_sdk.chain.registry import RecordedAverage, RecordedModel, is_recorded, read_average, read_model
from deml_sdk.chain.trust import Trust, read_trust
from deml_sdk.jobspec.document import Spec
from deml_sdk.market import chronicle
from deml_sdk.market.acting.average_steps import average_file
from deml_sdk.market.acting.registry_steps import Recordable, record, recordable
from deml_sdk.market.chronicle import Entry, JobEarnings, Rank, SponsorRecord
from deml_sdk.market.content import public_file
from deml_sdk.market.intent import Intent
from deml_sdk.market.results import save_models
from deml_sdk.market.schedule import phase_at
from deml_sdk.market.spec import job_spec
from deml_sdk.market.view import Job, fetch_jobs
from deml_sdk.node.records import NOTICE_SELECTOR
from deml_sdk.node.stated import Stated, Wanted, follow_stated, list_stated
from deml_sdk.node.vouchers import Voucher
from deml_sdk.roles.account import AccountClient


class Reader(AccountClient):
    """Looks jobs and outputs up. A job is named by its number or by what was read of it, and read anew."""

    def jobs(self, sponsor: Address | None = None) -> list[Job]:
        """Read all jobs that the dapp remembers, without their participants; with `sponsor`, those of that account."""
        return fetch_jobs(self.node.inspect, sponsor)

    def phase(self, job: int | Job) -> Phase:
        """Phase that the chain's latest block puts a job in."""
        return phase_at(self._job(job), self.chain.latest_block().timestamp)

    def spec(self, job: int | Job) -> Spec:
        """Fetch a job's specification, checked against the CID in the terms.

        Raises
        ------
        NoSpec, SpecNotHere
        BadSpec
            If the sponsor's file is no specification.
        """
        return job_spec(self, self._job(job))

    def scores(self, job: int | Job) -> dict[Address, Score]:
        """What the verified models score, by client, in parts per million."""
        return {one.client: one.score for one in self._job(job).clients if one.score is not None}

    def declared(self, job: int | Job) -> dict[Address, Score]:
        """Credited scores by client, in parts per million, as declared; those of verified clients are true."""
        return {one.client: one.declared for one in self._job(job).clients if one.declared is not None}

    def dues(self, job: int | Job) -> dict[Address, Amount]:
        """Pay that was fixed last, by client, in the reward token's smallest unit."""
        return {one.client: one.due for one in self._job(job).clients if one.due is not None}

    def payouts(self, job: int | Job) -> dict[Address, Payout]:
        """What each client received when the job ended, in the reward token's smallest unit; empty until then."""
        return {one.client: one.payout for one in self._job(job).clients if one.payout is not None}

    def file(self, job: int | Job, cid: str) -> bytes:
        """Fetch the initial model, the revealed holdout or a delivered model of a job.

        Raises
        ------
        NotOnChain
            If neither a content store nor the chain has it.
        """
        return public_file(self, self._job(job), cid)

    def save_models(self, job: int | Job, folder: Path | str) -> dict[Address, Path]:
        """Store every delivered model of a job in a folder, and tell where, by client.

        Raises
        ------
        NotOnChain, UnwritableFile
        """
        return save_models(self, self._job(job), Path(folder), self.observer)

    def average(self, job: int | Job) -> bytes:
        """Make the average of an ended job's verified models as the dapp does, and check it against what that told.

        Raises
        ------
        NothingToAverage, NoAverage, AverageDiffers, NotOnChain
        """
        return average_file(self, self._job(job), self.observer)

    def notices(
        self, job: int | None = None, *, kind: str | None = None, input_index: int | None = None
    ) -> Iterator[Stated]:
        """Yield what the dapp has stated, in order, each with its proof once there is one.

        Parameters
        ----------
        job
            Only those about this job.
        kind
            Only those of this name, such as "Scored".
        input_index
            Only those of this input.
        """
        return list_stated(self.node, Wanted(job, kind, input_index), self.seen)

    def follow(
        self, job: int | None = None, *, kind: str | None = None, input_index: int | None = None
    ) -> Iterator[Stated]:
        """Yield notices as `notices` does, and go on for ever as new ones come; no outage ends it."""
        return follow_stated(self.node, Wanted(job, kind, input_index), self.observer)

    def history(self, account: Address) -> list[Entry]:
        """What an account did and what befell it in all jobs, as the notices tell, in order."""
        return list(chronicle.history(self.seen(), account))

    def earnings(self, account: Address) -> list[JobEarnings]:
        """What each job was to an account that took part in it: pay, compensation, stake lost."""
        return chronicle.earnings(self.seen(), account)

    def sponsor_record(self, sponsor: Address) -> SponsorRecord:
        """How the jobs of a sponsor went: settled, revealed, proved false, paid."""
        return chronicle.sponsor_record(self.seen(), sponsor)

    def leaderboard(self, token: Address | None = None) -> list[Rank]:
        """All clients by paid models; with `token`, by what they earned of it."""
        return chronicle.leaderboard(self.seen(), token)

    def job_of(self, voucher: Voucher) -> JobId | None:
        """Job that a voucher pays for; None where it takes a balance out, or gives back what was sent by mistake."""
        made = self.node.outputs(input_index=voucher.output.input_index, output_type=NOTICE_SELECTOR)
        return next((one.notice.job_id for one in made if one.notice is not None), None)

    def trust(self) -> Trust:
        """Who has power over the Application, and so over the escrow.

        Raises
        ------
        NoContract
        """
        return read_trust(self.chain)

    def amount(self, token: Address, text: str) -> Amount:
        """Read an amount of a token, or of Ether, as people write it: "25", "0.5", "500u" for smallest units.

        Raises
        ------
        BadAmount
        """
        return self.token(token).parse(text)

    def balance(self, token: Address, account: Address) -> Amount:
        """What an account holds of a token on the chain, in its smallest unit."""
        return self.chain.balance(token, account)

    @property
    def token_address(self) -> Address:
        """Token of jobs that name none.

        Raises
        ------
        NotGiven
        """
        return parse_address(self.marketplace.require("token"))

    def record(self, notice: Stated) -> Intent:
        """Record a verified model, a job's ending or its average in the `ModelRegistry`; anybody may.

        Parameters
        ----------
        notice
            A `Scored`, `Settled` or `Aggregated` notice whose claim is accepted, as `notices` yields it.

        Raises
        ------
        NotForTheRegistry, NoProof, ContractReverted, NotGiven
        """
        return record(self, self._registry, notice)

    def recordable(self, job: int | Job) -> Recordable:
        """Find what the `ModelRegistry` does not have yet of a job's models, its ending and its average."""
        job_id = job.job_id if isinstance(job, Job) else job
        return recordable(self.notices(job_id), partial(is_recorded, self.chain, self._registry))

    def recorded(self, job_id: int, client: Address) -> RecordedModel:
        """Look up what the `ModelRegistry` has on record of a client's model.

        Raises
        ------
        ContractReverted
            If there is nothing.
        """
        return read_model(self.chain, self._registry, job_id, client)

    def recorded_average(self, job_id: int) -> RecordedAverage:
        """Look up what the `ModelRegistry` has on record of the average of a job's models.

        Raises
        ------
        ContractReverted
            If there is nothing.
        """
        return read_average(self.chain, self._registry, job_id)

    @property
    def _registry(self) -> Address:
        return parse_address(self.marketplace.require("model_registry"))

    def _job(self, job: int | Job) -> Job:
        """Read a job anew: what a caller holds may be old, or of a list, which has no participants."""
        return self.job(job.job_id if isinstance(job, Job) else job)
