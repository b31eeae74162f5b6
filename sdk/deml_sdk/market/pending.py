"""Transactions of this wallet whose outcome is not known yet, kept so that nothing is sent twice after a restart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deml_sdk.files.atomic import write_whole

FORGET_SECONDS: Final = 2 * 3_600
"""After this long a transaction that no block has included counts as dropped: nodes keep them no longer than three
hours, and its job's window is over in most cases."""


class Pending:
    """Transactions by job.

    Parameters
    ----------
    directory
        Where they are kept, a file each.
    now
        Wall clock, in seconds.
    """

    def __init__(self, directory: Path, now: Callable[[], float]) -> None:
        self._directory = directory
        self._now = now

    def add(self, tx_hash: str, job_id: int | None) -> None:
        """Remember a transaction that was just sent; `job_id` is None where it is about no job."""
        record = {"jobId": job_id, "sentAt": self._now()}
        write_whole(self._path(tx_hash), json.dumps(record).encode())

    def settled(self, tx_hash: str) -> None:
        """Forget a transaction whose outcome is known."""
        self._path(tx_hash).unlink(missing_ok=True)

    def of(self, job_id: int) -> list[str]:
        """Transactions about a job, except those that must have been dropped, which are forgotten."""
        found = []
        for path in sorted(self._directory.glob("0x*.json")):
            record = json.loads(path.read_text())
            if self._now() - record["sentAt"] > FORGET_SECONDS:
                path.unlink(missing_ok=True)
            elif record["jobId"] == job_id:
                found.append(path.stem)
        return found

    def _path(self, tx_hash: str) -> Path:
        return self._directory / f"{tx_hash}.json"
