"""Keeping a job's files available: what is kept where, and having the rest kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deml_sdk.ipfs.errors import NoPinner
from deml_sdk.ipfs.keeping import Keeper, KeepingPlace, KeptFile
from deml_sdk.ipfs.places import places
from deml_sdk.market.acting.retention import Needed, needed
from deml_sdk.market.unpublished import Guard
from deml_sdk.market.view import Job
from deml_sdk.roles.reader import Reader

KEEP_SECONDS = 600
"""How long to wait for places that are still fetching, unless told."""


class Retention(Reader):
    """Has a job's public files kept at several places; anybody may, a sponsor should."""

    def needed(self, job: int | Job) -> Needed:
        """List the public files of a job, with what is not among them and why. No place learns of them yet."""
        return needed(self, self._job(job), Guard(self.home))

    def kept(
        self,
        job: int | Job | Needed,
        at: Sequence[KeepingPlace] | None = None,
        report: Callable[[KeptFile], None] = lambda _kept: None,
    ) -> list[KeptFile]:
        """Tell which of a job's public files are kept where; nothing is changed.

        Parameters
        ----------
        job
            The job, or what `needed` listed of it.
        at
            Places, the own node first; None for the node and the service of the marketplace's settings.
        report
            Told of every file at every place as it is found.

        Raises
        ------
        NoPinner
            If there is no place.
        """
        return self._keeper(job, at, report).look()

    def keep(
        self,
        job: int | Job | Needed,
        at: Sequence[KeepingPlace] | None = None,
        report: Callable[[KeptFile], None] = lambda _kept: None,
        seconds: float = KEEP_SECONDS,
    ) -> list[KeptFile]:
        """Have a job's public files kept, and tell which are kept where.

        What is kept already is left alone. A place that is away, or refuses, is told, and holds up no other. Files that
        this machine knows as secret are withheld.

        Parameters
        ----------
        job, at, report
            As for `kept`.
        seconds
            How long to wait for places that are still fetching; they go on afterwards.

        Raises
        ------
        NoPinner
            If there is no place.
        """
        return self._keeper(job, at, report).keep(seconds)

    def _keeper(
        self, job: int | Job | Needed, at: Sequence[KeepingPlace] | None, report: Callable[[KeptFile], None]
    ) -> Keeper:
        listed = job if isinstance(job, Needed) else self.needed(job)
        found = list(at) if at is not None else places(self.ipfs_settings)
        if not found:
            raise NoPinner()
        return Keeper(listed.contents, found, f"deml job {listed.job_id}:", report)
