"""Fitted estimators and pipelines of scikit-learn; how they are loaded is another matter (`deml_cli.models.loader`)."""
