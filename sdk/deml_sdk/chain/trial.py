"""Would a deposit arrive in full? Tried on the node's own copy of the state, before anything is sent.

Some tokens keep a fee of every transfer, or refuse some. Reading their code tells little, so the very deposit is played
through: `eth_call` lets the sponsor's account carry, for one call, a few instructions that approve, deposit through the
real portal, and read the Application's balance before and after. Nothing of it stays on the chain. State overrides in
`eth_call` are offered by geth, Nethermind, Erigon, Besu, reth and anvil.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from deml.base.types import Address, Amount, word_of
from deml_sdk.chain.contracts import APPROVE, BALANCE_OF, DEPOSIT_ERC20
from deml_sdk.chain.errors import DepositWouldFail, TokenArrivesShort

Rpc = Callable[[str, list[Any]], Any]
"""Make one JSON-RPC call to the chain: method, parameters."""

_PUSH1, _PUSH4, _PUSH20 = 0x60, 0x63, 0x73
_CALLDATACOPY, _MSTORE, _GAS, _CALL, _RETURN = 0x37, 0x52, 0x5A, 0xF1, 0xF3


@dataclass(frozen=True, slots=True)
class TrialCall:
    """A contract call."""

    to: Address
    data: bytes


@dataclass(frozen=True, slots=True)
class TrialResult:
    """Whether a call succeeded, and the first word that it returned."""

    succeeded: bool
    word: int


def require_full_arrival(
    rpc: Rpc, sponsor: Address, app: Address, portal: Address, token: Address, amount: Amount, data: bytes
) -> None:
    """Refuse a token of which a deposit of `amount` would not arrive in full.

    Raises
    ------
    DepositWouldFail
        If the deposit is refused: too little of the token, or a token that does not work with the portal.
    TokenArrivesShort
        If another amount arrives than is sent.
    """
    balance = TrialCall(token, BALANCE_OF.function.encode((app,)))
    calls = (
        balance,
        TrialCall(token, APPROVE.encode((portal, 0))),
        TrialCall(token, APPROVE.encode((portal, amount))),
        TrialCall(portal, DEPOSIT_ERC20.encode((token, app, amount, data))),
        balance,
    )
    before, _, _, deposit, after = simulate(rpc, sponsor, calls)
    if not (before.succeeded and deposit.succeeded and after.succeeded):
        raise DepositWouldFail(token, amount, sponsor)
    arrived = after.word - before.word
    if arrived != amount:
        raise TokenArrivesShort(token, amount, arrived)


def simulate(rpc: Rpc, account: Address, calls: Sequence[TrialCall]) -> list[TrialResult]:
    """Play calls of `account` one after the other, each on what those before it left behind."""
    code, data = assemble(calls)
    request = {"from": account, "to": account, "data": "0x" + data.hex()}
    answer = rpc("eth_call", [request, "latest", {account: {"code": "0x" + code.hex()}}])
    raw = bytes.fromhex(answer.removeprefix("0x"))
    words = [int.from_bytes(raw[start : start + 32], "big") for start in range(0, len(raw), 32)]
    return [TrialResult(bool(words[2 * index]), words[2 * index + 1]) for index in range(len(calls))]


def assemble(calls: Sequence[TrialCall]) -> tuple[bytes, bytes]:
    """Make EVM code that makes `calls` and returns, for each, success and first word; and the calldata it needs."""
    results = -(-max(len(call.data) for call in calls) // 32) * 32
    code = bytearray()
    offset = 0
    for index, call in enumerate(calls):
        size, place = len(call.data), results + 64 * index
        code += _push(size) + _push(offset) + _push(0) + bytes([_CALLDATACOPY])
        code += _push(32) + _push(place + 32) + _push(size) + _push(0) + _push(0)
        code += bytes([_PUSH20]) + word_of(call.to)[12:] + bytes([_GAS, _CALL])
        code += _push(place) + bytes([_MSTORE])
        offset += size
    code += _push(64 * len(calls)) + _push(results) + bytes([_RETURN])
    return bytes(code), b"".join(call.data for call in calls)


def _push(value: int) -> bytes:
    return bytes([_PUSH1, value]) if value < 256 else bytes([_PUSH4]) + value.to_bytes(4, "big")
