"""A desk for one command: asks the chain, the node and the content store of its session."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from deml.base.errors import DemlError
from deml.base.inputs import Accept, CreateJob, DepositOrder, DirectInput, TopUp
from deml.base.outputs import Notice
from deml.base.types import ETHER, Address, Amount, Timestamp
from deml.ipld import Cid
from deml.wire.inputs import Message, encode
from deml_cli.render import Plan
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.trial import require_full_arrival
from deml_sdk.chain.trust import require_payout_library
from deml_sdk.jsonable import jsonable
from deml_sdk.market.desk import Claims
from deml_sdk.market.errors import DepositCredited
from deml_sdk.market.evidence import Evidence, weigh
from deml_sdk.market.journal import Journal
from deml_sdk.market.outbox import Outbox
from deml_sdk.market.pending import Pending
from deml_sdk.market.rebuild import Sent
from deml_sdk.market.schedule import Clock
from deml_sdk.market.view import Job, fetch_job
from deml_sdk.node.notice_log import NoticeLog
from deml_sdk.node.vouchers import execute, list_vouchers
from deml_sdk.wallet.salts import Salt, holdout_salt, model_salt

if TYPE_CHECKING:
    from deml_cli.context import Session

ETH: Final = Token(ETHER, "ETH", 18)
"""Ether, as if it were a token."""

SHOWN_CHARACTERS: Final = 100
"""Longer values are not shown before sending, only how long they are."""


class SessionDesk:
    """Acts for the session's wallet, and asks before it sends.

    Parameters
    ----------
    session
        Of the command.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._notices = NoticeLog(session.node)

    @property
    def wallet(self) -> Address:
        """Account that acts."""
        return self._session.wallet.address

    @property
    def app(self) -> Address:
        """Application acted on."""
        return self._session.app_address

    @property
    def chain_id(self) -> int:
        """Chain it lives on."""
        return self._session.chain.chain_id

    @cached_property
    def journal(self) -> Journal:
        """What this wallet committed to."""
        return Journal.of(self._session.home, self.chain_id, self.app, self.wallet)

    @cached_property
    def _outbox(self) -> Outbox:
        pending = Pending(self.journal.directory / "pending", time.time)
        return Outbox(self._session.chain, self._session.node, pending, self._session.render)

    def token(self, address: Address) -> Token:
        """Look a token up; the zero address stands for Ether."""
        return ETH if address == ETHER else self._session.chain.token(address)

    def amount(self, token: Address, text: str) -> Amount:
        """Read an amount of a token, or of Ether, as people write it."""
        return self.token(token).parse(text)

    def clock(self) -> Clock:
        """Timestamps of the finalised and the latest block."""
        chain = self._session.chain
        return Clock(chain.finalized_block().timestamp, chain.latest_block().timestamp)

    def job(self, job_id: int) -> Job:
        """Read a job with its participants, as of the last input."""
        return fetch_job(self._session.node.inspect, job_id)

    def evidence(self, job_id: int) -> Evidence:
        """Collect what a job's notices prove."""
        finalised = self._session.chain.finalized_block().number
        return weigh(self._notices.read(finalised), job_id, finalised)

    def accepted_inputs(self, sender: Address) -> Iterator[Sent]:
        """Yield the inputs of `sender` that the dapp accepted, in order."""
        for one in self._session.node.inputs(sender=sender):
            if one.accepted:
                yield Sent(one.sender, one.payload)

    def model_salt(self, job_id: int, *, create: bool = False) -> bytes:
        """Salt of this wallet for its models in a job."""
        session = self._session
        found = model_salt(session.wallet, self.chain_id, self.app, job_id, session.salt_vault, create=create)
        return self._told(found)

    def holdout_salt(self, nonce: bytes, *, create: bool = False) -> bytes:
        """Salt of this wallet for the holdout of the job with this nonce."""
        session = self._session
        found = holdout_salt(session.wallet, self.chain_id, self.app, nonce, session.salt_vault, create=create)
        return self._told(found)

    def fetch(self, cid: str, limit: int) -> bytes | None:
        """Find a file in the content store; None where it is not to be had, or what comes is not it."""
        try:
            with self._session.render.transfer(f"fetching {cid[:16]}...") as report:
                return self._session.ipfs.fetch(Cid.parse(cid), limit, report)
        except DemlError as error:
            self._session.render.note(f"{cid} is not in the content store ({error})")
            return None

    def share(self, content: bytes) -> None:
        """Add a file to the content store."""
        self._session.ipfs.add(content, disclosed=True)

    def send(
        self, inputs: Sequence[DirectInput], action: str, public: str, until: Timestamp | None = None
    ) -> tuple[Notice, ...]:
        """Show, ask, send, and wait for the dapp's answer."""
        chain = self._session.chain
        self._require_payouts(inputs)
        calls = [chain.input_call(encode(body)) for body in inputs]
        sends: dict[str, object] = {"inputs": len(calls), "bytes": sum(len(call.data) for call in calls)}
        self._session.render.confirm(
            Plan(action, _described(inputs[-1]) | sends, (public,), chain.estimate(calls, self.wallet))
        )
        receipts = self._outbox.send(self._session.wallet, calls, _job_of(inputs[-1]), until)
        return [self._outbox.result(receipt) for receipt in receipts][-1].notices

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
        """Show, ask, deposit, and wait for the dapp's answer."""
        chain = self._session.chain
        self._require_payouts([order])
        calls = chain.deposit_calls(self.wallet, token, amount, encode(order))
        sends = {"deposit": self.token(token).show(amount), **_described(order)}
        self._session.render.confirm(Plan(action, sends, (public,), chain.estimate(calls, self.wallet), warnings))
        after_consent()
        *_, receipt = self._outbox.send(self._session.wallet, calls, _job_of(order))
        result = self._outbox.result(receipt)
        for report in result.reports:
            if "credited" in report and report.get("reason"):
                raise DepositCredited(result.input.index, *_words(report["reason"]))
        return result.notices

    def claim(self, receivers: Collection[Address]) -> Claims:
        """Execute the vouchers that pay one of `receivers` and can be executed."""
        chain, node = self._session.chain, self._session.node
        found = [one for receiver in sorted(receivers) for one in list_vouchers(chain, node, receiver)]
        ready = [one for one in found if one.claimable]
        for one in ready:
            execute(chain, self._session.wallet, one)
        waiting = sum(1 for one in found if not one.executed) - len(ready)
        return Claims(tuple(one.output.index for one in ready), waiting)

    def try_deposit(self, token: Address, amount: Amount, order: DepositOrder) -> None:
        """Play a deposit through on the node's copy of the state."""
        chain = self._session.chain
        chain.deposit_calls(self.wallet, token, amount, b"")
        require_full_arrival(chain.rpc, self.wallet, self.app, chain.erc20_portal, token, amount, encode(order))

    def awaiting(self, job_id: int) -> bool:
        """Tell whether the outcome of something sent about a job is not known yet."""
        return self._outbox.awaiting(job_id)

    def _require_payouts(self, bodies: Sequence[Message]) -> None:
        """Before a job is opened, funded or accepted, make sure that it can pay."""
        if any(isinstance(one, CreateJob | TopUp | Accept) for one in bodies):
            require_payout_library(self._session.chain, self._session.safe_transfer)

    def _told(self, salt: Salt) -> bytes:
        if salt.backup is not None:
            self._session.render.warn(f"This wallet cannot derive its salt again; keep a copy of {salt.backup}.")
        return salt.value


def _described(body: Message) -> dict[str, object]:
    """An input in words: its short values, and the length of the long ones."""
    described: dict[str, object] = {"input": type(body).__name__}
    for name, value in jsonable(body).items():
        described[name] = value if len(str(value)) <= SHOWN_CHARACTERS else f"{len(str(value)):,} characters"
    return described


def _job_of(body: Message) -> int | None:
    return getattr(body, "job_id", None)


def _words(report: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(report["code"]), str(report["message"]), str(report["fix"])
