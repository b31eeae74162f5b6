"""Estimators in skops, joblib and pickle files, which are opened in a process of their own (ADR 21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.errors import DemlError, catalogue
from deml.scoring import Architecture
from deml.scoring.safetensors import read_tensors
from deml_learn.models.apart import TENSORS, Asked, ask, read_outputs
from deml_learn.models.errors import LoaderFailed
from deml_learn.models.exits import Exit, Says
from deml_learn.models.imported import ModelFields
from deml_learn.models.layers import Affine
from deml_learn.models.source import Features, Source, SourceOutputs
from deml_sdk.files.files import read_file

Array = NDArray[Any]

KIND: Final = "scikit-learn"
JUDGE: Final = "scikit-learn itself"

PROGRAM: Final = "deml_learn.models.estimator_process"
MEAN: Final = "mean"
SCALE: Final = "scale"
"""Its tensors that say where features usually lie."""


@dataclass(frozen=True, slots=True)
class Written:
    """A form that was written as tensors in the other process already."""

    architecture: ModelFields
    finished: Mapping[str, Array]

    def fields(self) -> ModelFields:
        """The architecture it was written in."""
        return self.architecture

    def tensors(self, _architecture: Architecture, _places: Sequence[int] = ()) -> Mapping[str, Array]:
        """The tensors."""
        return self.finished

    def on_inputs(self, _places: Sequence[int], _inputs: int) -> Written:
        """It was written for these inputs already."""
        return self


def read_estimator(
    path: Path,
    wanted: ModelFields | None,
    trusted: Sequence[str],
    classes: Mapping[str, int] | None = None,
    columns: Sequence[str] = (),
) -> Source:
    """Open a file in a process of its own, and convert what is in it.

    Parameters
    ----------
    wanted
        The architecture to write it in; its own if None.
    trusted
        Types that a skops file may hold beside those of scikit-learn. A file of another kind is loaded as it is: ask
        before.
    classes
        Class numbers by label, where these are words.
    columns
        Names of the inputs that it is written for, if the estimator knows its own; its own by default.

    Raises
    ------
    UntrustedTypes, LibraryMissing, LoaderFailed, Unimportable, DoesNotFit, MalformedSource
    """
    request = {
        "name": str(path),
        "skops": path.suffix == ".skops",
        "architecture": wanted,
        "trusted": list(trusted),
        "classes": dict(classes or {}),
        "columns": list(columns),
    }
    with ask(Asked(PROGRAM, path, str(path), request)) as (given, out):
        answer = _checked(given, path)
        tensors = {name: np.array(one) for name, one in read_tensors(read_file(out / TENSORS)).items()}
    typical = Affine(tensors.pop(MEAN), tensors.pop(SCALE)) if MEAN in tensors and SCALE in tensors else None

    def original(x: Array) -> SourceOutputs:
        asked = Asked(PROGRAM, path, str(path), request, x)
        with ask(asked) as (given, out):
            return SourceOutputs(
                read_outputs(out, asked, len(answer.exits)), JUDGE, _checked(given, path).takes_missing
            )

    return Source(
        KIND,
        Written(answer.architecture, tensors),
        answer.exits,
        answer.labels,
        answer.notes,
        original,
        Features(answer.features, answer.groups, typical, answer.categories, answer.columns),
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    architecture: ModelFields
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    features: tuple[str, ...]
    exits: tuple[Exit, ...]
    takes_missing: bool
    columns: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    categories: Mapping[str, tuple[str, ...]]


def _checked(answer: Any, path: Path) -> _Answer:
    match answer:
        case {"architecture": dict() as fields, "exits": exits, "missing": bool(missing), **texts}:
            labels, notes, features = (_texts(texts.get(name), path) for name in ("labels", "notes", "features"))
            columns = _texts(texts.get("columns", []), path)
            groups = _groups(texts.get("groups", []), len(features), path)
            categories = _categories(texts.get("categories", {}), features, path)
            said = _exits(_texts(exits, path), path)
            return _Answer(fields, labels, notes, features, said, missing, columns, groups, categories)
        case {"error": {"name": str(name), "values": dict(values)}}:
            raise _rebuilt(name, values, path)
        case _:
            raise LoaderFailed(str(path), "its answer makes no sense")


def _texts(given: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise LoaderFailed(str(path), "its answer makes no sense")
    return tuple(given)


def _groups(given: Any, inputs: int, path: Path) -> tuple[tuple[int, ...], ...]:
    """Groups of inputs, none of them in two."""
    match given:
        case [*groups] if all(isinstance(one, list) and one for one in groups):
            every = [place for one in groups for place in one]
            known = all(type(place) is int and 0 <= place < inputs for place in every)
            if known and len({*every}) == len(every):
                return tuple(tuple(one) for one in groups)
    raise LoaderFailed(str(path), "its answer makes no sense")


def _categories(given: Any, features: Sequence[str], path: Path) -> dict[str, tuple[str, ...]]:
    """Words by column, each the name of an input."""
    if not isinstance(given, dict):
        raise LoaderFailed(str(path), "its answer makes no sense")
    found = {str(name): _texts(words, path) for name, words in given.items()}
    if not {f"{name}={word}" for name, words in found.items() for word in words} <= {*features}:
        raise LoaderFailed(str(path), "its answer makes no sense")
    return found


def _exits(given: tuple[str, ...], path: Path) -> tuple[Exit, ...]:
    try:
        return tuple(Exit(one, Says(one)) for one in given)
    except ValueError as error:
        raise LoaderFailed(str(path), "its answer makes no sense") from error


def _rebuilt(name: str, values: dict[str, Any], path: Path) -> DemlError:
    """Make an error again of its name and values."""
    kind = catalogue().get(name)
    if kind is None or sorted(values) != sorted(kind.__annotations__):
        return LoaderFailed(str(path), "its answer makes no sense")
    return kind(**{one: str(value) for one, value in values.items()})
