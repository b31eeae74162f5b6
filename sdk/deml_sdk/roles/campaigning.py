"""What a sponsor does with a campaign: look at it, open its next round, have all rounds run."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from deml.scoring import parse_architecture
from deml_sdk.campaigns import run
from deml_sdk.campaigns.errors import NoFreshRows, NothingLearnt
from deml_sdk.campaigns.folder import CampaignFolder, CampaignPlan
from deml_sdk.campaigns.next_round import as_before, as_written, kept, model_file, starting_point
from deml_sdk.campaigns.parts import share_out
from deml_sdk.campaigns.rounds import Campaign, Round
from deml_sdk.data.tables import check_table, read_table
from deml_sdk.jobspec.job_file import JobFile
from deml_sdk.jobspec.job_file_form import read_job_file
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.schedule import LOOK_SECONDS
from deml_sdk.market.view import Job
from deml_sdk.roles.sponsor import Sponsor


class Campaigning(Sponsor):
    """Looks at campaigns, and opens their rounds."""

    def campaign(self, job: int | Job) -> Campaign:
        """Read the campaign that a job belongs to from the dapp's notices, jobs that the dapp has forgotten among them.

        Raises
        ------
        NoSuchRound
        """
        return Campaign.of(self.seen(), job.job_id if isinstance(job, Job) else job)

    def campaign_model(self, job: int | Job) -> bytes:
        """Fetch what a campaign has learnt so far: whatever scored best in its last round that was scored.

        Raises
        ------
        NothingLearnt, NoSuchRound, NotOnChain
        """
        found = self.campaign(job)
        if found.scored is None:
            raise NothingLearnt(found.latest.job_id)
        return self._model(found, found.scored)

    def next_round(
        self,
        job: int | Job,
        holdout: Path | str | None = None,
        *,
        job_file: Path | str | JobFile | None = None,
        escrow: str | None = None,
        initial: Path | None = None,
    ) -> Draft:
        """Work out the round after a job that has ended: from whatever scored best in it, on rows that nobody has seen.

        Parameters
        ----------
        holdout
            The fresh holdout; None for the one that `job_file` names.
        job_file
            Everything else; its initial model is not looked at. None for the terms of the job before.
        escrow
            In whole tokens, where there is no `job_file`; None for as much as before.
        initial
            The model to start from, where it is one of the sponsor's own; None for whatever scored best.

        Raises
        ------
        RoundGoesOn, NoSuchRound, NotOnChain, RulesChanged, NoColumns
        DemlError
            Whatever the dapp would refuse, and files that cannot be read.
        """
        number = job.job_id if isinstance(job, Job) else job
        found = self.campaign(number)
        before = found.round(number)
        if initial is None:
            initial = kept(self, self._model(found, before))
        rows = None if holdout is None else Path(holdout)
        if job_file is not None:
            written = job_file if isinstance(job_file, JobFile) else read_job_file(Path(job_file))
            return self.draft(as_written(written, before, initial, rows))
        if rows is None:
            raise NoFreshRows(before.job_id)
        return self.draft(as_before(self, before, initial, rows, escrow))

    def new_campaign(
        self,
        folder: Path | str,
        *,
        job_file: Path | str,
        data: Path | str,
        rounds: int,
        budget: str,
        seed: int | None = None,
    ) -> CampaignPlan:
        """Share the sponsor's rows out into one sealed part a round, and write down what is to be done.

        Nothing is sent, and nothing leaves this machine.

        Parameters
        ----------
        folder
            Where parts and plan go; **secret**: who reads a part knows what its round is judged on.
        job_file
            What every round asks for; its holdout is not looked at.
        data
            The rows, as the job file's holdout is read.
        rounds
            How many there are to be.
        budget
            The most that all rounds together may spend of the reward token, in whole tokens; gas is not part of it.
        seed
            The same gives the same parts; None for one that nobody knows.

        Raises
        ------
        BadJobFile, TooFewParts, UnwritableFile
        UnreadableTable, NoSuchColumn, BadCell, UnknownLabel, WrongColumnCount, LabelNotAClass
        """
        written, path = read_job_file(Path(job_file)), Path(data)
        architecture = parse_architecture(written.architecture)
        table = read_table(path, written.reading)
        check_table(path, table, architecture)
        parts = share_out(table, architecture, rounds, secrets.randbits(128) if seed is None else seed)
        return CampaignFolder(Path(folder)).create(Path(job_file), budget, parts)

    def run_campaign(
        self,
        folder: Path | str,
        *,
        on_event: Callable[[run.CampaignEvent], None],
        every: float = LOOK_SECONDS,
    ) -> None:
        """Open a campaign's rounds one after another and look after them, until all are over or the budget is spent.

        It sends without asking. It may be interrupted at any time and started again. No outage ends it.

        Parameters
        ----------
        folder
            As `new_campaign` wrote it.
        on_event
            Called with everything that is done or fails, and with what is waited for whenever that changes.
        every
            Seconds between looks.

        Raises
        ------
        NotACampaign, CampaignBusy, BudgetTooSmall
        DemlError
            If a round cannot be opened; nothing is lost.
        """
        run.run(run.CampaignRunner(self, CampaignFolder(Path(folder))), on_event, every)

    def _model(self, found: Campaign, played: Round) -> bytes:
        return model_file(self, found.sponsor, played, starting_point(played))
