"""Files kept at several places: what each has is asked and not remembered, and none holds up another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deml.ipld import file_cid
from deml_sdk.errors import BlockNotFound, ServiceUnreachable
from deml_sdk.ipfs.keeping import Content, Keeper, KeepingPlace, KeptFile, KeptState, lacking
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.pinning_service import PinningService
from tests.support.ipfs_peers import LOOPBACK, Peer, serving_peer
from tests.support.pinning_stand_in import Service, serving_pins

SPEC, MODEL = b"a specification", b"a model" * 100_000


def content(what: str, file: bytes, withheld: str = "") -> Content:
    return Content(what, file_cid(file), lambda: file, withheld)


FILES = (content("specification", SPEC), content("model", MODEL))


@dataclass
class Stage:
    """A node and two services."""

    peer: Peer
    first: Service
    second: Service
    kept: list[KeptFile] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def places(self) -> list[KeepingPlace]:
        node = Kubo(self.peer.rpc)
        return [
            KeepingPlace("node", node, node),
            *(
                KeepingPlace(name, PinningService(one.url, lambda: "secret-token", LOOPBACK))
                for name, one in (("first", self.first), ("second", self.second))
            ),
        ]

    def keep(self, *contents: Content, seconds: float = 600) -> dict[tuple[str, str], KeptFile]:
        keeper = Keeper(contents or FILES, self.places(), "job 7:", self.kept.append)
        return table(keeper.keep(seconds, self.pauses.append))

    def look(self) -> dict[tuple[str, str], KeptFile]:
        return table(Keeper(FILES, self.places()).look())


def table(found: list[KeptFile]) -> dict[tuple[str, str], KeptFile]:
    return {(one.what, one.place): one for one in found}


def states(found: dict[tuple[str, str], KeptFile]) -> dict[tuple[str, str], str]:
    return {cell: one.state.value for cell, one in found.items()}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with serving_peer(tmp_path / "peer") as peer, serving_pins() as first, serving_pins() as second:
        yield Stage(peer, first, second)


def everywhere(state: str) -> dict[tuple[str, str], str]:
    return {(what, place): state for what in ("specification", "model") for place in ("node", "first", "second")}


def posts(service: Service) -> int:
    return sum(verb == "POST" for verb, _ in service.asked)


def test_looking_changes_nothing(stage: Stage):
    assert states(stage.look()) == everywhere("missing")
    assert [posts(stage.first), posts(stage.second), stage.peer.blocks.pins()] == [0, 0, {}]


def test_everything_is_kept_everywhere_and_told_as_it_comes(stage: Stage):
    assert states(stage.keep()) == everywhere("pinned")
    assert [one.state for one in stage.kept if (one.what, one.place) == ("model", "first")] == [
        "queued",
        "pinning",
        "pinned",
    ]
    assert stage.peer.blocks.get(file_cid(SPEC)) == SPEC
    names = [one["pin"]["name"] for one in stage.first.pins.values()]
    assert names == ["job 7: specification", "job 7: model"]


def test_what_is_kept_is_not_asked_for_again(stage: Stage):
    stage.keep()
    assert states(stage.keep()) == everywhere("pinned")
    assert [posts(stage.first), posts(stage.second)] == [2, 2]
    assert not list(lacking(list(stage.look().values())))


def test_a_run_that_broke_off_is_gone_on_with(stage: Stage):
    stage.first.insert(str(file_cid(SPEC)), "queued")
    stage.first.courses["id/0"] = ["pinning", "pinned"]
    found = stage.keep()
    assert states(found) == everywhere("pinned")
    assert posts(stage.first) == 1


def test_an_outage_of_one_place_holds_up_no_other(stage: Stage):
    stage.first.answers = [(200, b"<html>")] * 100
    found = stage.keep()
    assert states(found) == everywhere("pinned") | {(what, "first"): "away" for what in ("specification", "model")}
    assert "it is not JSON" in found["model", "first"].details
    assert posts(stage.first) == 0
    stage.first.answers = []
    assert states(stage.keep()) == everywhere("pinned")


def test_a_place_that_is_back_while_another_is_waited_for_is_used(stage: Stage):
    stage.second.answers = [(200, b"<html>")]
    assert states(stage.keep()) == everywhere("pinned")
    away = [one.what for one in stage.kept if one.place == "second" and one.state is KeptState.AWAY]
    assert away == ["specification", "model"]


def test_nobody_waits_for_a_place_that_is_away_alone(stage: Stage):
    stage.first.course = stage.second.course = ("pinned",)
    stage.second.answers = [(200, b"<html>")] * 100
    assert stage.keep()["model", "second"].state is KeptState.AWAY
    assert stage.pauses == []


def test_a_refusal_is_told_and_not_repeated(stage: Stage):
    stage.second.token = "another"
    found = stage.keep()
    assert found["model", "second"].state is KeptState.FAILED
    assert "UNAUTHORIZED" in found["model", "second"].details
    assert "secret-token" not in str(found)
    assert found["model", "first"].state is KeptState.PINNED


def test_a_pin_that_failed_is_asked_for_once_more_and_not_for_ever(stage: Stage):
    stage.first.course = ("pinning", "failed")
    stage.first.insert(str(file_cid(SPEC)), "failed")
    found = stage.keep()
    assert (found["specification", "first"].state, posts(stage.first)) == (KeptState.FAILED, 2)


def test_time_runs_out_and_the_places_go_on(stage: Stage):
    stage.first.course = stage.second.course = ("queued",)
    found = stage.keep(seconds=12)
    assert states(found) == everywhere("queued") | {(what, "node"): "pinned" for what in ("specification", "model")}
    assert stage.pauses == [1.0, 2.0, 5.0, 4.0]


def test_asking_without_waiting(stage: Stage):
    assert stage.keep(seconds=0)["model", "first"].state is KeptState.QUEUED
    assert stage.pauses == []


def test_what_is_withheld_is_named_to_nobody(stage: Stage):
    secret = content("holdout", b"private rows", "it must stay here")
    found = stage.keep(secret)
    assert {one.state for one in found.values()} == {KeptState.WITHHELD}
    assert found["holdout", "first"].details == "it must stay here"
    assert [stage.first.asked, stage.second.asked] == [[], []]
    assert not stage.peer.blocks.has(file_cid(b"private rows"))


def test_a_file_that_is_not_to_be_had_is_still_asked_for_at_services(stage: Stage):
    def missing() -> bytes:
        raise BlockNotFound(str(file_cid(SPEC)), "any source")

    found = stage.keep(Content("specification", file_cid(SPEC), missing), FILES[1])
    assert found["specification", "node"].state is KeptState.FAILED
    assert "any source" in found["specification", "node"].details
    assert found["model", "node"].state is KeptState.PINNED
    assert found["specification", "first"].state is KeptState.PINNED


def test_sources_that_are_away_are_not_taken_for_the_node(stage: Stage):
    def away() -> bytes:
        raise ServiceUnreachable("gateway", "http://gateway", "no connection")

    found = stage.keep(Content("specification", file_cid(SPEC), away), FILES[1])
    assert [found[what, "node"].state for what in ("specification", "model")] == [KeptState.FAILED, KeptState.PINNED]


def test_what_a_service_states_of_expiry_and_cost_is_told(stage: Stage):
    stage.first.insert(str(file_cid(SPEC)))
    stage.first.pins["id/0"]["info"] = {"expires": "2027-01-01", "cost": "0.06 USDFC a month"}
    found = stage.look()
    assert (found["specification", "first"].expires, found["specification", "first"].cost) == (
        "2027-01-01",
        "0.06 USDFC a month",
    )
