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
    what = "There is no model family called '{family}'."
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
    what = "There is no metric called '{metric}'."
    fix = "Use one of: {known}."


@dataclass(eq=False)
class MetricMismatch(DemlError):
    metric: str
    task: str
    what = "The metric '{metric}' does not measure {task}."
    fix = "Use accuracy or log_loss for classification, r2 for regression."


@dataclass(eq=False)
class MalformedSafetensors(DemlError):
    reason: str
    what = "The file is no strict safetensors file: {reason}."
    fix = "Write it with the safetensors library or with 'deml train'."


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
    fix = "Store all tensors of the job's architecture: 'deml job show' lists them."


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
class BadStandardizer(DemlError):
    tensor: str
    what = "The tensor '{tensor}' holds a scale that is not above zero."
    fix = "Use 1 as the scale of a constant column."


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
