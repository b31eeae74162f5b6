"""Files by CID: one place to get them from and to publish them at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from deml.base.errors import DemlError
from deml.ipld import Cid, read_file
from deml.ipld.car import write_car
from deml_sdk.errors import BlockNotFound
from deml_sdk.ipfs.dag import FileDag
from deml_sdk.ipfs.download import Download
from deml_sdk.ipfs.errors import NoSource, ReadOnly
from deml_sdk.ipfs.gateway import Gateway
from deml_sdk.ipfs.interface import BlockSource, BlockStore, ReportProgress, silent
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.local import LocalStore
from deml_sdk.ipfs.settings import IpfsSettings

STORE: Final = "blocks"
"""Folder of the local store, in the settings' folder."""


class ContentGuard(Protocol):
    """Knows what must not be published yet."""

    def check_content(self, content: bytes) -> None:
        """Refuse a file that is a secret.

        Raises
        ------
        SecretFile
        """


class ContentStore:
    """The local store before all else, then everybody who may have a file.

    Parameters
    ----------
    local
        Where blocks are kept.
    sources
        Who is asked for what is missing, all at once.
    public
        Where files are published; None where there is no such place.
    guard
        Refuses what must not be published yet.
    """

    def __init__(
        self, local: LocalStore, sources: Sequence[BlockSource], public: BlockStore | None, guard: ContentGuard
    ) -> None:
        self.local, self._guard = local, guard
        self._sources, self._public = tuple(sources), public

    def fetch(self, cid: Cid, max_bytes: int, report: ReportProgress = silent) -> bytes:
        """Get a file of at most `max_bytes`; every block is checked, and kept at once.

        Raises
        ------
        BlockNotFound, FileNotFound, SourceFault, ServiceUnreachable
            If no source gives it.
        StoreFailed
        DemlError
            What is wrong with the file.
        """
        tree = FileDag(cid, max_bytes)

        def keep(one: Cid, block: bytes) -> None:
            self.local.put(one, block)
            report(min(tree.received, tree.total or 0), tree.total)

        self._resume(tree)
        report(min(tree.received, tree.total or 0), tree.total)
        if tree.wanted:
            Download(tree, self._sources, keep).run()
        blocks = [(one, self.local.block(one)) for one in tree.here]
        return read_file(write_car([tree.root], blocks), tree.root, max_bytes)

    def block(self, cid: Cid) -> bytes:
        """Get one block that hashes to a CID, such as a directory's: from here, or from the first source that has it.

        Raises
        ------
        BlockNotFound, SourceFault, ServiceUnreachable
            What the last source says, if none gives it.
        StoreFailed
        """
        found = self.local.find(cid)
        failure: DemlError = BlockNotFound(str(cid), self.local.name)
        for source in self._sources if found is None else ():
            try:
                found = source.block(cid)
            except DemlError as error:
                failure = error
            else:
                self.local.put(cid, found)
                break
        if found is None:
            raise failure
        return found

    def add(self, content: bytes, *, disclosed: bool = False) -> Cid:
        """Publish a file, for everybody and for good, and keep it here.

        Parameters
        ----------
        content
            The file.
        disclosed
            That the file is public already, or has to be now, by the rules of the protocol.

        Raises
        ------
        SecretFile
            If it must not be published yet.
        ReadOnly
            If there is no place to publish it at.
        ServiceUnreachable, BadAnswer, StoreFailed
        """
        if not disclosed:
            self._guard.check_content(content)
        cid = self._publisher(content).add(content)
        self.local.add(content)
        return cid

    def held_here(self, cid: Cid) -> str | None:
        """Tell which store of one's own has a file already: the local one, or one's own node. Nobody else is asked.

        Raises
        ------
        ServiceUnreachable, StoreFailed
        """
        if self.local.find(cid) is not None:
            return self.local.name
        return self._public.name if self._public is not None and self._public.has(cid) else None

    def check_public(self, content: bytes) -> None:
        """Make sure that there is a place to publish a file at, and that it answers.

        Raises
        ------
        ReadOnly, ServiceUnreachable, BadAnswer
        """
        self._publisher(content).check()

    def check(self) -> Sequence[str]:
        """Tell what answers, one sentence each.

        Raises
        ------
        ServiceUnreachable, BadAnswer
        """
        return [source.check() for source in self._sources]

    def close(self) -> None:
        """Close the connections."""
        for source in self._sources:
            source.close()

    def _publisher(self, content: bytes) -> BlockStore:
        if self._public is None:
            raise ReadOnly(", ".join(source.name for source in self._sources), len(content))
        return self._public

    def _resume(self, tree: FileDag) -> None:
        """Take what is here already."""
        found = True
        while found:
            found = False
            for cid in tree.wanted:
                block = self.local.find(cid)
                found = (block is not None and tree.take(cid, block)) or found


def content_store(settings: IpfsSettings, guard: ContentGuard) -> ContentStore:
    """Make a store of what is configured.

    Raises
    ------
    NoSource
        If there is nothing to read from.
    BadNetwork, BadServiceUrl
    """
    node = None if settings.node_url is None else Kubo(settings.node_url)
    gateways = [*settings.gateways]
    if settings.url is not None and node is None:
        gateways.insert(0, settings.url)
    sources: list[BlockSource] = [Gateway(one, settings.egress) for one in dict.fromkeys(gateways)]
    if node is not None:
        sources.insert(0, node)
    if not sources:
        raise NoSource()
    return ContentStore(LocalStore(settings.home / STORE), sources, node, guard)
