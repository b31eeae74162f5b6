"""What a chain says of one Application, event by event: its inputs, claims about it, and outputs it has executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from deml.base.types import Address
from deml.wire.abi import decode_values
from deml.wire.errors import MalformedMessage
from deml_sdk.chain import contracts
from deml_sdk.chain.application import ApplicationReader
from deml_sdk.chain.events import Event, read_events
from deml_sdk.errors import BadAnswer

CLAIM_SUBMITTED: Final = "0xf4ff953641f10e17dd93c0bc51334cb1f711fdcb4e37992021a5973f7a958f09"
"""``ClaimSubmitted(address,address,uint256,bytes32)``"""
CLAIM_ACCEPTED: Final = "0x0f2cd00a405c0d1a66050307b6722c4788db6ed57aa3589a5c38da535cc3ce63"
"""``ClaimAccepted(address,uint256,bytes32)``"""
OUTPUT_EXECUTED: Final = "0xcad1f361c6e84664e892230291c8e8eb9555683e0a6a5ce8ea7b204ac0ac3676"
"""``OutputExecuted(uint64,bytes)``"""
CONSENSUS_CHANGED: Final = "0x6ad3188ba8f430fba0656cb0a7e839ab2020d5586ba11a1477d18f7092f8bece"
"""``OutputsMerkleRootValidatorChanged(address)``"""


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
    topics = (contracts.INPUT_ADDED_TOPIC, CLAIM_SUBMITTED, CLAIM_ACCEPTED, OUTPUT_EXECUTED, CONSENSUS_CHANGED)
    events = list(read_events(chain, (chain.input_box, chain.app, consensus), topics, first, last))
    try:
        return Told(
            inputs=tuple(
                (int(one.topics[2], 16), _decoded(one, "bytes")[0])
                for one in _of(events, chain.input_box, contracts.INPUT_ADDED_TOPIC)
                if _about(one, 1) == chain.app
            ),
            submitted=tuple(_claims(events, consensus, CLAIM_SUBMITTED, 2, chain.app)),
            accepted=tuple(_claims(events, consensus, CLAIM_ACCEPTED, 1, chain.app)),
            executed=tuple(_decoded(one, "uint64", "bytes")[0] for one in _of(events, chain.app, OUTPUT_EXECUTED)),
            changes=len(list(_of(events, chain.app, CONSENSUS_CHANGED))),
        )
    except (IndexError, ValueError, MalformedMessage) as error:
        raise BadAnswer("chain", "its JSON-RPC", f"an event cannot be read: {error}") from None


def _of(events: list[Event], emitter: Address, topic: str) -> Iterator[Event]:
    return (one for one in events if one.address == emitter and one.topics[:1] == (topic,))


def _claims(events: list[Event], consensus: Address, topic: str, place: int, app: Address) -> Iterator[StatedClaim]:
    """Claims about an Application, whose account is the topic at `place`."""
    for one in _of(events, consensus, topic):
        if _about(one, place) == app:
            yield StatedClaim(*_decoded(one, "uint256", "bytes32"))


def _about(event: Event, place: int) -> Address:
    return Address("0x" + event.topics[place][-40:].lower())


def _decoded(event: Event, *types: str) -> tuple[Any, ...]:
    return decode_values("an event", types, event.data)
