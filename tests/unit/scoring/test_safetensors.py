"""safetensors files: written as the library writes them, read more strictly than it does."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors import numpy as library

from deml.base.errors import DemlError
from deml.scoring import errors
from deml.scoring.safetensors import MAX_HEADER_BYTES, read_tensors, write_tensors
from tests.property.expected_failures import attempt

TENSORS = {
    "layers.0.weight": np.array([[1.5, -0.0, 3e38], [2, 1e-45, 0]], np.float32),
    "layers.0.bias": np.array([1, 2], np.float16),
    "odd": np.arange(3, dtype=np.uint8),
    "y": np.array([-(2**63), 2**63 - 1]),
    "z": np.array([-1, 2**31 - 1], np.int32),
    "short": np.array([-(2**15), 2**15 - 1], np.int16),
    "tiny": np.array([-(2**7), 2**7 - 1], np.int8),
    "a": np.zeros((2, 0), np.float32),
    "scalar": np.array(7.0, np.float32),
    "naïve": np.ones(1, np.float32),
}
PRINTABLE = {name: tensor for name, tensor in TENSORS.items() if name.isascii()}


def test_files_equal_those_of_the_library_byte_for_byte():
    assert write_tensors(TENSORS) == library.save(TENSORS)
    assert write_tensors({}) == library.save({})
    assert write_tensors(dict(reversed(TENSORS.items()))) == library.save(TENSORS)


def test_arrays_of_any_memory_layout_are_written_in_row_order():
    matrix = np.arange(12, dtype=np.float32).reshape(3, 4)
    for view in (matrix.T, matrix[::2, ::-1], np.asfortranarray(matrix)):
        assert np.array_equal(read_tensors(write_tensors({"w": view}))["w"], view)


def test_the_library_and_we_read_the_same():
    file = library.save(PRINTABLE, metadata={"format": "pt"})
    ours, theirs = read_tensors(file), library.load(file)
    assert set(ours) == set(theirs) == set(PRINTABLE)
    for name, tensor in PRINTABLE.items():
        assert ours[name].tobytes() == theirs[name].tobytes() == tensor.tobytes()
        assert (ours[name].dtype, ours[name].shape) == (tensor.dtype, tensor.shape)


def test_tensors_read_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        read_tensors(write_tensors(PRINTABLE))["z"][0] = 1


@pytest.mark.parametrize("dtype", [np.float64, np.uint64, np.bool_, np.complex64, ">f4"])
def test_other_types_are_not_written(dtype: Any):
    assert isinstance(attempt(lambda: write_tensors({"w": np.zeros(2, dtype)})), errors.UnsupportedDtype)


def file_of(header: Any, body: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def entry(begin: int, end: int, *shape: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


ONE = entry(0, 4, 1)
FOUR, EIGHT = bytes(4), bytes(8)
MALFORMED: dict[str, tuple[bytes, type[DemlError]]] = {
    "empty": (b"", errors.MalformedSafetensors),
    "no header length": (b"1234567", errors.MalformedSafetensors),
    "header beyond the end": (file_of({}, length=3), errors.MalformedSafetensors),
    "header of 2^64 - 1 bytes": (b"\xff" * 8 + b"{}", errors.MalformedSafetensors),
    "header too long": (file_of(b"{}".ljust(MAX_HEADER_BYTES + 1)), errors.HeaderTooLong),
    "header is a list": (file_of([]), errors.MalformedSafetensors),
    "header begins with a space": (file_of(b" {}"), errors.MalformedSafetensors),
    "header has a byte order mark": (file_of(b"\xef\xbb\xbf{}"), errors.MalformedSafetensors),
    "header is no JSON": (file_of(b"{w}"), errors.MalformedSafetensors),
    "header is no UTF-8": (file_of(b'{"\xff": 1}'), errors.MalformedSafetensors),
    "header goes on": (file_of(b"{}{}"), errors.MalformedSafetensors),
    "header is nested deeply": (file_of(b'{"w":' + b"[" * 60_000), errors.MalformedSafetensors),
    "a number of 5,000 digits": (file_of(b'{"w":' + b"9" * 5_000 + b"}"), errors.MalformedSafetensors),
    "a tensor twice": (file_of(b'{"w":%b,"w":%b}' % ((json.dumps(ONE).encode(),) * 2), FOUR), errors.RepeatedName),
    "a key twice": (file_of(b'{"w":{"dtype":"F32","dtype":"F32"}}'), errors.RepeatedName),
    "metadata twice": (file_of(b'{"__metadata__":{"a":"b","a":"b"}}'), errors.RepeatedName),
    "metadata is a list": (file_of({"__metadata__": []}), errors.MalformedMetadata),
    "metadata is null": (file_of({"__metadata__": None}), errors.MalformedMetadata),
    "metadata holds a number": (file_of({"__metadata__": {"a": 1}}), errors.MalformedMetadata),
    "entry is a number": (file_of({"w": 1}), errors.MalformedTensor),
    "entry lacks shape": (file_of({"w": {"dtype": "F32", "data_offsets": [0, 4]}}), errors.MalformedTensor),
    "entry has more": (file_of({"w": ONE | {"more": 1}}, FOUR), errors.MalformedTensor),
    "name is not ASCII": (file_of({"w\u202e": ONE}, FOUR), errors.MalformedTensor),
    "name is half a character": (file_of(b'{"\\ud800":%b}' % json.dumps(ONE).encode(), FOUR), errors.MalformedTensor),
    "name controls the terminal": (file_of({"\x1b[2J": ONE}, FOUR), errors.MalformedTensor),
    "shape is a number": (file_of({"w": ONE | {"shape": 1}}, FOUR), errors.MalformedTensor),
    "shape is negative": (file_of({"w": ONE | {"shape": [-1]}}, FOUR), errors.MalformedTensor),
    "shape is a fraction": (file_of({"w": ONE | {"shape": [1.0]}}, FOUR), errors.MalformedTensor),
    "shape is a truth value": (file_of({"w": ONE | {"shape": [True]}}, FOUR), errors.MalformedTensor),
    "nine dimensions": (file_of({"w": ONE | {"shape": [1] * 9}}, FOUR), errors.MalformedTensor),
    "empty but huge": (file_of({"w": entry(0, 0, 0, 2**40, 2**40)}), errors.MalformedTensor),
    "shape overflows": (file_of({"w": entry(0, 0, 2**40, 2**24)}), errors.MalformedTensor),
    "one offset": (file_of({"w": ONE | {"data_offsets": [4]}}, FOUR), errors.MalformedTensor),
    "offsets in the wrong order": (file_of({"w": ONE | {"data_offsets": [4, 0]}}, FOUR), errors.MalformedTensor),
    "offset is negative": (file_of({"w": ONE | {"data_offsets": [-4, 0]}}, FOUR), errors.MalformedTensor),
    "offset beyond 2^40": (file_of({"w": ONE | {"data_offsets": [0, 2**41]}}, FOUR), errors.MalformedTensor),
    "dtype is a number": (file_of({"w": ONE | {"dtype": 1}}, FOUR), errors.UnsupportedDtype),
    "dtype F64": (file_of({"w": entry(0, 8, 1, dtype="F64")}, EIGHT), errors.UnsupportedDtype),
    "dtype U16": (file_of({"w": entry(0, 2, 1, dtype="U16")}, b"12"), errors.UnsupportedDtype),
    "shorter than its shape": (file_of({"w": entry(0, 4, 2)}, FOUR), errors.TensorSizeMismatch),
    "longer than its shape": (file_of({"w": entry(0, 8, 1)}, EIGHT), errors.TensorSizeMismatch),
    "the same place": (file_of({"v": ONE, "w": ONE}, FOUR), errors.OverlappingTensors),
    "overlap by one byte": (file_of({"v": ONE, "w": entry(3, 7, 1)}, EIGHT), errors.OverlappingTensors),
    "gap before the first": (file_of({"w": entry(4, 8, 1)}, EIGHT), errors.GapBetweenTensors),
    "gap between two": (file_of({"v": ONE, "w": entry(8, 12, 1)}, bytes(12)), errors.GapBetweenTensors),
    "cut off": (file_of({"w": ONE}, bytes(3)), errors.TruncatedTensor),
    "bytes behind": (file_of({"w": ONE}, bytes(5)), errors.BytesAfterTensors),
    "bytes and no tensor": (file_of({}, b"\0"), errors.BytesAfterTensors),
}


@pytest.mark.parametrize(("file", "error"), MALFORMED.values(), ids=MALFORMED.keys())
def test_each_defect_has_its_error(file: bytes, error: type[DemlError]):
    failure = attempt(lambda: read_tensors(file))
    assert type(failure) is error
    assert str(failure).isprintable()


STRICTER = {
    *("header too long", "metadata is null", "entry has more", "nine dimensions"),
    *("name is not ASCII", "name controls the terminal", "header begins with a space", "empty but huge"),
    *("a tensor twice", "metadata twice", "dtype F64", "dtype U16"),
}
"""Where the library is content: files that two readers could read differently, and what no job here needs."""


@pytest.mark.parametrize("name", MALFORMED.keys())
def test_what_the_library_refuses_we_refuse(name: str):
    file = MALFORMED[name][0]
    if name in STRICTER:
        library.deserialize(file)
    else:
        with pytest.raises(SafetensorError):
            library.deserialize(file)


def test_an_error_names_the_place():
    failure = attempt(lambda: read_tensors(MALFORMED["overlap by one byte"][0]))
    assert isinstance(failure, errors.OverlappingTensors)
    assert failure.values == {"tensor": "w", "begin": 3, "previous_end": 4}
    failure = attempt(lambda: read_tensors(MALFORMED["cut off"][0]))
    assert isinstance(failure, errors.TruncatedTensor)
    assert failure.values == {"tensor": "w", "missing": 1}


def test_a_tensor_may_begin_at_any_byte():
    file = file_of({"v": entry(0, 1, 1, dtype="U8"), "w": entry(1, 5, 1)}, b"\x01" + np.float32(2.5).tobytes())
    tensors = read_tensors(file)
    assert (tensors["v"][0], tensors["w"][0]) == (1, 2.5)
