"""What a transformer of columns does that cannot be told in inputs is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from sklearn import ensemble, linear_model, preprocessing, tree
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from deml_learn.models.errors import Unimportable
from tests.unit.learn.models.test_column_transformers import fitted, rows, taken, usual


def words_joined(**options: Any) -> ColumnTransformer:
    return ColumnTransformer([("words", OneHotEncoder(sparse_output=False, **options), ["ward"])])


REFUSED: dict[str, tuple[str, Callable[[], Any]]] = {
    "categories joined before trees": (
        "'ward'",
        lambda: fitted(words_joined(max_categories=2), ensemble.RandomForestClassifier(10, random_state=0)),
    ),
    "ordinals before trees": (
        "'ward'",
        lambda: fitted(ColumnTransformer([("o", OrdinalEncoder(), ["ward"])]), tree.DecisionTreeClassifier()),
    ),
    "a number that is a category as well": (
        "'sex'",
        lambda: fitted(
            ColumnTransformer([("n", StandardScaler(), ["sex"]), ("c", OneHotEncoder(), ["sex"])]),
            linear_model.LogisticRegression(),
        ),
    ),
    "weights of transformers": (
        "transformer_weights",
        lambda: fitted(
            ColumnTransformer([("n", StandardScaler(), ["sex"])], transformer_weights={"n": 2.0}),
            linear_model.LogisticRegression(),
        ),
    ),
    "a scaler before the columns": (
        "ColumnTransformer",
        lambda: make_pipeline(
            StandardScaler().set_output(transform="pandas"),
            ColumnTransformer([("n", "passthrough", ["age"])]),
            linear_model.LogisticRegression(),
        ).fit(rows()[["age", "bmi"]], rows()["sex"]),
    ),
    "columns of categories without names": (
        "OneHotEncoder",
        lambda: make_pipeline(OneHotEncoder(), linear_model.LogisticRegression()).fit(
            rows()[["ward"]].to_numpy(), rows()["sex"]
        ),
    ),
    "a column that is called as a category of another": (
        "'ward=a'",
        lambda: fitted(
            ColumnTransformer([("c", OneHotEncoder(), ["ward"]), ("n", "passthrough", ["ward=a"])]),
            linear_model.LogisticRegression(),
            rows().assign(**{"ward=a": 1.0}),
        ),
    ),
    "categories that are times": (
        "times",
        lambda: fitted(
            ColumnTransformer([("c", OneHotEncoder(), ["when"])]),
            linear_model.LogisticRegression(),
            rows().assign(when=pandas.to_datetime("2020-01-01")),
        ),
    ),
    "columns that were never fitted": (
        "not been fitted",
        lambda: Pipeline([("c", usual()), ("e", fitted(usual(), linear_model.LogisticRegression())[-1])]),
    ),
    "components of columns": (
        "PCA",
        lambda: fitted(ColumnTransformer([("n", PCA(1), ["age", "bmi"])]), linear_model.LogisticRegression()),
    ),
    "a function of columns": (
        "FunctionTransformer",
        lambda: fitted(
            ColumnTransformer([("n", FunctionTransformer(np.log1p), ["age"])]), linear_model.LogisticRegression()
        ),
    ),
    "bins": (
        "KBinsDiscretizer",
        lambda: fitted(
            ColumnTransformer(
                [("n", preprocessing.KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"), ["age"])]
            ),
            linear_model.LogisticRegression(),
        ),
    ),
    "an indicator of missing values": (
        "add_indicator",
        lambda: fitted(
            ColumnTransformer([("n", SimpleImputer(add_indicator=True), ["age"])]), linear_model.LogisticRegression()
        ),
    ),
    "a number that stands for a missing value": (
        "missing_values=-999",
        lambda: fitted(
            ColumnTransformer([("n", SimpleImputer(missing_values=-999), ["age"])]), linear_model.LogisticRegression()
        ),
    ),
    "two categories that are one word in a file": (
        "written 'a'",
        lambda: fitted(words_joined(), linear_model.LogisticRegression(), rows().replace({"ward": {"b c": " a"}})),
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_told_in_inputs_is_refused_by_name(kind: str, tmp_path: Path):
    named, make = REFUSED[kind]
    with pytest.raises(Unimportable, match=named):
        taken(make(), tmp_path)
