"""ONNX files, opened with care: a graph of nodes, its constants as arrays, and nothing from other files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import ExternalData, LibraryMissing, MalformedSource, Unimportable

Array = NDArray[Any]

KIND: Final = "ONNX"
MAX_NODES: Final = 10_000
MAX_ELEMENTS: Final = 2**27
"""Most numbers of a constant: half a gigabyte of float32."""

DOMAINS: Final = ("", "ai.onnx", "ai.onnx.ml")


@dataclass(frozen=True, slots=True)
class Node:
    """An operation, with its attributes as numbers, texts, arrays and lists of them."""

    op: str
    name: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: Mapping[str, Any]

    def attribute(self, name: str, default: Any) -> Any:
        """An attribute of the type that the default has.

        Raises
        ------
        MalformedSource
            If it is of another type.
        """
        value = self.attributes.get(name, default)
        if isinstance(default, list) and not default:
            fits = isinstance(value, list)
        elif isinstance(default, list):
            fits = isinstance(value, list) and all(isinstance(one, type(default[0])) for one in value)
        else:
            fits = isinstance(value, type(default))
        if not fits:
            raise MalformedSource(KIND, f"the attribute '{name}' of {self.shown} makes no sense")
        return value

    @property
    def shown(self) -> str:
        """What errors call it."""
        where = self.name or (self.outputs[0] if self.outputs else "")
        return f"the operator {self.op[:40]} ('{where[:60]}')"

    def refused(self, reason: str) -> Unimportable:
        """Say that this node cannot be imported."""
        return Unimportable(KIND, self.shown, reason)


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph with one input of features: its name, its shape (None where it is free), nodes, constants, outputs."""

    entrance: str
    shape: Sequence[int | None]
    nodes: Sequence[Node]
    constants: Mapping[str, Array]
    exits: Sequence[str]

    def followers(self, name: str) -> list[Node]:
        """Nodes that take a value."""
        return [node for node in self.nodes if name in node.inputs]


def read_graph(data: bytes) -> Graph:
    """Open a file.

    Raises
    ------
    LibraryMissing, MalformedSource, ExternalData, Unimportable
    """
    if find_spec("onnx") is None:
        raise LibraryMissing("onnx", "read ONNX files")
    from google.protobuf.message import DecodeError
    from onnx import ModelProto

    try:
        proto = ModelProto.FromString(data)
    except DecodeError as error:
        raise MalformedSource(KIND, "it is not the protocol buffer that it should be") from error
    graph = proto.graph
    if not graph.node or len(graph.node) > MAX_NODES:
        raise MalformedSource(KIND, f"it has {len(graph.node)} nodes, where 1 to {MAX_NODES} are read")
    if graph.sparse_initializer:
        raise Unimportable(KIND, "a sparse initializer", "weights must be dense")
    constants = {one.name: _array(one) for one in graph.initializer}
    nodes = []
    for one in graph.node:
        if one.op_type == "Constant" and len(one.output) == 1:
            constants[one.output[0]] = _constant(one)
        else:
            nodes.append(_node(one))
    entrances = [one for one in graph.input if one.name not in constants]
    if len(entrances) != 1:
        raise Unimportable(KIND, f"its {len(entrances)} inputs", "one matrix of features is taken; join columns before")
    dimensions = entrances[0].type.tensor_type.shape.dim
    shape = [one.dim_value if one.HasField("dim_value") else None for one in dimensions]
    return Graph(entrances[0].name, shape, nodes, constants, [one.name for one in graph.output])


def _node(proto: Any) -> Node:
    from onnx.helper import get_attribute_value

    name = str(proto.name)
    if proto.domain not in DOMAINS:
        raise Unimportable(KIND, f"the operator {proto.op_type[:40]} ('{name[:60]}')", f"domain {proto.domain[:60]}")
    attributes = {}
    for one in proto.attribute:
        try:
            value = get_attribute_value(one)
        except ValueError as error:
            raise MalformedSource(KIND, f"the attribute '{one.name[:60]}' has no type that is known") from error
        attributes[one.name] = _plain(value)
    return Node(proto.op_type, name, list(proto.input), list(proto.output), attributes)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, int | float | str):
        return value
    if hasattr(value, "data_type") and hasattr(value, "dims"):
        return _array(value)
    try:
        return [_plain(one) for one in value]
    except TypeError:
        return None


def _constant(proto: Any) -> Array:
    node = _node(proto)
    for value in node.attributes.values():
        if isinstance(value, np.ndarray | int | float) or (isinstance(value, list) and value):
            try:
                return np.asarray(value)
            except ValueError as error:
                raise node.refused("its value is no array") from error
    raise node.refused("it has no value that is known")


def _array(proto: Any) -> Array:
    from onnx import TensorProto
    from onnx.numpy_helper import to_array

    name = str(proto.name)[:60]
    if proto.data_location == TensorProto.EXTERNAL or proto.external_data:
        raise ExternalData(name)
    if any(one < 0 for one in proto.dims) or prod(max(1, one) for one in proto.dims) > MAX_ELEMENTS:
        raise MalformedSource(KIND, f"the tensor '{name}' is larger than any that is read")
    try:
        return np.asarray(to_array(proto))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise MalformedSource(KIND, f"the tensor '{name}' does not have the numbers that its shape asks for") from error
