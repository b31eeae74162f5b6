"""The process that opens an estimator's file: ``python -m deml_learn.models.estimator_process REQUEST MODEL OUT``.

Whatever the file runs, runs here: in the sandbox where there is one, without the user's environment in any case. The
answer is JSON and safetensors, never a pickle.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
from sklearn.exceptions import InconsistentVersionWarning

from deml.base.errors import DemlError
from deml.scoring import parse_architecture
from deml.scoring.safetensors import write_tensors
from deml_learn.models.apart import ANSWER, OUTPUTS, REQUEST, ROWS, TENSORS
from deml_learn.models.errors import Unimportable, UntrustedTypes
from deml_learn.models.estimator_file import MEAN, SCALE
from deml_learn.models.exits import Says
from deml_learn.models.form import class_numbers, places_of
from deml_learn.models.imported import architecture_text, float32
from deml_learn.models.scikit.estimators import KIND, Converted, converted
from deml_sdk.extras import needed_to

HARMLESS: Final = (
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.model_selection._split.KFold",
)
"""Parts of scikit-learn's own estimators that skops asks about: they hold numbers. Trees with wild indices could crash
this process, and no other."""


def main(asked: Path, model: str, out: Path) -> None:
    """Answer the request in the folder `asked` about the file `model`, in the folder `out`."""
    request = json.loads((asked / REQUEST).read_text())
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            estimator = _loaded(model, request)
        found = converted(estimator)
        answer = _answer(out, found, request)
        if (asked / ROWS).exists():
            x = np.load(asked / ROWS, allow_pickle=False)
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # of numbers that overflow, and of features without names
                outputs = [_said(found.estimator, one, found.rows(x)) for one in found.says]
                answer["missing"] = _takes_missing(found, x)
            np.savez(out / OUTPUTS, **{str(place): one for place, one in enumerate(outputs)})
        answer["notes"] += [str(one.message) for one in caught if one.category is InconsistentVersionWarning][:1]
    except DemlError as error:
        answer = {"error": {"name": error.code(), "values": error.values}}
    (out / ANSWER).write_text(json.dumps(answer))


def _loaded(path: str, request: dict[str, Any]) -> Any:
    if not request["skops"]:
        return joblib.load(path)
    with needed_to("read skops files"):
        from skops.io import get_untrusted_types, load

    allowed = {*HARMLESS, *request["trusted"]}
    unknown = [one for one in get_untrusted_types(file=path) if one not in allowed]
    if unknown:
        raise UntrustedTypes(request["name"], ", ".join(unknown))
    return load(path, trusted=sorted(allowed))


def _answer(out: Path, found: Converted, request: dict[str, Any]) -> dict[str, Any]:
    wanted = request["architecture"]
    form, columns = found.form, request["columns"]
    places = places_of(found.features, columns)
    if places:
        form = form.on_inputs(places, len(columns))
    fields = dict(form.fields()) if wanted is None else wanted
    architecture = parse_architecture(architecture_text(fields))
    tensors = dict(form.tensors(architecture, class_numbers(found.labels, architecture.classes, request["classes"])))
    if found.typical is not None:
        tensors |= {MEAN: float32(found.typical.mean), SCALE: float32(found.typical.scale)}
    (out / TENSORS).write_bytes(write_tensors(tensors))
    said: dict[str, Any] = {"labels": list(found.labels), "notes": list(found.notes), "features": list(found.features)}
    if found.table is not None:
        said["columns"] = [one.name for one in found.table.columns if one.name]
        said["groups"] = [list(one) for one in found.table.groups]
        said["categories"] = {name: list(words) for name, words in found.table.categories.items()}
    return {"architecture": fields, "exits": list(found.says), "missing": False, **said}


def _said(estimator: Any, says: Says, x: Any) -> Any:
    """What it says of rows; of those that it refuses, such as too large numbers, nothing.

    Raises
    ------
    ValueError
        If it refuses every row.
    """
    try:
        return _output(estimator, says, x)
    except ValueError:
        if len(x) < 2:
            raise
    parts: list[Any] = []
    middle = len(x) // 2
    for half in (x[:middle], x[middle:]):
        try:
            parts.append(_said(estimator, says, half))
        except ValueError as error:
            parts.append(np.full((len(half), 0), np.nan))
            refusal = error
    columns = max(part.shape[1] for part in parts)
    if not columns:
        raise refusal
    return np.concatenate([part if part.shape[1] else np.full((len(part), columns), np.nan) for part in parts])


def _output(estimator: Any, says: Says, x: Any) -> Any:
    """What scikit-learn itself says of rows: an array of rows by columns."""
    x = x.copy()  # a scaler with copy=False writes into them
    match says:
        case Says.CLASS:
            predicted = np.asarray(estimator.predict(x))
            if predicted.ndim != 1:
                raise Unimportable(KIND, "its predictions", "they are several labels a row, and a row has one here")
            places = {one: place for place, one in enumerate(np.asarray(estimator.classes_).tolist())}
            said = np.array([places.get(one, -1) for one in predicted.tolist()])
        case Says.SHARES | Says.REST:
            said = estimator.predict_proba(x)
        case Says.SCORES:
            said = estimator.decision_function(x)
        case _:
            said = estimator.predict(x)
    return np.asarray(said, np.float64).reshape(len(x), -1)


def _takes_missing(found: Converted, x: Any) -> bool:
    """Whether a row with a missing value is answered, too."""
    row = np.array(x[:1])
    row[0, 0] = np.nan
    try:
        said = _output(found.estimator, found.says[0], found.rows(row))
    except (ValueError, TypeError):
        return False
    return bool(np.isfinite(said).all())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
