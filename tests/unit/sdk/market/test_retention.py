"""What a job needs, stage by stage: only what is public, and never a holdout before its reveal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deml.base.answers import Average
from deml.base.types import Address, Timestamp
from deml.ipld import file_cid
from deml_sdk.ipfs.keeping import Content, KeepingPlace, KeptState
from deml_sdk.ipfs.pinning_service import PinningService
from deml_sdk.jobspec.errors import TrainerNotHere
from deml_sdk.market.acting.retention import Needed, needed
from deml_sdk.market.journal import HoldoutRecord, ModelRecord
from deml_sdk.market.unpublished import Guard
from tests.support import models
from tests.support.course import BASELINE
from tests.support.fake_services import Services
from tests.support.ipfs_peers import LOOPBACK
from tests.support.pinning_stand_in import serving_pins
from tests.support.served_world import ServedWorld
from tests.support.specs import SPEC
from tests.support.stages import Stage, StagedJob

HOLDOUT, INITIAL = str(models.holdout().cid), str(models.model(BASELINE).cid)
MODEL = str(models.model(70).cid)
BEFORE_THE_REVEAL = (Stage.OPEN, Stage.ACCEPTED, Stage.COMMITTED)


def play(services: Services, home: Path, stage: Stage) -> StagedJob:
    found = StagedJob(ServedWorld(services), home)
    found.until(stage)
    return found


def listed(play: StagedJob) -> Needed:
    return play.client("sponsor").needed(1)


def by_kind(found: Needed) -> dict[str, Content]:
    return {one.what.partition(" of ")[0]: one for one in found.contents}


@pytest.mark.parametrize("stage", BEFORE_THE_REVEAL)
def test_a_holdout_is_kept_nowhere_before_its_reveal(services: Services, tmp_path: Path, stage: Stage):
    with serving_pins() as service:
        service.course = ("pinned",)
        game = play(services, tmp_path, stage)
        place = KeepingPlace("service", PinningService(service.url, lambda: service.token, LOOPBACK))
        found = game.client("sponsor").keep(1, [place])
        assert [one.cid for one in found] == [INITIAL]
        assert HOLDOUT not in json.dumps([service.asked, service.pins])
        assert any("not revealed" in note for note in listed(game).notes)


def test_a_holdout_is_among_them_from_its_reveal_on(services: Services, tmp_path: Path):
    found = by_kind(listed(play(services, tmp_path, Stage.REVEALED)))
    assert str(found["holdout"].cid) == HOLDOUT
    assert found["holdout"].load() == models.holdout().file


def test_a_revealed_holdout_that_this_machine_still_takes_for_a_secret_is_withheld(services: Services, tmp_path: Path):
    game = play(services, tmp_path, Stage.REVEALED)
    journal = game.client("sponsor").journal
    [record] = [one for one in journal.records() if isinstance(one, HoldoutRecord)]
    journal.write(replace(record, published=False))
    with serving_pins() as service:
        service.course = ("pinned",)
        place = KeepingPlace("service", PinningService(service.url, lambda: service.token, LOOPBACK))
        found = {one.what: one for one in game.client("sponsor").keep(1, [place])}
        assert found["holdout"].state is KeptState.WITHHELD
        assert found["initial model"].state is KeptState.PINNED
        assert HOLDOUT not in json.dumps([service.asked, service.pins])


@pytest.mark.parametrize("stage", [Stage.COMMITTED, Stage.DECLARED, Stage.DUE])
def test_a_model_is_not_among_them_before_it_is_delivered(services: Services, tmp_path: Path, stage: Stage):
    assert MODEL not in [str(one.cid) for one in listed(play(services, tmp_path, stage)).contents]


def test_delivered_models_are_among_them_with_their_bytes(services: Services, tmp_path: Path):
    game = play(services, tmp_path, Stage.SETTLED)
    found = by_kind(listed(game))
    assert set(found) == {"initial model", "holdout", "model"}
    assert str(found["model"].cid) == MODEL
    game.served.files.files.clear()
    assert found["model"].load() == models.model(70).file
    assert found["initial model"].load() == models.model(BASELINE).file


def test_a_model_that_another_wallet_here_has_committed_to_elsewhere_is_withheld(services: Services, tmp_path: Path):
    game = play(services, tmp_path, Stage.SETTLED)
    sponsor = game.client("sponsor")
    elsewhere = Address("0x" + "77" * 20)
    sponsor.journal.write(ModelRecord(commitment="22" * 32, job_id=9, client=elsewhere, cid=MODEL))
    assert "must stay on this machine" in by_kind(listed(game))["model"].withheld


def with_spec(game: StagedJob, spec: bytes) -> dict[str, Content]:
    sponsor = game.client("sponsor")
    job = sponsor.job(1)
    job = replace(job, terms=replace(job.terms, spec_cid=str(file_cid(spec))))
    return by_kind(needed(sponsor, job, Guard(game.home)))


def test_a_specification_and_its_trainer_are_among_them(services: Services, tmp_path: Path):
    game = play(services, tmp_path, Stage.OPEN)
    script = b"# a trainer"
    parts = {name: part for name, part in SPEC.items() if name != "privacy"}
    spec = json.dumps(parts | {"trainer": {"kind": "script", "cid": str(file_cid(script))}}).encode()
    game.served.files.files |= {str(file_cid(spec)): spec, str(file_cid(script)): script}
    found = with_spec(game, spec)
    assert found["specification"].load() == spec
    assert (str(found["trainer"].cid), found["trainer"].load()) == (str(file_cid(script)), script)
    del game.served.files.files[str(file_cid(script))]
    with pytest.raises(TrainerNotHere):
        found["trainer"].load()


def test_the_built_in_trainer_is_no_file(services: Services, tmp_path: Path):
    game = play(services, tmp_path, Stage.OPEN)
    spec = json.dumps(SPEC).encode()
    game.served.files.files[str(file_cid(spec))] = spec
    assert set(with_spec(game, spec)) == {"specification", "initial model"}


@pytest.mark.parametrize("spec", [b"gone", b"no specification"])
def test_where_the_specification_cannot_be_read_the_trainer_is_said_to_be_unknown(
    services: Services, tmp_path: Path, spec: bytes
):
    game = play(services, tmp_path, Stage.OPEN)
    if spec != b"gone":
        game.served.files.files[str(file_cid(spec))] = spec
    sponsor = game.client("sponsor")
    job = sponsor.job(1)
    job = replace(job, terms=replace(job.terms, spec_cid=str(file_cid(spec))))
    assert any("trainer of its own is not known" in note for note in needed(sponsor, job, Guard(tmp_path)).notes)


def test_the_average_is_among_them_once_the_dapp_has_told_of_it(services: Services, tmp_path: Path):
    game = play(services, tmp_path, Stage.SETTLED)
    sponsor = game.client("sponsor")
    job, cid = sponsor.job(1), models.model(70).cid
    without = replace(job, average=Average(Timestamp(0), models=1))
    told = replace(job, average=Average(Timestamp(0), models=1, added=1, model_cid=str(cid)))
    assert "average" not in by_kind(needed(sponsor, without, Guard(tmp_path)))
    assert by_kind(needed(sponsor, told, Guard(tmp_path)))["average"].cid == cid
