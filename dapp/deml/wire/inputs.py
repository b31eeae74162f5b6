"""Inputs: calldata of the functions of ``Inputs`` in ``IDeML.sol``, and what the portals send."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from deml.base.config import Deployment
from deml.base.errors import DemlError
from deml.base.inputs import (
    Accept,
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
from deml.wire.abi import Function, function
from deml.wire.errors import NeedsDeposit, OversizedPayload
from deml.wire.portals import (
    erc20_credit,
    erc20_deposit,
    erc721_deposit,
    erc1155_batch_deposit,
    erc1155_single_deposit,
    ether_credit,
    ether_deposit,
)
from deml.wire.table import Kind, Table
from deml.wire.terms import TERMS, terms_from, terms_values

Message = DirectInput | DepositOrder

_STREAM: Final = "(uint8,bytes)"


def _flat(made: type[Message], function: Function, *fields: str) -> Kind[Message]:
    get = attrgetter(*fields)
    return Kind(function, get if len(fields) > 1 else lambda body: (get(body),), made)


def _stream(values: tuple[int, bytes]) -> Stream:
    return Stream(Codec(values[0]), values[1])


def _values(stream: Stream) -> tuple[int, bytes]:
    return int(stream.codec), stream.data


_TABLE: Final[Table[Message]] = Table(
    {
        CreateJob: Kind(
            function("createJob", "0d3ebbec", TERMS),
            lambda body: (terms_values(body.terms),),
            lambda terms: CreateJob(terms_from(terms)),
        ),
        TopUp: _flat(TopUp, function("topUp", "50017f3e", "uint256"), "job_id"),
        Accept: _flat(Accept, function("accept", "50ace9c2", "uint256", "address"), "job_id", "pay_to"),
        SetPayTo: _flat(SetPayTo, function("setPayTo", "b7b9c87b", "uint256", "address"), "job_id", "pay_to"),
        Commit: _flat(Commit, function("commit", "f2f03877", "uint256", "bytes32"), "job_id", "commitment"),
        Upload: Kind(
            function("upload", "9935b0a0", "uint256", "uint8", "uint32", "bytes"),
            lambda body: (body.job_id, int(body.slot), body.seq, body.chunk),
            lambda job_id, slot, seq, chunk: Upload(job_id, Slot(slot), seq, chunk),
        ),
        RevealHoldout: Kind(
            function("revealHoldout", "d179b414", "uint256", "string", "bytes32", _STREAM, _STREAM),
            lambda body: (body.job_id, body.data_cid, body.salt, _values(body.holdout), _values(body.initial_model)),
            lambda job_id, cid, salt, holdout, model: RevealHoldout(
                job_id, cid, salt, _stream(holdout), _stream(model)
            ),
        ),
        Declare: _flat(
            Declare, function("declare", "7e039526", "uint256", "int64", "uint256"), "job_id", "score", "min_pay"
        ),
        Submit: Kind(
            function("submit", "cd542456", "uint256", "string", "string", "bytes32", _STREAM),
            lambda body: (body.job_id, body.model_cid, body.data_cid, body.salt, _values(body.weights)),
            lambda job_id, model, data, salt, weights: Submit(job_id, model, data, salt, _stream(weights)),
        ),
        ScoreSlices: _flat(
            ScoreSlices, function("score", "0d0c5163", "uint256", "address", "uint32"), "job_id", "client", "slices"
        ),
        Settle: _flat(Settle, function("settle", "8df82800", "uint256"), "job_id"),
        Cancel: _flat(Cancel, function("cancel", "40e58ee5", "uint256"), "job_id"),
        Withdraw: _flat(
            Withdraw, function("withdraw", "69328dec", "address", "uint256", "address"), "token", "amount", "to"
        ),
    }
)

INPUT_FUNCTIONS: Final[tuple[Function, ...]] = _TABLE.functions
"""Every input, in the order of ``IDeML.sol``."""


def encode(message: Message) -> bytes:
    """Calldata of an input, ready for the InputBox or for a deposit's execLayerData."""
    return _TABLE.encode(message)


def decode_message(calldata: bytes) -> Message:
    """Read calldata, whether it is to travel by itself or in a deposit.

    Raises
    ------
    UnknownSelector, MalformedMessage
        If it is no input of ``IDeML.sol``, or not a well-formed one.
    """
    return _TABLE.decode(calldata)


def decode(meta: Metadata, payload: bytes, deployment: Deployment) -> Body:
    """Read an input's payload; a portal's sender address makes it a deposit.

    Raises
    ------
    OversizedPayload, UnknownSelector, MalformedMessage, NeedsDeposit
        For inputs that are not deposits. What is wrong inside an ERC-20 deposit travels with it, for the tokens have
        already moved.
    """
    if meta.sender == deployment.erc20_portal:
        return erc20_deposit(payload, decode_message)
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
        raise NeedsDeposit(_TABLE.function(message).name)
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
