"""Bringing the files of a computation to IPFS, from where a network mounts them."""

from __future__ import annotations

from deml.base.errors import DemlError
from deml.ipld import Cid
from deml_sdk.compute.errors import InputNotPublished
from deml_sdk.compute.files import laid_out_as_usual
from deml_sdk.compute.prepare import PreparedComputation
from deml_sdk.compute.request import ComputeUse
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.lasting import get, put
from deml_sdk.progress import SILENT, Observer


def publish_files(prepared: PreparedComputation, content: ContentStore, observer: Observer = SILENT) -> int:
    """Publish the files that the user's own node does not have yet, for good, and count them.

    Where the node or the disk fails meanwhile, `observer` is told, and it goes on when they are back.

    Raises
    ------
    SecretFile
        If rows to train on are a holdout that must not be public yet.
    InputNotPublished
        If a file has a layout that only who made it can add again, and nobody has it.
    ReadOnly, ServiceUnreachable, BadAnswer, StoreFailed
    """
    added = 0
    public_already = prepared.request.use is not ComputeUse.TRAIN
    for one in prepared.request.files:
        file = prepared.files[one.name]
        if laid_out_as_usual(one, file):
            put(content, file, observer, disclosed=public_already)
            added += 1
            continue
        try:
            get(content, Cid.parse(one.cid), len(file), observer)
        except DemlError:
            raise InputNotPublished(one.name, one.cid) from None
    return added
