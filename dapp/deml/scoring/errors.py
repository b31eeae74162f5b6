"""What can be wrong with an architecture, a metric, a model file or a holdout."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class MalformedArchitecture(DemlError):
    reason: str
    what = "The architecture cannot be read: {reason}."
    fix = 'Write it as docs/scoring.md shows, for instance {{"family": "logistic", "inputs": 30, "outputs": 1}}.'


@dataclass(eq=False)
class UnknownFamily(DemlError):
    family: str
    known: str
    what = "There is no model family called {family}."
    fix = "Use one of: {known}."


@dataclass(eq=False)
class ArchitectureOutOfBounds(DemlError):
    field: str
    value: int
    low: int
    high: int
    what = "The architecture's {field} is {value}; it must lie between {low} and {high}."
    fix = "Choose a smaller or larger model; docs/scoring.md gives the bounds."


@dataclass(eq=False)
class UnknownMetric(DemlError):
    metric: str
    known: str
    what = "There is no metric called {metric}."
    fix = "Use one of: {known}."


@dataclass(eq=False)
class MetricMismatch(DemlError):
    metric: str
    task: str
    fitting: str
    what = "The metric '{metric}' does not measure {task}."
    fix = "Use one of: {fitting}."


@dataclass(eq=False)
class NeedsTwoClasses(DemlError):
    metric: str
    classes: int
    what = "The metric '{metric}' ranks two classes, and the model tells {classes} apart."
    fix = "Use a metric for any number of classes, such as balanced_accuracy, or a model of two."


@dataclass(eq=False)
class MalformedSafetensors(DemlError):
    reason: str
    what = "The file is not in the safetensors format: {reason}."
    fix = "Write it with the safetensors library or with 'deml train'."


@dataclass(eq=False)
class HeaderTooLong(DemlError):
    size: int
    limit: int
    what = "The header of the safetensors file has {size} bytes; at most {limit} are read."
    fix = "Leave metadata out, and store no more tensors than the job's architecture has."


@dataclass(eq=False)
class RepeatedName(DemlError):
    name: str
    what = "The name {name} stands twice in one object of the safetensors header."
    fix = "Write the file with the safetensors library or with 'deml train'."


@dataclass(eq=False)
class MalformedMetadata(DemlError):
    what = "The __metadata__ of the safetensors file is not an object of texts."
    fix = "Leave the metadata out; the dapp does not use it."


@dataclass(eq=False)
class MalformedTensor(DemlError):
    tensor: str
    reason: str
    what = "The safetensors header describes the tensor {tensor} wrongly: {reason}."
    fix = "Write the file with the safetensors library or with 'deml train'."


@dataclass(eq=False)
class TensorSizeMismatch(DemlError):
    tensor: str
    size: int
    expected: int
    what = "The tensor '{tensor}' takes {size} bytes in the file, where its type and shape make {expected}."
    fix = "Write the file with the safetensors library or with 'deml train'."


@dataclass(eq=False)
class OverlappingTensors(DemlError):
    tensor: str
    begin: int
    previous_end: int
    what = "The tensor '{tensor}' begins at byte {begin}, before the previous one ends at {previous_end}."
    fix = "Write the file with the safetensors library or with 'deml train'."


@dataclass(eq=False)
class GapBetweenTensors(DemlError):
    tensor: str
    begin: int
    previous_end: int
    what = "The bytes from {previous_end} to {begin}, before the tensor '{tensor}', belong to no tensor."
    fix = "Write the file with the safetensors library or with 'deml train'."


@dataclass(eq=False)
class TruncatedTensor(DemlError):
    tensor: str
    missing: int
    what = "The file ends {missing} bytes before the end of the tensor '{tensor}'."
    fix = "Copy the whole file, or write it again."


@dataclass(eq=False)
class BytesAfterTensors(DemlError):
    count: int
    what = "The file goes on for {count} bytes after its last tensor."
    fix = "Write the file with the safetensors library or with 'deml train'."


@dataclass(eq=False)
class UnsupportedDtype(DemlError):
    tensor: str
    dtype: str
    allowed: str
    what = "The tensor '{tensor}' has the type {dtype}."
    fix = "Store it as one of: {allowed}."


@dataclass(eq=False)
class WrongShape(DemlError):
    tensor: str
    shape: str
    expected: str
    what = "The tensor '{tensor}' has the shape {shape}, where {expected} is expected."
    fix = "Store it in the shape that the job's architecture gives it."


@dataclass(eq=False)
class MissingTensor(DemlError):
    tensor: str
    what = "The file has no tensor '{tensor}'."
    fix = "Store all tensors of the job's architecture; docs/scoring.md says how they are named."


@dataclass(eq=False)
class SurplusTensor(DemlError):
    tensor: str
    what = "The file has a tensor '{tensor}' that does not belong there."
    fix = "Store the tensors of the job's architecture and no others."


@dataclass(eq=False)
class NotFinite(DemlError):
    tensor: str
    what = "The tensor '{tensor}' holds a value that is not a finite number."
    fix = "Train again with a smaller learning rate, and check the data for missing values."


@dataclass(eq=False)
class BadScale(DemlError):
    tensor: str
    what = "The tensor '{tensor}' holds a scale that is not a positive, normal float32."
    fix = "Quantise the weights again; 1 serves where they are all zero."


@dataclass(eq=False)
class NumberTooLarge(DemlError):
    tensor: str
    what = "The tensor '{tensor}' comes to a number of magnitude 2^128 or more."
    fix = "Keep scales and deltas such that every number fits float32."


@dataclass(eq=False)
class NoInitialModel(DemlError):
    tensor: str
    what = "The tensor '{tensor}' comes as a change to the job's initial model, which is not there."
    fix = "Store the numbers themselves; only what clients deliver can build on the initial model."


@dataclass(eq=False)
class PositionOutOfRange(DemlError):
    tensor: str
    position: int
    size: int
    what = "The tensor '{tensor}' leads to position {position}, where there are {size} numbers."
    fix = "Encode the change again, for the job's architecture."


@dataclass(eq=False)
class BadStandardizer(DemlError):
    tensor: str
    what = "The tensor '{tensor}' holds a scale that is not above zero."
    fix = "Use 1 as the scale of a constant column."


@dataclass(eq=False)
class MalformedTree(DemlError):
    tree: int
    node: int
    reason: str
    what = "Node {node} of tree {tree} {reason}."
    fix = "Write the trees as docs/scoring.md shows, or import them with 'deml model import'."


@dataclass(eq=False)
class TreeTooDeep(DemlError):
    tree: int
    limit: int
    what = "Tree {tree} is deeper than the {limit} levels of the architecture."
    fix = "Train with that depth as the limit, or use a job whose architecture allows more."


@dataclass(eq=False)
class TokenOutOfRange(DemlError):
    token: int
    vocabulary: int
    what = "The holdout has the token {token}; tokens run from 0 to {vocabulary} minus 1."
    fix = "Number the tokens from 0, and pad with -1."


@dataclass(eq=False)
class LayerDoesNotFit(DemlError):
    layer: int
    reason: str
    what = "Layer {layer} of the architecture does not fit: {reason}."
    fix = "Choose kernels, strides and paddings so that every layer has something to work on."


@dataclass(eq=False)
class EmptyHoldout(DemlError):
    what = "The holdout has no rows."
    fix = "A holdout needs at least one row."


@dataclass(eq=False)
class TooManyRows(DemlError):
    rows: int
    limit: int
    what = "The holdout has {rows} rows; the terms allow {limit}."
    fix = "Use a part of it, or other terms."


@dataclass(eq=False)
class LabelOutOfRange(DemlError):
    label: int
    classes: int
    what = "The holdout has the label {label}; with {classes} classes, labels run from 0 to {classes} minus 1."
    fix = "Number the classes from 0, and give the architecture an output for each."


@dataclass(eq=False)
class ConstantTarget(DemlError):
    what = "All targets of the holdout are equal, which leaves r2 without a meaning."
    fix = "Use a holdout whose targets differ."


@dataclass(eq=False)
class OneClassOnly(DemlError):
    what = "All rows of the holdout belong to one class, which leaves nothing to rank."
    fix = "Use a holdout with rows of both classes."


@dataclass(eq=False)
class NoPairing(DemlError):
    metric: str
    known: str
    what = "It is not known how much luck there can be in {metric}, so no part of a gain in it can be told to be real."
    fix = "Choose one of {known}; or set the confidence to 0, and pay for luck."


@dataclass(eq=False)
class CutOutOfRange(DemlError):
    metric: str
    cut: int
    low: int
    high: int
    what = "The loss above which a row of {metric} counts no more is {cut} ppm; it must lie between {low} and {high}."
    fix = "Set evidenceCut to about nine times the initial model's mean square, or four nats; to 0 for other metrics."
