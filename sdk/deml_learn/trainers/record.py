"""What this machine remembers of a training: which rows were learnt from, and how. It stays here, for an audit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from deml.ipld import file_cid
from deml_learn.privacy.budget import Privacy
from deml_learn.trainers.errors import OtherRows, UnreadableRecord
from deml_learn.trainers.plan import Training
from deml_learn.trainers.run import Trained
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.network import Array
from deml_learn.training.split import Split, split_at
from deml_sdk.data.tables import Table
from deml_sdk.files.files import write_lasting
from deml_sdk.progress import SILENT, Observer


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """How a model was made: the table it was made of, by hash, its validation rows, and what was asked for."""

    table: str
    validation_rows: tuple[int, ...]
    hyperparameters: Hyperparameters
    privacy: Privacy | None

    def split(self, x: Array, y: Array) -> Split:
        """Split the table again as it was for training.

        Raises
        ------
        OtherRows
            If it is another one.
        """
        if _digest(x, y) != self.table:
            raise OtherRows()
        return split_at(x, y, np.array(self.validation_rows, np.int64))

    def written(self) -> bytes:
        """Write it down, for `read_record`."""
        told: Mapping[str, Any] = {
            "table": self.table,
            "validation_rows": self.validation_rows,
            "hyperparameters": asdict(self.hyperparameters),
            "privacy": None if self.privacy is None else asdict(self.privacy),
        }
        return json.dumps(told).encode()


def record_of(training: Training, x: Array, y: Array, made: Trained) -> TrainingRecord:
    """What is to be remembered of a training on these rows."""
    rows = tuple(made.split.validation_rows.tolist())
    return TrainingRecord(_digest(x, y), rows, training.hyperparameters, training.wishes.privacy)


def read_record(content: bytes) -> TrainingRecord:
    """Read what `TrainingRecord.written` has written.

    Raises
    ------
    UnreadableRecord
    """
    try:
        told = json.loads(content)
        privacy = None if told["privacy"] is None else Privacy(**told["privacy"])
        rows = tuple(int(one) for one in told["validation_rows"])
        return TrainingRecord(str(told["table"]), rows, Hyperparameters(**told["hyperparameters"]), privacy)
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableRecord(f"{type(error).__name__}: {error}"[:200]) from None


def keep_record(home: Path, training: Training, table: Table, made: Trained, observer: Observer = SILENT) -> None:
    """Remember a training; where there is no room for that, wait for some."""
    written = record_of(training, table.x, table.y, made).written()
    write_lasting(_place(home, made.file), written, observer)


def find_record(home: Path, model: bytes) -> TrainingRecord | None:
    """Look up how a model was made; None if it was not made here, or has been changed since."""
    place = _place(home, model)
    if not place.exists():
        return None
    return read_record(place.read_bytes())


def _place(home: Path, model: bytes) -> Path:
    return home / "trainings" / f"{file_cid(model)}.json"


def _digest(x: Array, y: Array) -> str:
    made = sha256(str(x.shape).encode())
    for one in (x, y):
        made.update(np.ascontiguousarray(one, np.float64).tobytes())
    return made.hexdigest()
