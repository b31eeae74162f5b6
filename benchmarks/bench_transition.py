"""Inputs per second by kind: bytes decoded, applied to the state, outputs encoded; all that the dapp does but the HTTP.

Each input is applied again and again to a fork of one prepared state, which holds other jobs beside. Models and holdout
are tiny (a logistic model of one input, 100 rows): what larger ones cost is measured by bench_scoring and bench_cid.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deml.base.errors import DemlError
from deml.base.inputs import (
    Accept,
    Cancel,
    Commit,
    CreateJob,
    Declare,
    Metadata,
    SetPayTo,
    Settle,
    Slot,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.outputs import Report
from deml.base.states import Phase
from deml.base.types import ETHER, Address, Amount, Score
from deml.core import State, closing, transition
from deml.wire import inputs, outputs
from deml.wire.inputs import Message
from tests.support.course import ANNA, BERT, CARO, DORA, EMIL, SPONSOR, Course, terms_from_now
from tests.support.deployment import CHAIN_ID, DEPLOYMENT, account
from tests.support.world import TOKEN, World, framed

CLIENTS = (ANNA, BERT, CARO, DORA)
NO_CAP = 2**60


class QuickWorld(World):
    """A world that takes everything on trust: what the tests check after each input takes longer the more there is."""

    def digest(self) -> str:
        return ""

    def check_conservation(self) -> None:
        pass


def prepared(others: int) -> tuple[World, Course]:
    """A world with as many jobs open, and as many ended, as `others` says, and one more for four clients."""
    closing.MAX_RESERVED_BYTES = closing.MAX_ENDED_JOBS = closing.MAX_ENDED_BYTES = NO_CAP
    world = QuickWorld()
    for index in range(others):
        Course(world, sponsor=account(1 + index % 80), variant=1_000 + index).join(ANNA, 60)
        ended = Course(world, sponsor=account(1 + index % 80), variant=1_000_000 + index)
        world.do(ended.sponsor, Cancel(ended.id))
    world.history.clear()
    return world, Course(world)


def samples(others: int) -> Iterator[tuple[str, World, Address, bytes]]:
    """Name of a kind, the world right before such an input, its sender and payload."""
    world, course = prepared(others)
    world.deposit(ANNA, 1_000)

    def direct(name: str, sender: Address, message: Message) -> tuple[str, World, Address, bytes]:
        return name, world, sender, inputs.encode(message)

    yield "deposit, credited", world, *framed(BERT, 5)
    yield "createJob", world, *framed(SPONSOR, 1_000, CreateJob(terms_from_now(world, variant=1)))
    yield "topUp", world, *framed(SPONSOR, 5, TopUp(course.id))
    yield "accept, with stake", world, *framed(EMIL, 100, Accept(course.id, ETHER))
    yield direct("cancel", SPONSOR, Cancel(course.id))
    yield direct("withdraw", ANNA, Withdraw(TOKEN, Amount(5), ANNA))
    for client, percent in zip(CLIENTS, (60, 70, 80, 85), strict=True):
        course.join(client, percent)
    yield direct("commit", ANNA, Commit(course.id, bytes(32)))
    yield direct("setPayTo", ANNA, SetPayTo(course.id, BERT))
    course.enter(Phase.REVEAL)
    yield direct("upload, 4 KB", SPONSOR, Upload(course.id, Slot.INITIAL_MODEL, 0, bytes(4_096)))
    yield direct("revealHoldout, inline", SPONSOR, course.opening())
    course.reveal()
    course.enter(Phase.DECLARE)
    yield direct("declare", ANNA, Declare(course.id, Score(600_000), Amount(0)))
    for client in CLIENTS:
        course.declare(client)
    course.enter(Phase.SUBMIT)
    yield direct("settle, fixes dues", BERT, Settle(course.id))
    world.do(BERT, Settle(course.id))
    yield direct("submit, inline", ANNA, course.submission(ANNA))
    yield direct("refused, wrong phase", ANNA, Commit(course.id, bytes(32)))
    yield "refused, no input", world, ANNA, b"no input"
    for client in CLIENTS:
        course.submit(client)
    yield direct("settle, pays four", BERT, Settle(course.id))


def once(state: State, meta: Metadata, payload: bytes) -> None:
    """Do with an input what the dapp does, but for the merge."""
    try:
        made = transition(state.fork(), meta, inputs.decode(meta, payload, DEPLOYMENT))
    except DemlError as refusal:
        made = (Report(refusal.as_report()),)
    for output in made:
        outputs.encode(output, meta.app, DEPLOYMENT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--others", type=int, default=50, help="open jobs beside the one measured")
    parser.add_argument("--seconds", type=float, default=0.5, help="time spent on each kind")
    arguments = parser.parse_args()
    print(f"{'kind':26}{'payload bytes':>14}{'us':>9}{'inputs/s':>10}")
    for number, (name, world, sender, payload) in enumerate(samples(arguments.others)):
        meta = Metadata(CHAIN_ID, world.app, sender, number, world.now, number)
        times = []
        end = perf_counter() + arguments.seconds
        while (start := perf_counter()) < end:
            once(world.state, meta, payload)
            times.append(perf_counter() - start)
        middle = median(times)
        print(f"{name:26}{len(payload):14,}{middle * 1e6:9.0f}{1 / middle:10,.0f}")


if __name__ == "__main__":
    main()
