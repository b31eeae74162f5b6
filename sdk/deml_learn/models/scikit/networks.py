"""Multi-layer perceptrons."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sklearn.base import is_classifier

from deml_learn.models.errors import Unimportable
from deml_learn.models.layers import Layers, joined

KIND: Final = "scikit-learn"

ACTIVATIONS: Final = {"relu": "relu", "tanh": "tanh", "logistic": "sigmoid", "identity": "identity"}


def perceptron(estimator: Any) -> Layers:
    """Convert MLPClassifier or MLPRegressor; layers with nothing between them become one.

    Raises
    ------
    Unimportable
        If it predicts several labels or values.
    """
    layers = [
        (np.asarray(weight, np.float64).T, np.asarray(bias, np.float64))
        for weight, bias in zip(estimator.coefs_, estimator.intercepts_, strict=True)
    ]
    classifier = is_classifier(estimator)
    if classifier and estimator.out_activation_ == "logistic" and estimator.n_outputs_ > 1:
        raise Unimportable(KIND, f"its {estimator.n_outputs_} labels", "a row has one label here")
    if not classifier and estimator.out_activation_ != "identity":
        raise Unimportable(KIND, f"loss='{estimator.loss}'", "it predicts the exponential of its last layer")
    if not classifier and estimator.n_outputs_ > 1:
        raise Unimportable(KIND, f"its {estimator.n_outputs_} targets", "one value a row is predicted here")
    if estimator.activation not in ACTIVATIONS:
        raise Unimportable(KIND, f"activation='{estimator.activation}'", f"layers have {', '.join(ACTIVATIONS)} here")
    if estimator.activation == "identity":
        while len(layers) > 1:
            layers[:2] = [joined(*layers[:2])]
    task = "classification" if classifier else "regression"
    activation = "relu" if len(layers) == 1 else ACTIVATIONS[estimator.activation]
    return Layers(task, layers, activation)
