"""The form of the file that a sponsor writes a job in: TOML, every field of which is explained in the template."""

from __future__ import annotations

import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from deml_sdk.data.reading import Reading
from deml_sdk.jobspec.document import Spec
from deml_sdk.jobspec.errors import BadJobFile
from deml_sdk.jobspec.job_file import JobFile, Share, parse_duration
from deml_sdk.jobspec.reading import read_spec, reading_of


class _Wrong(ValueError):
    """What is wrong with a value, in words for who wrote it; `field` where a table as a whole was looked at."""

    def __init__(self, problem: str, field: str = "") -> None:
        super().__init__(problem)
        self.field = field


def _tokens(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise _Wrong(f'{text!r} is not an amount such as "12.5"')
    return text


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong(_WORDS["string_type"].format(input=value))
    return value


def _bps(value: Any) -> int:
    text = _text(value)
    try:
        bps = Decimal(text.removesuffix("%")) * 100
    except InvalidOperation:
        bps = Decimal("NaN")
    if not text.endswith("%") or bps.is_nan() or bps != bps.to_integral_value() or not 0 <= bps <= 10_000:
        raise _Wrong(f'{text!r} is not a percentage such as "7.5%"')
    return int(bps)


def _share(value: Any) -> Share:
    text = _text(value)
    return Share(bps=_bps(text)) if text.endswith("%") else Share(tokens=_tokens(text))


def _duration(value: Any) -> int:
    text = _text(value)
    seconds = parse_duration(text)
    if seconds is None:
        raise _Wrong(f'{text!r} is not a duration such as "2h" or "1d12h"')
    return seconds


TokensText = Annotated[str, AfterValidator(_tokens)]
Duration = Annotated[int, BeforeValidator(_duration)]


class _JobFilePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Model(_JobFilePart):
    architecture: str | None = None
    metric: str | None = None
    initial: str


class _Holdout(_JobFilePart):
    file: str
    label: str = "label"
    features: list[str] = Field(default_factory=list)
    drop: list[str] = Field(default_factory=list)
    classes: dict[str, int] = Field(default_factory=dict)


class _Reward(_JobFilePart):  # as `_Windows` and `_Limits`, in the names of `JobFile`
    token: str = ""
    escrow: TokensText
    rule: Literal["market", "fixed"]
    target: int = 0
    grid: int = 0
    reward: TokensText = "0"
    threshold: int = 0
    stake: Annotated[Share, BeforeValidator(_share)]
    bond_bps: Annotated[int, BeforeValidator(_bps)] = Field(alias="bond")
    confidence: Annotated[int, BeforeValidator(lambda value: 100 * _bps(value))]
    evidence_cut: int | None = None

    @model_validator(mode="after")
    def _complete(self) -> _Reward:
        for name in ("target", "grid") if self.rule == "market" else ("reward", "threshold"):
            if name not in self.model_fields_set:
                raise _Wrong(_WORDS["missing"], name)
        return self


class _Windows(_JobFilePart):
    commit: Duration
    reveal: Duration
    declare: Duration
    submit: Duration
    rounds: int


class _Limits(_JobFilePart):
    participants: int
    allow_list: tuple[str, ...] = Field(default=(), strict=False)
    model_bytes: int | None = None
    holdout_bytes: int | None = None
    rows: int | None = None
    min_rows: int | None = None


class _Document(_JobFilePart):
    title: str | None = None
    spec: str = ""
    previous_job: int = 0
    aggregate: bool = False
    model: _Model
    holdout: _Holdout
    reward: _Reward
    windows: _Windows
    limits: _Limits

    @model_validator(mode="before")
    @classmethod
    def _says_what_no_specification_does(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("spec"):
            return values
        model = values.get("model")
        for table, name in ((values, "title"), (model, "architecture"), (model, "metric")):
            if isinstance(table, dict) and name not in table:
                raise _Wrong(_WORDS["missing"], name if table is values else f"model.{name}")
        return values


_WORDS: Final = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "{input!r} is not a text in quotes",
    "int_type": "{input!r} is not a whole number",
    "bool_type": "{input!r} is not true or false",
    "list_type": "{input!r} is not a list",
    "tuple_type": "{input!r} is not a list",
    "dict_type": "{input!r} is not a table",
    "model_type": "{input!r} is not a table",
    "literal_error": '{input!r} is neither "market" nor "fixed"',
}
"""What pydantic finds, in the words of who writes TOML."""


def read_job_file(path: Path) -> JobFile:
    """Read a sponsor's file.

    Raises
    ------
    BadJobFile
        If it cannot be read, a field is missing, unknown, not of its kind, or not what the specification says.
    UnreadableFile, BadSpec
        If it names a specification that cannot be read.
    """
    try:
        written = _Document.model_validate(tomllib.loads(path.read_text()))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadJobFile(str(path), "file", str(error)) from error
    except ValidationError as error:
        raise _first_problem(path, error) from error
    return _job_file(path, written)


def _first_problem(path: Path, error: ValidationError) -> BadJobFile:
    found = error.errors()[0]
    place, kind, given = list(map(str, found["loc"])), found["type"], found["input"]
    if kind == "value_error":
        wrong = found["ctx"]["error"]
        field = getattr(wrong, "field", "")
        return BadJobFile(str(path), ".".join([*place, field] if field else place), str(wrong))
    if len(place) > 2:
        items = "it must list texts in quotes" if kind == "string_type" else "it must give each name a whole number"
        return BadJobFile(str(path), ".".join(place[:2]), items)
    return BadJobFile(str(path), ".".join(place), _WORDS[kind].format(input=given))


def _job_file(path: Path, written: _Document) -> JobFile:
    spec = path.parent / written.spec if written.spec else None
    said = None if spec is None else read_spec(spec)
    texts = {} if said is None else {"title": said.title, "architecture": said.architecture_text, "metric": said.metric}
    model, holdout = written.model, written.holdout

    def agreed(place: str, text: str | None, of: str | None) -> str:
        """Take a text that the specification has, too, where there is one; then it must be the same, or left out."""
        if text is not None and of is not None and text != of:
            raise BadJobFile(str(path), place, f"the specification says otherwise: {of}")
        return str(of if text is None else text)

    return JobFile(
        title=agreed("title", written.title, texts.get("title")),
        spec=spec,
        architecture=agreed("model.architecture", model.architecture, texts.get("architecture")),
        metric=agreed("model.metric", model.metric, texts.get("metric")),
        initial=path.parent / model.initial,
        holdout=path.parent / holdout.file,
        reading=_reading(path, holdout, said),
        **dict(written.reward),
        **dict(written.windows),
        **dict(written.limits),
        previous_job=written.previous_job,
        aggregate=written.aggregate,
    )


def _reading(path: Path, holdout: _Holdout, said: Spec | None) -> Reading:
    if said is not None:
        for name in sorted(holdout.model_fields_set - {"file"}):
            raise BadJobFile(str(path), f"holdout.{name}", "the specification says how it is read; leave this out")
        return reading_of(said)
    return Reading(holdout.label, tuple(holdout.features), tuple(holdout.drop), holdout.classes)
