"""A cell means the same in whatever file it stands: true is 1, 1.0 is 1, NA is Namibia where it is declared."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from deml_sdk.data.columns import read_columns
from deml_sdk.data.errors import BadCell, InexactNumber, UnknownCategory, UnknownLabel, UnreadableTable
from deml_sdk.data.numbers import read_numbers
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import read_table
from deml_sdk.data.words import Words, number_of, text_of
from deml_sdk.jobspec.check import check_data, read_usable
from deml_sdk.jobspec.header import guess_columns
from deml_sdk.jobspec.reading import read_spec
from tests.support.cases import case


@pytest.mark.parametrize(("table", "spec"), [("na.csv", "na.spec.json"), ("na2.csv", "na2.spec.json")])
def test_a_declared_category_is_a_value_whatever_it_is_called(table: str, spec: str):
    path, read = case(f"category-NA/{table}"), read_spec(case(f"category-NA/{spec}"))
    report = check_data(path, read)
    assert (report.usable, report.rows) == (30, 30)
    assert len(read_usable(path, read)[0].x) == 30


def test_what_is_called_na_and_not_declared_is_missing(tmp_path: Path):
    (tmp_path / "a.csv").write_text("a,y\nNA,0\n1,1\n")
    with pytest.raises(BadCell) as refused:
        read_table(tmp_path / "a.csv", Reading("y"))
    assert refused.value.row == 1


@pytest.mark.parametrize("table", ["c-bool.parquet", "e-bool.npz"])
def test_truth_values_are_the_categories_0_and_1(table: str):
    spec = read_spec(case("bool-for-01/c.spec.json"))
    report = check_data(case(f"bool-for-01/{table}"), spec)
    assert (report.usable, report.rows) == (20, 20)


def test_an_arrow_stream_is_read():
    report = check_data(case("arrow-stream/c-stream.arrow"), read_spec(case("arrow-stream/c.spec.json")))
    assert report.rows > 0
    assert report.usable == report.rows


def test_a_number_too_large_to_be_exact_is_called_that():
    with pytest.raises(InexactNumber, match=r"column 'id', row 1 is a whole number beyond 2\^53") as refused:
        read_table(case("bigint-row-0/d-bigid.csv"), Reading("label"))
    assert "--drop id" in refused.value.advice()


@pytest.mark.parametrize(
    ("words", "cell", "place"),
    [
        (["0", "1"], True, 1),
        (["0", "1"], False, 0),
        (["0", "1"], "True", 1),
        (["0", "1"], 1.0, 1),
        (["0", "1"], "1.0", 1),
        (["0", "1"], "01", 1),
        (["0", "1"], Decimal("1.00"), 1),
        (["0", "1"], 2, None),
        (["0", "1"], "", None),
        (["0", "1"], None, None),
        (["false", "true"], 1, 1),
        (["False", "True"], True, 1),
        (["False", "True"], "true", 1),
        (["1", "1.0"], "1", 0),
        (["1", "1.0"], "1.0", 1),
        (["1", "1.0"], "01", None),
        (["01", "1"], "01", 0),
        (["0.1", "0.2"], 0.1, 0),
        (["9007199254740993"], 9007199254740993, 0),
        (["9007199254740993"], "9007199254740992", None),
        (["NA", "NaN", "None", "null"], "NaN", 1),
        (["NA", "NaN", "None", "null"], None, None),
        (["NA", "NaN", "None", "null"], float("nan"), None),
        (["a", "b"], " b ", 1),
        ([" b "], " b ", 0),
        (["1_0"], "10", None),
        (["10"], "1_0", None),
    ],
)
def test_a_cell_is_a_word_written_alike_or_the_same_number(words: list[str], cell: Any, place: int | None):
    assert Words(words).place(cell) == place


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**6), max_value=10**6))
def test_numbers_are_the_same_however_they_are_written(number: Decimal):
    words = Words(["word", str(number)])
    for text in (str(number), f"{number:.6f}", f"{number:e}", f" {number} "):
        assert words.place(text) == 1, text


@given(st.lists(st.text(max_size=6), min_size=1, unique=True))
def test_every_word_is_its_own_place(words: list[str]):
    if "" not in words and all(word == word.strip() for word in words):
        assert [Words(words).place(word) for word in words] == list(range(len(words)))


@given(st.text(max_size=8))
def test_only_what_is_written_as_a_number_is_one(text: str):
    number = number_of(text)
    if number is not None and text.lower() not in ("true", "false"):
        assert float(text) == float(number)


def column_of(path: Path, name: str) -> pa.ChunkedArray:
    return read_columns(path)[name]


TYPED: dict[str, Any] = {
    "whole numbers": pa.array([0, 1, 1]),
    "unsigned": pa.array([0, 1, 1], pa.uint64()),
    "floats": pa.array([0.0, 1.0, 1.0]),
    "half precision": pa.array(np.array([0, 1, 1], np.float16)),
    "single precision": pa.array([0, 1, 1], pa.float32()),
    "truth": pa.array([False, True, True]),
    "text": pa.array(["0", "1", "1.0"]),
    "large text": pa.array(["0", "1", "1"], pa.large_string()),
    "text of truth": pa.array(["False", "True", "true"]),
    "a dictionary": pa.array(["0", "1", "1"]).dictionary_encode(),
    "a dictionary of numbers": pa.array([0, 1, 1]).dictionary_encode(),
    "decimals": pa.array([Decimal("0.00"), Decimal("1.00"), Decimal("1.00")]),
}


@pytest.mark.parametrize("kind", TYPED)
def test_every_type_of_a_column_gives_the_same_numbers_categories_and_labels(kind: str, tmp_path: Path):
    path = tmp_path / "typed.parquet"
    parquet.write_table(pa.table({"a": TYPED[kind], "b": pa.array([1.0, 2.0, 3.0])}), path)
    assert read_numbers(column_of(path, "a")).values.tolist() == [0, 1, 1]
    table = read_table(path, Reading("a", classes={"0": 1, "1": 0}))
    assert table.y.tolist() == [1, 0, 0]
    table = read_table(path, Reading("b", features=("a",), categories={"a": ("0", "1")}))
    assert table.x.tolist() == [[1, 0], [0, 1], [0, 1]]


def test_a_number_in_single_precision_is_the_one_that_is_written_alike(tmp_path: Path):
    path = tmp_path / "single.parquet"
    parquet.write_table(pa.table({"a": pa.array([0.1, 0.2], pa.float32()), "y": pa.array([1.0, 2.0])}), path)
    table = read_table(path, Reading("y", features=("a",), categories={"a": ("0.1", "0.2")}))
    assert table.x.tolist() == [[1, 0], [0, 1]]


def test_columns_of_lists_and_of_nothing_are_no_numbers(tmp_path: Path):
    path = tmp_path / "odd.parquet"
    parquet.write_table(pa.table({"a": [[1], [2]], "b": pa.nulls(2), "y": [0, 1]}), path)
    for name in "ab":
        with pytest.raises(BadCell):
            read_table(path, Reading("y", features=(name,)))
    assert {one.name: one.type for one in guess_columns(path, "y")}["b"] == "text"


def test_labels_that_are_text_are_compared_as_text(tmp_path: Path):
    (tmp_path / "a.csv").write_text("a,y\n1,01\n2,1\n3,001\n")
    table = read_table(tmp_path / "a.csv", Reading("y", classes={"01": 0, "1": 1, "001": 2}))
    assert table.y.tolist() == [0, 1, 2]
    with pytest.raises(UnknownLabel, match="row 3 "):
        read_table(tmp_path / "a.csv", Reading("y", classes={"01": 0, "1": 1}))


def test_words_that_are_no_category_are_named_by_row(tmp_path: Path):
    (tmp_path / "a.csv").write_text("a,y\nx,0\nsecret,1\n")
    with pytest.raises(UnknownCategory) as refused:
        read_table(tmp_path / "a.csv", Reading("y", categories={"a": ("x",)}))
    assert (refused.value.row, "secret" in str(refused.value)) == (2, False)


@pytest.mark.parametrize(
    "kind", ["<f8", ">f8", "<f4", ">f4", ">f2", ">i8", ">i2", ">u4", "<i4", "|u1", "g", "?", ">U5", "S5"]
)
def test_arrays_of_any_byte_order_are_read(kind: str, tmp_path: Path):
    path = tmp_path / "a.npz"
    np.savez(path, a=np.array([0, 1, 1]).astype(kind), x=np.array([[1, 2], [3, 4], [5, 6]]).astype(">f8"))
    assert read_numbers(column_of(path, "a")).values.tolist() == [0, 1, 1]
    assert read_numbers(column_of(path, "x1")).values.tolist() == [2, 4, 6]


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({"a": np.array([1j])}, "type 'c'"),
        ({"a": np.array(["2020-01-01"], "M8[D]")}, "type 'M'"),
        ({"a": np.array([{}], object)}, "allow_pickle"),
        ({"a": np.zeros((2, 2, 2))}, "3 dimensions"),
        ({"a": np.array(1.0)}, "0 dimensions"),
        ({"a": np.zeros(3), "b": np.zeros(4)}, "3 to 4 rows"),
        ({"x": np.zeros((2, 2)), "x1": np.zeros(2)}, "same name"),
    ],
)
def test_arrays_that_are_no_columns_are_named(arrays: dict[str, Any], problem: str, tmp_path: Path):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(UnreadableTable, match=problem):
        read_columns(tmp_path / "a.npz")


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)))
def test_every_cell_has_a_text(cell: Any):
    assert text_of(cell) == text_of(cell).strip()
