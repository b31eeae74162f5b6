"""Inspect: what it says, page by page, and that it changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from deml.base.inputs import Cancel, Settle, Slot, Upload
from deml.base.states import Phase
from deml.base.terms import FixedRule
from deml.base.types import ETHER, Amount, JobId
from deml.core.errors import BadQueryParameter, UnknownJob, UnknownQuery
from tests.support.course import ANNA, BERT, CARO, SPONSOR, Course
from tests.support.deployment import APP, CHAIN_ID, account
from tests.support.world import START, TOKEN, World

OTHER = account(0x5B)


def numbers(answer: dict[str, Any]) -> list[int]:
    return [one["jobId"] for one in answer["jobs"]]


@pytest.fixture(scope="module")
def crowded() -> World:
    """Five jobs: 1, 3 and 5 of one sponsor, 2 and 4 of another; the first is cancelled, the last is a day behind."""
    world = World()
    courses = [Course(world, variant=index, sponsor=OTHER if index % 2 else SPONSOR) for index in range(4)]
    world.do(SPONSOR, Cancel(courses[0].id))
    courses[1].enter(Phase.REVEAL)
    Course(world, variant=4)
    return world


def test_an_empty_dapp_has_no_jobs() -> None:
    assert World().query("jobs") == {"asOf": 0, "jobs": [], "next": None}


@pytest.mark.parametrize(
    ("query", "expected", "following"),
    [
        ("jobs", [1, 2, 3, 4, 5], None),
        ("/jobs/", [1, 2, 3, 4, 5], None),
        ("jobs?limit=2", [1, 2], 2),
        ("jobs?limit=2&cursor=2", [3, 4], 4),
        ("jobs?limit=2&cursor=4", [5], None),
        ("jobs?limit=5", [1, 2, 3, 4, 5], None),
        ("jobs?cursor=5", [], None),
        ("jobs?cursor=18446744073709551616", [], None),
        ("jobs?phase=ended", [1], None),
        ("jobs?phase=reveal", [2, 3, 4], None),
        ("jobs?phase=reveal&limit=2", [2, 3], 3),
        ("jobs?phase=commit", [5], None),
        ("jobs?phase=submit", [], None),
        (f"jobs?sponsor={OTHER}", [2, 4], None),
        (f"jobs?sponsor={OTHER.upper().replace('X', 'x')}&limit=1", [2], 2),
        (f"jobs?sponsor={OTHER}&phase=ended", [], None),
        (f"jobs?sponsor={ANNA}", [], None),
        ("jobs?unknown=ignored", [1, 2, 3, 4, 5], None),
    ],
)
def test_jobs_by_page_phase_and_sponsor(crowded: World, query: str, expected: list[int], following: int | None) -> None:
    answer = crowded.query(query)
    assert numbers(answer) == expected
    assert answer["next"] == following
    assert answer["asOf"] == crowded.now


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("jobs?limit=0", "limit", "0"),
        ("jobs?limit=201", "limit", "201"),
        ("jobs?limit=-1", "limit", "-1"),
        ("jobs?limit=many", "limit", "many"),
        ("jobs?limit=%D9%A3", "limit", "٣"),
        ("jobs?limit=999999999999999999999", "limit", "999999999999999999999"),
        ("jobs?cursor=1.5", "cursor", "1.5"),
        ("jobs?phase=lunch", "phase", "lunch"),
        ("jobs/one", "job", "one"),
        ("jobs/-1", "job", "-1"),
        ("jobs/1/clients?limit=0", "limit", "0"),
        ("accounts/0x12", "account", "0x12"),
        ("accounts/" + "g" * 42, "account", "g" * 42),
        ("accounts/0x" + "g" * 40, "account", "0x" + "g" * 40),
    ],
)
def test_bad_parameters_are_named(crowded: World, query: str, name: str, value: str) -> None:
    with pytest.raises(BadQueryParameter) as caught:
        crowded.query(query)
    assert (caught.value.name, caught.value.value) == (name, value)


@pytest.mark.parametrize("query", ["", "/", "?", "job", "jobs/1/2", "jobs/1/clients/2", "accounts", "JOBS", "\x00"])
def test_other_queries_are_unknown(crowded: World, query: str) -> None:
    with pytest.raises(UnknownQuery) as caught:
        crowded.query(query)
    assert caught.value.path == query


def test_a_query_as_long_as_a_book_is_not_read(crowded: World) -> None:
    with pytest.raises(UnknownQuery) as caught:
        crowded.query("jobs?" + "x" * 1_000)
    assert caught.value.path == "jobs?" + "x" * 35 + ".."


@pytest.mark.parametrize("query", ["jobs/0", "jobs/6/clients", "jobs/6/campaign", "jobs/18446744073709551616"])
def test_no_such_job(crowded: World, query: str) -> None:
    with pytest.raises(UnknownJob):
        crowded.query(query)


def test_one_job_in_full() -> None:
    world = World()
    course = Course(world, allow_list=(ANNA, BERT))
    course.accept(ANNA)
    course.join(BERT, 70)
    terms = course.terms
    assert world.query(f"jobs/{course.id}") == {
        "asOf": START,
        "job": {
            "jobId": 1,
            "sponsor": SPONSOR,
            "phase": "commit",
            "ending": None,
            "round": 0,
            "roundUntil": None,
            "escrow": "1000",
            "participants": 2,
            "committed": 1,
            "declared": 0,
            "revealed": False,
            "opening": None,
            "dataCid": None,
            "rows": None,
            "sponsorRefund": None,
            "burnt": None,
            "average": None,
            "terms": {
                "title": terms.title,
                "specCid": "",
                "initialModelCid": terms.initial_model_cid,
                "architecture": terms.architecture,
                "metric": "accuracy",
                "baseline": 500_000,
                "holdoutCommitment": "0x" + terms.holdout_commitment.hex(),
                "rewardToken": TOKEN,
                "rule": {"kind": "market", "target": 900_000, "grid": 10_000},
                "commitUntil": terms.commit_until,
                "holdoutUntil": terms.holdout_until,
                "declareUntil": terms.declare_until,
                "submitUntil": terms.submit_until,
                "maxRounds": 2,
                "stake": "100",
                "bondBps": 1_000,
                "maxParticipants": 10,
                "maxModelBytes": 4_096,
                "maxHoldoutBytes": 8_192,
                "maxRows": 100,
                "minRows": 1,
                "confidence": 0,
                "evidenceCut": 0,
                "previousJob": 0,
                "aggregate": False,
                "allowList": [ANNA, BERT],
                "nonce": "0x" + terms.nonce.hex(),
            },
        },
    }


def test_a_fixed_rule_is_described() -> None:
    world = World()
    Course(world, rule=FixedRule(Amount(2**127), 5), escrow=2**128 - 1, stake=Amount(2**127))
    assert world.query("jobs/1")["job"]["terms"]["rule"] == {"kind": "fixed", "reward": str(2**127), "threshold": 5}


def test_submissions_from_commitment_to_payout() -> None:
    world = World()
    course = Course(world)
    course.to_declare(anna=60, bert=60)
    course.declare(ANNA, min_pay=7)
    first, second = world.query("jobs/1/clients")["clients"]
    assert first == {
        "client": ANNA,
        "payTo": ANNA,
        "stake": "100",
        "commitment": "0x" + course.commitment(ANNA).hex(),
        "order": 1,
        "declared": 600_000,
        "score": None,
        "minPay": "7",
        "due": None,
        "standing": "declared",
        "modelCid": None,
        "scoredBy": None,
        "payout": None,
    }
    assert (second["standing"], second["declared"], second["minPay"], second["order"]) == ("committed", None, None, 2)
    course.enter(Phase.SUBMIT)
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"abc"))
    answer = world.query("jobs/1/clients")
    assert answer["uploads"] == [{"sender": ANNA, "slot": "weights", "nextSeq": 1, "size": 3}]
    assert (answer["clients"][0]["standing"], answer["clients"][0]["due"]) == ("due", "250")
    course.submit(ANNA)
    course.settle()
    answer = world.query("jobs/1/clients")
    paid = answer["clients"][0]
    assert answer["uploads"] == []
    assert (paid["standing"], paid["declared"], paid["score"]) == ("paid", 600_000, 600_000)
    assert paid["modelCid"] == str(course.models[ANNA].cid)
    accounts = {"client": ANNA, "payTo": ANNA}
    assert paid["payout"] == {**accounts, "pay": "250", "stake": "100", "compensation": "0"}
    assert answer["clients"][1]["payout"] == {
        "client": BERT,
        "payTo": BERT,
        "pay": "0",
        "stake": "100",
        "compensation": "0",
    }
    job = world.query("jobs/1")["job"]
    assert (job["phase"], job["ending"], job["sponsorRefund"], job["burnt"]) == ("ended", "settled", "750", "0")


def test_submissions_by_page() -> None:
    world = World()
    course = Course(world)
    for client in (ANNA, BERT, CARO):
        course.accept(client)
    seen = []
    cursor = 0
    while cursor is not None:
        answer = world.query(f"jobs/1/clients?limit=2&cursor={cursor}")
        seen += [one["client"] for one in answer["clients"]]
        cursor = answer["next"]
    assert seen == [ANNA, BERT, CARO]
    assert world.query("jobs/1/clients?cursor=3")["clients"] == []
    assert world.query("jobs/1/clients?limit=3")["next"] is None


def test_a_campaign_is_followed_back_to_where_it_began() -> None:
    world = World()
    first = Course(world)
    first.to_declare(anna=70, bert=60)
    for client in (ANNA, BERT):
        first.declare(client)
    first.enter(Phase.SUBMIT)
    first.deliver(ANNA)
    first.settle()
    Course(world, variant=1, previous_job=JobId(1))
    Course(world, sponsor=account(0x77), variant=2, previous_job=JobId(2))
    paid = str(first.job.outcome.payouts[0].pay)
    ended = {"jobId": 1, "phase": "ended", "ending": "settled", "escrow": "1000", "participants": 2}
    scored = {"verified": 1, "best": 700_000, "average": None, "paid": paid}
    opened = {"jobId": 2, "phase": "commit", "ending": None, "escrow": "1000", "participants": 0}
    unscored = {"verified": 0, "best": None, "average": None, "paid": "0"}
    answer = world.query("jobs/2/campaign")
    assert answer["rounds"] == [opened | unscored, ended | scored]
    assert (answer["jobId"], answer["before"]) == (2, None)
    assert world.query("jobs/2/campaign?limit=1")["before"] == 1
    strangers = world.query("jobs/3/campaign")
    assert ([one["jobId"] for one in strangers["rounds"]], strangers["before"]) == ([3], 2)


def test_a_query_shows_what_inputs_have_brought_about_at_the_time_of_the_last_one() -> None:
    """A later input elsewhere moves a job's phase on, but fixes no dues and fails nobody: its own inputs do."""
    world = World()
    course = Course(world, variant=1)
    course.to_declare(anna=60)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    world.deposit(BERT, 1)
    shown = world.query("jobs/1")["job"]
    assert (shown["phase"], shown["round"], shown["roundUntil"]) == ("submit", 0, None)
    assert world.query("jobs")["jobs"] == [shown]
    assert world.query("jobs/1/clients")["clients"][0]["standing"] == "declared"
    course.poke()
    now = world.now
    world.wait(10_000)
    world.refuse(UnknownJob, BERT, Settle(JobId(9)))
    shown = world.query("jobs/1")["job"]
    assert (shown["phase"], shown["round"], shown["roundUntil"]) == ("submit", 1, now + course.terms.window)
    world.deposit(BERT, 1)
    assert world.query("jobs/1")["job"] == shown
    assert world.query("jobs/1/clients")["clients"][0]["standing"] == "due"
    course.poke()
    assert world.query("jobs/1/clients")["clients"][0]["standing"] == "failed"


def test_an_account() -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 60)
    world.deposit(ANNA, 2**200)
    world.deposit(ANNA, 3, token=ETHER)
    expected = [{"token": ETHER, "amount": "3"}, {"token": TOKEN, "amount": str(2**200)}]
    assert world.query(f"accounts/{ANNA}") == {
        "asOf": START,
        "account": ANNA,
        "balances": expected,
        "next": None,
        "jobs": {"sponsor": [], "client": [1]},
    }
    assert world.query(f"accounts/{ANNA[:2]}{ANNA[2:].upper()}")["balances"] == expected
    assert world.query(f"accounts/{SPONSOR}")["jobs"] == {"sponsor": [1], "client": []}
    assert world.query(f"accounts/{CARO}")["balances"] == []


def test_statistics() -> None:
    world = World()
    assert world.query("stats") == {
        "asOf": 0,
        "inputs": 0,
        "jobs": 0,
        "openJobs": 0,
        "reservedBytes": 0,
        "chainId": 0,
        "app": None,
    }
    course = Course(world)
    world.refuse(UnknownJob, ANNA, Settle(JobId(9)))
    reserved = course.job.reserved_bytes
    assert world.query("stats") == {
        "asOf": START,
        "inputs": 1,
        "jobs": 1,
        "openJobs": 1,
        "reservedBytes": reserved,
        "chainId": CHAIN_ID,
        "app": APP,
    }
    world.do(SPONSOR, Cancel(course.id))
    answer = world.query("stats")
    assert (answer["inputs"], answer["jobs"], answer["openJobs"], answer["reservedBytes"]) == (2, 1, 0, 0)
