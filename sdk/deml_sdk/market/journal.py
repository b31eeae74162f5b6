"""What this wallet has committed to, kept on this machine, so that nothing is lost when the program stops.

A record is filed under its 32-byte commitment, of a model or of a holdout: the chain shows the commitment, the journal
finds what opens it, and a job that a re-org renumbers does not matter. Files lie beside the records under their CID;
nothing here is ever served or added to IPFS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from deml.base.types import Address, Amount, Score
from deml_sdk.errors import StorageUnavailable
from deml_sdk.files.atomic import write_whole
from deml_sdk.market.errors import DamagedRecord, FileNotKept


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """A model that a client committed to.

    `min_pay` is the least pay for which it will be published; None until the owner has chosen one. `score` is what the
    model scores on the revealed holdout, `credited` what of that counts for pay, once computed. `published` tells that
    it was added to the content store.
    """

    commitment: str
    job_id: int
    client: Address
    cid: str
    min_pay: Amount | None = None
    score: Score | None = None
    credited: Score | None = None
    published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutRecord:
    """A holdout that a sponsor committed to, with the initial model that is revealed beside it."""

    commitment: str
    nonce: str
    sponsor: Address
    cid: str
    initial_cid: str
    published: bool = False


JournalRecord = ModelRecord | HoldoutRecord
_KINDS: dict[str, type[ModelRecord] | type[HoldoutRecord]] = {"model": ModelRecord, "holdout": HoldoutRecord}


class Journal:
    """Records and files of one wallet with one Application.

    Parameters
    ----------
    directory
        Where they lie; made, for the owner's eyes only, when first written to.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @classmethod
    def of(cls, home: Path, chain_id: int, app: Address, wallet: Address) -> Self:
        """Open the journal of `wallet` with the Application `app`."""
        return cls(home / "journal" / f"{chain_id}-{app}" / wallet)

    def write(self, record: JournalRecord) -> None:
        """File a record, replacing the one of the same commitment; after a crash there is the old one or the new."""
        kind = next(name for name, made in _KINDS.items() if isinstance(record, made))
        text = json.dumps({"kind": kind, **asdict(record)}, indent=2)
        write_whole(self._path(record.commitment), text.encode())

    def model(self, commitment: bytes) -> ModelRecord | None:
        """Find what a client committed to.

        Raises
        ------
        DamagedRecord
        """
        record = self._read(self._path(commitment.hex()))
        return record if isinstance(record, ModelRecord) else None

    def holdout(self, commitment: bytes) -> HoldoutRecord | None:
        """Find what a sponsor committed to.

        Raises
        ------
        DamagedRecord
        """
        record = self._read(self._path(commitment.hex()))
        return record if isinstance(record, HoldoutRecord) else None

    def records(self) -> Iterator[JournalRecord]:
        """Yield all records, in the order of their commitments.

        Raises
        ------
        DamagedRecord
        """
        for path in sorted(self.directory.glob("*.json")):
            record = self._read(path)
            if record is not None:
                yield record

    def update(self, record: ModelRecord, **changes: Any) -> ModelRecord:
        """File a model's record with some values changed."""
        changed = replace(record, **changes)
        self.write(changed)
        return changed

    def keep(self, cid: str, content: bytes) -> Path:
        """Keep a copy of a file."""
        path = self.directory / "files" / cid
        if not path.exists():
            write_whole(path, content)
        return path

    def holds(self, cid: str) -> bool:
        """Whether a file is kept here."""
        return (self.directory / "files" / cid).is_file()

    def content(self, cid: str) -> bytes:
        """Return the bytes of a kept file.

        Raises
        ------
        FileNotKept, StorageUnavailable
        """
        try:
            return (self.directory / "files" / cid).read_bytes()
        except FileNotFoundError:
            raise FileNotKept(cid, str(self.directory)) from None
        except OSError as error:
            raise StorageUnavailable(str(self.directory), error.strerror or str(error)) from error

    def _path(self, commitment: str) -> Path:
        return self.directory / f"{commitment}.json"

    def _read(self, path: Path) -> JournalRecord | None:
        try:
            text = path.read_text()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageUnavailable(str(path), error.strerror or str(error)) from error
        try:
            values = json.loads(text)
            made = _KINDS[values.pop("kind")]
            return made(**{one.name: values[one.name] for one in fields(made)})
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise DamagedRecord(str(path), f"{type(error).__name__}: {error}") from error
