"""The process that opens an estimator's file: ``python -I -m deml_cli.models.estimator_process FOLDER``.

Whatever the file runs, runs here: without the environment of the user, and with an answer that is JSON and safetensors.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
from sklearn.base import is_classifier
from sklearn.exceptions import InconsistentVersionWarning

from deml.base.errors import DemlError
from deml.scoring import parse_architecture
from deml.scoring.safetensors import write_tensors
from deml_cli.models.errors import LibraryMissing, UntrustedTypes
from deml_cli.models.estimator_file import ANSWER, OUTPUTS, REQUEST, ROWS, TENSORS
from deml_cli.models.form import class_numbers
from deml_cli.models.imported import architecture_text
from deml_cli.models.scikit.estimators import converted

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

LEAST: Final = 2.0**-40
"""Smallest probability: as in the family `trees`."""


def main(folder: Path) -> None:
    """Answer the request in a folder."""
    request = json.loads((folder / REQUEST).read_text())
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            estimator = _loaded(request["path"], request["trusted"])
        answer = _answer(folder, estimator, request["architecture"])
        answer["notes"] += [str(one.message) for one in caught if one.category is InconsistentVersionWarning][:1]
    except DemlError as error:
        answer = {"error": {"name": error.code(), "values": error.values}}
    (folder / ANSWER).write_text(json.dumps(answer))


def _loaded(path: str, trusted: list[str]) -> Any:
    if not path.endswith(".skops"):
        return joblib.load(path)
    if find_spec("skops") is None:
        raise LibraryMissing("skops", "read skops files")
    from skops.io import get_untrusted_types, load

    allowed = {*HARMLESS, *trusted}
    unknown = [one for one in get_untrusted_types(file=path) if one not in allowed]
    if unknown:
        raise UntrustedTypes(path, ", ".join(unknown))
    return load(path, trusted=sorted(allowed))


def _answer(folder: Path, estimator: Any, wanted: dict[str, Any] | None) -> dict[str, Any]:
    found = converted(estimator)
    fields = dict(found.form.fields()) if wanted is None else wanted
    architecture = parse_architecture(architecture_text(fields))
    places = () if wanted is None else class_numbers(found.labels, architecture.classes)
    (folder / TENSORS).write_bytes(write_tensors(found.form.tensors(architecture, places)))
    if (folder / ROWS).exists():
        np.save(folder / OUTPUTS, _outputs(estimator, np.load(folder / ROWS)), allow_pickle=False)
    return {"architecture": fields, "labels": list(found.labels), "notes": list(found.notes)}


def _outputs(estimator: Any, x: Any) -> Any:
    """Logits or values, as scikit-learn computes them: rows by classes, or by one."""
    if not is_classifier(estimator):
        said = estimator.predict(x)
    elif hasattr(estimator, "predict_proba"):
        said = np.log(np.maximum(estimator.predict_proba(x), LEAST))
    elif hasattr(estimator, "decision_function"):
        said = estimator.decision_function(x)
    else:
        said = estimator.predict(x)[:, None] == estimator.classes_
    return np.asarray(said, np.float64).reshape(len(x), -1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
