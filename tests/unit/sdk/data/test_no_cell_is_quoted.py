"""A table that cannot be read is somebody's private data: no message quotes a cell, neither ours nor a library's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import feather, parquet
from typer.testing import CliRunner, Result

from deml.base.errors import DemlError
from deml_cli.app import root
from deml_sdk.data.columns import read_columns
from deml_sdk.data.errors import NoSuchColumn, UnreadableTable
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import read_table
from tests.support.cases import case

SECRET = "Nomvula"


def told(error: DemlError) -> str:
    return f"{error} {error.advice()} {error.values}"


def outcome(path: Path) -> str:
    """What is said of a table; nothing if it can be read."""
    try:
        read_table(path, Reading("y"))
    except DemlError as error:
        return told(error)
    return ""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(root, [str(one) for one in arguments])


FAULTY = {
    "c-ragged.csv": (r"row 3\d* has 4 cells, where the header has 5|row \d+ has 4 cells", ("30,22", "ZA")),
    "c-comma-end.csv": ("row 1 has 6 cells, where the header has 5", ("20.0", "ZA")),
    "c-semi.csv": ("separated by semicolons, not by commas", ("20,0", "ZA")),
}


@pytest.mark.parametrize("name", FAULTY)
@pytest.mark.parametrize("output", [[], ["--json"]])
def test_a_row_that_cannot_be_read_is_named_by_its_number(name: str, output: list[str]):
    folder = "parse-error-shows-row"
    found = run("data", "check", case(f"{folder}/c.spec.json"), "--data", case(f"{folder}/{name}"), *output)
    problem, private = FAULTY[name]
    assert found.exit_code == 1
    said = found.output
    error = json.loads(found.stdout)["error"] if output else None
    assert error is None or error["code"] == "UNREADABLE_TABLE"
    with pytest.raises(UnreadableTable, match=problem):
        read_columns(case(f"{folder}/{name}"))
    for cell in private:
        assert cell not in said


def test_semicolons_are_hinted_at_where_each_row_is_one_cell_too(tmp_path: Path):
    with pytest.raises(UnreadableTable, match="semicolons"):
        read_columns(case("parse-error-shows-row/d-semi.csv"))
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        (tmp_path / "a.csv").write_text(f"a{mark}b{mark}c\n1{mark}2{mark}3\n")
        with pytest.raises(UnreadableTable, match=word):
            read_columns(tmp_path / "a.csv")


HOSTILE = {
    "a cell too many": f"a,y\n1,0\n2,1,{SECRET}\n",
    "a cell too few": f"a,b,y\n1,2,0\n{SECRET},1\n",
    "a quote that is not closed": f'a,y\n1,0\n"{SECRET},1\n2,0\n',
    "a word among numbers": f"a,y\n1,0\n{SECRET},1\n",
    "a word far down among numbers": "a,y\n" + "1,0\n" * 300_000 + f"{SECRET},1\n",
    "a label that is a word": f"a,y\n1,{SECRET}\n",
    "no header": f"30,22.5,{SECRET},1\n31,20.5,{SECRET},0\n",
    "no header and few words": f"30,{SECRET},1\n31,{SECRET},0\n",
    "no header: words alone": f"{SECRET},ward\nThandi,room\n",
    "no header: more words than numbers": f"{SECRET},ward,room,44\nThandi,ward,room,45\n",
    "no header: a missing number": f"{SECRET},ward,NA\nThandi,ward,45\n",
    "bytes that are not UTF-8": b"a,y\n1,0\n" + SECRET.encode() + b"\xff,1\n",
    "UTF-16": f"a,y\n{SECRET},1\n".encode("utf-16"),
    "a zero byte": f"a,y\n{SECRET}\0,1\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "npz"])
def test_no_message_quotes_a_cell(name: str, suffix: str, tmp_path: Path):
    content = HOSTILE[name]
    path = tmp_path / f"rows.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for reading in (Reading("y"), Reading("y", classes={"x": 0}), Reading("y", categories={"a": ("x", "z")})):
        with pytest.raises(DemlError) as refused:
            read_table(path, reading)
        assert SECRET not in told(refused.value)
        assert SECRET.encode().hex() not in told(refused.value)


def test_typed_files_do_not_quote_either(tmp_path: Path):
    table = pa.table({"a": pa.array(["1", SECRET]), "y": pa.array([0, 1])})
    parquet.write_table(table, tmp_path / "a.parquet")
    feather.write_feather(table, tmp_path / "a.arrow")
    np.savez(tmp_path / "a.npz", a=np.array(["1", SECRET]), y=np.array([0, 1]))
    for suffix in ("parquet", "arrow", "npz"):
        with pytest.raises(DemlError, match="row 2") as refused:
            read_table(tmp_path / f"a.{suffix}", Reading("y"))
        assert SECRET not in told(refused.value)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([SECRET, "1", ",", '"', "\n", "\r", ";", "\t", "é", " "]), max_size=30))
def test_no_arrangement_of_marks_makes_a_message_quote(tmp_path: Path, parts: list[str]):
    path = tmp_path / "rows.csv"
    path.write_text("a,b,y\n" + "".join(parts), newline="")
    assert SECRET not in outcome(path)


NO_HEADER = {name: content for name, content in HOSTILE.items() if name.startswith("no header: ")}


@pytest.mark.parametrize("name", NO_HEADER)
@pytest.mark.parametrize("output", [[], ["--json"]])
def test_a_first_row_is_not_shown_as_names_of_columns(name: str, output: list[str], tmp_path: Path):
    path = tmp_path / "rows.csv"
    path.write_text(str(NO_HEADER[name]))
    found = run("data", "check", case("parse-error-shows-row/c.spec.json"), "--data", path, *output)
    assert SECRET not in found.output + found.stderr
    assert "first line may be a row" in found.stderr


def test_names_over_numbers_are_shown_and_so_are_those_beside_one_that_was_asked_for(tmp_path: Path):
    for content in (f"{SECRET},a\nx,1\ny,2\n", f"{SECRET},b\nx,z\n"):
        (tmp_path / "a.csv").write_text(content)
        with pytest.raises(NoSuchColumn) as refused:
            read_table(tmp_path / "a.csv", Reading("y", drop=("b",)))
        assert SECRET in refused.value.advice()


def test_counted_columns_are_names(tmp_path: Path):
    (tmp_path / "a.csv").write_text("0,1,2,y\n5,6,7,0\n")
    assert [*read_columns(tmp_path / "a.csv")] == ["0", "1", "2", "y"]
    (tmp_path / "a.csv").write_text("1,2,3\n5,6,7\n")
    assert [*read_columns(tmp_path / "a.csv")] == ["1", "2", "3"]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path):
    (tmp_path / "a.csv").write_text("a,y\n1,0\n", encoding="utf-8-sig")
    assert [*read_columns(tmp_path / "a.csv")] == ["a", "y"]


def test_cells_may_hold_line_breaks(tmp_path: Path):
    (tmp_path / "a.csv").write_text('a,note,y\n1,"two\nlines",0\n2,one,1\n')
    assert read_table(tmp_path / "a.csv", Reading("y", drop=("note",))).y.tolist() == [0, 1]


@pytest.mark.parametrize("name", ["absent.csv", "absent.parquet", "absent.npz", "absent.arrow"])
def test_a_file_that_is_not_there_is_called_that(name: str, tmp_path: Path):
    with pytest.raises(UnreadableTable, match="no such file"):
        read_columns(tmp_path / name)
    (tmp_path / name).mkdir()
    with pytest.raises(UnreadableTable, match="is a directory"):
        read_columns(tmp_path / name)
