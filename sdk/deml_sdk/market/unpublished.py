"""Files that must not be published yet: a model before its submission, a holdout before its reveal.

Every journal on this machine is asked, whichever wallet, chain or Application it belongs to. A file is recognised by
its CID in the usual forms, so that another chunk size or CID version does not hide it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deml.ipld import Cid, file_cid
from deml.ipld.writer import KUBO_CID_V1, Profile
from deml_sdk.files.files import read_file
from deml_sdk.files.model_texts import publishable
from deml_sdk.ipfs.errors import SecretFile
from deml_sdk.ipfs.version0 import version0_cid
from deml_sdk.market.errors import CommittedFile, FileNotKept
from deml_sdk.market.journal import Journal, ModelRecord

PROFILES = (KUBO_CID_V1, Profile(chunk_bytes=2**20, width=1024), Profile(chunk_bytes=2**20, width=174))
"""How IPFS software cuts files into raw leaves: Kubo, unixfs-v1-2025, and what lies between."""


class Guard:
    """Knows what must stay on this machine.

    Parameters
    ----------
    home
        Where the journals lie.
    """

    def __init__(self, home: Path) -> None:
        self._journals = home / "journal"

    def check_content(self, content: bytes) -> None:
        """Refuse a file that is a secret.

        Raises
        ------
        SecretFile
        DamagedRecord
        """
        cid = file_cid(content)
        for kind, secret, _ in self._secrets():
            if cid == secret:
                raise SecretFile(str(cid), kind)

    def check_cid(self, cid: Cid) -> None:
        """Refuse the CID of a secret, in whatever form; to name it to anybody is to ask the world for it.

        Raises
        ------
        SecretFile
        DamagedRecord
        """
        for kind, secret, content in self._secrets():
            forms = [secret] if content is None else usual_cids(content)
            if any(cid.digest == form.digest for form in forms):
                raise SecretFile(str(cid), kind)

    def check_overwrite(self, path: Path) -> None:
        """Refuse to write over a file that somebody on this machine has committed to.

        Raises
        ------
        CommittedFile
        DamagedRecord
        """
        if not path.is_file():
            return
        content = read_file(path)
        if not looks_like_a_model(content):
            return
        here = {file_cid(content), file_cid(publishable(content).file)}
        for directory in sorted(self._journals.glob("*/*/")):
            for record in Journal(directory).records():
                if isinstance(record, ModelRecord) and Cid.parse(record.cid).v1() in here:
                    raise CommittedFile(str(path), record.job_id)

    def _secrets(self) -> Iterator[tuple[str, Cid, bytes | None]]:
        """Yield what each secret is, its CID, and its bytes where they are kept here."""
        for directory in sorted(self._journals.glob("*/*/")):
            journal = Journal(directory)
            for record in journal.records():
                if not record.published:
                    kind = "model" if isinstance(record, ModelRecord) else "holdout"
                    yield kind, Cid.parse(record.cid).v1(), _kept(journal, record.cid)


def usual_cids(content: bytes) -> list[Cid]:
    """CIDs that IPFS software gives a file, by its usual settings."""
    return [version0_cid(content), *(file_cid(content, profile) for profile in PROFILES)]


def _kept(journal: Journal, cid: str) -> bytes | None:
    try:
        return journal.content(cid)
    except FileNotKept:
        return None


def looks_like_a_model(content: bytes) -> bool:
    """Whether a file could be weights: safetensors begins with the length of its JSON header."""
    size = int.from_bytes(content[:8], "little")
    return len(content) > 10 and size <= len(content) - 8 and content[8:9] == b"{"
