"""The template is a valid job file, and what is wrong with one is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.types import Address, Amount
from deml_sdk.chain.tokens import Token
from deml_sdk.jobspec.errors import BadJobFile
from deml_sdk.jobspec.job_file import Share, parse_duration
from deml_sdk.jobspec.job_file_form import read_job_file
from deml_sdk.jobspec.template import template

TOKEN = Token(Address("0x" + "70" * 20), "TST", 18)
WINDOWS = ("10m", "5m", "5m", "5m")


@pytest.fixture
def write(tmp_path):
    def write(old="", new=""):
        text = template("job.toml", WINDOWS)
        assert old in text
        path = tmp_path / "job.toml"
        path.write_text(text.replace(old, new, 1) if old else text)
        return path

    return write


def test_the_template_reads_back(write, tmp_path):
    found = read_job_file(write())
    assert found.commit == 600
    assert found.submit == 300
    assert found.initial == tmp_path / "initial.safetensors"
    assert found.spec is None
    assert found.reading.classes == {"malignant": 0, "benign": 1}
    assert (found.rule, found.target, found.grid) == ("market", -10_000, 1_000)
    assert found.bond_bps == 2_000
    assert (found.model_bytes, found.rows, found.min_rows, found.evidence_cut) == (None, None, None, None)
    assert (found.metric, found.confidence, found.previous_job) == ("brier", 950_000, 0)
    assert not found.aggregate


def test_an_average_is_asked_for_in_so_many_words(write):
    assert read_job_file(write("# aggregate = true", "aggregate = true")).aggregate
    with pytest.raises(BadJobFile, match="true or false"):
        read_job_file(write("# aggregate = true", "aggregate = 1"))


def test_the_template_makes_it_cost_the_escrow_to_take_all_places(write):
    found = read_job_file(write())
    escrow = TOKEN.parse(found.escrow)
    assert found.stake.of(escrow, TOKEN) * found.participants >= escrow


def test_the_template_makes_false_declarations_pointless(write):
    found = read_job_file(write())
    escrow = TOKEN.parse(found.escrow)
    assert found.stake.of(escrow, TOKEN) * found.rounds >= escrow


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('title = "', 'titel = "', "title"),
        ("[limits]", "unknown = 1\n[limits]", "windows.unknown"),
        ('escrow = "1000"', "escrow = 1000", "reward.escrow"),
        ('escrow = "1000"', 'escrow = "many"', "reward.escrow"),
        ('escrow = "1000"', 'escrow = "-1"', "reward.escrow"),
        ('escrow = "1000"', 'escrow = "NaN"', "reward.escrow"),
        ('rule = "market"', 'rule = "lottery"', "reward.rule"),
        ("target = -10_000", "", "reward.target"),
        ('commit = "10m"', 'commit = "soon"', "windows.commit"),
        ('commit = "10m"', 'commit = ""', "windows.commit"),
        ('bond = "20%"', 'bond = "20"', "reward.bond"),
        ('confidence = "95%"', 'confidence = "0.95"', "reward.confidence"),
        ('confidence = "95%"', "", "reward.confidence"),
        ('bond = "20%"', 'bond = "101%"', "reward.bond"),
        ('bond = "20%"', 'bond = "0.001%"', "reward.bond"),
        ("rounds = 10", "rounds = true", "windows.rounds"),
        ("allow_list = []", "allow_list = [1]", "limits.allow_list"),
        ("[windows]", "[windoes]", "windows"),
        ("[windows]", "[windows", "file"),
    ],
)
def test_what_is_wrong_is_named(write, old, new, field):
    with pytest.raises(BadJobFile) as caught:
        read_job_file(write(old, new))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rounds = 10", "rounds = true", "windows.rounds: True is not a whole number"),
        ("rounds = 10", "", "windows.rounds: it is missing"),
        ("rounds = 10", "rounds = 10\nturns = 1", "windows.turns: there is no such field"),
        ('escrow = "1000"', "escrow = 1000", "reward.escrow: 1000 is not a text in quotes"),
        ('escrow = "1000"', 'escrow = "many"', """reward.escrow: 'many' is not an amount such as "12.5\""""),
        ('commit = "10m"', "commit = 10", "windows.commit: 10 is not a text in quotes"),
        ('commit = "10m"', 'commit = "soon"', """windows.commit: 'soon' is not a duration such as "2h" or "1d12h\""""),
        ('bond = "20%"', 'bond = "20"', """reward.bond: '20' is not a percentage such as "7.5%\""""),
        ('rule = "market"', 'rule = "lottery"', """reward.rule: 'lottery' is neither "market" nor "fixed\""""),
        ("allow_list = []", "allow_list = [1]", "limits.allow_list: it must list texts in quotes"),
        ("allow_list = []", "allow_list = 1", "limits.allow_list: 1 is not a list"),
        ("malignant = 0", "malignant = true", "holdout.classes: it must give each name a whole number"),
        ("target = -10_000", "", "reward.target: it is missing"),
    ],
)
def test_what_is_wrong_is_told_in_the_words_of_who_writes_the_file(write, old, new, told):
    with pytest.raises(BadJobFile) as caught:
        read_job_file(write(old, new))
    assert str(caught.value).partition("job.toml, ")[2] == f"{told}."
    assert "deml job new" in caught.value.fix


def test_a_fixed_rule_needs_its_own_fields(write):
    path = write('rule = "market"', 'rule = "fixed"')
    with pytest.raises(BadJobFile) as caught:
        read_job_file(path)
    assert caught.value.field == "reward.reward"
    path.write_text(path.read_text().replace('# reward = "100"', 'reward = "100"').replace("# threshold", "threshold"))
    found = read_job_file(path)
    assert (found.reward, found.threshold) == ("100", 20_000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1_800),
        ("2h", 7_200),
        ("1d12h", 129_600),
        ("1h1s", 3_601),
        ("h", None),
        ("1s1h", None),
        ("", None),
    ],
)
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@given(st.integers(1, 10**30), st.integers(0, 10_000))
def test_a_share_is_rounded_up(escrow, bps):
    share = Share(bps=bps).of(Amount(escrow), TOKEN)
    assert (share - 1) * 10_000 < escrow * bps <= share * 10_000
