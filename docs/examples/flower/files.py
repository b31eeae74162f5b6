"""Files for the example: three hospitals' own rows, and the sponsor's, which judge the rounds."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

JUDGED = 800
"""Rows that the sponsor's two rounds are judged on."""

UNSEEN = 200
"""Rows of the sponsor's to look at the result."""


def write(folder: Path) -> None:
    """Write rows-1.npz to rows-3.npz for the hospitals, rows.csv for the sponsor, unseen.npz to look at the result."""
    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    x, y = bunch.data[order] / 16, bunch.target[order]
    for number, part in enumerate(np.array_split(np.arange(JUDGED + UNSEEN, len(y)), 3), start=1):
        np.savez(folder / f"rows-{number}.npz", x=x[part], y=y[part])
    unseen = slice(JUDGED, JUDGED + UNSEEN)
    np.savez(folder / "unseen.npz", x=x[unseen], y=y[unseen])
    lines = [",".join([*(f"pixel_{number}" for number in range(64)), "digit"])]
    lines += [",".join(map(str, [*row, label])) for row, label in zip(x[:JUDGED], y[:JUDGED], strict=True)]
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path())
