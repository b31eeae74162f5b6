"""What the steps of the marketplace ask for: one account's view of one Application, and its only way to the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from deml.base.answers import Stats
from deml.base.inputs import DepositOrder, DirectInput
from deml.base.types import Address, Amount, Timestamp
from deml.ipld import Cid
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import Call
from deml_sdk.market.evidence import Evidence
from deml_sdk.market.intent import Answer, Funds, Intent
from deml_sdk.market.journal import Journal
from deml_sdk.market.names import Names
from deml_sdk.market.rebuild import Sent
from deml_sdk.market.schedule import Clock
from deml_sdk.market.view import Job
from deml_sdk.node.records import Seen
from deml_sdk.node.vouchers import Voucher


class MarketClient(Protocol):
    """Reads the marketplace for one account, makes intents, and carries them out."""

    @property
    def account(self) -> Address:
        """Who acts."""

    @property
    def app(self) -> Address:
        """Application acted on."""

    @property
    def chain_id(self) -> int:
        """Chain it lives on."""

    @property
    def journal(self) -> Journal:
        """What this account committed to."""

    def clock(self) -> Clock:
        """Timestamps of the finalised and the latest block."""

    def job(self, job_id: int) -> Job:
        """Read a job with its participants, as of the last input."""

    def stats(self) -> Stats:
        """How much the Application holds."""

    def own_jobs(self) -> Sequence[int]:
        """Numbers of the jobs that this account sponsors or takes part in, in order."""

    @property
    def names(self) -> Names:
        """What accounts are called."""

    def evidence(self, job_id: int) -> Evidence:
        """Collect what a job's notices prove."""

    def seen(self, job_id: int | None = None) -> Sequence[Seen]:
        """All notices so far, in order; or those about one job."""

    def ether(self) -> Amount:
        """Wei that this account has to pay for gas."""

    def held_here(self, cid: Cid) -> str | None:
        """Tell which store of one's own has a file that others can fetch from it; nobody else is asked."""

    def accepted_inputs(self, sender: Address) -> Iterable[Sent]:
        """All inputs of `sender` that the dapp accepted, in order."""

    def token(self, address: Address) -> Token:
        """Look a token up; the zero address stands for Ether."""

    def credits(self, account: Address) -> Mapping[Address, Amount]:
        """What the dapp owes an account, by token, in smallest units."""

    def vouchers(self, receiver: Address) -> Iterable[Voucher]:
        """All vouchers that pay `receiver`, with what has become of them."""

    def to_send(
        self,
        inputs: Sequence[DirectInput],
        action: str,
        public: str,
        until: Timestamp | None = None,
        says: Mapping[str, object] | None = None,
    ) -> Intent:
        """Make the intent to send inputs.

        Parameters
        ----------
        inputs
            What is sent, in this order.
        action
            What that does, in the imperative.
        public
            What the world learns.
        until
            Block timestamp from which on nothing is sent any more.
        says
            What is sent in words, by name; None for the last input's own values.

        Raises
        ------
        NoPayoutLibrary
            If the job could not pay.
        ContractReverted, TooMuchGas
        """

    def to_deposit(
        self, funds: Funds, order: DepositOrder, action: str, public: str, says: Mapping[str, object] | None = None
    ) -> Intent:
        """Make the intent to deposit tokens with an order; the rest is as in `to_send`.

        Raises
        ------
        NoPayoutLibrary, NotEnoughTokens, ContractReverted, TooMuchGas
        """

    def to_execute(self, vouchers: Sequence[Voucher]) -> Intent:
        """Make the intent to execute vouchers.

        Raises
        ------
        NoPayoutLibrary
            If one goes through a library that is not there: executing it would use it up for nothing.
        ContractReverted, TooMuchGas
        """

    def to_call(self, call: Call, action: str, public: str) -> Intent:
        """Make the intent to call a contract.

        Raises
        ------
        ContractReverted, TooMuchGas
        """

    def send(self, intent: Intent) -> Answer:
        """Carry an intent out: file what belongs to it, send, and wait until the dapp has answered.

        Raises
        ------
        DappRefused
            If the dapp refuses an input.
        DepositCredited
            If the dapp could not carry out the order of a deposit; the amount is then in the sender's balance.
        DeclarationRefuted
            If the machine finds another score than was declared.
        WindowClosed
            If time runs out before the last transaction is sent.
        """

    def try_deposit(self, token: Address, amount: Amount, order: DepositOrder) -> None:
        """Play a deposit through on the node's copy of the state.

        Raises
        ------
        NotEnoughTokens, DepositWouldFail
        TokenArrivesShort
            If another amount would arrive than is sent.
        """

    def awaiting(self, job_id: int | None) -> bool:
        """Tell whether the outcome of something sent about a job, or to open one, is not known yet."""

    def model_salt(self, job_id: int, *, create: bool = False) -> bytes:
        """Salt of this account for its models in a job; one that cannot be derived is made only if `create`.

        Raises
        ------
        SaltLost
        """

    def holdout_salt(self, nonce: bytes, *, create: bool = False) -> bytes:
        """Salt of this account for the holdout of the job with this nonce."""

    def fetch(self, cid: str, limit: int) -> bytes | None:
        """Find a file of at most `limit` bytes in the content stores and check it; None where none has it."""

    def share(self, content: bytes) -> None:
        """Add a file to the content store, from where everybody can fetch it."""
