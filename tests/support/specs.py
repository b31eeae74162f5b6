"""A job's specification for tests: every type of column, four inputs, two classes."""

from __future__ import annotations

from typing import Any

SPEC: dict[str, Any] = {
    "version": 1,
    "title": "Tell cells apart",
    "description": "Measurements of cells.",
    "license": "CC-BY-4.0",
    "data": {
        "columns": [
            {"name": "age", "type": "integer", "unit": "years", "minimum": 0, "maximum": 120},
            {"name": "radius", "type": "number", "unit": "mm"},
            {"name": "sex", "type": "category", "categories": ["f", "m"]},
            {"name": "note", "type": "text", "required": False},
            {"name": "diagnosis", "type": "category", "categories": ["benign", "malignant"]},
        ],
        "label": {"column": "diagnosis", "mapping": {"malignant": 0, "benign": 1}},
        "sample": [{"age": 61, "radius": 1.5, "sex": "f", "diagnosis": "malignant"}],
    },
    "architecture": {"family": "logistic", "inputs": 4, "outputs": 1},
    "metric": "accuracy",
    "trainer": {"kind": "builtin"},
    "privacy": {"max_epsilon": 8.0, "max_delta": 1e-5},
}
