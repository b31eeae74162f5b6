"""What can be wrong with a job's specification."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class BadSpec(DemlError):
    source: str
    problems: str
    what = "{source} is not a valid job specification:\n{problems}"
    fix = "Correct the lines named. docs/spec.md explains every field; 'deml job new' writes one."


@dataclass(eq=False)
class NoSpec(DemlError):
    job_id: int
    what = "Job {job_id} has no specification."
    fix = "Its sponsor gave none. Name a specification's file instead of the job."


@dataclass(eq=False)
class SpecNotHere(DemlError):
    cid: str
    job_id: int
    what = "The specification {cid} of job {job_id} is not available from any content source."
    fix = "Ask the sponsor to keep it available, or get the file elsewhere and name it instead of the job."


@dataclass(eq=False)
class TrainerNotHere(DemlError):
    cid: str
    job_id: int
    what = "The trainer {cid} of job {job_id} cannot be had from any content source."
    fix = "Ask the sponsor to keep it available."


@dataclass(eq=False)
class NoLabel(DemlError):
    what = "The column to predict is unknown: no specification names it."
    fix = "Name it with --label, and the columns to learn from with --feature or --drop."


@dataclass(eq=False)
class NotInSpec(DemlError):
    path: str
    columns: str
    what = "{path} lacks columns that the specification asks for: {columns}."
    fix = "Rename or add them; 'deml data check' compares every column."


@dataclass(eq=False)
class NoUsableRow(DemlError):
    path: str
    rows: int
    what = "None of the {rows} rows of {path} fits the specification."
    fix = "'deml data check' says what is missing, out of range or of the wrong type in each column."


@dataclass(eq=False)
class BadJobFile(DemlError):
    path: str
    field: str
    problem: str
    what = "In {path}, {field}: {problem}."
    fix = "Correct it; 'deml job new' writes a file in which every field is explained."
