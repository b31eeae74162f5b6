"""What private training gives away at the least, measured for every family and some budgets: a table in Markdown.

Each line trains models on two neighbouring data sets through the whole of `deml train` but its walls, learns from half
of them to tell the two apart, and tries that on the other half. The bound holds with a confidence of 95 %.

    python benchmarks/bench_privacy_audit.py [TRIALS]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from deml_learn.privacy.budget import Privacy
from tests.support.privacy_measure import FAMILIES, measure

CLAIMS = (0.5, 2.0, 8.0)
DELTA = 1e-5
CONFIDENCE = 0.95


def rows(trials: int) -> Iterator[str]:
    """Lines of the table."""
    yield "| family | claimed epsilon | models trained | confidence | measured epsilon, at least |"
    yield "|---|---|---|---|---|"
    for name, family in FAMILIES.items():
        for claim in CLAIMS:
            found = measure(family, Privacy(claim, DELTA), trials, CONFIDENCE)
            yield f"| `{name}` | {claim:g} | {found.trials:,} | {found.confidence:.0%} | {found.epsilon:.2f} |"


if __name__ == "__main__":
    for line in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000):
        print(line, flush=True)
