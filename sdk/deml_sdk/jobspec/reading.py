"""From a file, or a job, to a specification that has been checked; and from that to how tables are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from deml_sdk.data.reading import Reading
from deml_sdk.files.files import read_file
from deml_sdk.jobspec.document import Spec
from deml_sdk.jobspec.errors import BadSpec
from deml_sdk.jobspec.lines import Located, LocatedError, parse_located
from deml_sdk.visible import visible

MAX_SPEC_BYTES: Final = 2**20
"""Longest specification: ten thousand columns fit."""

MAX_SCRIPT_BYTES: Final = 2**20
"""Longest trainer that a specification may name."""

_SHOWN: Final = 10


def read_spec(path: Path) -> Spec:
    """Read a specification.

    Raises
    ------
    UnreadableFile, BadSpec
    """
    return parse_spec(read_file(path), str(path))


def parse_spec(content: bytes, source: str) -> Spec:
    """Check a specification; `source` is what to call it in messages.

    Raises
    ------
    BadSpec
        With the line of every mistake.
    """
    if len(content) > MAX_SPEC_BYTES:
        raise BadSpec(source, f"  it has {len(content):,} bytes, more than {MAX_SPEC_BYTES:,}")
    try:
        located = parse_located(content.decode())
    except UnicodeDecodeError as error:
        raise BadSpec(source, f"  byte {error.start} is not UTF-8") from error
    except LocatedError as error:
        raise BadSpec(source, f"  line {error.line}: {error.problem}") from error
    try:
        return Spec.model_validate(located.value)
    except ValidationError as error:
        problems = list(_problems(error, located))
        more = [f"  and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise BadSpec(source, "\n".join([*problems[:_SHOWN], *more])) from error


def reading_of(spec: Spec) -> Reading:
    """How a table is read that follows a specification."""
    features = spec.data.features
    return Reading(
        label=spec.data.label.column,
        features=tuple(one.name for one in features),
        classes=dict(spec.data.label.mapping or {}),
        categories={one.name: one.categories for one in features if one.categories is not None},
    )


def inputs_of(spec: Spec) -> tuple[str, ...]:
    """Names of the inputs that a specification's columns make, in their order: one for each category of a column."""
    return tuple(
        name
        for one in spec.data.features
        for name in ([one.name] if one.categories is None else [f"{one.name}={word}" for word in one.categories])
    )


def _problems(error: ValidationError, located: Located) -> Iterator[str]:
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        where = visible(".".join(map(str, one["loc"]))) or "the whole"
        text = visible(one["msg"].removeprefix("Value error, "))
        yield f"  line {located.line(one['loc'])}, {where}: {text[:1].lower()}{text[1:]}"
