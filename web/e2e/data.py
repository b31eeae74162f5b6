"""Real data for a job of two clients: python data.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from deml_devnet.demo.data import share_out


def main(folder: Path) -> None:
    """Write a sponsor's sample and holdout, and two clients' rows, no patient in two of them."""
    parts = share_out()
    parts.sample.save(folder / "sample.csv", parts.columns)
    parts.holdouts[0].save(folder / "holdout.csv", parts.columns)
    for number, rows in enumerate(parts.clinics[:2], start=1):
        rows.save(folder / f"client{number}.csv", parts.columns)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
