"""Fitted estimators and pipelines of scikit-learn; `deml_learn.models.estimator_file` loads them."""

from deml_sdk.extras import needed_to

with needed_to("read models of scikit-learn"):
    import sklearn  # noqa: F401  # all of this package is about it
