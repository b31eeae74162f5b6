"""Tables and what they are worth for a job: cells that files of different makers write differently."""

from __future__ import annotations

from typing import Any

MEASURES: dict[str, Any] = {
    "columns": [
        {"name": "age", "type": "integer", "minimum": 0, "maximum": 120},
        {"name": "weight", "type": "number"},
        {"name": "country", "type": "category", "categories": ["NA", "DE", "1"]},
        {"name": "note", "type": "text", "required": False},
        {"name": "outcome", "type": "category", "categories": ["bad", "good"]},
    ],
    "label": {"column": "outcome", "mapping": {"good": 0, "bad": 1}},
}
BINARY = {"family": "logistic", "inputs": 5, "outputs": 1}
CLASS_NUMBERS: dict[str, Any] = {
    "columns": [{"name": "a", "type": "number"}, {"name": "y", "type": "integer"}],
    "label": {"column": "y"},
}
THREE = {"family": "logistic", "inputs": 1, "outputs": 3}
VALUES: dict[str, Any] = {
    "columns": [{"name": "a", "type": "number", "minimum": -1.5, "maximum": 1e30}, {"name": "y", "type": "number"}],
    "label": {"column": "y"},
}
LINE = {"family": "linear", "inputs": 1}

HEADER = "age,weight,country,note,outcome\n"

CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("all fits", MEASURES, BINARY, f"{HEADER}36,80.5,DE,,good\n7,1e1,1,hello,bad\n"),
    ("NA is Namibia, and a missing number", MEASURES, BINARY, f"{HEADER}36,80,NA,,good\nNA,80,NA,,good\n"),
    ("categories that are the same number", MEASURES, BINARY, f"{HEADER}1,2,1.0,,good\n1,2,true,,bad\n1,2,01,,bad\n"),
    ("spaces around cells", MEASURES, BINARY, f"{HEADER} 1 , 2 , DE ,,good \n"),
    ("unknown words", MEASURES, BINARY, f"{HEADER}1,2,FR,,good\n1,2,DE,,neither\n1,2,DE,,good\n"),
    ("out of range and no whole number", MEASURES, BINARY, f"{HEADER}121,2,DE,,good\n1.5,2,DE,,good\n1.0,2,DE,,good\n"),
    ("missing in many spellings", MEASURES, BINARY, f"{HEADER}1,nan,DE,,bad\n1,N/A,1,,bad\n1,,DE,,bad\n2,3,DE,,bad\n"),
    ("columns in another order, and one to spare", MEASURES, BINARY, "x,outcome,country,weight,age\n9,good,DE,2,1\n"),
    ("quoted cells", MEASURES, BINARY, f'{HEADER}"1","2","DE","a, ""b""","good"\n'),
    ("a mark before the first column's name", MEASURES, BINARY, f"\ufeff{HEADER}1,2,DE,,good\n"),
    ("lines that end as on Windows", MEASURES, BINARY, HEADER.replace("\n", "\r\n") + "1,2,DE,,good\r\n"),
    ("class numbers beyond the model's classes", CLASS_NUMBERS, THREE, "a,y\n1,0\n2,2\n3,3\n4,-1\n5,1.0\n"),
    ("numbers at their limits", VALUES, LINE, "a,y\n-1.5,1\n-1.6,1\n1e30,1\n1.1e30,1\n.5,1\n5.,-2e-3\n+7,0\n"),
    ("no numbers", VALUES, LINE, "a,y\ninf,1\n0x10,1\n1_000,1\n1 000,1\n1,2\n"),
    ("whole numbers that lose digits", VALUES, LINE, "a,y\n9007199254740993,1\n9007199254740992,1\n"),
    ("truth values", VALUES, LINE, "a,y\ntrue,1\nFalse,0\n"),
]
