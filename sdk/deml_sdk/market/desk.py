"""Where the steps of the marketplace act: one wallet's view of one Application, and their only way to the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from deml.base.inputs import DepositOrder, DirectInput
from deml.base.outputs import Notice
from deml.base.types import Address, Amount, Timestamp
from deml_sdk.market.evidence import Evidence
from deml_sdk.market.journal import Journal
from deml_sdk.market.rebuild import Sent
from deml_sdk.market.schedule import Clock
from deml_sdk.market.view import Job


@dataclass(frozen=True, slots=True)
class Claims:
    """Vouchers: numbers of the outputs executed just now, and how many still wait for their claim."""

    executed: tuple[int, ...] = ()
    waiting: int = 0


class Desk(Protocol):
    """What a step may ask for."""

    @property
    def wallet(self) -> Address:
        """Account that acts."""

    @property
    def app(self) -> Address:
        """Application acted on."""

    @property
    def chain_id(self) -> int:
        """Chain it lives on."""

    @property
    def journal(self) -> Journal:
        """What this wallet committed to."""

    def clock(self) -> Clock:
        """Timestamps of the finalised and the latest block."""

    def job(self, job_id: int) -> Job:
        """Read a job with its participants, as of the last input."""

    def evidence(self, job_id: int) -> Evidence:
        """Collect what a job's notices prove."""

    def accepted_inputs(self, sender: Address) -> Iterable[Sent]:
        """All inputs of `sender` that the dapp accepted, in order."""

    def send(
        self, inputs: Sequence[DirectInput], action: str, public: str, until: Timestamp | None = None
    ) -> tuple[Notice, ...]:
        """Show what will be sent and what becomes `public`, ask, send, wait until the dapp has answered.

        `action` says it in the imperative. Nothing more is sent once the latest block is past `until`.

        Returns
        -------
        tuple of Notice
            What the last input led to.

        Raises
        ------
        DappRefused
            If the dapp refuses one of them.
        WindowClosed
            If time runs out between them.
        """

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
        """Send `amount` of `token` with an order, likewise; `after_consent` is called before anything is sent.

        Raises
        ------
        DepositCredited
            If the dapp could not carry out the order; the amount is then in the sender's balance.
        """

    def claim(self, receivers: Collection[Address]) -> Claims:
        """Execute the vouchers that pay one of `receivers` and can be executed."""

    def try_deposit(self, token: Address, amount: Amount, order: DepositOrder) -> None:
        """Play a deposit through on the node's copy of the state.

        Raises
        ------
        NotEnoughTokens, DepositWouldFail
        TokenArrivesShort
            If another amount would arrive than is sent.
        """

    def awaiting(self, job_id: int) -> bool:
        """Tell whether the outcome of something sent about a job is not known yet."""

    def model_salt(self, job_id: int, *, create: bool = False) -> bytes:
        """Salt of this wallet for its models in a job; one that cannot be derived is made only if `create`.

        Raises
        ------
        SaltLost
        """

    def holdout_salt(self, nonce: bytes, *, create: bool = False) -> bytes:
        """Salt of this wallet for the holdout of the job with this nonce, likewise."""

    def fetch(self, cid: str, limit: int) -> bytes | None:
        """Find a file of at most `limit` bytes in the content stores and check it; None where none has it."""

    def share(self, content: bytes) -> None:
        """Add a file to the content store, from where everybody can fetch it."""
