"""The process that opens an estimator's file: ``python -m deml_learn.models.estimator_process REQUEST MODEL OUT``.

Whatever the file runs, runs here: in the sandbox where there is one, without the user's environment in any case. The
answer is JSON and safetensors, never a pickle.
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
from deml_learn.models.errors import LibraryMissing, UntrustedTypes
from deml_learn.models.estimator_file import ANSWER, OUTPUTS, REQUEST, ROWS, TENSORS
from deml_learn.models.form import class_numbers
from deml_learn.models.imported import architecture_text
from deml_learn.models.scikit.estimators import converted

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


def main(asked: Path, model: str, out: Path) -> None:
    """Answer the request in the folder `asked` about the file `model`, in the folder `out`."""
    request = json.loads((asked / REQUEST).read_text())
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            estimator = _loaded(model, request)
        answer = _answer(out, estimator, request["architecture"])
        if (asked / ROWS).exists():
            np.save(out / OUTPUTS, _outputs(estimator, np.load(asked / ROWS)), allow_pickle=False)
        answer["notes"] += [str(one.message) for one in caught if one.category is InconsistentVersionWarning][:1]
    except DemlError as error:
        answer = {"error": {"name": error.code(), "values": error.values}}
    (out / ANSWER).write_text(json.dumps(answer))


def _loaded(path: str, request: dict[str, Any]) -> Any:
    if not request["skops"]:
        return joblib.load(path)
    if find_spec("skops") is None:
        raise LibraryMissing("skops", "read skops files")
    from skops.io import get_untrusted_types, load

    allowed = {*HARMLESS, *request["trusted"]}
    unknown = [one for one in get_untrusted_types(file=path) if one not in allowed]
    if unknown:
        raise UntrustedTypes(request["name"], ", ".join(unknown))
    return load(path, trusted=sorted(allowed))


def _answer(out: Path, estimator: Any, wanted: dict[str, Any] | None) -> dict[str, Any]:
    found = converted(estimator)
    fields = dict(found.form.fields()) if wanted is None else wanted
    architecture = parse_architecture(architecture_text(fields))
    places = () if wanted is None else class_numbers(found.labels, architecture.classes)
    (out / TENSORS).write_bytes(write_tensors(found.form.tensors(architecture, places)))
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
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
