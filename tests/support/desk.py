"""A desk whose chain, node and content store are a `World`: the CLI's steps and watcher play on the real protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from deml.base.inputs import DepositOrder, DirectInput
from deml.base.outputs import Notice
from deml.base.types import Address, Amount, Timestamp
from deml.core import inspect
from deml.ipld import file_cid
from deml.wire.inputs import encode
from deml_sdk.errors import DappRefused
from deml_sdk.market.desk import Claims
from deml_sdk.market.errors import DepositCredited, WindowClosed
from deml_sdk.market.evidence import Evidence, weigh
from deml_sdk.market.journal import Journal
from deml_sdk.market.rebuild import Sent
from deml_sdk.market.schedule import Clock
from deml_sdk.market.view import Job, fetch_job
from deml_sdk.node.records import Seen
from tests.support.course import salt_of
from tests.support.deployment import CHAIN_ID
from tests.support.world import Result, World


class Net:
    """What several desks share: the world, a content store, and how long blocks take to become final."""

    def __init__(self, world: World, finality: int) -> None:
        self.world, self.finality = world, finality
        self.files: dict[str, bytes] = {}


class WorldDesk:
    """One wallet's desk."""

    def __init__(self, net: Net, wallet: Address, home: Path) -> None:
        self._net, self._world = net, net.world
        self._wallet = wallet
        self.home = home
        self.sent: list[DirectInput] = []

    @property
    def wallet(self) -> Address:
        return self._wallet

    @property
    def app(self) -> Address:
        return self._world.app

    @property
    def chain_id(self) -> int:
        return CHAIN_ID

    @property
    def journal(self) -> Journal:
        return Journal.of(self.home, CHAIN_ID, self.app, self._wallet)

    def clock(self) -> Clock:
        return Clock(Timestamp(self._world.now - self._net.finality), self._world.now)

    def job(self, job_id: int) -> Job:
        return fetch_job(lambda path: inspect(self._world.state, path), job_id)

    def evidence(self, job_id: int) -> Evidence:
        final = self.clock().finalised
        last = max((one.meta.block_number for one in self._world.history if one.meta.timestamp <= final), default=-1)
        return weigh(self._notices(), job_id, last)

    def accepted_inputs(self, sender: Address) -> Iterator[Sent]:
        for one in self._world.history:
            if one.accepted and one.meta.sender == sender:
                yield Sent(one.meta.sender, one.payload)

    def send(
        self, inputs: Sequence[DirectInput], action: str, public: str, until: Timestamp | None = None
    ) -> tuple[Notice, ...]:
        assert action
        assert public
        for count, body in enumerate(inputs):
            if until is not None and self._world.now >= until:
                raise WindowClosed(until, count, len(inputs))
            self.sent.append(body)
            result = self._world.send(self._wallet, encode(body))
            if result.problem is not None:
                problem = result.problem
                raise DappRefused(result.meta.index, problem.code(), str(problem), problem.advice())
        return _notices_of(result)

    def deposit(
        self,
        token: Address,
        amount: Amount,
        order: DepositOrder,
        action: str,
        public: str,
        warnings: Sequence[str] = (),
        after_consent: Callable[[], None] = lambda: None,
    ) -> tuple[Notice, ...]:
        assert action
        assert public
        after_consent()
        result = self._world.deposit(self._wallet, amount, order, token=token)
        if result.credited:
            raise DepositCredited(result.meta.index, result.credited, "", "")
        return _notices_of(result)

    def claim(self, receivers: Collection[Address]) -> Claims:
        assert self._wallet in receivers
        return Claims()

    def try_deposit(self, token: Address, amount: Amount, order: DepositOrder) -> None:
        assert amount > 0

    def awaiting(self, job_id: int) -> bool:
        return False

    def model_salt(self, job_id: int, *, create: bool = False) -> bytes:
        return salt_of(self._wallet, job_id.to_bytes(32, "big"))

    def holdout_salt(self, nonce: bytes, *, create: bool = False) -> bytes:
        return salt_of(self._wallet, nonce)

    def fetch(self, cid: str, limit: int) -> bytes | None:
        return self._net.files.get(cid)

    def share(self, content: bytes) -> None:
        self._net.files[str(file_cid(content))] = content

    def _notices(self) -> Iterator[Seen]:
        for result in self._world.history:
            for notice in _notices_of(result):
                yield Seen(notice, result.meta.block_number, result.meta.timestamp)


def _notices_of(result: Result) -> tuple[Notice, ...]:
    return tuple(one for one in result.outputs if isinstance(one, Notice))
