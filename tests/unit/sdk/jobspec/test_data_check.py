"""Private data against a specification: every fault is counted, and no value is shown unasked."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv, feather, parquet

from deml_sdk.data.errors import UnreadableTable
from deml_sdk.data.tables import read_table
from deml_sdk.jobspec.cells import read_cells
from deml_sdk.jobspec.check import check_data, read_usable
from deml_sdk.jobspec.document import Column
from deml_sdk.jobspec.errors import NotInSpec, NoUsableRow
from deml_sdk.jobspec.reading import parse_spec, reading_of
from tests.support.specs import SPEC

ROWS = {
    "age": ["61", "47", "", "200", "5x", "33"],
    "radius": ["1.5", "2.5", "3.5", "4.5", "5.5", "inf"],
    "sex": ["f", "m", "f", "f", "m", "x"],
    "note": ["a", "", "secret-note", "", "", ""],
    "diagnosis": ["malignant", "benign", "benign", "malignant", "benign", "benign"],
}


def spec(**changes):
    return parse_spec(json.dumps(SPEC | changes).encode(), "a test")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "data.csv"
    csv.write_csv(pa.table(ROWS), path)
    return path


def test_faults_are_counted_by_column_and_named_by_row(path):
    found = check_data(path, spec())
    by_name = {one.name: one for one in found.columns}
    assert (found.rows, found.usable) == (6, 2)
    age = by_name["age"]
    assert (age.missing, age.out_of_range, age.wrong_type, age.rows) == (1, 1, 1, (3, 4, 5))
    assert (by_name["radius"].wrong_type, by_name["radius"].rows) == (1, (6,))
    assert (by_name["sex"].unknown, by_name["sex"].rows) == (1, (6,))
    assert by_name["note"].faults == 0
    assert found.classes == {"benign": 1, "malignant": 1}


def test_values_are_shown_only_when_asked_for(path):
    assert all(one.values == () for one in check_data(path, spec()).columns)
    asked = {one.name: one.values for one in check_data(path, spec(), show_values=True).columns}
    assert asked["age"] == ("", "200", "5x")
    assert asked["sex"] == ("x",)


def test_usable_rows_become_what_the_model_takes(path):
    table, report = read_usable(path, spec())
    assert table.features == ("age", "radius", "sex=f", "sex=m")
    assert table.x.tolist() == [[61, 1.5, 1, 0], [47, 2.5, 0, 1]]
    assert table.y.tolist() == [0, 1]
    assert report.usable == 2


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "feather", "npz"])
def test_every_kind_of_file_says_the_same(tmp_path, suffix):
    typed = {
        "age": [61.0, 47.0, None, 200.0, 5.5, 33.0],
        "radius": [1.5, 2.5, 3.5, 4.5, 5.5, np.inf],
        "sex": ROWS["sex"],
        "note": ROWS["note"],
        "diagnosis": ROWS["diagnosis"],
    }
    path = tmp_path / f"data.{suffix}"
    match suffix:
        case "csv":
            csv.write_csv(pa.table(typed), path)
        case "parquet":
            parquet.write_table(pa.table(typed), path)
        case "npz":
            np.savez(
                path,
                **{
                    name: np.array(one, dtype=float if name in ("age", "radius") else str)
                    for name, one in typed.items()
                },
            )
        case _:
            feather.write_feather(pa.table(typed), path)
    found = check_data(path, spec())
    assert (found.rows, found.usable) == (6, 2)
    assert [one.faults for one in found.columns] == [3, 1, 1, 0, 0]
    assert read_usable(path, spec())[0].x.tolist() == [[61, 1.5, 1, 0], [47, 2.5, 0, 1]]


def test_a_matrix_in_npz_is_read_in_the_order_of_the_specification(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, x=np.array([[1.0, 2.0], [3.0, np.nan]]), y=np.array([0, 1]))
    plain = {
        "data": {
            "columns": [
                {"name": "a", "type": "number"},
                {"name": "b", "type": "number"},
                {"name": "class", "type": "integer"},
            ],
            "label": {"column": "class"},
        },
        "architecture": {"family": "logistic", "inputs": 2, "outputs": 1},
    }
    table, report = read_usable(path, spec(**plain))
    assert (table.x.tolist(), table.y.tolist()) == ([[1, 2]], [0])
    assert report.columns[1].missing == 1


def test_class_numbers_must_be_classes_of_the_model(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,class\n1,0\n1,1\n1,2\n1,-1\n")
    plain = {
        "data": {
            "columns": [{"name": "a", "type": "number"}, {"name": "class", "type": "integer"}],
            "label": {"column": "class"},
        },
        "architecture": {"family": "logistic", "inputs": 1, "outputs": 1},
    }
    found = check_data(path, spec(**plain))
    assert (found.usable, found.columns[1].out_of_range, found.classes) == (2, 2, {"0": 1, "1": 1})


def test_columns_that_are_not_there_and_columns_too_many(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("age,diagnosis,weight\n61,benign,70\n")
    found = check_data(path, spec())
    assert found.absent == ("radius", "sex")
    assert found.surplus == ("weight",)
    assert found.usable == 0
    with pytest.raises(NotInSpec, match="radius, sex"):
        read_usable(path, spec())


def test_a_file_without_a_usable_row(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("age,radius,sex,diagnosis\n,1,f,benign\n")
    with pytest.raises(NoUsableRow):
        read_usable(path, spec())
    path.write_text("age,radius,sex,diagnosis\n")
    assert check_data(path, spec()).rows == 0


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.arrow", "a.npz"])
def test_what_is_no_table(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x00\xff\xfe garbage")
    with pytest.raises(UnreadableTable):
        check_data(tmp_path / name, spec())
    with pytest.raises(UnreadableTable):
        check_data(tmp_path / f"absent-{name}", spec())


def test_pickles_are_never_opened(tmp_path):
    np.savez(tmp_path / "a.npz", age=np.array([{"a": 1}], dtype=object))
    with pytest.raises(UnreadableTable, match="allow_pickle"):
        check_data(tmp_path / "a.npz", spec())


def test_rows_that_fit_are_read_alike_with_and_without_the_check(tmp_path):
    path = tmp_path / "data.csv"
    csv.write_csv(pa.table({name: one[:2] for name, one in ROWS.items()}), path)
    checked, plain = read_usable(path, spec())[0], read_table(path, reading_of(spec()))
    np.testing.assert_array_equal(checked.x, plain.x)
    np.testing.assert_array_equal(checked.y, plain.y)
    assert checked.features == plain.features


def test_identifiers_that_float64_does_not_have_are_told_as_such():
    column = Column(name="a", type="integer")
    for texts in (["1", "9007199254740993"], ["1", "9007199254740993", "word"]):
        cells = read_cells(column, pa.chunked_array([pa.array(texts, pa.string())]))
        assert list(np.flatnonzero(cells.inexact)) == [1]
        assert not (cells.wrong_type & cells.inexact).any()
        assert list(np.flatnonzero(cells.good)) == [0]
    whole = read_cells(column, pa.chunked_array([pa.array([1, 2**53 + 1], pa.int64())]))
    assert (list(whole.inexact), list(whole.good)) == ([False, True], [True, False])


CELLS = st.one_of(
    st.floats(width=32).map(str),
    st.integers().map(str),
    st.sampled_from(["", "NA", "1_000", " 7 ", "0x10", "1e5", "٣"]),
    st.text(max_size=4),
)


@given(st.lists(CELLS, min_size=1, max_size=20), st.sampled_from(["number", "integer"]))
def test_cells_read_at_once_are_judged_as_those_read_one_by_one(texts, kind):
    """A word among the cells makes the reader take them one by one; the others' verdicts stay."""
    column = Column(name="a", type=kind, minimum=-1000, maximum=1000)
    alone = read_cells(column, pa.chunked_array([pa.array(texts, pa.string())]))
    mixed = read_cells(column, pa.chunked_array([pa.array([*texts, "word"], pa.string())]))
    for one in ("missing", "wrong_type", "inexact", "out_of_range", "good"):
        np.testing.assert_array_equal(getattr(alone, one), getattr(mixed, one)[:-1])
    np.testing.assert_array_equal(alone.values[alone.good], mixed.values[:-1][mixed.good[:-1]])
