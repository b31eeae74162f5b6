"""The validation split under a privacy budget: every row by itself."""

from __future__ import annotations

import numpy as np

from deml_learn.privacy.randomness import SYSTEM, Randomness
from deml_learn.training.network import Array
from deml_learn.training.split import Split, split_at


def independent_split(x: Array, y: Array, part: float, randomness: Randomness = SYSTEM) -> Split:
    """Take each row out with a chance of `part`, whatever the others are and however many.

    So a row more, or one less, moves no other row: what is counted for the rows to learn from holds for all of them.
    Neither a seed nor the number of rows may decide, for both are known or guessed.
    """
    return split_at(x, y, np.flatnonzero(randomness.uniform(len(y)) < part).astype(np.int64))
