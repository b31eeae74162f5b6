"""What a sponsor does: open, fund, reveal and end jobs."""

from __future__ import annotations

import secrets
from pathlib import Path

from deml.base.types import Amount
from deml.ipld import Cid
from deml_sdk.addresses import parse_address
from deml_sdk.jobspec.job_file import JobFile
from deml_sdk.jobspec.job_file_form import read_job_file
from deml_sdk.market.acting import sponsor_steps
from deml_sdk.market.errors import HoldoutNotHere
from deml_sdk.market.intent import Intent
from deml_sdk.market.journal import HoldoutRecord
from deml_sdk.market.posting.cautions import warnings_of
from deml_sdk.market.posting.draft import Draft, draft
from deml_sdk.market.posting.room import check_room, scarce_room
from deml_sdk.market.view import Job
from deml_sdk.roles.reader import Reader


class Sponsor(Reader):
    """Makes a sponsor's intents."""

    def draft(self, job_file: Path | str | JobFile) -> Draft:
        """Work a job out and check it as the dapp will; the initial model is scored on the holdout.

        Parameters
        ----------
        job_file
            The job, as 'deml job new' writes one, or its path; the files that it names lie beside it.

        Raises
        ------
        DemlError
            Whatever the dapp would refuse, and files that cannot be read.
        """
        written = job_file if isinstance(job_file, JobFile) else read_job_file(Path(job_file))
        token = self.token(parse_address(written.token) if written.token else self.token_address)

        def commit(cid: Cid, nonce: bytes) -> bytes:
            return sponsor_steps.commitment_to(self, cid, nonce, create=True)

        return draft(written, token, self.clock().latest, secrets.token_bytes(32), commit)

    def post(self, job: Draft) -> Intent:
        """Deposit a job's escrow and open it; the answer has its number. The holdout stays on this machine.

        Raises
        ------
        TokenArrivesShort, DepositWouldFail
            If the escrow would not arrive in full.
        NoRoomNow
            If the Application has no memory left for it and a client.
        HoldoutIsPublic
        NotEnoughTokens, NoPayoutLibrary

        Examples
        --------
        >>> intent = client.post(client.draft("job.toml"))  # doctest: +SKIP
        >>> intent.sends, intent.warnings  # doctest: +SKIP
        >>> client.send(intent)  # doctest: +SKIP
        """
        held = self.stats().reserved_bytes
        check_room(job.terms, held)
        sponsor_steps.require_arrival(self, job)
        warnings = [*warnings_of(job, self.clock()), *scarce_room(job.terms, held)]
        return sponsor_steps.post(self, job, warnings)

    def top_up(self, job: int | Job, amount: Amount) -> Intent:
        """Add to the escrow of one's job, in its commit phase; `amount` is in the token's smallest unit.

        Raises
        ------
        TooLate, WouldBeRefused, NotEnoughTokens

        Examples
        --------
        >>> job = client.job(7)  # doctest: +SKIP
        >>> client.send(client.top_up(job, client.amount(job.terms.reward_token, "25")))  # doctest: +SKIP
        """
        return sponsor_steps.top_up(self, self._job(job), amount)

    def reveal(self, job: int | Job, *, fresh: bool = False) -> Intent:
        """Publish the holdout of one's job, in its reveal phase.

        An upload that broke off is continued, unless `fresh`.

        Raises
        ------
        TooEarly, TooLate, NobodyToRevealFor, WouldBeRefused, WrongBaseline
        HoldoutNotHere
            If the holdout is not in the journal.

        Examples
        --------
        >>> client.send(client.reveal(7))  # doctest: +SKIP
        """
        found = self._job(job)
        return sponsor_steps.reveal(self, found, self._holdout(found), fresh=fresh)

    def share_holdout(self, job: int | Job) -> str:
        """Add a revealed holdout, which the chain shows already, to the content store; return its CID.

        Raises
        ------
        HoldoutNotHere
        """
        record = self._holdout(self._job(job))
        sponsor_steps.share(self, record)
        return record.cid

    def recover_holdout(self, job: int | Job, holdout: bytes, initial: bytes) -> HoldoutRecord:
        """Put a holdout back into the journal that this account committed to before.

        Raises
        ------
        NotThisHoldout
        """
        return sponsor_steps.recover(self, self._job(job), holdout, initial)

    def cancel(self, job: int | Job) -> Intent:
        """Take the escrow back while nobody has accepted the job.

        Raises
        ------
        TooLate, WouldBeRefused

        Examples
        --------
        >>> client.send(client.cancel(7))  # doctest: +SKIP
        """
        return sponsor_steps.cancel(self, self._job(job))

    def _holdout(self, job: Job) -> HoldoutRecord:
        record = sponsor_steps.record_of(self, job)
        if record is None:
            raise HoldoutNotHere(job.job_id)
        return record
