"""Transactions of this wallet whose outcome is not known yet, kept so that nothing is sent twice after a restart."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final

from deml_sdk.chain.transactions import Signed
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

    def add(self, tx_hash: str, job_id: int | None, raw: bytes = b"", until: int | None = None) -> None:
        """Remember a transaction that is about to be sent.

        Parameters
        ----------
        job_id
            The job that it is about; None for none.
        raw
            The signed transaction, so that it can be sent again; empty where it cannot.
        until
            Block timestamp from which on it must not be sent any more; None for none.

        Raises
        ------
        StorageUnavailable
        """
        record = {"jobId": job_id, "sentAt": self._now(), "raw": raw.hex(), "until": until}
        write_whole(self._path(tx_hash), json.dumps(record).encode())

    def signed(self, tx_hash: str) -> tuple[Signed, int | None] | None:
        """Return a transaction that can be sent again, and until when; None where it cannot."""
        try:
            record = json.loads(self._path(tx_hash).read_text())
        except FileNotFoundError:
            return None
        raw = bytes.fromhex(record.get("raw", ""))
        return (Signed(tx_hash, raw), record["until"]) if raw else None

    @contextmanager
    def nameless(self, job_id: int | None) -> Iterator[Callable[[str], None]]:
        """Keep room for a transaction whose hash is not known before it is sent; call what this yields with it then.

        Raises
        ------
        StorageUnavailable
        """
        place = f"sending-{token_hex(8)}"
        self.add(place, job_id)
        try:
            yield lambda tx_hash: os.replace(self._path(place), self._path(tx_hash))
        finally:
            self.settled(place)

    def settled(self, tx_hash: str) -> None:
        """Forget a transaction whose outcome is known."""
        self._path(tx_hash).unlink(missing_ok=True)

    def of(self, job_id: int | None) -> list[str]:
        """Transactions about a job, or about none, except those that must have been dropped, which are forgotten."""
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
