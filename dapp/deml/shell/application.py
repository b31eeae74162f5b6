"""The dapp as a function of its inputs: metadata and payload in, a verdict and encoded outputs out."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.config import Deployment
from deml.base.errors import DemlError
from deml.base.inputs import Body, Deposit, Metadata
from deml.core import State, inspect, transition
from deml.shell.errors import QueryNotText
from deml.wire.inputs import decode
from deml.wire.outputs import Emission, ReportEmission, encode, encode_json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: `subject` names it for the log, `problem` is why it was rejected."""

    subject: str
    emissions: tuple[Emission, ...]
    problem: DemlError | None = None

    @property
    def accepted(self) -> bool:
        return self.problem is None


class Application:
    """The dapp's state, and the two things that can be asked of it."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._state = State()

    def advance(self, meta: Metadata, payload: bytes) -> Outcome:
        """Apply an input; a rejected one leaves the state as it was, and a report that says why."""
        subject = "input"
        try:
            body = decode(meta, payload, self._deployment)
            subject = _name(body)
            outputs = transition(self._state, meta, body)
        except DemlError as problem:
            return rejection(subject, problem)
        return Outcome(subject, tuple(encode(output, meta.app, self._deployment) for output in outputs))

    def inspect(self, payload: bytes) -> Outcome:
        """Answer a query with one report."""
        try:
            path = payload.decode()
        except UnicodeDecodeError:
            return rejection("query", QueryNotText(len(payload)))
        try:
            answer = inspect(self._state, path)
        except DemlError as problem:
            return rejection(path, problem)
        return Outcome(path, (ReportEmission(encode_json(answer)),))


def rejection(subject: str, problem: DemlError) -> Outcome:
    """Outcome of a request that was refused."""
    return Outcome(subject, (ReportEmission(encode_json(problem.as_report())),), problem)


def _name(body: Body) -> str:
    if isinstance(body, Deposit) and body.order is not None:
        return f"Deposit with {type(body.order).__name__}"
    return type(body).__name__
