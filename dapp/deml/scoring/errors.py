"""What can be wrong with an architecture, a metric, a model file or a holdout."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class MalformedArchitecture(DemlError):
    reason: str
    what = "The architecture cannot be read: {reason}."


@dataclass(eq=False)
class UnknownFamily(DemlError):
    family: str
    known: str
    what = "There is no model family called {family}."


@dataclass(eq=False)
class ArchitectureOutOfBounds(DemlError):
    field: str
    value: int
    low: int
    high: int
    what = "The architecture's {field} is {value}; it must lie between {low} and {high}."


@dataclass(eq=False)
class UnknownMetric(DemlError):
    metric: str
    known: str
    what = "There is no metric called {metric}."


@dataclass(eq=False)
class MetricMismatch(DemlError):
    metric: str
    task: str
    fitting: str
    what = "The metric '{metric}' does not measure {task}."


@dataclass(eq=False)
class NeedsTwoClasses(DemlError):
    metric: str
    classes: int
    what = "The metric '{metric}' ranks two classes, and the model tells {classes} apart."


@dataclass(eq=False)
class MalformedSafetensors(DemlError):
    reason: str
    what = "The file is not in the safetensors format: {reason}."


@dataclass(eq=False)
class HeaderTooLong(DemlError):
    size: int
    limit: int
    what = "The header of the safetensors file has {size} bytes; at most {limit} are read."


@dataclass(eq=False)
class RepeatedName(DemlError):
    name: str
    what = "The name {name} stands twice in one object of the safetensors header."


@dataclass(eq=False)
class MalformedMetadata(DemlError):
    what = "The __metadata__ of the safetensors file is not an object of texts."


@dataclass(eq=False)
class MalformedTensor(DemlError):
    tensor: str
    reason: str
    what = "The safetensors header describes the tensor {tensor} wrongly: {reason}."


@dataclass(eq=False)
class TensorSizeMismatch(DemlError):
    tensor: str
    size: int
    expected: int
    what = "The tensor '{tensor}' takes {size} bytes in the file, where its type and shape make {expected}."


@dataclass(eq=False)
class OverlappingTensors(DemlError):
    tensor: str
    begin: int
    previous_end: int
    what = "The tensor '{tensor}' begins at byte {begin}, before the previous one ends at {previous_end}."


@dataclass(eq=False)
class GapBetweenTensors(DemlError):
    tensor: str
    begin: int
    previous_end: int
    what = "The bytes from {previous_end} to {begin}, before the tensor '{tensor}', belong to no tensor."


@dataclass(eq=False)
class TruncatedTensor(DemlError):
    tensor: str
    missing: int
    what = "The file ends {missing} bytes before the end of the tensor '{tensor}'."


@dataclass(eq=False)
class BytesAfterTensors(DemlError):
    count: int
    what = "The file goes on for {count} bytes after its last tensor."


@dataclass(eq=False)
class UnsupportedDtype(DemlError):
    tensor: str
    dtype: str
    allowed: str
    what = "The tensor '{tensor}' has the type {dtype}."


@dataclass(eq=False)
class WrongShape(DemlError):
    tensor: str
    shape: str
    expected: str
    what = "The tensor '{tensor}' has the shape {shape}, where {expected} is expected."


@dataclass(eq=False)
class MissingTensor(DemlError):
    tensor: str
    what = "The file has no tensor '{tensor}'."


@dataclass(eq=False)
class SurplusTensor(DemlError):
    tensor: str
    what = "The file has a tensor '{tensor}' that does not belong there."


@dataclass(eq=False)
class NotFinite(DemlError):
    tensor: str
    what = "The tensor '{tensor}' holds a value that is not a finite number."


@dataclass(eq=False)
class BadScale(DemlError):
    tensor: str
    what = "The tensor '{tensor}' holds a scale that is not a positive, normal float32."


@dataclass(eq=False)
class NumberTooLarge(DemlError):
    tensor: str
    what = "The tensor '{tensor}' comes to a number of magnitude 2^128 or more."


@dataclass(eq=False)
class NoInitialModel(DemlError):
    tensor: str
    what = "The tensor '{tensor}' comes as a change to the job's initial model, which is not there."


@dataclass(eq=False)
class PositionOutOfRange(DemlError):
    tensor: str
    position: int
    size: int
    what = "The tensor '{tensor}' leads to position {position}, where there are {size} numbers."


@dataclass(eq=False)
class BadStandardizer(DemlError):
    tensor: str
    what = "The tensor '{tensor}' holds a scale that is not above zero."


@dataclass(eq=False)
class MalformedTree(DemlError):
    tree: int
    node: int
    reason: str
    what = "Node {node} of tree {tree} {reason}."


@dataclass(eq=False)
class TreeTooDeep(DemlError):
    tree: int
    limit: int
    what = "Tree {tree} is deeper than the {limit} levels of the architecture."


@dataclass(eq=False)
class TokenOutOfRange(DemlError):
    token: int
    vocabulary: int
    what = "The holdout has the token {token}; tokens run from 0 to {vocabulary} minus 1."


@dataclass(eq=False)
class LayerDoesNotFit(DemlError):
    layer: int
    reason: str
    what = "Layer {layer} of the architecture does not fit: {reason}."


@dataclass(eq=False)
class EmptyHoldout(DemlError):
    what = "The holdout has no rows."


@dataclass(eq=False)
class TooManyRows(DemlError):
    rows: int
    limit: int
    what = "The holdout has {rows} rows; the terms allow {limit}."


@dataclass(eq=False)
class TooFewDistinctRows(DemlError):
    rows: int
    distinct: int
    least: int
    what = "Of the holdout's {rows} rows {distinct} are distinct; the terms promise {least}."


@dataclass(eq=False)
class LabelOutOfRange(DemlError):
    label: int
    classes: int
    what = "The holdout has the label {label}; with {classes} classes, labels run from 0 to {classes} minus 1."


@dataclass(eq=False)
class ConstantTarget(DemlError):
    what = "All targets of the holdout are equal, which leaves r2 without a meaning."


@dataclass(eq=False)
class OneClassOnly(DemlError):
    what = "All rows of the holdout belong to one class, which leaves nothing to rank."


@dataclass(eq=False)
class NoPairing(DemlError):
    metric: str
    known: str
    what = "It is not known how much luck there can be in {metric}, so no part of a gain in it can be told to be real."


@dataclass(eq=False)
class CutOutOfRange(DemlError):
    metric: str
    cut: int
    low: int
    high: int
    what = "The loss above which a row of {metric} counts no more is {cut} ppm; it must lie between {low} and {high}."


@dataclass(eq=False)
class NoAverage(DemlError):
    tensor: str
    what = "Models with integers ('{tensor}') have no average: those numbers say which, not how much."
