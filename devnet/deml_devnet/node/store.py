"""The node's database: everything it knows, written in whole steps, so that a kill loses a step or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from eth_utils.crypto import keccak

from deml_devnet.node import outputs
from deml_devnet.node.guest import Result
from deml_devnet.node.records import NOT_PROCESSED, ChainInput, Claim, EpochRecord, EpochStatus, Execution, InputRecord

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS inputs (
    number INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, block_number INTEGER NOT NULL, block_hash TEXT NOT NULL,
    tx TEXT NOT NULL, log_index INTEGER NOT NULL, sender TEXT NOT NULL, raw BLOB NOT NULL, status TEXT NOT NULL,
    outputs_root BLOB, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS outputs (
    number INTEGER PRIMARY KEY, input INTEGER NOT NULL REFERENCES inputs (number) ON DELETE CASCADE,
    raw BLOB NOT NULL, hash BLOB NOT NULL, selector BLOB NOT NULL, destination TEXT, siblings BLOB,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY, input INTEGER NOT NULL REFERENCES inputs (number) ON DELETE CASCADE,
    raw BLOB NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS epochs (
    number INTEGER PRIMARY KEY, virtual INTEGER NOT NULL, first_block INTEGER NOT NULL, last_block INTEGER NOT NULL,
    status TEXT NOT NULL, root BLOB, claim_tx TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS claims (
    last_block INTEGER PRIMARY KEY, root BLOB NOT NULL, tx TEXT NOT NULL, block_number INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS executions (output INTEGER PRIMARY KEY, tx TEXT NOT NULL, block_number INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS inputs_by_epoch ON inputs (epoch);
CREATE INDEX IF NOT EXISTS outputs_by_input ON outputs (input);
CREATE INDEX IF NOT EXISTS reports_by_input ON reports (input);
"""

_OLDEST_BLOCK: Final = 1_000
"""Hashes of blocks without inputs are kept for so many blocks; a deeper re-org falls back to the last input's block."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the database, making it where there is none; every thread needs a connection of its own."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")
    return connection


class NodeStore:
    """The writing side; for the node's own thread."""

    def __init__(self, path: Path) -> None:
        self._db = connect(path)
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Everything written inside is kept together or, on a failure, not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # What the chain says

    def known_blocks(self) -> Generator[tuple[int, str], None, None]:
        """Yield numbers and hashes of the blocks whose hashes are known, latest first."""
        yield from self._db.execute("SELECT number, hash FROM blocks ORDER BY number DESC")

    def add_block(self, number: int, block_hash: str) -> None:
        """Remember a block's hash."""
        self._db.execute("INSERT OR REPLACE INTO blocks VALUES (?, ?)", (number, block_hash))

    def forget_old_blocks(self, head: int) -> None:
        """Forget blocks without inputs that are far behind `head`."""
        query = "DELETE FROM blocks WHERE number < ? AND number NOT IN (SELECT block_number FROM inputs)"
        self._db.execute(query, (head - _OLDEST_BLOCK,))

    def add_input(self, found: ChainInput, epoch_length: int) -> None:
        """Add an input that is not processed yet, and its epoch if it is the first there."""
        now = _now()
        where = (found.number, found.epoch, found.block_number, found.block_hash, found.transaction)
        what = (found.log_index, found.sender, found.raw, NOT_PROCESSED, None, now, now)
        self._db.execute("INSERT INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", where + what)
        first = found.epoch * epoch_length
        self._db.execute(
            "INSERT OR IGNORE INTO epochs"
            " SELECT ?, coalesce(max(virtual) + 1, 0), ?, ?, ?, NULL, NULL, ?, ? FROM epochs",
            (found.epoch, first, first + epoch_length - 1, EpochStatus.OPEN, now, now),
        )

    def add_claim(self, claim: Claim) -> None:
        """Add a claim that the chain has accepted."""
        row = (claim.last_block, claim.root, claim.transaction, claim.block_number)
        self._db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)", row)

    def add_execution(self, execution: Execution) -> None:
        """Add that an output was executed."""
        row = (execution.output, execution.transaction, execution.block_number)
        self._db.execute("INSERT OR REPLACE INTO executions VALUES (?, ?, ?)", row)

    def roll_back(self, block: int) -> int:
        """Forget whatever later blocks than this one led to; return how many processed inputs that took away."""
        (lost,) = self._db.execute(
            "SELECT count(*) FROM inputs WHERE block_number > ? AND status <> ?", (block, NOT_PROCESSED)
        ).fetchone()
        for table, column in (
            ("blocks", "number"),
            ("inputs", "block_number"),
            ("claims", "block_number"),
            ("executions", "block_number"),
        ):
            self._db.execute(f"DELETE FROM {table} WHERE {column} > ?", (block,))  # noqa: S608  # names from above
        self._db.execute("DELETE FROM epochs WHERE number NOT IN (SELECT epoch FROM inputs)")
        # An epoch that reaches beyond the block may get other inputs now; its outputs lose their proofs with its claim.
        beyond = "SELECT number FROM epochs WHERE last_block > ?"
        self._db.execute(
            f"UPDATE outputs SET siblings = NULL WHERE input IN (SELECT number FROM inputs WHERE epoch IN ({beyond}))",  # noqa: S608  # a constant
            (block,),
        )
        self._db.execute(
            "UPDATE epochs SET status = ?, root = NULL, claim_tx = NULL, updated_at = ? WHERE last_block > ?",
            (EpochStatus.OPEN, _now(), block),
        )
        self._db.execute(
            "UPDATE epochs SET status = ?, claim_tx = NULL, updated_at = ? WHERE status IN (?, ?)"
            " AND last_block NOT IN (SELECT last_block FROM claims)",
            (EpochStatus.CLAIM_COMPUTED, _now(), EpochStatus.CLAIM_SUBMITTED, EpochStatus.CLAIM_ACCEPTED),
        )
        return int(lost)

    # What the dapp says

    def input_count(self) -> int:
        """How many inputs there are."""
        return int(self._db.execute("SELECT count(*) FROM inputs").fetchone()[0])

    def processed(self) -> Iterator[InputRecord]:
        """Inputs that the dapp has handled, in order."""
        return self._inputs("status <> ? ORDER BY number", NOT_PROCESSED)

    def next_input(self) -> InputRecord | None:
        """First input that the dapp has not handled; None if it has handled all."""
        return next(self._inputs("status = ? ORDER BY number LIMIT 1", NOT_PROCESSED), None)

    def output_hashes_until(self, block: int) -> list[bytes]:
        """Leaves of the tree of outputs that inputs up to this block have made."""
        inputs = "SELECT number FROM inputs WHERE block_number <= ?"
        query = f"SELECT hash FROM outputs WHERE input IN ({inputs}) ORDER BY number"  # noqa: S608  # a constant
        return [row[0] for row in self._db.execute(query, (block,))]

    def output_hashes_of(self, number: int) -> list[bytes]:
        """Hashes of an input's outputs."""
        return [
            row[0] for row in self._db.execute("SELECT hash FROM outputs WHERE input = ? ORDER BY number", (number,))
        ]

    def complete_input(self, number: int, result: Result, outputs_root: bytes) -> None:
        """Keep what an input led to."""
        now = _now()
        self._db.execute(
            "UPDATE inputs SET status = ?, outputs_root = ?, updated_at = ? WHERE number = ?",
            (result.verdict, outputs_root, now, number),
        )
        self._db.executemany(
            "INSERT INTO outputs SELECT coalesce(max(number) + 1, 0), ?, ?, ?, ?, ?, NULL, ?, ? FROM outputs",
            [(number, raw, keccak(raw), raw[:4], outputs.destination(raw), now, now) for raw in result.outputs],
        )
        self._db.executemany(
            "INSERT INTO reports SELECT coalesce(max(number) + 1, 0), ?, ?, ?, ? FROM reports",
            [(number, raw, now, now) for raw in result.reports],
        )

    # Epochs

    def unfinished_epochs(self) -> list[EpochRecord]:
        """Epochs whose claims are not accepted yet, in order."""
        rows = self._db.execute("SELECT * FROM epochs WHERE status <> ? ORDER BY number", (EpochStatus.CLAIM_ACCEPTED,))
        return [EpochRecord(*row) for row in rows]

    def waiting_inputs_until(self, block: int) -> int:
        """How many inputs up to this block the dapp has not handled."""
        query = "SELECT count(*) FROM inputs WHERE status = ? AND block_number <= ?"
        return int(self._db.execute(query, (NOT_PROCESSED, block)).fetchone()[0])

    def set_epoch(
        self, epoch: int, status: EpochStatus, root: bytes | None = None, transaction: str | None = None
    ) -> None:
        """Move an epoch on; what is not given stays."""
        self._db.execute(
            "UPDATE epochs SET status = ?, root = coalesce(?, root), claim_tx = coalesce(?, claim_tx), updated_at = ?"
            " WHERE number = ?",
            (status, root, transaction, _now(), epoch),
        )

    def set_proofs(self, proofs: Sequence[tuple[int, bytes]]) -> None:
        """Keep the joined siblings of outputs, by number."""
        now = _now()
        rows = [(siblings, now, number) for number, siblings in proofs]
        self._db.executemany("UPDATE outputs SET siblings = ?, updated_at = ? WHERE number = ?", rows)

    def claim(self, last_block: int) -> Claim | None:
        """Claim that the chain has accepted for an epoch with this last block."""
        row = self._db.execute("SELECT * FROM claims WHERE last_block = ?", (last_block,)).fetchone()
        return Claim(*row) if row else None

    def claims_without_epoch(self) -> list[Claim]:
        """Claims that the chain has accepted for blocks without inputs."""
        rows = self._db.execute("SELECT * FROM claims WHERE last_block NOT IN (SELECT last_block FROM epochs)")
        return [Claim(*row) for row in rows]

    def _inputs(self, condition: str, *values: str) -> Iterator[InputRecord]:
        query = f"SELECT * FROM inputs WHERE {condition}"  # noqa: S608  # conditions are this class's own
        for row in self._db.execute(query, values):
            yield InputRecord(*row)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
