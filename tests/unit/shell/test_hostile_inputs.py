"""What every interpreter must answer to inputs and queries that could make it answer in its own way."""

from __future__ import annotations

import json

import pytest

from deml.base.inputs import Metadata
from deml.base.outputs import Report
from deml.shell.application import Application
from deml.wire.outputs import ReportEmission
from tests.support.course import Course
from tests.support.deployment import APP, CHAIN_ID, DEPLOYMENT
from tests.support.hostile_inputs import HostileInput, all_inputs, opened_in_vain, queries, reveals
from tests.support.world import START, World


def report_of(emissions: object) -> dict:
    assert isinstance(emissions, tuple)
    (emission,) = emissions
    assert isinstance(emission, ReportEmission)
    return json.loads(emission.payload)


@pytest.mark.parametrize("one", all_inputs(), ids=lambda one: one.name)
def test_hostile_inputs(one: HostileInput):
    outcome = Application(DEPLOYMENT).advance(Metadata(CHAIN_ID, APP, one.sender, 1, START, 0), one.payload)
    report = report_of(outcome.emissions)
    assert (report["reason"] if outcome.accepted else report)["code"] == one.code


@pytest.mark.parametrize(("path", "code"), queries(), ids=lambda text: f"{text!a:.40}")
def test_hostile_queries(path: str, code: str):
    outcome = Application(DEPLOYMENT).inspect(path.encode())
    assert report_of(outcome.emissions).get("code", "") == code


def test_hostile_streams():
    world = opened_in_vain()
    expected = [(name, code) for name, _, code in reveals(Course(World()))]
    told = [one.notice(Report).body["reason"]["code"] for one in world.history[-len(expected) :]]
    assert told == [code for _, code in expected], expected


WORDINGS = ("Error", "Exception", "codec can't", "is not a valid", "decompress")
"""What is in the messages of Python, zlib and eth-abi, and in no text of the dapp's."""


def test_no_report_words_what_an_interpreter_or_a_library_said():
    application = Application(DEPLOYMENT)
    reports = [report.body for one in opened_in_vain().history for report in one.all(Report)]
    for one in all_inputs():
        outcome = application.advance(Metadata(CHAIN_ID, APP, one.sender, 1, START, 0), one.payload)
        reports.append(report_of(outcome.emissions))
    assert len(reports) > 80
    for report in map(json.dumps, reports):
        assert not any(wording in report for wording in WORDINGS), report
