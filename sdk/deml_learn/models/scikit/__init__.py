"""Fitted estimators and pipelines of scikit-learn; `deml_learn.models.estimator_file` loads them."""
