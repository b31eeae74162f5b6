"""No long-running work ends by an outage: each service is killed for a while, and a disk is full for a while."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from deml.base.inputs import RevealHoldout, Submit, Upload
from deml.ipld import Cid
from deml_sdk.client import Client
from deml_sdk.errors import (
    NotGiven,
    QueryRefused,
    ServiceUnreachable,
    StorageUnavailable,
    TransactionPending,
    Unavailable,
)
from deml_sdk.files import atomic
from deml_sdk.files.files import write_lasting
from deml_sdk.ipfs.errors import PinPending
from deml_sdk.ipfs.pinning import wait_until_pinned
from deml_sdk.ipfs.pins import Pin, PinState
from deml_sdk.market.watching.events import LISTING, Failed
from deml_sdk.outages import PAUSES, through_outages
from tests.support import models
from tests.support.ears import Ears
from tests.support.party import join, opened
from tests.support.served_world import ServedWorld, bodies


class Sleep:
    """Instead of sleeping: does what is to happen meanwhile."""

    def __init__(self, meanwhile: Callable[[int], None]) -> None:
        self.count = 0
        self._meanwhile = meanwhile

    def __call__(self, seconds: float) -> None:
        assert seconds >= 0
        self.count += 1
        self._meanwhile(self.count)


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], Sleep]:
    def instead(meanwhile: Callable[[int], None]) -> Sleep:
        made = Sleep(meanwhile)
        monkeypatch.setattr(time, "sleep", made)
        return made

    return instead


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, served: ServedWorld) -> None:
    """A disk that is full while "disk" is among the dead."""
    move = os.replace

    def full(source: str, target: Path) -> None:
        if "disk" in served.services.dead:
            raise OSError(errno.ENOSPC, "No space left on device")
        move(source, target)

    monkeypatch.setattr(atomic.os, "replace", full)


def ignore(_: object) -> None:
    pass


class TestWatch:
    """A job from commit to payday, looked after by watchers, with an outage in each of its phases."""

    @pytest.mark.parametrize("named", [True, False], ids=["named jobs", "all jobs"])
    @pytest.mark.parametrize("service", ["chain", "node", "ipfs", "disk"])
    def test_it_goes_on(
        self, served: ServedWorld, tmp_path: Path, sleep: Callable[..., Sleep], disk: None, service: str, named: bool
    ):
        sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
        job_id = opened(sponsor, served.world)
        join(anna, job_id, 70)
        terms = sponsor.job(job_id).terms
        dead, world = served.services.dead, served.world
        ends = (terms.commit_until, terms.holdout_until, terms.declare_until)
        moments = iter((*ends, *(terms.declare_until + seconds for seconds in (100, 200, 300))))
        failed: list[Failed] = []

        def hear(event: object) -> None:
            if isinstance(event, Failed):
                failed.append(event)

        def meanwhile(count: int) -> None:
            """At every third look a phase begins, with the service dead; at the next one it is back."""
            if count % 3 == 1:
                moment = next(moments, None)
                if moment is None:
                    raise KeyboardInterrupt
                world.wait_until(max(world.now, moment + 31))
                dead.add(service)
            else:
                dead.clear()

        ids = [job_id] if named else None

        def both(count: int) -> None:
            meanwhile(count)
            if not dead:
                sponsor.watch([job_id], on_event=ignore, once=True)

        sleep(both)
        with pytest.raises(KeyboardInterrupt):
            anna.watch(ids, on_event=hear)
        assert anna.payouts(job_id)[anna.account].pay == 500
        assert [one for one in world.history if not one.accepted] == []
        assert all(isinstance(one.error, Unavailable) and one.since is not None for one in failed)
        assert failed or service == "ipfs", "the outage was not told"

    def test_outages_are_told_with_the_time_since_when(
        self, served: ServedWorld, tmp_path: Path, sleep: Callable[..., Sleep]
    ):
        anna = served.client("client1", tmp_path)
        served.services.dead.add("node")
        told: list[object] = []

        def meanwhile(count: int) -> None:
            if count == 3:
                raise KeyboardInterrupt

        sleep(meanwhile)
        with pytest.raises(KeyboardInterrupt):
            anna.watch(on_event=told.append)
        listing = [one for one in told if isinstance(one, Failed) and one.place == LISTING]
        assert len(listing) == 3
        assert {one.since for one in listing} == {listing[0].since}
        assert isinstance(listing[0].error, ServiceUnreachable)

    def test_a_job_that_was_never_there_ends_it(self, served: ServedWorld, tmp_path: Path):
        with pytest.raises(QueryRefused):
            served.client("client1", tmp_path).watch([99], on_event=ignore)


class TestUploads:
    """Files in chunks of 50 bytes; the service dies in the middle of an upload."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deml_sdk.market.uploads.CHUNK_BYTES", 50)
        monkeypatch.setattr("deml_sdk.market.uploads.MAX_PAYLOAD_BYTES", 600)

    @pytest.fixture
    def ready(self, served: ServedWorld, tmp_path: Path) -> tuple[Client, int, Ears]:
        """A sponsor that may reveal."""
        ears = Ears()
        sponsor, anna = served.client("sponsor", tmp_path, ears), served.client("client1", tmp_path)
        job_id = opened(sponsor, served.world)
        join(anna, job_id, 70)
        served.world.wait_until(sponsor.job(job_id).terms.commit_until + 31)
        ears.heard.clear()
        return sponsor, job_id, ears

    @pytest.mark.parametrize("method", ["eth_sendRawTransaction", "eth_getTransactionReceipt", "eth_getBlockByNumber"])
    def test_the_chain_dies_while_it_answers(
        self, served: ServedWorld, ready: tuple[Client, int, Ears], sleep: Callable[..., Sleep], method: str
    ):
        sponsor, job_id, ears = ready
        intent = sponsor.reveal(job_id)
        kill_at(served, method, 4, "chain")
        sleep(lambda count: served.services.dead.clear() if count > 2 else None)
        answer = sponsor.send(intent)
        assert [type(one).__name__ for one in answer.notices] == ["HoldoutRevealed"]
        assert len(bodies(served.world, RevealHoldout)) == 1
        assert [one.accepted for one in served.world.history] == [True] * len(served.world.history)
        assert any("chain" in one and "Waiting for it since" in one for one in ears.heard)
        assert any("back after" in one for one in ears.heard)

    def test_the_node_dies_before_it_has_run_the_input(
        self, served: ServedWorld, ready: tuple[Client, int, Ears], sleep: Callable[..., Sleep]
    ):
        sponsor, job_id, ears = ready
        intent = sponsor.reveal(job_id)
        kill_at(served, "cartesi_getInput", 1, "node")
        sleep(lambda count: served.services.dead.clear() if count > 2 else None)
        assert sponsor.send(intent).notices
        assert any("node" in one and "Waiting for it since" in one for one in ears.heard)

    def test_the_disk_is_full_for_a_while(
        self, served: ServedWorld, ready: tuple[Client, int, Ears], sleep: Callable[..., Sleep], disk: None
    ):
        sponsor, job_id, ears = ready
        intent = sponsor.reveal(job_id)
        kill_at(served, "eth_sendRawTransaction", 3, "disk")
        sleep(lambda count: served.services.dead.clear() if count > 2 else None)
        assert sponsor.send(intent).notices
        assert len(bodies(served.world, RevealHoldout)) == 1
        assert any("No space left" in one for one in ears.heard)

    def test_before_anything_is_sent_an_outage_is_a_failure(
        self, served: ServedWorld, ready: tuple[Client, int, Ears], sleep: Callable[..., Sleep]
    ):
        sponsor, job_id, _ = ready
        intent = sponsor.reveal(job_id)
        served.services.dead.add("chain")
        slept = sleep(ignore)
        with pytest.raises(ServiceUnreachable):
            sponsor.send(intent)
        assert slept.count == 0
        served.services.dead.clear()
        assert bodies(served.world, Upload) == []

    def test_what_a_chain_forgot_is_sent_again(self, served: ServedWorld, ready: tuple[Client, int, Ears]):
        """A node that restarts has lost what no block had included: the same transaction gets there later."""
        sponsor, job_id, _ = ready
        intent = sponsor.reveal(job_id)
        signed = sponsor.chain.sign(sponsor.wallet, intent.calls[0])
        served.lost.add(signed.tx_hash)
        sponsor.chain.wait_for = partial(sponsor.chain.wait_for, seconds=0)
        with pytest.raises(TransactionPending):
            sponsor.send(replace(intent, calls=intent.calls[:1]))
        assert bodies(served.world, Upload) == []
        assert sponsor.awaiting(job_id)
        served.lost.clear()
        assert sponsor.awaiting(job_id), "it is sent again just now"
        assert len(bodies(served.world, Upload)) == 1
        assert not sponsor.awaiting(job_id)

    def test_what_a_chain_forgot_is_not_sent_after_its_time(self, served: ServedWorld, ready: tuple[Client, int, Ears]):
        sponsor, job_id, _ = ready
        intent = sponsor.reveal(job_id)
        served.lost.add(sponsor.chain.sign(sponsor.wallet, intent.calls[0]).tx_hash)
        sponsor.chain.wait_for = partial(sponsor.chain.wait_for, seconds=0)
        with pytest.raises(TransactionPending):
            sponsor.send(replace(intent, calls=intent.calls[:1]))
        served.lost.clear()
        served.world.wait_until(intent.until)
        assert not sponsor.awaiting(job_id)
        assert bodies(served.world, Upload) == []


def kill_at(served: ServedWorld, method: str, call: int, service: str) -> None:
    """Have a service die while it answers a call."""
    answer, counted = served.services.methods[method], [0]

    def dying(given: object) -> object:
        found = answer(given)
        counted[0] += 1
        if counted[0] == call:
            served.services.dead.add(service)
        return found

    served.services.methods[method] = dying


@pytest.mark.parametrize("method", ["cartesi_listOutputs", "cartesi_getEpoch"])
def test_following_notices_goes_on_where_it_was(
    served: ServedWorld, tmp_path: Path, sleep: Callable[..., Sleep], method: str
):
    ears = Ears()
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path, ears)
    job_id = opened(sponsor, served.world)
    kill_at(served, method, 2, "node")

    def meanwhile(count: int) -> None:
        served.services.dead.clear()
        if count == 2:
            anna.send(anna.accept(job_id))
        if count == 6:
            raise KeyboardInterrupt

    sleep(meanwhile)
    seen: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(one.kind for one in anna.follow())
    assert seen == ["JobCreated", "Accepted"]
    assert any("node" in one and "Waiting for it since" in one for one in ears.heard)


class Keeper:
    """A pinning service that cannot be reached at some looks."""

    name = "keeper"

    def __init__(self, *answers: PinState | None) -> None:
        self._answers = list(answers)

    def look(self, pin: Pin) -> Pin:
        found = self._answers.pop(0)
        if found is None:
            raise ServiceUnreachable("pinning service", "http://pins", "no connection")
        return Pin(pin.cid, found)


CID = str(Cid.parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"))


def test_waiting_for_a_pin_goes_on():
    ears = Ears()
    keeper = Keeper(PinState.PINNING, None, None, PinState.PINNING, PinState.PINNED)
    found = wait_until_pinned(keeper, Pin(CID, PinState.QUEUED), 600, ignore, ignore, ears)
    assert found.state is PinState.PINNED
    assert len(ears.heard) == 1
    assert "Waiting for it since" in ears.heard[0]


def test_a_pin_is_not_waited_for_longer_than_was_said():
    with pytest.raises(PinPending):
        wait_until_pinned(Keeper(*[None] * 99), Pin(CID, PinState.QUEUED), 30, ignore, ignore, Ears())


def test_a_model_that_took_hours_waits_for_room(
    tmp_path: Path, served: ServedWorld, sleep: Callable[..., Sleep], disk: None
):
    served.services.dead.add("disk")
    ears = Ears()
    sleep(lambda count: served.services.dead.clear() if count == 5 else None)
    write_lasting(tmp_path / "model.safetensors", b"model", ears)
    assert (tmp_path / "model.safetensors").read_bytes() == b"model"
    assert list(tmp_path.iterdir()) == [tmp_path / "model.safetensors"]
    assert "No space left on device" in ears.heard[0]


def test_what_is_waited_for_is_told_anew_when_it_changes(sleep: Callable[..., Sleep]):
    failures = [
        StorageUnavailable("a", "full"),
        StorageUnavailable("a", "full"),
        ServiceUnreachable("node", "http://n", "no connection"),
    ]

    def attempt() -> int:
        if failures:
            raise failures.pop(0)
        return 7

    ears = Ears()
    slept = sleep(ignore)
    assert through_outages(attempt, ears) == 7
    assert [one[:6] for one in ears.heard] == ["a cann", "The no", "It is "]
    assert slept.count == 3
    assert PAUSES[0] < PAUSES[-1]


def test_what_is_no_outage_passes_through(sleep: Callable[..., Sleep]):
    def attempt() -> int:
        raise NotGiven("home")

    with pytest.raises(NotGiven):
        through_outages(attempt, Ears())

    def refused() -> int:
        raise StorageUnavailable("a", "full")

    with pytest.raises(StorageUnavailable):
        through_outages(refused, Ears(), final=(StorageUnavailable,))


def test_submitting_waits_for_the_chain(served: ServedWorld, tmp_path: Path, sleep: Callable[..., Sleep]):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    join(anna, job_id, 70)
    terms = sponsor.job(job_id).terms
    for moment in (terms.commit_until, terms.holdout_until):
        served.world.wait_until(moment + 31)
        for one in (sponsor, anna):
            one.watch([job_id], on_event=ignore, once=True)
    served.world.wait_until(terms.declare_until + 31)
    sponsor.send(sponsor.settle(job_id))
    served.world.wait(31)
    intent = anna.submit(job_id)
    kill_at(served, "eth_sendRawTransaction", 1, "chain")
    sleep(lambda count: served.services.dead.clear() if count > 2 else None)
    anna.send(intent)
    assert len(bodies(served.world, Submit)) == 1
    assert models.model(70).file == anna.file(job_id, str(models.model(70).cid))
