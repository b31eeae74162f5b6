"""An odd cell changes how no other is read, ends nothing in a traceback, and is quoted by nobody.

With a privacy budget, data sets that differ by a row are neighbours: were the others read otherwise by an ulp because
of that row, they would not be.
"""

from __future__ import annotations

import datetime
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import ipc, parquet

from deml.base.errors import DemlError
from deml_sdk.data.columns import read_columns
from deml_sdk.data.numbers import read_numbers
from deml_sdk.data.plain import plain
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import read_table
from deml_sdk.jobspec.check import check_data
from deml_sdk.jobspec.header import guess_columns
from deml_sdk.jobspec.reading import parse_spec
from tests.support.scale import SCALE
from tests.support.specs import SPEC

SECRET = "Nomvula"

WRITTEN = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.decimals().map(str),
    st.from_regex(r"\A\s?[+-]?(\d{0,3}\.?\d{0,3})([eE][+-]?\d{1,3})?\s?\Z"),
    st.sampled_from(["inf", "-inf", "nan", "-nan", "NA", "", "true", "1_0", "0x10", "1e400", "1.", ".5", "1d", "+1"]),
    st.sampled_from(["-0", "\x1f1", "\x851", "\u20031", "\xa01", "\ufeff1", "\uff11", "\u0663"]),
    st.text(max_size=3),
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=9)
CELLS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any], list[Any]]] = {
    "text": (pa.string(), WRITTEN, ["odd", "9007199254740993", None, "1e999"]),
    "whole numbers": (pa.int64(), st.integers(-(2**53), 2**53), [2**53 + 1, -(2**63), None]),
    "unsigned": (pa.uint64(), st.integers(0, 2**53), [2**64 - 1, None]),
    "decimals": (pa.decimal256(40, 9), DECIMALS, [Decimal(2**60 + 1), None]),
    "float64": (pa.float64(), st.floats(), [float("nan"), float("inf"), 5e-324]),
    "float32": (pa.float32(), st.floats(width=32), [float("nan"), float("inf"), 2.0**-149]),
    "truth": (pa.bool_(), st.booleans(), [None]),
}


def numbers(kind: pa.DataType, cells: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    found = read_numbers(plain(Path("x"), "x", pa.chunked_array([pa.array(cells, kind)])))
    values = np.where(np.isinf(found.values), np.inf, found.values)  # of no use with either sign
    return np.where(np.isnan(values), np.nan, values), found.inexact


@settings(max_examples=60 * SCALE)
@given(st.data())
@pytest.mark.parametrize("kind", CELLS)
def test_a_number_is_read_alike_whatever_stands_in_other_rows(kind: str, data: st.DataObject):
    typed, cells, odd = CELLS[kind]
    some = data.draw(st.lists(cells, min_size=1, max_size=5))
    alone = [numbers(typed, [one]) for one in some]
    together = numbers(typed, [*some, *data.draw(st.lists(st.sampled_from(odd), max_size=2))])
    for place, (value, inexact) in enumerate(alone):
        assert together[0][place : place + 1].tobytes() == value.tobytes(), some[place]
        assert together[1][place] == inexact[0]


def extension(kind: Any, storage: pa.Array) -> pa.Array:
    return pa.ExtensionArray.from_storage(kind, storage)


NOT_UTF8 = [None, pa.py_buffer(np.array([0, 1, 2, 9], np.int32).tobytes()), pa.py_buffer(b"\xff\xfe" + SECRET.encode())]
TYPES: dict[str, Callable[[], pa.Array]] = {
    "times": lambda: pa.array([datetime.datetime(2020, 1, 1), None, datetime.datetime(2021, 1, 1)]),
    "times far away": lambda: pa.array([2**62, 0, -(2**62)], pa.timestamp("s")),
    "times nowhere": lambda: pa.array([1, 2, 3], pa.timestamp("s", "No/Where")),
    "days": lambda: pa.array([1, 2, 2**31 - 1], pa.date32()),
    "days in milliseconds": lambda: pa.array([1, 2, 2**62], pa.date64()),
    "times of day": lambda: pa.array([1, 2, 3], pa.time64("ns")),
    "durations": lambda: pa.array([1, 2, 2**62], pa.duration("s")),
    "intervals": lambda: pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval()),
    "bytes": lambda: pa.array([b"\xff", b"a", None]),
    "bytes of a length": lambda: pa.array([b"ab"] * 3, pa.binary(2)),
    "views of text": lambda: pa.array([SECRET] * 3, pa.string_view()),
    "lists": lambda: pa.array([[SECRET], None, []]),
    "views of lists": lambda: pa.array([[1]] * 3, pa.list_view(pa.int64())),
    "maps": lambda: pa.array([[(SECRET, 1)]] * 3, pa.map_(pa.string(), pa.int64())),
    "structures": lambda: pa.array([{"a": SECRET}] * 3),
    "a dictionary of lists": lambda: pa.DictionaryArray.from_arrays(pa.array([0, 0, 0]), pa.array([[SECRET]])),
    "runs": lambda: pa.RunEndEncodedArray.from_arrays(pa.array([3], pa.int32()), pa.array([SECRET])),
    "a union": lambda: pa.UnionArray.from_sparse(
        pa.array([0, 1, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array([SECRET] * 3)]
    ),
    "small decimals": lambda: pa.array([Decimal("1.5")] * 3, pa.decimal32(5, 2)),
    "large decimals": lambda: pa.array([Decimal("1e70")] * 3, pa.decimal256(76, 0)),
    "truth in bytes": lambda: extension(pa.bool8(), pa.array([1, 0, 1], pa.int8())),
    "JSON": lambda: extension(pa.json_(), pa.array([f'"{SECRET}"'] * 3)),
    "UUIDs": lambda: extension(pa.uuid(), pa.array([uuid.UUID(int=7).bytes] * 3, pa.binary(16))),
    "somebody's own": lambda: extension(pa.opaque(pa.string(), "kind", "maker"), pa.array([SECRET] * 3)),
    "text that is no UTF-8": lambda: pa.Array.from_buffers(pa.string(), 3, NOT_UTF8),
    "nothing": lambda: pa.nulls(3),
    "half precision": lambda: pa.array(np.array([np.nan, 1, np.inf], np.float16)),
}
SPECIFIED = parse_spec(json.dumps(SPEC).encode(), "x")
READS: dict[str, Callable[[Path], Any]] = {
    "columns": read_columns,
    "numbers": lambda path: read_table(path, Reading("y")),
    "categories": lambda path: read_table(path, Reading("y", categories={"a": ("x",)})),
    "labels": lambda path: read_table(path, Reading("a", classes={"x": 0})),
    "columns of a job": lambda path: guess_columns(path, "y", ranges=True),
    "a job's label": lambda path: guess_columns(path, "a"),
    "a specification": lambda path: check_data(path, SPECIFIED),
}


def told(read: Callable[[], Any]) -> str:
    """What is said of a table that cannot be read; other errors than ours pass through."""
    try:
        read()
    except DemlError as error:
        return f"{error} {error.values}"
    return ""


def write(table: pa.Table, path: Path) -> bool:
    """Write a table; whether such a file can hold it."""
    try:
        if path.suffix == ".parquet":
            parquet.write_table(table, path)
            return True
        make = ipc.new_stream if path.stem == "stream" else ipc.new_file
        with pa.OSFile(str(path), "wb") as sink, make(sink, table.schema) as writer:
            writer.write_table(table)
    except pa.ArrowException:
        return False
    return True


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", ["rows.parquet", "file.arrow", "stream.arrow"])
def test_a_column_of_any_type_is_read_or_refused_by_name(kind: str, name: str, tmp_path: Path):
    path = tmp_path / name
    if not write(pa.table({"a": TYPES[kind](), "y": pa.array([0, 1, 0])}), path):
        assert name == "rows.parquet"
        return
    for read in READS.values():
        assert SECRET not in told(partial(read, path))


def test_one_odd_cell_leaves_the_others_as_they_are(tmp_path: Path):
    table = pa.table({"a": pa.array([1, 2, 2**62], pa.duration("s")), "b": [1.5, 2.5, 3.5], "y": [0, 1, 0]})
    assert write(table, tmp_path / "rows.parquet")
    assert read_table(tmp_path / "rows.parquet", Reading("y", drop=("a",))).x.tolist() == [[1.5], [2.5], [3.5]]
    words = read_columns(tmp_path / "rows.parquet")["a"].to_pylist()
    assert words[:2] == ["0:00:01", "0:00:02"]


def test_arrays_of_text_that_is_no_unicode_are_read_or_refused(tmp_path: Path):
    """Half of a pair of code units, as Windows' file names may hold."""
    np.savez(tmp_path / "a.npz", a=np.array([f"\ud800{SECRET}", "1"]), y=np.array([0, 1]))
    for read in READS.values():
        assert SECRET not in told(partial(read, tmp_path / "a.npz"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "npz"])
def test_damaged_files_are_refused_and_quote_nothing(suffix: str, tmp_path: Path, data: st.DataObject):
    path = tmp_path / f"rows.{suffix}"
    columns = {"a": [SECRET, "1", "2"], "b": [1.0, 2.0, 3.0], "y": [0, 1, 0]}
    if suffix == "npz":
        np.savez(path, **{name: np.array(one) for name, one in columns.items()})
    else:
        assert write(pa.table(columns), path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.sampled_from([len(content), len(content) - 9, len(content) // 2]))])
    for name in ("numbers", "categories", "columns of a job"):
        assert SECRET not in told(partial(READS[name], path))


def test_names_in_a_zip_that_are_no_columns(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.txt", SECRET)
        archive.writestr("../y.npy", b"\x93NUMPY" + SECRET.encode())
    (tmp_path / "a.npz").write_bytes(buffer.getvalue())
    with pytest.raises(DemlError) as refused:
        read_columns(tmp_path / "a.npz")
    assert SECRET not in f"{refused.value} {refused.value.values}"
