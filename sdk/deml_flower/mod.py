"""The mod of a ClientApp: what the app has learnt goes to the node's own program, and a receipt goes to the server.

The SuperLink gets no weights from it. It gets what the chain shows: which wallet has committed to something.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from flwr.app import Context, Message, RecordDict
from flwr.clientapp.typing import ClientAppCallable

from deml_flower.arrays import model_file
from deml_flower.errors import NodeRefused, NodeSilent, NoNodeFolder, NotOneModel
from deml_flower.spool import ModelOffer, NodeAnswer, Spool
from deml_flower.wire import RECORD, NodeReceipt, RoundCall

FOLDER: Final = "deml-folder"
"""Entry of the SuperNode's own configuration: the folder of the node's program."""

WAIT: Final = "deml-wait"
"""Another one: seconds to wait for that program."""

WAIT_SECONDS: Final = 600
"""As long as it waits where nothing is said: a commitment takes two or three transactions, a slow chain minutes."""

POLL_SECONDS: Final = 0.5


def deml_mod(message: Message, context: Context, call_next: ClientAppCallable) -> Message:
    """Have an update committed to before anything of it leaves the node; the reply has a receipt in its place.

    Messages of rounds that no market pays for pass through as they are.

    Raises
    ------
    NoNodeFolder
        If the SuperNode does not say where its owner's program is.
    BadOffer
        If what the server says of the round cannot be read.
    NotOneModel, ArraysDiffer, ArrayNotReal
        If what the app has learnt is no model that a job can pay for.
    NodeRefused, NodeSilent
        If the program does not commit to it.
    """
    call = RoundCall.taken_from(message.content) if message.has_content() else None
    if call is None:
        return call_next(message, context)
    folder = context.node_config.get(FOLDER)
    if not isinstance(folder, str):
        raise NoNodeFolder()
    offer = ModelOffer(call.app, call.job_id, context.node_id)
    reply = call_next(message, context)
    if reply.has_error():
        return reply
    records = reply.content.array_records
    if len(records) != 1:
        raise NotOneModel(len(records))
    ((key, record),) = records.items()
    model = model_file({name: one.numpy() for name, one in record.items()}, call.names)
    answer = _answered(Spool(Path(folder)), offer, model, _wait(context))
    kept = {name: one for name, one in reply.content.items() if name != key}
    reply.content = RecordDict({**kept, RECORD: NodeReceipt.record(answer, key)})
    return reply


def _wait(context: Context) -> int:
    given = context.node_config.get(WAIT)
    return given if isinstance(given, int) else WAIT_SECONDS


def _answered(spool: Spool, offer: ModelOffer, model: bytes, seconds: int) -> NodeAnswer:
    spool.offer(offer, model)
    deadline = time.monotonic() + seconds
    while (answer := spool.answer(offer)) is None:
        if time.monotonic() > deadline:
            raise NodeSilent(offer.job_id, str(spool.folder), seconds)
        time.sleep(POLL_SECONDS)
    if answer.refused:
        raise NodeRefused(offer.job_id, answer.refused, answer.message)
    return answer
