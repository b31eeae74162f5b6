"""Files by CID, for all of the CLI: one place to get them from and to publish them at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from deml.ipld import Cid, read_file
from deml.ipld.car import write_car
from deml_cli.config import Config
from deml_cli.ipfs.dag import Tree
from deml_cli.ipfs.download import Download
from deml_cli.ipfs.errors import ReadOnly
from deml_cli.ipfs.gateway import Gateway
from deml_cli.ipfs.kubo import RPC_PATH, Kubo
from deml_cli.ipfs.local import LocalStore
from deml_cli.ipfs.reach import Reach
from deml_cli.ipfs.seam import BlockSource, BlockStore, Report, silent
from deml_cli.ipfs.unpublished import Guard

STORE: Final = "blocks"
"""Folder of the local store, in the settings' folder."""


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
        self, local: LocalStore, sources: Sequence[BlockSource], public: BlockStore | None, guard: Guard
    ) -> None:
        self.local, self._guard = local, guard
        self._sources, self._public = tuple(sources), public

    def fetch(self, cid: Cid, max_bytes: int, report: Report = silent) -> bytes:
        """Get a file of at most `max_bytes`; every block is checked, and kept at once.

        Raises
        ------
        BlockNotFound, FileNotFound, SourceFault, ServiceUnreachable
            If no source gives it.
        StoreFailed
        DemlError
            What is wrong with the file.
        """
        tree = Tree(cid, max_bytes)

        def keep(one: Cid, block: bytes) -> None:
            self.local.put(one, block)
            report(min(tree.received, tree.total or 0), tree.total)

        self._resume(tree)
        report(min(tree.received, tree.total or 0), tree.total)
        if tree.wanted:
            Download(tree, self._sources, keep).run()
        blocks = [(one, self.local.block(one)) for one in tree.here]
        return read_file(write_car([tree.root], blocks), tree.root, max_bytes)

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
        if self._public is None:
            raise ReadOnly(", ".join(source.name for source in self._sources), len(content))
        cid = self._public.add(content)
        self.local.add(content)
        return cid

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

    def _resume(self, tree: Tree) -> None:
        """Take what is here already."""
        found = True
        while found:
            found = False
            for cid in tree.wanted:
                block = self.local.find(cid)
                found = (block is not None and tree.take(cid, block)) or found


def content_store(config: Config) -> ContentStore:
    """Make what a profile describes: `ipfs_url` is a node's RPC or a gateway, `ipfs_gateways` are more to read from.

    Raises
    ------
    NotConfigured, BadNetwork, BadServiceUrl
    """
    gateways = [one.strip() for one in (config.get("ipfs_gateways") or "").split(",") if one.strip()]
    first = config.get("ipfs_url") if gateways else config.require("ipfs_url")
    reach = private_reach(config)
    node = Kubo(first) if first is not None and is_rpc(first) else None
    if first is not None and node is None:
        gateways.insert(0, first)
    sources: list[BlockSource] = [Gateway(one, reach) for one in dict.fromkeys(gateways)]
    local, guard = LocalStore(config.home / STORE), Guard(config.home)
    return ContentStore(local, sources if node is None else [node, *sources], node, guard)


def private_reach(config: Config) -> Reach:
    """Networks that the profile allows besides public addresses."""
    return Reach.parse(config.get("ipfs_private_networks") or "")


def is_rpc(url: str) -> bool:
    """Whether an address is that of a Kubo RPC."""
    return urlsplit(url).path.rstrip("/").endswith(RPC_PATH)
