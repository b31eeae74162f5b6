"""ONNX files, opened with care: a graph of nodes, its constants as arrays, and nothing from other files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import ExternalData, MalformedSource, Unimportable
from deml_learn.models.onnx.constants import folded
from deml_sdk.extras import needed_to

Array = NDArray[Any]

KIND: Final = "ONNX"
MAX_NODES: Final = 10_000
MAX_ELEMENTS: Final = 2**27
"""Most numbers of a constant: half a gigabyte of float32."""

DOMAINS: Final = ("", "ai.onnx", "ai.onnx.ml")


@dataclass(frozen=True, slots=True)
class GraphNode:
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
    """A graph with one input of features, and of its nodes those that its outputs depend on.

    Parameters
    ----------
    entrance
        Name of the input.
    shape
        Its shape, rows first; None where it is free.
    double
        Whether it takes float64.
    exits
        Names of the outputs.
    opset
        Version of ONNX's own operators.
    """

    entrance: str
    shape: Sequence[int | None]
    double: bool
    nodes: Sequence[GraphNode]
    constants: Mapping[str, Array]
    exits: Sequence[str]
    opset: int

    @property
    def batch(self) -> int | None:
        """How many rows it takes at once, if that is fixed."""
        return self.shape[0] if self.shape else None

    def followers(self, name: str) -> list[GraphNode]:
        """Nodes that take a value."""
        return [node for node in self.nodes if name in node.inputs]


def read_graph(data: bytes) -> Graph:
    """Open a file.

    Raises
    ------
    LibraryMissing, MalformedSource, ExternalData, Unimportable
    """
    with needed_to("read ONNX files"):
        from onnx import ModelProto
    from google.protobuf.message import DecodeError

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
    exits = [one.name for one in graph.output]
    nodes, constants = _calculated(nodes, constants)
    return Graph(
        entrances[0].name,
        _shape(entrances[0]),
        _is_double(entrances[0]),
        _needed(nodes, exits),
        constants,
        exits,
        max((one.version for one in proto.opset_import if one.domain in ("", "ai.onnx")), default=1),
    )


def _shape(entrance: Any) -> list[int | None]:
    dimensions = entrance.type.tensor_type.shape.dim
    shape = [one.dim_value if one.HasField("dim_value") and one.dim_value > 0 else None for one in dimensions]
    if len(shape) not in (0, 2, 4):
        raise Unimportable(KIND, f"its input of {len(shape)} dimensions", "rows of features have two, images four")
    return shape


def _is_double(entrance: Any) -> bool:
    from onnx import TensorProto

    kind = entrance.type.tensor_type.elem_type
    if kind not in (TensorProto.FLOAT, TensorProto.DOUBLE):
        name = TensorProto.DataType.Name(kind) if kind in TensorProto.DataType.values() else str(kind)
        raise Unimportable(KIND, f"its input of type {name}", "features are numbers of type FLOAT or DOUBLE here")
    return bool(kind == TensorProto.DOUBLE)


def _calculated(nodes: Sequence[GraphNode], constants: Mapping[str, Array]) -> tuple[list[GraphNode], dict[str, Array]]:
    """Turn what is made of constants alone into constants."""
    left, known = [], dict(constants)
    for node in nodes:
        inputs = [known.get(one) for one in node.inputs if one]
        found = None
        if inputs and len(node.outputs) == 1 and all(one is not None for one in inputs):
            found = folded(node.op, [one for one in inputs if one is not None], node.attributes)
        if found is None:
            left.append(node)
        else:
            known[node.outputs[0]] = found
    return left, known


def _needed(nodes: Sequence[GraphNode], exits: Sequence[str]) -> list[GraphNode]:
    """Nodes that the outputs depend on, in their order."""
    makers = {output: node for node in nodes for output in node.outputs}
    pending, wanted = list(exits), {""}
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            pending += makers[name].inputs if name in makers else ()
    return [node for node in nodes if any(one in wanted for one in node.outputs if one)]


def _node(proto: Any) -> GraphNode:
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
    return GraphNode(proto.op_type, name, list(proto.input), list(proto.output), attributes)


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
