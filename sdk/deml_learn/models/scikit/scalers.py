"""Scalers before an estimator: each is (x - mean) / scale, computed in its own way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from deml_learn.models.errors import Unimportable
from deml_learn.models.forest import ColumnsOf
from deml_learn.models.layers import Affine

KIND: Final = "scikit-learn"


@dataclass(frozen=True, slots=True)
class Scaler:
    """A fitted scaler: `affine` to fold into layers, `columns` to compute exactly as scikit-learn does."""

    affine: Affine
    columns: ColumnsOf


def read_scaler(step: Any) -> Scaler:
    """Convert a fitted scaler.

    Raises
    ------
    Unimportable
        If it is none of `SCALERS`, or clips.
    """
    convert = SCALERS.get(type(step))
    if convert is None:
        known = ", ".join(one.__name__ for one in SCALERS)
        raise Unimportable(KIND, type(step).__name__, f"before an estimator only these can stand: {known}")
    if getattr(step, "clip", False):
        raise Unimportable(KIND, f"{type(step).__name__}(clip=True)", "features are not clipped in scoring")
    require_fitted(step)
    return convert(step)


def require_fitted(estimator: Any) -> None:
    """Refuse what has not learnt anything yet.

    Raises
    ------
    Unimportable
    """
    try:
        check_is_fitted(estimator)
    except NotFittedError as error:
        raise Unimportable(KIND, type(estimator).__name__, "it has not been fitted yet") from error


def chained(scalers: Sequence[Scaler]) -> Scaler:
    """Make one scaler of several, of which the first comes first."""
    first, *others = scalers
    affine = first.affine
    for one in others:
        affine = affine.then(one.affine)

    def columns(values: Any, feature: Any) -> Any:
        for one in scalers:
            values = one.columns(values, feature)
        return values

    return Scaler(affine, columns)


def side_by_side(parts: Sequence[tuple[int, Sequence[Scaler]]]) -> Scaler:
    """Make one scaler of what scales so many features each, perhaps not at all."""
    each = [chained([_as_is(width), *scalers]) for width, scalers in parts]
    starts = np.cumsum([0, *(width for width, _ in parts)], dtype=np.int64)

    def columns(values: Any, feature: Any) -> Any:
        found = np.array(values)
        for one, start, end in zip(each, starts, starts[1:], strict=False):
            mine = (feature >= start) & (feature < end)
            found[mine] = one.columns(values[mine], feature[mine] - start)
        return found

    affines = [one.affine for one in each]
    mean, scale = (np.concatenate([getattr(one, part) for one in affines]) for part in ("mean", "scale"))
    return Scaler(Affine(mean, scale), columns)


def _as_is(width: int) -> Scaler:
    return Scaler(Affine.nothing(width), lambda values, _feature: values)


def _standard(step: StandardScaler) -> Scaler:
    return _subtracting(step, step.mean_ if step.with_mean else None, step.scale_)


def _robust(step: RobustScaler) -> Scaler:
    return _subtracting(step, step.center_, step.scale_)


def _max_abs(step: MaxAbsScaler) -> Scaler:
    return _subtracting(step, None, step.scale_)


def _min_max(step: MinMaxScaler) -> Scaler:
    affine = Affine(-step.min_ / step.scale_, 1.0 / step.scale_)
    return Scaler(affine, lambda values, feature: values * step.scale_[feature] + step.min_[feature])


def _subtracting(step: Any, mean: Any, scale: Any) -> Scaler:
    nothing = Affine.nothing(step.n_features_in_)
    affine = Affine(nothing.mean if mean is None else mean, nothing.scale if scale is None else scale)
    return Scaler(affine, lambda values, feature: (values - affine.mean[feature]) / affine.scale[feature])


SCALERS: Final[dict[type, Callable[[Any], Scaler]]] = {
    StandardScaler: _standard,
    MinMaxScaler: _min_max,
    MaxAbsScaler: _max_abs,
    RobustScaler: _robust,
}
"""By type."""
