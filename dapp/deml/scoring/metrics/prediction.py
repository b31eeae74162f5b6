"""The class that outputs predict.

One logit predicts class 1 where it is above zero; several predict the first class with the largest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def predicted(outputs: NDArray[Any], _targets: NDArray[Any]) -> NDArray[np.int16]:
    """Classes, one a row."""
    if outputs.shape[1] == 1:
        return np.asarray(outputs[:, 0] > 0, np.int16)
    return np.asarray(np.argmax(outputs, axis=1), np.int16)
