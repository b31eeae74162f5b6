"""Files that come and go through outages: of a source once it has begun to give, of the disk, of one's own node."""

from __future__ import annotations

from typing import Final

from deml.ipld import Cid
from deml_sdk.errors import ServiceUnreachable, StorageUnavailable, Unavailable
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.errors import CutOff, GatewayBusy, NotHadForNow, Stalled, StoreFailed
from deml_sdk.ipfs.interface import ReportProgress, silent
from deml_sdk.outages import once_begun, through_outages
from deml_sdk.progress import Observer

OUTAGES: Final[tuple[type[Unavailable], ...]] = (
    *(ServiceUnreachable, CutOff, Stalled, GatewayBusy, NotHadForNow),
    *(StoreFailed, StorageUnavailable),
)
"""What ends by itself. A source that lies, or that does not have a file, is not waited for."""


def get(store: ContentStore, cid: Cid, max_bytes: int, observer: Observer, report: ReportProgress = silent) -> bytes:
    """Get a file as `ContentStore.fetch` does; once something of it is here, no outage ends that.

    Raises
    ------
    BlockNotFound, FileNotFound, SourceFault
    ServiceUnreachable
        If nothing of the file has come.
    DemlError
        What is wrong with the file.
    """
    begun = False

    def heard(received: int, total: int | None) -> None:
        nonlocal begun
        begun = begun or received > 0
        report(received, total)

    def attempt() -> bytes:
        nonlocal begun
        try:
            return store.fetch(cid, max_bytes, heard)
        except StoreFailed:
            begun = True
            raise

    return once_begun(attempt, lambda: begun, observer, OUTAGES)


def put(store: ContentStore, content: bytes, observer: Observer, *, disclosed: bool = False) -> Cid:
    """Publish a file as `ContentStore.add` does; once its node has answered, no outage ends that.

    Raises
    ------
    SecretFile, ReadOnly, BadAnswer
    ServiceUnreachable
        If the node does not answer at all.
    """
    store.check_public(content)
    return through_outages(lambda: store.add(content, disclosed=disclosed), observer, of=OUTAGES)
