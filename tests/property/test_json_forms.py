"""What the dapp says in JSON: the same value when read again, and as ``docs/schema`` says, through whole protocols."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from deml.base.answers import AccountPage, CampaignPage, ClientsPage, JobAnswer, JobsPage, Stats
from deml.base.errors import DemlError
from deml.base.inputs import Slot
from deml.base.outputs import Notice, Report
from deml.base.states import Ending, Phase, Standing
from deml.core import inspect
from deml.wire import answers, inputs, notices
from deml.wire.errors import MalformedJson
from deml.wire.forms import Account, Form, Items, Maybe, Named, Raw, Record, StateName, Text, TokenUnits, Truth, Whole
from deml.wire.terms import TERMS
from docs.generate_schema import files
from tests.support import strategies as some
from tests.support import vectors
from tests.support.crowd import Crowd
from tests.support.crowd_state import CLIENTS, SPONSORS
from tests.support.hostile_inputs import opened_in_vain
from tests.support.scale import SCALE
from tests.support.world import Result, World

PAGE = Path(__file__).resolve().parents[2] / "docs" / "inspect.md"

STEPS = 80
"""Inputs of a crowd, after each of which it is asked everything."""


TERMS_FORM = cast("Record[Any]", TERMS.form)


def schema(file: str, kind: str | None = None) -> Draft202012Validator:
    """Validator of a file's schema, or of one of its definitions."""
    (text,) = (text for path, text in files().items() if path.name == file)
    whole = json.loads(text)
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": whole["$defs"]} if kind else whole)


INSPECT, NOTICE, INPUT, REPORT = (
    schema("inspect.schema.json"),
    *(schema("messages.schema.json", kind) for kind in ("Notice", "Input", "Report")),
)


def queries(world: World) -> list[tuple[str, type[Any]]]:
    jobs = [(f"jobs/{one}", JobAnswer) for one in world.state.jobs]
    clients = [(f"jobs/{one}/clients?limit=2&cursor=1", ClientsPage) for one in world.state.jobs]
    campaigns = [(f"jobs/{one}/campaign", CampaignPage) for one in world.state.jobs]
    phases = [(f"jobs?phase={one}&limit=1", JobsPage) for one in Phase if one is not Phase.OVER]
    accounts = [(f"accounts/{one}", AccountPage) for one in (*CLIENTS, *SPONSORS)]
    return [("stats", Stats), ("jobs", JobsPage), *jobs, *clients, *campaigns, *phases, *accounts]


def test_the_files_are_what_the_forms_say() -> None:
    for path, text in files().items():
        assert path.read_text(encoding="utf-8") == text, "run 'make schema'"
        Draft202012Validator.check_schema(json.loads(text))


def test_every_answer_of_a_played_protocol_is_as_its_schema_says_and_reads_back() -> None:
    seen = dict.fromkeys(("uploads", "scorings", "payout", "next", *Standing, *Ending), 0)
    for seed in range(2 * SCALE):
        crowd = Crowd(seed)
        for _ in range(STEPS):
            crowd.step()
            ask_everything(crowd.world, seen)
        crowd.finish()
        ask_everything(crowd.world, seen)
    assert all(seen[one] for one in ("payout", "next", "uploads", "scorings")), f"answers of little interest: {seen}"


def ask_everything(world: World, seen: dict[str, int]) -> None:
    for query, kind in queries(world):
        said = inspect(world.state, query)
        written = json.loads(answers.encode(said))
        assert answers.read(kind, written, query) == said
        INSPECT.validate(written)
        seen["next"] += written.get("next") is not None
        seen["uploads"] += bool(written.get("uploads"))
        seen["scorings"] += bool(written.get("scorings"))
        for client in written.get("clients", []):
            seen[client["standing"]] += 1
            seen["payout"] += client["payout"] is not None


def test_the_examples_of_the_page_are_as_their_schema_says() -> None:
    examples = re.findall("```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2
    for one in examples:
        INSPECT.validate(json.loads(one))


def test_refused_queries_are_as_their_schema_says() -> None:
    for query in ("nonsense", "jobs/7", "jobs?limit=x"):
        with pytest.raises(DemlError) as caught:
            inspect(World().state, query)
        INSPECT.validate(caught.value.as_report())


def test_every_notice_and_report_of_a_played_protocol_is_as_its_schema_says_and_reads_back() -> None:
    kinds: set[tuple[str, ...]] = set()
    worlds = [opened_in_vain()]
    for seed in count():
        crowd = Crowd(seed)
        for _ in range(160):
            crowd.step()
        crowd.finish()
        worlds.append(crowd.world)
        for result in (result for world in worlds for result in world.history):
            hold_result(result)
            kinds |= {tuple(one) for one in reports_of(result)}
        if len(kinds) == 4 and seed >= SCALE:
            break
        worlds.clear()


def hold_result(result: Result) -> None:
    for one in reports_of(result):
        REPORT.validate(json.loads(json.dumps(one)))
    for made in result.outputs:
        if isinstance(made, Notice):
            hold_notice(made)


def reports_of(result: Result) -> list[dict[str, Any]]:
    refusal = [] if result.problem is None else [result.problem.as_report()]
    return [*refusal, *(one.body for one in result.outputs if isinstance(one, Report))]


def hold_notice(notice: Notice) -> None:
    written = json.loads(json.dumps(notices.TABLE.write(notice)))
    NOTICE.validate({"type": notices.TABLE.name(notice), "values": written})
    (form,) = (one.form for one in notices.TABLE.kinds if one.form.made is type(notice))
    assert form.read(written, "notice") == notice


@given(some.notices)
def test_every_notice_reads_back(notice: Notice) -> None:
    hold_notice(notice)


@given(some.messages)
def test_every_input_reads_back(message: inputs.Message) -> None:
    written = json.loads(json.dumps(inputs.TABLE.write(message)))
    INPUT.validate({"type": inputs.TABLE.name(message), "values": written})
    (form,) = (one.form for one in inputs.TABLE.kinds if one.form.made is type(message))
    assert form.read(written, "input") == message


def test_names_are_those_of_solidity() -> None:
    for file, table in (("inputs.json", inputs.TABLE), ("notices.json", notices.TABLE)):
        forms = {one.function.name: one.form for one in table.kinds}
        for case in vectors.load(file):
            assert list(case["args"]) == list(forms[case["function"]].members)
            for name, value in case["args"].items():
                if name == "terms":
                    assert list(value) == list(TERMS_FORM.members)


FORMS: list[tuple[Form[Any], list[Any], list[Any]]] = [
    (Whole(-1, 5), [-1, 0, 5], [-2, 6, 1.0, True, "1", None, [], {}]),
    (Text(), ["", "a\u202e"], [1, None, [], b""]),
    (Truth(), [True, False], [0, 1, "true", None]),
    (Account(), ["0x" + "00" * 20, "0x" + "aB" * 20], ["0x", "0x" + "00" * 19, "00" * 20, "0x" + "0g" * 20, 5, None]),
    (StateName(Ending), list(Ending), ["Settled", "", None, 0, []]),
    (TokenUnits(8), ["0", "255"], ["256", "-1", "1.0", "", " 1", "٣", "1" * 79, 5, None]),
    (Raw(), ["0x", "0x00fF"], ["", "00", "0x0", "0x0 0 ", "0xgg", 5, None]),
    (Raw(2), ["0x0001"], ["0x", "0x00", "0x000102"]),
    (Named(Slot), ["initial-model", "holdout", "weights"], ["INITIAL_MODEL", "initial model", 0, None]),
    (Maybe(Text()), [None, "x"], [1]),
    (Items(Whole(0, 1)), [[], [0, 1]], [None, {}, "01", [2], [[0]]]),
    (
        answers.BALANCE,
        [{"token": "0x" + "11" * 20, "amount": "5", "new": 1}],
        [None, [], {}, {"token": 5, "amount": "5"}],
    ),
]


@pytest.mark.parametrize(("form", "good", "bad"), FORMS, ids=[type(one).__name__ for one, _, _ in FORMS])
def test_what_has_another_form_is_refused_with_its_place(form: Form[Any], good: list[Any], bad: list[Any]) -> None:
    for one in good:
        assert form.read(form.write(form.read(one, "here")), "here") == form.read(one, "here")
    for one in bad:
        with pytest.raises(MalformedJson) as caught:
            form.read(one, "here")
        assert caught.value.at.startswith("here")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(answers.ANSWERS, key=lambda one: one.__name__)), JSON, st.randoms())
def test_a_lying_node_is_never_a_bug(kind: type[Any], lie: Any, rng: Any) -> None:
    """Replace a member, anywhere in a true answer, by anything: it is read, or refused as malformed."""
    told = json.loads(json.dumps(TRUE[kind]))
    place: Any = told
    while True:
        key = rng.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.3:
            break
        place = inner
    place[key] = lie
    with suppress(MalformedJson):
        assert isinstance(answers.read(kind, told, "lie"), kind)


def _true_answers() -> dict[type[Any], Any]:
    crowd = Crowd(1)
    for _ in range(100):
        crowd.step()
    found: dict[type[Any], Any] = {}
    for query, kind in queries(crowd.world):
        answer = answers.write(inspect(crowd.world.state, query))
        if len(str(answer)) > len(str(found.get(kind, ""))):
            found[kind] = answer
    return found


TRUE = _true_answers()


def test_a_record_knows_its_type() -> None:
    with pytest.raises(ValueError, match="Balance"):
        Record(answers.BALANCE.made, token=Text())
