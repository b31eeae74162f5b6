"""A client whose chain, node and content store are a `World`: the SDK's steps and watcher play on the real protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from deml.base.answers import Stats
from deml.base.inputs import DepositOrder, DirectInput
from deml.base.outputs import Notice
from deml.base.types import Address, Amount, Timestamp
from deml.core import inspect
from deml.ipld import Cid, file_cid
from deml.wire import answers
from deml.wire.abi import decode_values, encode_values
from deml.wire.inputs import decode_message
from deml.wire.outputs import envelope
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import Call, Gas
from deml_sdk.market import intent as intents
from deml_sdk.market.carry_out import checked, prepare
from deml_sdk.market.errors import WindowClosed
from deml_sdk.market.evidence import Evidence, weigh
from deml_sdk.market.intent import Answer, Funds, Intent
from deml_sdk.market.journal import Journal
from deml_sdk.market.names import Names
from deml_sdk.market.rebuild import Sent
from deml_sdk.market.schedule import Clock
from deml_sdk.market.view import Job, balances_of, fetch_job, fetch_stats, jobs_of
from deml_sdk.node.records import ACCEPTED, InputResult, Seen, StoredInput, StoredOutput
from deml_sdk.node.vouchers import Voucher
from tests.support.course import salt_of
from tests.support.deployment import CHAIN_ID
from tests.support.world import Result, World

DEPOSIT = ("address", "uint256", "bytes")


class Net:
    """What several clients share: the world, a content store, and how long blocks take to become final."""

    def __init__(self, world: World, finality: int) -> None:
        self.world, self.finality = world, finality
        self.files: dict[str, bytes] = {}


class WorldCalls:
    """Calls that carry what the world takes, and cost nothing."""

    def input_call(self, payload: bytes) -> Call:
        return Call("InputBox", "addInput", Address("0x" + "b0" * 20), payload)

    def deposit_calls(self, owner: Address, token: Address, amount: Amount, data: bytes) -> list[Call]:
        packed = encode_values(DEPOSIT, (token, amount, data))
        return [Call("ERC20Portal", "depositERC20Tokens", Address("0x" + "b1" * 20), packed)]

    def execute_call(self, output: bytes, proof: Proof) -> Call:
        raise AssertionError("vouchers are executed by the world itself")

    def priced(self, calls: Sequence[Call], sender: Address) -> tuple[tuple[Call, ...], Gas]:
        return tuple(calls), Gas(0, 0)


class WorldClient:
    """One account's client."""

    def __init__(self, net: Net, account: Address, home: Path) -> None:
        self._net, self._world = net, net.world
        self._account = account
        self.home = home
        self.sent: list[DirectInput] = []

    @property
    def account(self) -> Address:
        return self._account

    @property
    def app(self) -> Address:
        return self._world.app

    @property
    def chain_id(self) -> int:
        return CHAIN_ID

    @property
    def journal(self) -> Journal:
        return Journal.of(self.home, CHAIN_ID, self.app, self._account)

    def clock(self) -> Clock:
        return Clock(Timestamp(self._world.now - self._net.finality), self._world.now)

    def job(self, job_id: int) -> Job:
        return fetch_job(self._inspect, job_id)

    def stats(self) -> Stats:
        return fetch_stats(self._inspect)

    def own_jobs(self) -> Sequence[int]:
        found = jobs_of(self._inspect, self._account)
        return sorted({*found.sponsor, *found.client})

    def evidence(self, job_id: int) -> Evidence:
        final = self.clock().finalised
        last = max((one.meta.block_number for one in self._world.history if one.meta.timestamp <= final), default=-1)
        return weigh(self._notices(), job_id, last)

    @property
    def names(self) -> Names:
        return Names(self._account)

    def seen(self, job_id: int | None = None) -> Sequence[Seen]:
        return [one for one in self._notices() if job_id in (None, one.notice.job_id)]

    def ether(self) -> Amount:
        return Amount(10**18)

    def held_here(self, cid: Cid) -> str | None:
        return "the files" if str(cid) in self._net.files else None

    def accepted_inputs(self, sender: Address) -> Iterator[Sent]:
        for one in self._world.history:
            if one.accepted and one.meta.sender == sender:
                yield Sent(one.meta.sender, one.payload)

    def token(self, address: Address) -> Token:
        return Token(address, "TST", 0)

    def credits(self, account: Address) -> Mapping[Address, Amount]:
        return balances_of(self._inspect, account)

    def vouchers(self, receiver: Address) -> Iterable[Voucher]:
        return ()

    def to_send(
        self,
        inputs: Sequence[DirectInput],
        action: str,
        public: str,
        until: Timestamp | None = None,
        says: Mapping[str, object] | None = None,
    ) -> Intent:
        assert action
        assert public
        return intents.to_send(WorldCalls(), self._account, inputs, action, public, until, says)

    def to_deposit(
        self, funds: Funds, order: DepositOrder, action: str, public: str, says: Mapping[str, object] | None = None
    ) -> Intent:
        assert action
        assert public
        return intents.to_deposit(WorldCalls(), self._account, funds, order, action, public, says)

    def to_execute(self, vouchers: Sequence[Voucher]) -> Intent:
        raise AssertionError("vouchers are executed by the world itself")

    def to_call(self, call: Call, action: str, public: str) -> Intent:
        return intents.to_call(WorldCalls(), self._account, call, action, public)

    def send(self, intent: Intent) -> Answer:
        prepare(self, intent)
        return Answer((), checked(intent, self._run(intent)))

    def try_deposit(self, token: Address, amount: Amount, order: DepositOrder) -> None:
        assert amount > 0

    def awaiting(self, job_id: int | None) -> bool:
        return False

    def model_salt(self, job_id: int, *, create: bool = False) -> bytes:
        return salt_of(self._account, job_id.to_bytes(32, "big"))

    def holdout_salt(self, nonce: bytes, *, create: bool = False) -> bytes:
        return salt_of(self._account, nonce)

    def fetch(self, cid: str, limit: int) -> bytes | None:
        return self._net.files.get(cid)

    def share(self, content: bytes) -> None:
        self._net.files[str(file_cid(content))] = content

    def _run(self, intent: Intent) -> Iterator[InputResult]:
        for count, call in enumerate(intent.calls):
            if intent.until is not None and self._world.now >= intent.until:
                raise WindowClosed(intent.until, count, len(intent.calls))
            yield self._run_one(call).require_accepted()

    def _run_one(self, call: Call) -> InputResult:
        if call.function == "depositERC20Tokens":
            token, amount, order = decode_values("deposit", DEPOSIT, call.data)
            return _answer(self._world.deposit(self._account, amount, order, token=token))
        self.sent.append(decode_message(call.data))
        return _answer(self._world.send(self._account, call.data))

    def _inspect(self, path: str) -> Mapping[str, object]:
        return answers.write(inspect(self._world.state, path))

    def _notices(self) -> Iterator[Seen]:
        made = ((output, result.meta) for result in self._world.history for output in result.outputs)
        stated = ((output, meta) for output, meta in made if isinstance(output, Notice))
        for index, (notice, meta) in enumerate(stated):
            yield Seen(notice, index, meta.block_number, meta.timestamp)


def _answer(result: Result) -> InputResult:
    meta = result.meta
    status = ACCEPTED if result.accepted else "REJECTED"
    stored = StoredInput(meta.index, 0, status, meta.sender, result.payload, meta.block_number, meta.timestamp, b"")
    outputs = tuple(
        StoredOutput(number, meta.index, 0, raw, None, None)
        for number, one in enumerate(result.emissions)
        if (raw := envelope(one)) is not None
    )
    reports = [] if result.problem is None else [result.problem.as_report()]
    if result.credited:
        reports.append({"credited": "0", "reason": {"code": result.credited, "message": "", "values": {}}})
    return InputResult(stored, outputs, tuple(reports))
