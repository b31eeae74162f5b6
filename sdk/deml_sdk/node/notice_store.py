"""Where final notices are kept: on disk, or in memory where there is no disk to write to.

What is kept can be had again from the node at any time, so a file that is damaged, or of another version, is thrown
away without asking.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

_VERSION: Final = 1
"""Of the schema below."""

_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE mark (passed INTEGER, block TEXT, hash TEXT, digest BLOB, seal BLOB);
CREATE TABLE notices (output INTEGER PRIMARY KEY, job TEXT, block TEXT, timestamp TEXT, raw BLOB);
CREATE INDEX notices_by_job ON notices (job, output);
PRAGMA user_version = {_VERSION};
COMMIT;
"""
"""Numbers that a contract may make as large as 2^256 are text."""

_DAMAGE: Final = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_MISMATCH}
"""What SQLite says of a file that is not what we wrote; all else it says is about the disk, or another program."""


class Damaged(Exception):
    """A file says something that was never written."""


class Unusable(Exception):
    """A file cannot be opened or written, as on a full disk."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice in a finalised block; `raw` is the output as the node keeps it."""

    output_index: int
    job_id: int
    block: int
    timestamp: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """How far what is kept goes.

    Parameters
    ----------
    passed
        How many of the node's notices were looked at, strangers' among them.
    block, block_hash
        A block that was final when they were: whether it still is tells whether this is still the same chain.
    digest
        Of everything kept.
    """

    passed: int = 0
    block: int = 0
    block_hash: str = ""
    digest: bytes = bytes(32)

    def after(self, found: Iterable[Kept], passed: int, block: int, block_hash: str) -> Mark:
        """Mark the place that is reached by keeping these notices."""
        return Mark(passed, block, block_hash, _digest(self.digest, found))

    @property
    def seal(self) -> bytes:
        """Digest of the mark itself."""
        return sha256(f"{self.passed}/{self.block}/{self.block_hash}/".encode() + self.digest).digest()


class NoticeStore(Protocol):
    """What keeps notices. Every method may raise `Damaged` or `Unusable`."""

    def check(self) -> None:
        """Make sure that what is kept is what was written."""

    def mark(self) -> Mark:
        """How far it goes."""

    def last(self) -> Kept | None:
        """Latest notice; None where there is none."""

    def notices(self, job_id: int | None) -> list[Kept]:
        """All notices in order, or those about one job."""

    def append(self, before: Mark, found: Sequence[Kept], after: Mark) -> bool:
        """Keep more of them; False if another program was faster, and it does not end at `before` any more."""

    def clear(self) -> None:
        """Forget everything."""


class MemoryStore:
    """Keeps notices as long as the program runs."""

    def __init__(self) -> None:
        self._mark = Mark()
        self._kept: list[Kept] = []

    def check(self) -> None:
        """Memory is believed."""

    def mark(self) -> Mark:
        """How far it goes."""
        return self._mark

    def last(self) -> Kept | None:
        """Latest notice; None where there is none."""
        return self._kept[-1] if self._kept else None

    def notices(self, job_id: int | None) -> list[Kept]:
        """All notices in order, or those about one job."""
        return [one for one in self._kept if job_id is None or one.job_id == job_id]

    def append(self, before: Mark, found: Sequence[Kept], after: Mark) -> bool:
        """Keep more of them."""
        if self._mark != before:
            return False
        self._kept += found
        self._mark = after
        return True

    def clear(self) -> None:
        """Forget everything."""
        self._mark, self._kept = Mark(), []


class FileStore:
    """Keeps notices in an SQLite file, opened anew for every use: programs and threads share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        """Read everything once: a notice that was lost or changed must not be missed later, when one job's are read."""
        with self._open() as database:
            mark = _mark(database)
            if _digest(Mark().digest, _rows(database, "ORDER BY output")) != mark.digest:
                raise Damaged

    def mark(self) -> Mark:
        """How far it goes."""
        with self._open() as database:
            return _mark(database)

    def last(self) -> Kept | None:
        """Latest notice; None where there is none."""
        with self._open() as database:
            return next(_rows(database, "ORDER BY output DESC LIMIT 1"), None)

    def notices(self, job_id: int | None) -> list[Kept]:
        """All notices in order, or those about one job."""
        with self._open() as database:
            if job_id is None:
                return list(_rows(database, "ORDER BY output"))
            return list(_rows(database, "WHERE job = ? ORDER BY output", str(job_id)))

    def append(self, before: Mark, found: Sequence[Kept], after: Mark) -> bool:
        """Keep more of them, unless another program was faster."""
        rows = [(one.output_index, str(one.job_id), str(one.block), str(one.timestamp), one.raw) for one in found]
        mark = (after.passed, str(after.block), after.block_hash, after.digest, after.seal)
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            if _mark(database) != before:
                return False
            database.executemany("INSERT INTO notices VALUES (?, ?, ?, ?, ?)", rows)
            database.execute("DELETE FROM mark")
            database.execute("INSERT INTO mark VALUES (?, ?, ?, ?, ?)", mark)
            database.execute("COMMIT")
            return True

    def clear(self) -> None:
        """Forget everything."""
        try:
            for path in (self._path, Path(f"{self._path}-journal")):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise Unusable from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self._path, isolation_level=None)) as database:
                (version,) = database.execute("PRAGMA user_version").fetchone()
                if version == 0 and not database.execute("SELECT 1 FROM sqlite_master").fetchone():
                    database.executescript(_SCHEMA)
                elif version != _VERSION:
                    raise Damaged
                yield database
        except sqlite3.Error as error:
            raise (Damaged if error.sqlite_errorcode & 0xFF in _DAMAGE else Unusable) from error
        except UnicodeDecodeError as error:
            raise Damaged from error
        except OSError as error:
            raise Unusable from error


def _mark(database: sqlite3.Connection) -> Mark:
    rows = database.execute("SELECT passed, block, hash, digest, seal FROM mark").fetchall()
    if not rows:
        return Mark()
    passed, block, block_hash, digest, seal = rows[0]
    try:
        found = Mark(int(passed), int(block), str(block_hash), bytes(digest))
    except (TypeError, ValueError):
        raise Damaged from None
    if len(rows) > 1 or found.seal != seal:
        raise Damaged
    return found


def _rows(database: sqlite3.Connection, clause: str, *values: str) -> Iterator[Kept]:
    query = "SELECT output, job, block, timestamp, raw FROM notices " + clause  # noqa: S608  # a clause written here
    for row in database.execute(query, values):
        yield _kept(*row)


def _kept(output: Any, job: Any, block: Any, timestamp: Any, raw: Any) -> Kept:
    try:
        return Kept(int(output), int(job), int(block), int(timestamp), bytes(raw))
    except (TypeError, ValueError):
        raise Damaged from None


def _digest(before: bytes, found: Iterable[Kept]) -> bytes:
    for one in found:
        head = f"{one.output_index}/{one.job_id}/{one.block}/{one.timestamp}/"
        before = sha256(before + head.encode() + one.raw).digest()
    return before
