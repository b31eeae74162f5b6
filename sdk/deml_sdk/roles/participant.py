"""What a client of a job does: take part, commit, declare, submit, be paid."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from deml.base.states import Phase
from deml.base.types import ETHER, Address, Amount, JobId, Score
from deml_sdk.data.reading import Reading
from deml_sdk.market.acting import acceptance, account_steps, average_steps, client_steps, scoring_steps
from deml_sdk.market.acting.account_steps import Claims
from deml_sdk.market.acting.missing import missing_here
from deml_sdk.market.due import min_pay as least_pay
from deml_sdk.market.due.min_pay import MinPayBounds
from deml_sdk.market.errors import ModelNotHere
from deml_sdk.market.intent import Intent
from deml_sdk.market.journal import ModelRecord
from deml_sdk.market.judging.diagnosis import Diagnosis
from deml_sdk.market.judging.evaluation import Evaluation
from deml_sdk.market.schedule import window
from deml_sdk.market.view import Job
from deml_sdk.roles.reader import Reader


class ParticipantRole(Reader):
    """Makes a client's intents, and those that anybody may carry out."""

    def accept(self, job: int | Job, pay_to: Address | None = None) -> Intent:
        """Take part in a job; deposits the stake it asks for. Pay goes to `pay_to`, or to this account.

        Raises
        ------
        TooLate, WouldBeRefused, NotEnoughTokens, NoPayoutLibrary

        Examples
        --------
        >>> client.send(client.accept(7))  # doctest: +SKIP
        >>> client.send(client.accept(8, pay_to=parse_address("0x...")))  # doctest: +SKIP
        """
        return acceptance.accept(self, self._job(job), ETHER if pay_to is None else pay_to)

    def set_pay_to(self, job: int | Job, pay_to: Address) -> Intent:
        """Have pay and stake of a job sent to another account; until the job is settled.

        Raises
        ------
        QueryRefused
            If there is no such job.
        ContractReverted, TooMuchGas

        Examples
        --------
        >>> client.send(client.set_pay_to(7, parse_address("0x...")))  # doctest: +SKIP
        """
        return client_steps.set_pay_to(self, self._job(job), pay_to)

    def judge(self, job: int | Job, model: bytes) -> Evaluation:
        """Compute what the dapp will compute of a model on the revealed holdout: score and credited score.

        Raises
        ------
        HoldoutSecret
        """
        return client_steps.judge(self, self._job(job), model)

    def diagnose(self, job: int | Job, model: bytes, data: Path | str, reading: Reading | None = None) -> Diagnosis:
        """Look at a model on rows of one's own before committing to it: every metric, every class, likely credit.

        Parameters
        ----------
        data
            CSV with a header, Parquet, Arrow, Feather or npz, or safetensors of ``x`` and ``y``. Nothing is sent.
        reading
            How a table is read, where the job has no specification or the table has other columns.

        Raises
        ------
        NoLabel, NotInSpec, NoUsableRow, SpecNotHere, BadSpec
        DemlError
            If the model or the rows do not fit the job.
        """
        return client_steps.diagnose(self, self._job(job), model, Path(data), reading or Reading(""))

    def commit(self, job: int | Job, model: bytes, min_pay: Amount | None = None) -> Intent:
        """Commit to a model without showing it.

        Parameters
        ----------
        model
            The safetensors file. Sending the intent keeps it in the journal and files the record of it.
        min_pay
            Least pay for which it will be published, in the token's smallest unit; 0 for none. None to say it when the
            model is declared; `watch` does not declare before it is said.

        Raises
        ------
        TooLate, NotCommitted, OversizedModel, PrivacyNotPromised
        DemlError
            If the dapp could not score the file.

        Examples
        --------
        >>> client.send(client.commit(7, Path("model.safetensors").read_bytes(), min_pay=0))  # doctest: +SKIP
        """
        return client_steps.commit(self, self._job(job), model, min_pay)

    def committed_model(self, job: int | Job) -> ModelRecord:
        """Find what this account committed to in a job.

        Raises
        ------
        NotCommitted
        ModelNotHere
            If this machine's journal does not know it.
        """
        found = self._job(job)
        client_steps.committed(self, found)
        record = client_steps.record_of(self, found)
        if record is None:
            raise ModelNotHere(JobId(found.job_id))
        return record

    def missing(self, job: int | Job) -> list[str]:
        """Name what this account committed to in a job, as client or sponsor, and this machine does not have."""
        return list(missing_here(self, self._job(job)))

    def recover_model(self, job: int | Job, model: bytes) -> ModelRecord:
        """Put a model back into the journal that this account committed to before.

        Raises
        ------
        NotCommitted, NotThisModel
        """
        return client_steps.recover(self, self._job(job), model)

    def evaluate(self, job: int | Job) -> Evaluation:
        """Judge the committed model on the revealed holdout, and remember what it scores and is credited.

        Raises
        ------
        NotCommitted, ModelNotHere, HoldoutSecret
        TooEarly, TooLate
            If it is not the time to declare.
        """
        found = self._job(job)
        record = self.committed_model(found)
        client_steps.require_open(self, found, window(found.terms, Phase.DECLARE), "declare")
        return client_steps.evaluate(self, found, record)

    def declare(self, job: int | Job, credited: Score | None = None, min_pay: Amount | None = None) -> Intent:
        """State what the committed model is credited; final.

        Parameters
        ----------
        credited
            In parts per million; None to compute it now, as `evaluate` does.
        min_pay
            Least pay for which the model will be published, in the token's smallest unit, 0 for none; None for what
            was said when it was committed. `min_pay_bounds` tells what it protects and costs.

        Raises
        ------
        MinPayNotChosen
            If it was not said then either, and the job pays for marginal improvement.
        TooEarly, TooLate, HoldoutSecret, NotCommitted, ModelNotHere, WouldBeRefused

        Examples
        --------
        >>> client.send(client.declare(7))  # doctest: +SKIP
        """
        found = self._job(job)
        said = self.committed_model(found).min_pay if min_pay is None else min_pay
        least = least_pay.chosen(found, said)
        stated = self.evaluate(found).credited if credited is None else credited
        return client_steps.declare(self, found, stated, least)

    def min_pay_bounds(self, job: int | Job, credited: Score) -> MinPayBounds:
        """Propose a least pay for a model of this credited score, with what it protects and what it costs."""
        return least_pay.bounds_of(self._job(job), credited)

    def submit(self, job: int | Job, *, fresh: bool = False) -> Intent:
        """Publish the committed model, if a finalised notice says that it will be paid.

        An upload that broke off is continued, unless `fresh`.

        Raises
        ------
        NotDueNow, TooLate, NotCommitted, ModelNotHere, WouldBeRefused

        Examples
        --------
        >>> client.send(client.submit(7))  # doctest: +SKIP
        """
        found = self._job(job)
        return client_steps.submit(self, found, self.committed_model(found), fresh=fresh)

    def share_model(self, job: int | Job) -> str:
        """Add a delivered model, which the chain shows already, to the content store; return its CID.

        Raises
        ------
        NotCommitted, ModelNotHere
        """
        record = self.committed_model(job)
        client_steps.share(self, record)
        return record.cid

    def continue_scoring(self, job: int | Job, owner: Address) -> Intent:
        """Let the scoring go on of what `owner` published; of the sponsor's it is the baseline. Anybody may.

        Raises
        ------
        WouldBeRefused
            If nothing of `owner` is being scored.
        TooLate
        """
        return scoring_steps.continue_scoring(self, self._job(job), owner)

    def settle(self, job: int | Job) -> Intent:
        """Bring a job up to date, and end it where it can end. Anybody may.

        Raises
        ------
        WouldBeRefused
            If there is nothing to settle.

        Examples
        --------
        >>> client.send(client.settle(7))  # doctest: +SKIP
        """
        return client_steps.settle(self, self._job(job))

    def aggregate(self, job: int | Job) -> Intent:
        """Have the average of a settled job's verified models made, scored and told. Anybody may, for one round.

        Raises
        ------
        WouldBeRefused
            If there is none to be made.
        TooLate
        """
        return average_steps.aggregate(self, self._job(job))

    def withdraw(self, token: Address, amount: Amount, to: Address | None = None) -> Intent:
        """Take tokens out of this account's balance in the dapp; `amount` is in the token's smallest unit.

        Raises
        ------
        NotEnoughTokens
        """
        return account_steps.withdraw(self, token, amount, self.account if to is None else to)

    def claims(self, receivers: Collection[Address] = ()) -> Claims:
        """Find the vouchers that pay one of `receivers`, or this account."""
        return account_steps.claims(self, receivers or (self.account,))

    def claim(self, found: Claims) -> Intent:
        """Execute the vouchers that can be executed; anybody may, and each pays whom it names.

        Raises
        ------
        NoPayoutLibrary, ContractReverted

        Examples
        --------
        >>> found = client.claims()  # doctest: +SKIP
        >>> client.send(client.claim(found)) if found.ready else found.waiting  # doctest: +SKIP
        """
        return account_steps.claim(self, found)
