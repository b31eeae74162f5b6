"""The specification itself: its fields, and what makes them fit together."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from deml.base.errors import DemlError
from deml.base.limits import MAX_TITLE_BYTES
from deml.ipld import Cid
from deml.scoring import Architecture, parse_architecture, parse_metric
from deml.scoring.task import Task
from deml_sdk.jobspec.private_training import PRIVATE_FAMILIES, trains_privately
from deml_sdk.visible import visible

MAX_COLUMNS: Final = 10_000
MAX_CATEGORIES: Final = 1_000
MAX_SAMPLES: Final = 100
MAX_NAME: Final = 200

SpecName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
Line = Annotated[str, StringConstraints(max_length=1_000)]
SpecText = Annotated[str, StringConstraints(max_length=20_000)]
Cell = int | float | str | None


class _SpecPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Column(_SpecPart):
    """A column of the data; `minimum` and `maximum` are inclusive."""

    name: SpecName
    type: Literal["number", "integer", "category", "text"]
    unit: Line | None = None
    description: Line | None = None
    minimum: float | None = None
    maximum: float | None = None
    categories: Annotated[tuple[SpecName, ...], Field(min_length=1, max_length=MAX_CATEGORIES, strict=False)] | None = (
        None
    )
    required: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Column:
        numeric = self.type in ("number", "integer")
        if (self.minimum is not None or self.maximum is not None) and not numeric:
            raise ValueError("only numbers and integers have a minimum or a maximum")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("the minimum is above the maximum")
        if (self.type == "category") != (self.categories is not None):
            raise ValueError("categories belong to columns of type category, and those need them")
        if self.categories is not None and len({*self.categories}) != len(self.categories):
            raise ValueError("a category is named twice")
        if not self.required and self.type != "text":
            raise ValueError("a column that is learnt from cannot be optional; only text can")
        return self

    @property
    def width(self) -> int:
        """How many inputs of a model it makes: one for each category, in their order, and none of text."""
        if self.categories is not None:
            return len(self.categories)
        return 0 if self.type == "text" else 1


class Label(_SpecPart):
    """What is predicted; `mapping` gives each category its class number."""

    column: SpecName
    mapping: dict[SpecName, Annotated[int, Field(ge=0)]] | None = None


class Data(_SpecPart):
    """Columns, in the order of the model's inputs, the label's among them."""

    columns: Annotated[tuple[Column, ...], Field(min_length=2, max_length=MAX_COLUMNS, strict=False)]
    label: Label
    sample: Annotated[tuple[dict[str, Cell], ...], Field(max_length=MAX_SAMPLES, strict=False)] = ()

    @model_validator(mode="after")
    def _fits(self) -> Data:
        names = [one.name for one in self.columns]
        for name, count in Counter(names).items():
            if count > 1:
                raise ValueError(f"the column '{name}' is named twice")
        if self.label.column not in names:
            raise ValueError(f"the label's column '{self.label.column}' is not among the columns")
        known = {*names}
        for row in self.sample:
            for name in row:
                if name not in known:
                    raise ValueError(f"a sample row has a value for '{name}', which is not among the columns")
        return self

    @property
    def label_column(self) -> Column:
        """The label's column."""
        return next(one for one in self.columns if one.name == self.label.column)

    @property
    def features(self) -> tuple[Column, ...]:
        """Columns that are learnt from."""
        return tuple(one for one in self.columns if one.name != self.label.column and one.type != "text")


class Builtin(_SpecPart):
    """The built-in trainer."""

    kind: Literal["builtin"]


class Script(_SpecPart):
    """One Python file, by CID."""

    kind: Literal["script"]
    cid: str

    @field_validator("cid")
    @classmethod
    def _is_cid(cls, text: str) -> str:
        try:
            Cid.parse(text)
        except DemlError as error:
            raise ValueError(str(error)) from error
        return text


class PrivacyTerms(_SpecPart):
    """The most that a client may give away for its model to be welcome: epsilon at delta, by the built-in trainer."""

    max_epsilon: Annotated[float, Field(gt=0)]
    max_delta: Annotated[float, Field(gt=0, lt=1)]


class Spec(_SpecPart):
    """Specification of a job; its file's CID stands in the job's terms."""

    version: Literal[1]
    title: Annotated[str, StringConstraints(min_length=1)]
    description: SpecText = ""
    license: Line = ""
    permitted_use: Line = ""
    data: Data
    architecture: dict[str, Any]
    metric: str
    trainer: Annotated[Builtin | Script, Field(discriminator="kind")] = Builtin(kind="builtin")
    privacy: PrivacyTerms | None = None

    @field_validator("title")
    @classmethod
    def _is_a_title(cls, text: str) -> str:
        if len(text.encode()) > MAX_TITLE_BYTES:
            raise ValueError(f"a title has at most {MAX_TITLE_BYTES} bytes")
        if visible(text) != text:
            raise ValueError("a title has no control characters, and none that turn the direction of text")
        return text

    @field_validator("architecture")
    @classmethod
    def _is_architecture(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            parse_architecture(_compact(value))
        except DemlError as error:
            raise ValueError(str(error)) from error
        return value

    @model_validator(mode="after")
    def _fits(self) -> Spec:
        architecture = self.parsed_architecture
        try:
            parse_metric(self.metric, architecture)
        except DemlError as error:
            raise ValueError(str(error)) from error
        inputs = sum(one.width for one in self.data.features)
        if inputs != architecture.inputs:
            raise ValueError(f"the columns make {inputs} inputs, and the architecture takes {architecture.inputs}")
        _check_label(self.data, architecture)
        if self.privacy is not None and self.trainer.kind != "builtin":
            raise ValueError("privacy is counted in the built-in trainer alone: nobody knows what another gives away")
        if self.privacy is not None and not trains_privately(architecture):
            raise ValueError(f"there is no private training of such a model: {PRIVATE_FAMILIES} alone have one")
        return self

    @property
    def parsed_architecture(self) -> Architecture:
        """The architecture, as the scoring engine reads it."""
        return parse_architecture(self.architecture_text)

    @property
    def architecture_text(self) -> str:
        """The architecture as it goes into the terms."""
        return _compact(self.architecture)

    def file(self) -> bytes:
        """Write it as the file whose CID goes into the terms."""
        return (json.dumps(self.model_dump(exclude_none=True), indent=2, ensure_ascii=False) + "\n").encode()


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


def _check_label(data: Data, architecture: Architecture) -> None:
    column, mapping = data.label_column, data.label.mapping
    if architecture.task is Task.REGRESSION:
        if mapping is not None or column.type not in ("number", "integer"):
            raise ValueError("a value that is predicted stands in a column of numbers, and has no mapping")
        return
    if column.type in ("number", "text"):
        raise ValueError("a class that is predicted stands in a column of type category or integer")
    if mapping is None:
        if column.type == "category":
            raise ValueError("the label's categories need a mapping to class numbers")
        return
    if column.categories is None or sorted(mapping) != sorted(column.categories):
        raise ValueError("the label's mapping must name exactly the categories of its column")
    if max(mapping.values()) >= architecture.classes:
        raise ValueError(f"the model knows classes 0 to {architecture.classes - 1}")
