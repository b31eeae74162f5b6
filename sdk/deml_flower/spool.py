"""The folder between a SuperNode and its owner's program: models go in, receipts come out.

What an app's ClientApp does is its author's, so the folder holds no key, and what lies in it is read as a stranger's:
plain files only, of bounded size, with names of one form. Files appear whole or not at all.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from deml.base.types import Address, JobId
from deml_flower.errors import BadOffer
from deml_sdk.errors import StorageUnavailable

MAX_OFFER_BYTES: Final = 64 * 2**20
"""Largest model that is looked at: more than any job takes; a job's own limit is checked before anything is sent."""

MAX_ANSWER_BYTES: Final = 65_536
"""Largest answer: it holds a few numbers, or a sentence."""

_MODE: Final = 0o660
"""The owner's program and the SuperNode may be two users of one group, who see each other's files."""

_NAME: Final = re.compile(r"(0x[0-9a-f]{40})-([1-9][0-9]{0,19})-([1-9][0-9]{0,19})\.(offer|taken)")


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """A SuperNode's place in a job: the Application, the job, the number that the SuperLink gave the node.

    Raises
    ------
    BadOffer
        If one of them is none: files are named after them, and a server has said what they are.
    """

    app: Address
    job_id: JobId
    node_id: int

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(f"{self.stem}.offer"):
            raise BadOffer(ascii(self.stem)[:80], "it names no Application, job and node")

    @property
    def stem(self) -> str:
        """What its files' names begin with."""
        return f"{self.app}-{self.job_id}-{self.node_id}"


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """What the node's program answers: wallet, commitment and signature in hexadecimal; or why there are none.

    `refused` is the code of an error, `message` its sentence; both are empty where there is a commitment.
    """

    wallet: str = ""
    commitment: str = ""
    signature: str = ""
    refused: str = ""
    message: str = ""


class Spool:
    """One folder, as both sides use it.

    Parameters
    ----------
    folder
        Made by the node's owner; it is not made here, for its rights are the owner's choice.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # The SuperNode's side

    def offer(self, offer: ModelOffer, model: bytes) -> None:
        """Put a model in; an answer to an earlier offer goes.

        Raises
        ------
        StorageUnavailable
        """
        self._answer(offer).unlink(missing_ok=True)
        self._write(self.folder / f"{offer.stem}.offer", model)

    def answer(self, offer: ModelOffer) -> NodeAnswer | None:
        """Read the answer to an offer; None while there is none.

        Raises
        ------
        BadOffer, StorageUnavailable
        """
        content = self._read(self._answer(offer), MAX_ANSWER_BYTES)
        if content is None:
            return None
        try:
            values = json.loads(content)
            found = NodeAnswer(**values)
        except (ValueError, TypeError) as error:
            raise BadOffer(self._answer(offer).name, str(error)) from error
        if not all(isinstance(one, str) for one in values.values()):
            raise BadOffer(self._answer(offer).name, "a value is no text")
        return found

    # The owner's side

    def offers(self) -> Iterator[ModelOffer]:
        """Yield what waits for an answer, in the order of names; other files are let be.

        Raises
        ------
        StorageUnavailable
        """
        try:
            names = sorted(one.name for one in os.scandir(self.folder))
        except OSError as error:
            raise StorageUnavailable(str(self.folder), error.strerror or str(error)) from error
        found = (_NAME.fullmatch(name) for name in names)
        yield from dict.fromkeys(ModelOffer(Address(one[1]), JobId(int(one[2])), int(one[3])) for one in found if one)

    def take(self, offer: ModelOffer) -> bytes:
        """Take a model out for oneself: whatever is put in from now on is another offer.

        Raises
        ------
        BadOffer, StorageUnavailable
        """
        taken = self._taken(offer)
        try:
            if not os.path.lexists(taken):
                os.rename(self.folder / f"{offer.stem}.offer", taken)
        except OSError as error:
            raise StorageUnavailable(str(taken), error.strerror or str(error)) from error
        content = self._read(taken, MAX_OFFER_BYTES)
        if content is None:
            raise BadOffer(taken.name, "it is gone")
        return content

    def reply(self, offer: ModelOffer, answer: NodeAnswer) -> None:
        """Answer an offer that was taken.

        Raises
        ------
        StorageUnavailable
        """
        self._write(self._answer(offer), json.dumps(asdict(answer)).encode())
        taken = self._taken(offer)
        try:
            if taken.is_dir() and not taken.is_symlink():
                os.rename(taken, taken.with_name(f".{secrets.token_hex(8)}"))
            else:
                taken.unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(str(taken), error.strerror or str(error)) from error

    # Files

    def _answer(self, offer: ModelOffer) -> Path:
        return self.folder / f"{offer.stem}.answer"

    def _taken(self, offer: ModelOffer) -> Path:
        return self.folder / f"{offer.stem}.taken"

    def _write(self, path: Path, content: bytes) -> None:
        temporary = path.with_name(f".{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(temporary, flags, _MODE), "wb") as file:
                os.fchmod(file.fileno(), _MODE)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StorageUnavailable(str(path), error.strerror or str(error)) from error

    def _read(self, path: Path, limit: int) -> bytes | None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadOffer(path.name, error.strerror or str(error)) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise BadOffer(path.name, "it is no plain file")
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise BadOffer(path.name, f"it is larger than {limit} bytes")
        return content
