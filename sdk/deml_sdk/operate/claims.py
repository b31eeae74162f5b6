"""What the chain's logs say about one Application: its inputs, claims about it, and outputs it has executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deml.base.types import Address
from deml.wire.abi import decode_values
from deml.wire.errors import MalformedMessage
from deml_sdk.chain.application import ApplicationReader
from deml_sdk.chain.contracts import (
    CLAIM_ACCEPTED,
    CLAIM_SUBMITTED,
    CONSENSUS_CHANGED,
    INPUT_ADDED_TOPIC,
    OUTPUT_EXECUTED,
)
from deml_sdk.chain.logs import Log, read_logs
from deml_sdk.errors import BadAnswer


@dataclass(frozen=True, slots=True)
class StatedClaim:
    """That `root` is the root of all outputs of inputs up to `last_block`."""

    last_block: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What one range of blocks told, in order.

    Parameters
    ----------
    inputs
        Numbers of inputs, and what the InputBox has of them.
    submitted, accepted
        Claims that were made, and those that now let outputs be executed.
    executed
        Numbers of outputs.
    changes
        How often the Application was given another consensus.
    """

    inputs: tuple[tuple[int, bytes], ...]
    submitted: tuple[StatedClaim, ...]
    accepted: tuple[StatedClaim, ...]
    executed: tuple[int, ...]
    changes: int


def read_told(chain: ApplicationReader, consensus: Address, first: int, last: int) -> Told:
    """Read what the blocks from `first` to `last` tell.

    Raises
    ------
    BadAnswer, CallFailed, ServiceUnreachable
    """
    topics = (
        INPUT_ADDED_TOPIC,
        CLAIM_SUBMITTED,
        CLAIM_ACCEPTED,
        OUTPUT_EXECUTED,
        CONSENSUS_CHANGED,
    )
    logs = list(read_logs(chain, (chain.input_box, chain.app, consensus), topics, first, last))
    try:
        return Told(
            inputs=tuple(
                (int(one.topics[2], 16), _decoded(one, "bytes")[0])
                for one in _of(logs, chain.input_box, INPUT_ADDED_TOPIC)
                if _about(one, 1) == chain.app
            ),
            submitted=tuple(_claims(logs, consensus, CLAIM_SUBMITTED, 2, chain.app)),
            accepted=tuple(_claims(logs, consensus, CLAIM_ACCEPTED, 1, chain.app)),
            executed=tuple(_decoded(one, "uint64", "bytes")[0] for one in _of(logs, chain.app, OUTPUT_EXECUTED)),
            changes=len(list(_of(logs, chain.app, CONSENSUS_CHANGED))),
        )
    except (IndexError, ValueError, MalformedMessage) as error:
        raise BadAnswer("chain", "its JSON-RPC", f"an event cannot be read: {error}") from None


def _of(logs: list[Log], emitter: Address, topic: str) -> Iterator[Log]:
    return (one for one in logs if one.address == emitter and one.topics[:1] == (topic,))


def _claims(logs: list[Log], consensus: Address, topic: str, place: int, app: Address) -> Iterator[StatedClaim]:
    """Claims about an Application, whose account is the topic at `place`."""
    for one in _of(logs, consensus, topic):
        if _about(one, place) == app:
            yield StatedClaim(*_decoded(one, "uint256", "bytes32"))


def _about(log: Log, place: int) -> Address:
    return Address("0x" + log.topics[place][-40:].lower())


def _decoded(log: Log, *types: str) -> tuple[Any, ...]:
    return decode_values("an event", types, log.data)
