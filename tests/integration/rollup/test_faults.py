"""Whatever goes wrong while an input is handled ends in a rejection, never in an exception or a halt.

Each fault meets each kind of input of a whole job's life, over libcmt and over the guest tools' server. After it, the
same input without the fault leads to what it leads to where nothing has ever gone wrong.
"""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache

import pytest

from deml.base.inputs import (
    Accept,
    Aggregate,
    Cancel,
    CreateJob,
    Deposit,
    ScoreSlices,
    SetPayTo,
    Slot,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.states import Phase
from deml.base.terms import FixedRule
from deml.base.types import ETHER, Amount
from deml.core.transition import HANDLERS
from deml.shell.application import Application, RequestResult, rejection
from deml.wire import inputs
from deml.wire.outputs import ReportEmission, envelope
from deml_devnet.node.guest import AdvanceState, InspectState
from tests.integration.rollup import programs
from tests.integration.rollup.faults import DEATHS, EXCEPTIONS, QUERY, SOUND_BLOCK, block_of, installed
from tests.integration.rollup.machine import Http, Libcmt, Machine, Result, Transport, Verdict
from tests.support.course import ANNA, SPONSOR, STRANGER, Course
from tests.support.deployment import CHAIN_ID, DEPLOYMENT, PORTALS
from tests.support.vectors import load, message, raw
from tests.support.world import Result as Step
from tests.support.world import World

pytestmark = pytest.mark.injects_bugs

TOKEN_PORTALS = (DEPLOYMENT.erc20_portal, DEPLOYMENT.ether_portal)
QUERIES = ("jobs/1", "jobs/2", "jobs/1/clients", f"accounts/{ANNA}", "stats")


@cache
def life() -> tuple[Step, ...]:
    """Inputs of every kind, in which two jobs come and go, and what they lead to where nothing goes wrong.

    Of kinds that these jobs have no use for, the last vector is sent.
    """
    world = World()
    course = Course(world, stake=Amount(102), aggregate=True)
    cancelled = Course(world, variant=1)
    world.do(SPONSOR, Cancel(cancelled.id))
    unstaked = Course(world, variant=2, rule=FixedRule(Amount(100), 1), stake=Amount(0), allow_list=(STRANGER,))
    world.do(STRANGER, Accept(unstaked.id, ETHER))
    world.deposit(SPONSOR, 20, TopUp(course.id))
    world.deposit(STRANGER, 5)
    world.deposit(STRANGER, 6, token=ETHER)
    for case in load("deposits.json"):
        if case["name"] in ("ERC-721", "ERC-1155, single", "ERC-1155, batch"):
            world.send(PORTALS[case["portal"]], raw(case["encoded"]))
    course.join(ANNA, 60)
    world.do(ANNA, SetPayTo(course.id, STRANGER))
    course.enter(Phase.REVEAL)
    world.do(SPONSOR, Upload(course.id, Slot.INITIAL_MODEL, 0, b"something else"))
    course.reveal()
    course.enter(Phase.DECLARE)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    world.send(STRANGER, inputs.encode(ScoreSlices(course.id, ANNA, 1)))
    course.settle()
    world.do(STRANGER, Aggregate(course.id))
    world.do(STRANGER, Withdraw(ETHER, Amount(6), STRANGER))
    lived = {type(step.body) for step in world.history}
    others = {type(message(case)): raw(case["encoded"]) for case in load("inputs.json")}
    for kind in others.keys() - lived - {CreateJob, TopUp}:
        world.send(STRANGER, others[kind])
    return tuple(world.history)


def advance(step: Step, index: int, block: int = SOUND_BLOCK) -> AdvanceState:
    meta = step.meta
    return AdvanceState(CHAIN_ID, meta.app, meta.sender, block, meta.timestamp, 0, index, step.payload)


def expected(step: Step) -> Result:
    """What a step leads to where nothing goes wrong."""
    return as_result(rejection("", step.problem) if step.problem else RequestResult("", step.emissions))


def code(report: bytes) -> str:
    found: str = json.loads(report)["code"]
    return found


def is_bug(result: Result) -> bool:
    return result.verdict is Verdict.REJECTED and not result.outputs and code(result.reports[-1]) == "BUG"


def is_credit(result: Result, step: Step) -> bool:
    """Whether the whole deposit was credited, and the report says that a bug is why."""
    if result.verdict is not Verdict.ACCEPTED or result.outputs or len(result.reports) != 1:
        return False
    report = json.loads(result.reports[0])
    assert isinstance(step.body, Deposit)
    whole = {"sender": step.body.sender, "token": step.body.token, "amount": str(step.body.amount)}
    return report["credited"] == whole and report["reason"]["code"] == "BUG"


@pytest.fixture(params=[Libcmt, Http], ids=["libcmt", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    made: Transport = request.param()
    return made


def test_the_life_of_the_jobs_holds_inputs_of_every_kind():
    bodies = [step.body for step in life()]
    assert {type(body) for body in bodies} == set(HANDLERS)
    orders = {type(body.order) for body in bodies if isinstance(body, Deposit)}
    assert orders == {CreateJob, TopUp, Accept, type(None)}


def number(position: int, attempt: int) -> int:
    """Index of an input: every step of `life` is sent twice, first to meet a fault."""
    return 2 * position + attempt


@pytest.mark.parametrize("fault", EXCEPTIONS)
def test_an_exception_of_any_class_rejects_the_input_or_credits_the_deposit(fault: str):
    application = Application(DEPLOYMENT)
    limited = limited_memory() if fault == "all_memory" else nullcontext()
    with installed(), limited:
        for position, step in enumerate(life()):
            meta = replace(step.meta, index=number(position, 0), block_number=block_of(fault))
            check_fault(as_result(application.advance(meta, step.payload)), step)
            meta = replace(step.meta, index=number(position, 1))
            assert as_result(application.advance(meta, step.payload)) == expected(step)
        assert is_bug(as_result(application.inspect((QUERY + fault).encode())))


@pytest.mark.parametrize("fault", ["plain", "all_memory"])
def test_the_process_rejects_the_input_or_credits_the_deposit_and_is_taken_back(transport: Transport, fault: str):
    with Machine(programs.dapp, transport) as machine:
        for position, step in enumerate(life()):
            check_fault(machine.exchange(advance(step, number(position, 0), block_of(fault))), step)
            assert machine.exchange(advance(step, number(position, 1))) == expected(step)
        assert is_bug(machine.exchange(InspectState((QUERY + fault).encode())))
        assert machine.exchange(InspectState(b"jobs/1")).verdict is Verdict.ACCEPTED
        assert "Traceback" in machine.log
        assert "BUG over input 0 from" in machine.log


@pytest.mark.parametrize("fault", DEATHS)
def test_the_death_of_the_process_rejects_the_input(transport: Transport, fault: str):
    """A deposit's too: it is lost, as docs/protocol.md says under its known weaknesses."""
    with Machine(programs.dapp, transport) as machine:
        for position, step in enumerate(life()):
            assert is_bug(machine.exchange(advance(step, number(position, 0), block_of(fault))))
            assert machine.exchange(advance(step, number(position, 1))) == expected(step)
        assert is_bug(machine.exchange(InspectState((QUERY + fault).encode())))
        answers = [machine.exchange(InspectState(query.encode())) for query in QUERIES]
        assert answers == [undisturbed(query) for query in QUERIES]
        assert machine.boots > len(life())


def check_fault(met: Result, step: Step) -> None:
    """Hold what an exception led to against what it must lead to."""
    if step.meta.sender in TOKEN_PORTALS:
        assert is_credit(met, step), f"{step.body}: {met}"
    else:
        assert is_bug(met), f"{step.body}: {met}"


def as_result(outcome: RequestResult) -> Result:
    """What a node would see of an outcome."""
    outputs = tuple(envelope(one) for one in outcome.emissions if not isinstance(one, ReportEmission))
    reports = tuple(one.payload for one in outcome.emissions if isinstance(one, ReportEmission))
    return Result(Verdict.ACCEPTED if outcome.accepted else Verdict.REJECTED, outputs, reports)


@contextmanager
def limited_memory() -> Iterator[None]:
    """Hold this process to little more memory than it has."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = programs.a_little_more()
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def undisturbed(query: str) -> Result:
    """Answer to a query where nothing has ever gone wrong."""
    application = Application(DEPLOYMENT)
    for index, step in enumerate(life()):
        application.advance(replace(step.meta, index=index), step.payload)
    (answer,) = application.inspect(query.encode()).emissions
    return Result(Verdict.ACCEPTED, (), (answer.payload,))
