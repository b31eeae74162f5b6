"""Specifications and checked data in words: what people read."""

from __future__ import annotations

from collections.abc import Mapping

from deml_sdk.jobspec.check import ColumnReport, DataReport
from deml_sdk.jobspec.document import Builtin, Column, Script, Spec

COLUMN_COLUMNS = ("column", "type", "unit", "allowed", "meaning")


def facts(spec: Spec) -> Mapping[str, object]:
    """What a specification says besides its columns, by name."""
    said: dict[str, object] = {
        "licence": spec.license or "none given",
        "permitted use": spec.permitted_use or "not limited beyond the licence",
        "predicts": _label(spec),
        "trainer": _trainer(spec),
        "privacy": "no limit asked for",
    }
    if spec.privacy is not None:
        said["privacy"] = f"epsilon at most {spec.privacy.max_epsilon:g}, delta at most {spec.privacy.max_delta:g}"
    if spec.data.sample:
        said["sample rows"] = len(spec.data.sample)
    return said


def column_row(column: Column) -> tuple[str, ...]:
    """Row of a column; for `COLUMN_COLUMNS`."""
    return (column.name, column.type, column.unit or "", _allowed(column), column.description or "")


REPORT_COLUMNS = (
    "column",
    "type",
    "missing",
    "wrong type",
    "too long",
    "out of range",
    "unknown",
    "first rows",
    "values",
)


def report_row(one: ColumnReport) -> tuple[object, ...]:
    """Row of a checked column; for `REPORT_COLUMNS`."""
    if not one.present:
        return (one.name, one.type, "not in the file", "", "", "", "", "", "")
    rows = ", ".join(map(str, one.rows))
    counts = (one.missing, one.wrong_type, one.inexact, one.out_of_range, one.unknown)
    return (one.name, one.type, *counts, rows, ", ".join(one.values))


def balance(report: DataReport) -> str:
    """Shares of the classes among the usable rows."""
    total = sum(report.classes.values())
    shares = ((name, count, 100 * count / max(1, total)) for name, count in report.classes.items())
    return ", ".join(f"{name} {count:,} ({share:.0f} %)" for name, count, share in shares)


def _allowed(column: Column) -> str:
    if column.categories is not None:
        return ", ".join(column.categories)
    if column.minimum is None and column.maximum is None:
        return "" if column.required else "may be empty"
    low = "" if column.minimum is None else f"{column.minimum:g}"
    high = "" if column.maximum is None else f"{column.maximum:g}"
    return f"{low} .. {high}"


def _label(spec: Spec) -> str:
    label = spec.data.label
    if label.mapping is None:
        return label.column
    return f"{label.column}: " + ", ".join(f"{name} = {number}" for name, number in label.mapping.items())


def _trainer(spec: Spec) -> str:
    match spec.trainer:
        case Builtin():
            return "the built-in one"
        case Script(cid=cid):
            return f"a script of the sponsor's choice, {cid}"
