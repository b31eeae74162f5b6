"""Estimators and pipelines of scikit-learn, fitted; how they are loaded is another matter (`deml_cli.models.loader`)."""
