"""Inputs: calldata of the functions of ``Inputs`` in ``IDeML.sol``, and what the portals send."""

from __future__ import annotations

from typing import Final

from deml.base.config import Deployment
from deml.base.errors import DemlError
from deml.base.inputs import (
    Accept,
    Aggregate,
    Body,
    Cancel,
    Codec,
    Commit,
    CreateJob,
    Declare,
    Deposit,
    DepositOrder,
    DirectInput,
    Metadata,
    RevealHoldout,
    ScoreSlices,
    SetPayTo,
    Settle,
    Slot,
    Stream,
    Submit,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.limits import MAX_PAYLOAD_BYTES
from deml.wire.arguments import ADDRESS, AMOUNT, BYTES, NUMBER, SCORE, TEXT, WORD, numbered, struct, uint
from deml.wire.errors import NeedsDeposit, NotADepositOrder, OversizedPayload
from deml.wire.portals import (
    erc20_credit,
    erc20_deposit,
    erc721_deposit,
    erc1155_batch_deposit,
    erc1155_single_deposit,
    ether_credit,
    ether_deposit,
)
from deml.wire.table import MessageTable, kind
from deml.wire.terms import TERMS

Message = DirectInput | DepositOrder

_STREAM: Final = struct(Stream, codec=numbered(Codec), data=BYTES)

TABLE: Final[MessageTable[Message]] = MessageTable(
    kind(CreateJob, "createJob", "a15c6c8e", terms=TERMS),
    kind(TopUp, "topUp", "50017f3e", job_id=NUMBER),
    kind(Accept, "accept", "50ace9c2", job_id=NUMBER, pay_to=ADDRESS),
    kind(SetPayTo, "setPayTo", "b7b9c87b", job_id=NUMBER, pay_to=ADDRESS),
    kind(Commit, "commit", "f2f03877", job_id=NUMBER, commitment=WORD),
    kind(Upload, "upload", "9935b0a0", job_id=NUMBER, slot=numbered(Slot), seq=uint(32), chunk=BYTES),
    kind(
        *(RevealHoldout, "revealHoldout", "d179b414"),
        job_id=NUMBER,
        data_cid=TEXT,
        salt=WORD,
        holdout=_STREAM,
        initial_model=_STREAM,
    ),
    kind(Declare, "declare", "7e039526", job_id=NUMBER, credited=SCORE, min_pay=AMOUNT),
    kind(*(Submit, "submit", "cd542456"), job_id=NUMBER, model_cid=TEXT, data_cid=TEXT, salt=WORD, weights=_STREAM),
    kind(ScoreSlices, "score", "0d0c5163", job_id=NUMBER, client=ADDRESS, slices=uint(32)),
    kind(Settle, "settle", "8df82800", job_id=NUMBER),
    kind(Aggregate, "aggregate", "407b7269", job_id=NUMBER),
    kind(Cancel, "cancel", "40e58ee5", job_id=NUMBER),
    kind(Withdraw, "withdraw", "69328dec", token=ADDRESS, amount=AMOUNT, to=ADDRESS),
)
"""Every input, in the order of ``IDeML.sol``."""


def encode(message: Message) -> bytes:
    """Calldata of an input, ready for the InputBox or for a deposit's execLayerData."""
    return TABLE.encode(message)


def decode_message(calldata: bytes) -> Message:
    """Read calldata, whether it is to travel by itself or in a deposit.

    Raises
    ------
    UnknownSelector, MalformedMessage
        If it is no input of ``IDeML.sol``, or not a well-formed one.
    """
    return TABLE.decode(calldata)


def decode_order(calldata: bytes) -> DepositOrder:
    """Read what a deposit is for.

    Raises
    ------
    UnknownSelector, MalformedMessage
        If it is no input of ``IDeML.sol``, or not a well-formed one.
    NotADepositOrder
        If it is an input of another kind.
    """
    order = decode_message(calldata)
    if not isinstance(order, DepositOrder):
        raise NotADepositOrder(TABLE.name(order))
    return order


def decode(meta: Metadata, payload: bytes, deployment: Deployment) -> Body:
    """Read an input's payload; a portal's sender address makes it a deposit.

    Raises
    ------
    OversizedPayload, UnknownSelector, MalformedMessage, NeedsDeposit
        For inputs that are not deposits. What is wrong inside an ERC-20 deposit travels with it, for the tokens have
        already moved.
    """
    if meta.sender == deployment.erc20_portal:
        return erc20_deposit(payload, decode_order)
    if meta.sender == deployment.ether_portal:
        return ether_deposit(payload)
    if meta.sender == deployment.erc721_portal:
        return erc721_deposit(payload)
    if meta.sender == deployment.erc1155_single_portal:
        return erc1155_single_deposit(payload)
    if meta.sender == deployment.erc1155_batch_portal:
        return erc1155_batch_deposit(payload)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise OversizedPayload(len(payload), MAX_PAYLOAD_BYTES)
    message = decode_message(payload)
    if isinstance(message, CreateJob | TopUp):
        raise NeedsDeposit(TABLE.name(message))
    return message


def decode_credit(meta: Metadata, payload: bytes, deployment: Deployment, problem: DemlError) -> Deposit | None:
    """Read an input as a deposit that is to be credited because of `problem`, whatever it was sent for.

    Returns
    -------
    Deposit or None
        None if it is not a deposit of tokens that the ledger can hold.

    Raises
    ------
    MalformedMessage
        If it is shorter than what its portal writes.
    """
    if meta.sender == deployment.erc20_portal:
        return erc20_credit(payload, problem)
    if meta.sender == deployment.ether_portal:
        return ether_credit(payload, problem)
    return None
