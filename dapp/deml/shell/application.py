"""The dapp as a function of its inputs: metadata and payload in, a verdict and encoded outputs out."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.config import Deployment
from deml.base.errors import Bug, DemlError
from deml.base.inputs import Body, Deposit, Metadata
from deml.base.reports import encode_json
from deml.core import Fork, State, inspect, transition
from deml.shell.bugs import attempt
from deml.shell.errors import QueryNotText
from deml.wire import answers
from deml.wire.inputs import decode, decode_credit
from deml.wire.outputs import Emission, ReportEmission, encode


@dataclass(frozen=True, slots=True)
class RequestResult:
    """What became of a request: `subject` names it for the log, `problem` is why it was rejected."""

    subject: str
    emissions: tuple[Emission, ...]
    problem: DemlError | None = None

    @property
    def accepted(self) -> bool:
        return self.problem is None


class Application:
    """The dapp's state, and the two things that can be asked of it.

    Whatever goes wrong with a request, its outcome is a rejection, with a report that says why; a bug is one whose
    code is ``BUG``.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._state = State()

    def advance(self, meta: Metadata, payload: bytes) -> RequestResult:
        """Apply an input; a rejected one leaves the state as it was.

        A deposit that meets a bug is credited to its sender, for the tokens have moved already.
        """
        subject = f"input {meta.index} from {meta.sender}"
        fork = self._state.fork()
        outcome = attempt(lambda: self._apply(fork, meta, payload), subject)
        if isinstance(outcome, Bug):
            bug = outcome
            fork = self._state.fork()
            outcome = attempt(lambda: self._credit(fork, meta, payload, bug), f"{subject}, as a deposit to be credited")
        if isinstance(outcome, Bug):
            return rejection("input", outcome)
        if outcome.accepted:
            fork.merge()  # All outputs are there. Were this to fail, the process would have to end: nothing catches it.
        return outcome

    def inspect(self, payload: bytes) -> RequestResult:
        """Answer a query with one report."""
        outcome = attempt(lambda: self._answer(payload), "a query")
        return rejection("query", outcome) if isinstance(outcome, Bug) else outcome

    def _apply(self, fork: Fork, meta: Metadata, payload: bytes) -> RequestResult:
        subject = "input"
        try:
            body = decode(meta, payload, self._deployment)
            subject = _name(body)
            return self._carry_out(fork, meta, body, subject)
        except DemlError as problem:
            return rejection(subject, problem)

    def _credit(self, fork: Fork, meta: Metadata, payload: bytes, bug: Bug) -> RequestResult:
        body = decode_credit(meta, payload, self._deployment, bug)
        return rejection("input", bug) if body is None else self._carry_out(fork, meta, body, "Deposit after a bug")

    def _carry_out(self, fork: Fork, meta: Metadata, body: Body, subject: str) -> RequestResult:
        outputs = transition(fork, meta, body)
        return RequestResult(subject, tuple(encode(output, meta.app, self._deployment) for output in outputs))

    def _answer(self, payload: bytes) -> RequestResult:
        try:
            path = payload.decode()
        except UnicodeDecodeError:
            return rejection("query", QueryNotText(len(payload)))
        try:
            answer = inspect(self._state, path)
        except DemlError as problem:
            return rejection(path, problem)
        return RequestResult(path, (ReportEmission(answers.encode(answer)),))


def rejection(subject: str, problem: DemlError) -> RequestResult:
    """Outcome of a request that was refused."""
    return RequestResult(subject, (ReportEmission(encode_json(problem.as_report())),), problem)


def _name(body: Body) -> str:
    if isinstance(body, Deposit) and body.order is not None:
        return f"Deposit with {type(body.order).__name__}"
    return type(body).__name__
