"""A dapp with a chain around it: every input takes the real path, and every input's consequences are checked.

An input is encoded as a wallet would encode it, framed as a portal would frame it, decoded, applied, and its outputs
encoded as the rollup server takes them; vouchers are executed at once. After each one, tokens are counted, and a
refused input must have left the state as it was.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, TypeVar

from deml.base.errors import DemlError
from deml.base.inputs import Body, Metadata
from deml.base.outputs import ForeignReturn, Notice, Output, Report, Settled, Transfer
from deml.base.types import ETHER, Address, Amount, JobId, Timestamp, address_of
from deml.core import State, inspect, transition
from deml.core.job import ClientState, JobState
from deml.scoring import BUDGET, Budget
from deml.wire import answers, inputs, notices, outputs
from deml.wire.inputs import Message
from deml.wire.outputs import Emission, NoticeEmission
from tests.support.deployment import APP, CHAIN_ID, DEPLOYMENT, account
from tests.support.digest import Known, digest

START = Timestamp(1_700_000_000)
TOKEN = account(0x70)

N = TypeVar("N")
E = TypeVar("E", bound=DemlError)


@dataclass(frozen=True)
class Result:
    """What became of an input."""

    meta: Metadata
    payload: bytes
    body: Body | None
    outputs: tuple[Output, ...]
    emissions: tuple[Emission, ...]
    problem: DemlError | None

    @property
    def accepted(self) -> bool:
        return self.problem is None

    def notice(self, kind: type[N]) -> N:
        """The one output of this kind."""
        (found,) = self.all(kind)
        return found

    def all(self, kind: type[N]) -> list[N]:
        return [one for one in self.outputs if isinstance(one, kind)]

    @property
    def transfers(self) -> list[Transfer]:
        return self.all(Transfer)

    @property
    def credited(self) -> str | None:
        """Code of the reason why a deposit was credited; "" where it asked for nothing; None where none was."""
        for report in self.all(Report):
            reason = report.body["reason"]
            return reason["code"] if reason else ""
        return None


class World:
    """The dapp, a clock, and everybody's wallet."""

    def __init__(self, budget: Budget = BUDGET, app: Address = APP) -> None:
        self.app = app
        self.state = State(budget)
        self.now: Timestamp = START
        self.history: list[Result] = []
        self.deposited: Counter[Address] = Counter()
        self.paid: Counter[Address] = Counter()
        self.wallets: Counter[tuple[Address, Address]] = Counter()
        self.returned: list[ForeignReturn] = []
        self._known: Known = {}

    def wait(self, seconds: int) -> None:
        self.now = Timestamp(self.now + seconds)

    def wait_until(self, when: int) -> None:
        if when < self.now:
            raise ValueError(f"{when} lies {self.now - when} seconds in the past")
        self.now = Timestamp(when)

    def do(self, sender: Address, message: Message) -> Result:
        """Send an input that must be accepted."""
        result = self.send(sender, inputs.encode(message))
        if result.problem is not None:
            raise AssertionError(f"{type(message).__name__} was refused: {result.problem}") from result.problem
        return result

    def refuse(self, error: type[E], sender: Address, message: Message) -> E:
        """Send an input that must be refused with `error`, and return it."""
        result = self.send(sender, inputs.encode(message))
        assert result.problem is not None, f"{type(message).__name__} was accepted: {result.outputs}"
        assert type(result.problem) is error, f"{type(message).__name__} was refused with {result.problem!r}"
        return result.problem

    def deposit(self, sender: Address, amount: int, order: Message | bytes = b"", token: Address = TOKEN) -> Result:
        """Deposit ERC-20 tokens, or Ether, through its portal."""
        result = self.resend(*framed(sender, amount, order, token))
        assert result.accepted, f"a deposit was refused: {result.problem}"
        return result

    def send(self, sender: Address, payload: bytes) -> Result:
        """Send any bytes from any account, as the InputBox passes them on."""
        number = len(self.history)
        meta = Metadata(CHAIN_ID, self.app, sender, block_number=number, timestamp=self.now, index=number)
        before = self.digest()
        body: Body | None = None
        made: tuple[Output, ...] = ()
        problem: DemlError | None = None
        try:
            body = inputs.decode(meta, payload, DEPLOYMENT)
            fork = self.state.fork()
            made = transition(fork, meta, body)
        except DemlError as refusal:
            problem = refusal
            outputs.encode(Report(problem.as_report()), self.app, DEPLOYMENT)
        emissions = tuple(outputs.encode(one, self.app, DEPLOYMENT) for one in made)
        if problem is None:
            fork.merge()
        else:
            assert self.digest() == before, f"a refused input changed the state: {problem!r}"
        result = Result(meta, payload, body, made, emissions, problem)
        self.history.append(result)
        self._execute(result)
        self._check_notices(result)
        self.check_conservation()
        return result

    def resend(self, sender: Address, payload: bytes) -> Result:
        """Send what was once sent, or anything else; a portal's payload counts as a real deposit."""
        if sender == DEPLOYMENT.ether_portal:
            self._pay_in(payload[:20], ETHER, payload[20:52])
        elif sender == DEPLOYMENT.erc20_portal:
            self._pay_in(payload[20:40], address_of(payload[:20]), payload[40:72])
        return self.send(sender, payload)

    def _pay_in(self, owner: bytes, token: Address, amount: bytes) -> None:
        self.deposited[token] += int.from_bytes(amount, "big")
        self.wallets[address_of(owner), token] -= int.from_bytes(amount, "big")

    def query(self, path: str) -> dict[str, Any]:
        """Answer of an inspect query, having been JSON."""
        before = self.digest()
        try:
            answer: dict[str, Any] = json.loads(answers.encode(inspect(self.state, path)))
        finally:
            assert self.digest() == before, f"the query {path} changed the state"
        return answer

    def digest(self) -> str:
        """Digest of the state; values that cannot change are hashed once."""
        return digest(self.state, self._known)

    def job(self, job_id: int) -> JobState:
        return self.state.jobs[JobId(job_id)]

    def client(self, job_id: int, address: Address) -> ClientState:
        client = self.job(job_id).client(address)
        assert client is not None
        return client

    def balance(self, owner: Address, token: Address = TOKEN) -> int:
        """What `owner` has in the dapp's ledger."""
        return self.state.balances.get((owner, token), Amount(0))

    def wallet(self, owner: Address, token: Address = TOKEN) -> int:
        """What `owner` has received by voucher, less what it has deposited."""
        return self.wallets[owner, token]

    def held(self, token: Address) -> int:
        """Tokens the Application must hold: escrows and stakes of open jobs, and balances."""
        running = [one for one in self.state.jobs.values() if one.outcome is None and one.terms.reward_token == token]
        escrows = sum(one.escrow for one in running)
        stakes = sum(client.stake for one in running for client in one.clients)
        return escrows + stakes + sum(amount for (_, held), amount in self.state.balances.items() if held == token)

    def check_conservation(self) -> None:
        """Per token: deposits = escrows + stakes + balances + vouchers."""
        for token in {**self.deposited, **self.paid}:
            amount = self.deposited[token]
            held, paid = self.held(token), self.paid[token]
            assert held + paid == amount, f"of {amount} {token}, {held} are held and {paid} were paid out"

    def _execute(self, result: Result) -> None:
        for one in result.outputs:
            if isinstance(one, Transfer):
                assert one.amount > 0
                assert one.to not in (ETHER, self.app), "tokens were sent to where nobody can move them"
                self.wallets[one.to, one.token] += one.amount
                self.paid[one.token] += one.amount
            elif isinstance(one, ForeignReturn):
                self.returned.append(one)

    def _check_notices(self, result: Result) -> None:
        for made, emission in zip(result.outputs, result.emissions, strict=True):
            if isinstance(made, Notice):
                assert isinstance(emission, NoticeEmission)
                assert notices.decode(emission.payload) == made
            if isinstance(made, Settled):
                assert sum(one.pay for one in made.payouts) <= self.job(made.job_id).escrow


def framed(sender: Address, amount: int, order: Message | bytes = b"", token: Address = TOKEN) -> tuple[Address, bytes]:
    """The portal that takes a deposit, and the payload that it sends to the InputBox."""
    data = order if isinstance(order, bytes) else inputs.encode(order)
    rest = _raw(sender) + amount.to_bytes(32, "big") + data
    if token == ETHER:
        return DEPLOYMENT.ether_portal, rest
    return DEPLOYMENT.erc20_portal, _raw(token) + rest


def _raw(address: Address) -> bytes:
    return bytes.fromhex(address[2:])
