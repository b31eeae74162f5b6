"""Function-call encoding: a selector and its arguments, decoded by eth-abi, whose failures are turned into ours.

The selectors are constants, so that no keccak runs in the machine; Foundry checks them against ``IDeML.sol``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import SEEK_CUR
from typing import Any, Final

from eth_abi.codec import ABIDecoder
from eth_abi.decoding import (
    AddressDecoder,
    ContextFramesBytesIO,
    Fixed32ByteSizeDecoder,
    HeadTailDecoder,
    TupleDecoder,
    decode_uint_256,
)
from eth_abi.exceptions import DecodingError, InvalidPointer
from eth_abi.registry import BaseEquals, is_base_tuple, registry

from deml.wire.encoding import arguments as writer_of
from deml.wire.errors import MalformedMessage


def _address(data: bytes) -> str:
    return "0x" + data.hex()


class _LowerCase(AddressDecoder):
    """An address as `Address` has it, without eth-abi's five looks at each."""

    decoder_fn = staticmethod(_address)  # type: ignore[assignment]  # eth-abi's own is generic


class _OnceRead(TupleDecoder):
    """A tuple whose words are read once: eth-abi reads them all while it checks the pointers among them, and again."""

    def validate_pointers(self, stream: ContextFramesBytesIO) -> None:
        """Do as eth-abi does, but pass over single words."""
        begin, decoders = stream.tell(), self.decoders or ()
        heads = begin + 32 * sum(getattr(one, "array_size", 1) for one in decoders)
        end = len(stream.getbuffer())
        for one in decoders:
            if isinstance(one, HeadTailDecoder):
                if not heads <= begin + decode_uint_256(stream) < end:
                    raise InvalidPointer("a pointer in a tuple points nowhere")
            elif isinstance(one, Fixed32ByteSizeDecoder):
                stream.seek(32, SEEK_CUR)
            else:
                one(stream)
        stream.seek(begin)


def _decoder() -> ABIDecoder:
    known = registry.copy()  # type: ignore[no-untyped-call]
    known.unregister_decoder("address")
    known.register_decoder(BaseEquals("address"), _LowerCase, label="address")  # type: ignore[no-untyped-call]
    known.unregister_decoder("is_base_tuple")
    known.register_decoder(is_base_tuple, _OnceRead, label="is_base_tuple")
    return ABIDecoder(known)


DECODER: Final = _decoder()


@dataclass(frozen=True, slots=True)
class Function:
    """A Solidity function: its name, selector and argument types."""

    name: str
    selector: bytes
    types: tuple[str, ...]

    @property
    def signature(self) -> str:
        """Canonical signature, the text whose keccak256 begins with the selector."""
        return f"{self.name}({','.join(self.types)})"

    def encode(self, arguments: Sequence[Any]) -> bytes:
        """Calldata of a call with `arguments`."""
        return self.selector + encode_values(self.types, arguments)

    def decode(self, calldata: bytes) -> tuple[Any, ...]:
        """Arguments of `calldata`, whose selector the caller has looked up.

        Raises
        ------
        MalformedMessage
            If they are not an encoding of this function's argument types.
        """
        return decode_values(self.name, self.types, calldata[4:])


def function(name: str, selector: str, *types: str) -> Function:
    """Write a `Function` down with its selector in hex."""
    return Function(name, bytes.fromhex(selector), types)


def encode_values(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """``abi.encode`` of `values`.

    Raises
    ------
    ValueError
        If one is out of its type's range.
    """
    return writer_of(tuple(types)).write(values)


def decode_values(name: str, types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """``abi.decode`` of `data`; `name` says in an error what was being decoded.

    Raises
    ------
    MalformedMessage
        If `data` is not an encoding of `types`: too short, a pointer out of bounds, a value out of its type's range,
        dirty padding, or text that is not UTF-8.
    """
    try:
        found: tuple[Any, ...] = DECODER.decode(types, data)
    except (DecodingError, UnicodeDecodeError, OverflowError) as error:
        raise MalformedMessage(name, f"they are no encoding of ({','.join(types)})") from error
    return found
