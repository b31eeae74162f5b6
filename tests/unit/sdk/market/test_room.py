"""Nobody deposits an escrow for a job that has no room: the Application's free memory is asked for first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deml.base.bounds import TooMuchMemory
from deml.base.limits import MAX_RESERVED_BYTES
from deml_sdk.market.errors import JobTooLarge, NoRoomNow
from deml_sdk.market.posting.room import check_room, check_size, needs_of_terms, scarce_room
from tests.support.course import Course
from tests.support.party import draft_for, opened
from tests.support.served_world import ServedWorld
from tests.support.world import World


@pytest.mark.parametrize(
    "sizes", [{}, {"max_rows": 500}, {"aggregate": True}, {"max_model_bytes": 50_000, "max_holdout_bytes": 400_000}]
)
def test_a_job_needs_at_home_what_the_dapp_sets_aside(sizes: dict[str, int]):
    job = Course(World(), **sizes).job
    assert needs_of_terms(job.terms) == job.needs


def test_there_is_room_to_the_last_byte():
    terms = Course(World()).job.terms
    left = MAX_RESERVED_BYTES - needs_of_terms(terms).of(1)
    check_room(terms, left)
    with pytest.raises(NoRoomNow) as caught:
        check_room(terms, left + 1)
    assert caught.value.needed == caught.value.free + 1


def test_room_for_some_clients_is_told():
    terms = Course(World(), max_participants=5, stake=200).job.terms
    needs = needs_of_terms(terms)
    assert list(scarce_room(terms, MAX_RESERVED_BYTES - needs.of(5))) == []
    (told,) = scarce_room(terms, MAX_RESERVED_BYTES - needs.of(5) + 1)
    assert "for 4 of the 5 clients" in told


def test_a_job_for_a_full_application_is_refused_before_anything_is_sent(served: ServedWorld, tmp_path: Path):
    sponsor = served.client("sponsor", tmp_path)
    made = draft_for(sponsor, served.world)
    progress = served.world.state.progress
    served.world.state.progress = replace(
        progress, reserved_bytes=MAX_RESERVED_BYTES - needs_of_terms(made.terms).posted
    )
    with pytest.raises(NoRoomNow):
        sponsor.post(made)
    assert served.world.history == []
    served.world.state.progress = progress
    assert opened(sponsor, served.world) == 1


def test_a_draft_that_no_application_has_room_for_is_refused():
    terms = Course(World()).job.terms
    with pytest.raises(JobTooLarge):
        check_size(replace(terms, max_participants=128, max_model_bytes=4 * 2**20))
    fields = {"family": "mlp", "task": "classification", "inputs": 1, "hidden": [8_192, 8_192], "outputs": 2}
    with pytest.raises(TooMuchMemory):
        check_size(replace(terms, architecture=json.dumps(fields)))
