"""Layer 1: (architecture, weights, holdout) to an integer score, the same on every processor.

A model family is a module in `families` and a row in its table, and so is a metric in `metrics`. ``docs/scoring.md``
defines every operation.
"""

from deml.scoring.architecture import Architecture
from deml.scoring.averaging import Sums, check_mean, no_sums
from deml.scoring.cost import (
    BUDGET,
    Averaging,
    Budget,
    Slicing,
    averaging,
    reading_mcycles,
    scoring_mcycles,
    slicing,
)
from deml.scoring.families import parse_architecture
from deml.scoring.holdout import Holdout, distinct_rows, load_holdout
from deml.scoring.metrics import Metric, Pairing, Qualities, RowEvidence, parse_metric, parse_pairing
from deml.scoring.model import Model, load_model
from deml.scoring.progress import Scoring
from deml.scoring.score import conclude, evidence, gain_over, qualities, score

__all__ = [
    "BUDGET",
    "Architecture",
    "Averaging",
    "Budget",
    "Holdout",
    "Metric",
    "Model",
    "Pairing",
    "Qualities",
    "RowEvidence",
    "Scoring",
    "Slicing",
    "Sums",
    "averaging",
    "check_mean",
    "conclude",
    "distinct_rows",
    "evidence",
    "gain_over",
    "load_holdout",
    "load_model",
    "no_sums",
    "parse_architecture",
    "parse_metric",
    "parse_pairing",
    "qualities",
    "reading_mcycles",
    "score",
    "scoring_mcycles",
    "slicing",
]
