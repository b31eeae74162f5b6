"""What is about to be done and cannot be undone, as a value: it is made, looked at, and then sent or forgotten.

Making an intent reads, and changes nothing anywhere. A program with a user shows it first; a web service returns it as
JSON; a script just sends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from deml.base.inputs import DepositOrder, DirectInput
from deml.base.outputs import JobCreated, Notice
from deml.base.types import Address, Amount, JobId, Timestamp
from deml.wire.inputs import TABLE, Message, encode
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import Call, Gas, Receipt
from deml_sdk.errors import NoProof
from deml_sdk.market.errors import JobNotCreated
from deml_sdk.market.journal import JournalRecord
from deml_sdk.node.records import InputResult
from deml_sdk.node.vouchers import Voucher
from deml_sdk.plain import plain

SHOWN_CHARACTERS: Final = 100
"""Longer values are not shown before sending, only how long they are."""


@dataclass(frozen=True, slots=True)
class Funds:
    """What goes into the dapp with an order."""

    token: Token
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something to be sent, and everything that goes with it.

    Parameters
    ----------
    action
        A short phrase in the imperative: "commit to a model for job 7".
    sends
        What is sent in words, by name: the last input's values, how many inputs and bytes, amounts, receivers.
    public
        What the whole world learns by it, one sentence each.
    calls
        The transactions, in order, ready to be signed; each with its gas where that could be estimated.
    gas
        What they cost together, in units and wei.
    warnings
        What to think twice about, in whole sentences.
    inputs
        What the dapp will read, in order.
    deposit
        What goes into the dapp beside the last input; None for nothing.
    until
        Block timestamp, in seconds, from which on no transaction is sent any more; None for no such time.
    job_id
        The job that it is about; None for none, or for one that is yet to be created.
    keeps
        Files that the journal keeps, by CID, before anything is sent.
    record
        What the journal files then; it finds what opens a commitment.
    shares
        Files that are added to the content store then, for everybody.
    moot
        Code with which the dapp may refuse it because somebody else was faster; that is no failure.
    """

    action: str
    sends: Mapping[str, object]
    public: tuple[str, ...]
    calls: tuple[Call, ...]
    gas: Gas
    warnings: tuple[str, ...] = ()
    inputs: tuple[Message, ...] = ()
    deposit: Funds | None = None
    until: Timestamp | None = None
    job_id: JobId | None = None
    keeps: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    record: JournalRecord | None = None
    shares: tuple[bytes, ...] = field(default=(), repr=False)
    moot: str | None = None

    @property
    def size(self) -> int:
        """Bytes of calldata in all."""
        return sum(len(call.data) for call in self.calls)

    def as_json(self) -> dict[str, Any]:
        """What `json.dumps` takes: all that a user should see, and the transactions as a wallet takes them."""
        return {
            "action": self.action,
            "sends": plain(self.sends),
            "public": list(self.public),
            "warnings": list(self.warnings),
            "inputs": [described(one) for one in self.inputs],
            "deposit": None if self.deposit is None else _deposit_json(self.deposit),
            "gas": {**plain(self.gas), "wei": str(self.gas.wei)},
            "bytes": self.size,
            "until": self.until,
            "jobId": self.job_id,
            "calls": [{**plain(call), "value": str(call.value)} for call in self.calls],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an intent: its transactions in blocks, and what the dapp made of the inputs that they added."""

    receipts: tuple[Receipt, ...] = ()
    results: tuple[InputResult, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the last input led to; nothing where somebody else was faster."""
        return self.results[-1].notices if self.results else ()

    @property
    def job_id(self) -> JobId:
        """Number of the job that was created.

        Raises
        ------
        JobNotCreated
        """
        for one in self.notices:
            if isinstance(one, JobCreated):
                return one.job_id
        raise JobNotCreated()


class Calls(Protocol):
    """What an intent needs of a chain."""

    def input_call(self, payload: bytes) -> Call:
        """Make the transaction that sends an input."""

    def deposit_calls(self, owner: Address, token: Address, amount: Amount, data: bytes) -> list[Call]:
        """Make the transactions of a deposit.

        Raises
        ------
        NotEnoughTokens
        """

    def execute_call(self, output: bytes, proof: Proof) -> Call:
        """Make the transaction that executes a voucher."""

    def priced(self, calls: Sequence[Call], sender: Address) -> tuple[tuple[Call, ...], Gas]:
        """Estimate what transactions will take.

        Raises
        ------
        ContractReverted, TooMuchGas
        """


def to_send(
    chain: Calls,
    sender: Address,
    inputs: Sequence[DirectInput],
    action: str,
    public: str,
    until: Timestamp | None = None,
    says: Mapping[str, object] | None = None,
) -> Intent:
    """Make the intent to send inputs, one after another; `says` tells people in words what is sent.

    Raises
    ------
    ContractReverted, TooMuchGas
    """
    made = [chain.input_call(encode(body)) for body in inputs]
    calls, gas = chain.priced(made, sender)
    return Intent(
        action=action,
        sends={**(described(inputs[-1]) if says is None else says), "size": _size_text(calls)},
        public=(public,),
        calls=calls,
        gas=gas,
        inputs=tuple(inputs),
        until=until,
        job_id=_job_of(inputs[-1]),
    )


def to_deposit(
    chain: Calls,
    sender: Address,
    deposit: Funds,
    order: DepositOrder,
    action: str,
    public: str,
    says: Mapping[str, object] | None = None,
) -> Intent:
    """Make the intent to deposit tokens with an order; `says` tells people in words what is ordered.

    Raises
    ------
    NotEnoughTokens, ContractReverted, TooMuchGas
    """
    token, amount = deposit.token, deposit.amount
    made = chain.deposit_calls(sender, token.address, amount, encode(order))
    calls, gas = chain.priced(made, sender)
    return Intent(
        action=action,
        sends={"deposit": token.show(amount), **(described(order) if says is None else says)},
        public=(public,),
        calls=calls,
        gas=gas,
        inputs=(order,),
        deposit=deposit,
        job_id=_job_of(order),
    )


def to_execute(
    chain: Calls, sender: Address, vouchers: Sequence[Voucher], payments: Mapping[int, tuple[str, str]]
) -> Intent:
    """Make the intent to execute vouchers, one transaction each; `payments` tells receiver and amount by output.

    Raises
    ------
    NoProof
    ContractReverted, TooMuchGas
    """
    proven = []
    for one in vouchers:
        if one.proof is None:
            raise NoProof(one.output.index, one.claim)
        proven.append(chain.execute_call(one.output.raw, one.proof))
    calls, gas = chain.priced(proven, sender)
    shown = {f"voucher {index}": f"{amount} to {to}" if to else amount for index, (to, amount) in payments.items()}
    return Intent(
        action=f"execute {len(vouchers)} voucher(s)", sends=shown, public=("the transfers",), calls=calls, gas=gas
    )


def to_call(chain: Calls, sender: Address, call: Call, action: str, public: str) -> Intent:
    """Make the intent to call a contract.

    Raises
    ------
    ContractReverted, TooMuchGas
    """
    calls, gas = chain.priced([call], sender)
    sends = {"call": f"{call.contract}.{call.function}", "to": call.to, "bytes": len(call.data)}
    return Intent(action=action, sends=sends, public=(public,), calls=calls, gas=gas)


def described(body: Message) -> dict[str, object]:
    """An input in words: its short values, and the length of the long ones."""
    found: dict[str, object] = {"input": TABLE.name(body)}
    for name, value in plain(body).items():
        found[name] = value if len(str(value)) <= SHOWN_CHARACTERS else f"{len(str(value)):,} characters"
    return found


def _size_text(calls: Sequence[Call]) -> str:
    """How much is sent."""
    number = "1 transaction" if len(calls) == 1 else f"{len(calls)} transactions"
    return f"{number}, {sum(len(call.data) for call in calls):,} bytes"


def _deposit_json(deposit: Funds) -> dict[str, Any]:
    return {**plain(deposit.token), "amount": str(deposit.amount)}


def _job_of(body: Message) -> JobId | None:
    return getattr(body, "job_id", None)
