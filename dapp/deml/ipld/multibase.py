"""Text encodings of CIDs: the multibases that IPFS software prints.

Every text is read digit by digit into one number. In the bases that are powers of two the digits are a bit string,
filled up with zeros to a whole digit at the end; in the others (``base58btc``, ``base36``) they are the number itself,
and each leading zero byte is written as a leading zero digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.limits import MAX_CID_TEXT_BYTES
from deml.ipld.errors import MalformedCid

_DIGITS: Final = "0123456789"
_LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
_UPPER: Final = _LOWER.upper()

_SHOWN: Final = 40
"""Characters of an overlong text that an error repeats."""


@dataclass(frozen=True, slots=True)
class Base:
    """An alphabet; `digit_bits` is the width of a digit where the base is a power of two, else 0."""

    alphabet: str
    digit_bits: int = 0

    def decode(self, digits: str, text: str) -> bytes:
        """Read `digits`, which stand in `text`.

        Raises
        ------
        MalformedCid
            At a character that is none of the alphabet, or if the last one carries stray bits.
        """
        value = 0
        for position, character in enumerate(digits, start=len(text) - len(digits)):
            digit = self.alphabet.find(character)
            if digit < 0:
                raise MalformedCid(text, f"its encoding has no such character as the one at position {position}")
            value = value * len(self.alphabet) + digit
        raw = self._bits_to_bytes(value, len(digits)) if self.digit_bits else self._number_to_bytes(value, digits)
        if self.encode(raw) != digits:
            raise MalformedCid(text, "it is not in canonical form, the last character carries stray bits")
        return raw

    def encode(self, raw: bytes) -> str:
        """Write `raw` in digits, without a multibase prefix."""
        value = int.from_bytes(raw, "big")
        if self.digit_bits:
            count = -(-len(raw) * 8 // self.digit_bits)
            value <<= count * self.digit_bits - len(raw) * 8
            return self._digits(value).rjust(count, self.alphabet[0])
        zeros = len(raw) - len(raw.lstrip(b"\0"))
        return self.alphabet[0] * zeros + self._digits(value)

    def _digits(self, value: int) -> str:
        reversed_digits = []
        while value:
            value, digit = divmod(value, len(self.alphabet))
            reversed_digits.append(self.alphabet[digit])
        return "".join(reversed(reversed_digits))

    def _bits_to_bytes(self, value: int, count: int) -> bytes:
        size, stray_bits = divmod(count * self.digit_bits, 8)
        return (value >> stray_bits).to_bytes(size, "big")

    def _number_to_bytes(self, value: int, digits: str) -> bytes:
        zeros = len(digits) - len(digits.lstrip(self.alphabet[0]))
        return bytes(zeros) + value.to_bytes((value.bit_length() + 7) // 8, "big")


BASE32: Final = Base(_LOWER + "234567", digit_bits=5)
BASE58: Final = Base("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")

_BASES: Final = {
    "b": BASE32,
    "B": Base(_UPPER + "234567", digit_bits=5),
    "f": Base(_DIGITS + "abcdef", digit_bits=4),
    "F": Base(_DIGITS + "ABCDEF", digit_bits=4),
    "k": Base(_DIGITS + _LOWER),
    "u": Base(_UPPER + _LOWER + _DIGITS + "-_", digit_bits=6),
    "z": BASE58,
}


def decode(text: str) -> bytes:
    """Read a text whose first character names its base.

    Raises
    ------
    MalformedCid
        If it is not text in one of the bases; if it is too long, before any work that grows with it.
    """
    if len(text) > MAX_CID_TEXT_BYTES:
        raise MalformedCid(text[:_SHOWN] + "..", f"it has {len(text)} characters, more than {MAX_CID_TEXT_BYTES}")
    base = _BASES.get(text[:1])
    if base is None:
        raise MalformedCid(text, "it begins like none of the encodings b, B, f, F, k, z, u, nor like Qm...")
    return base.decode(text[1:], text)
