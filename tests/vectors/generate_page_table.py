"""A table with everything that is awkward in one, as the SDK reads it: what the page must make of it, too.

``python -m tests.vectors.generate_page_table`` writes ``page_table.json``.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from deml.market import least_gain, luck_bar
from deml.scoring import parse_architecture, parse_metric, parse_pairing
from deml_sdk.data.tables import read_table
from deml_sdk.jobspec.answers import Answers, make_spec
from deml_sdk.jobspec.reading import reading_of

TARGET = Path(__file__).with_name("page_table.json")

CSV = """age,weight,smokes,ward,code,note,outcome
36,70.5,true,NA,1,first visit,benign
41,1e2,false,DE,2, seen again,malignant
 7 ,-.5,true,DE,1,"said ""ok"", left",benign
60,+3.25,false,FR,3,x1,malignant
18,0,true,NA,2,x2,benign
"""


def made() -> dict[str, Any]:
    """What the SDK makes of the table, without and with the ranges of numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(CSV)
        specs = [
            make_spec(
                Answers(path, "outcome", "t", "", "", None, "brier", ranges=ranges, drop=("note",)),
                lambda question, default, option: default or "",
            )
            for ranges in (False, True)
        ]
        table = read_table(path, reading_of(specs[0]))
    columns = [[one.model_dump(exclude_none=True, mode="json") for one in spec.data.columns] for spec in specs]
    return {
        "csv": CSV,
        "label": "outcome",
        "drop": ["note"],
        "columns": columns[0],
        "columnsWithRanges": columns[1],
        "architecture": json.loads(specs[0].architecture_text),
        "x": table.x.tolist(),
        "y": table.y.tolist(),
        "luck": _luck(),
    }


def _luck() -> list[dict[str, Any]]:
    """Least gains of jobs whose rows count the same whatever they hold."""
    found = []
    for family, outputs, metric, cut in (
        ("logistic", 1, "brier", 0),
        ("logistic", 2, "brier", 0),
        ("logistic", 3, "brier", 0),
        ("logistic", 1, "accuracy", 0),
        ("logistic", 3, "log_loss", 4_000_000),
        ("linear", 0, "mse", 456_000),
        ("linear", 0, "mae", 789_000),
    ):
        shape = {"family": family, "inputs": 3} | ({"outputs": outputs} if outputs else {})
        architecture = parse_architecture(json.dumps(shape))
        a_row = parse_pairing(parse_metric(metric, architecture), architecture, cut).a_row
        assert a_row is not None
        for places, confidence, rows in ((10, 950_000, 114), (128, 999_000, 5_000), (1, 500_000, 33)):
            least = least_gain(luck_bar(places, confidence), rows, a_row)
            terms = {"architecture": json.dumps(shape), "metric": metric, "evidenceCut": cut}
            limits = {"maxParticipants": places, "confidence": confidence, "rows": rows}
            found.append(terms | limits | {"least": least})
    return found


if __name__ == "__main__":
    TARGET.write_text(json.dumps(made(), indent=1) + "\n")
