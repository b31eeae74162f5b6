"""The class that outputs predict.

One logit predicts class 1 where it is above zero; several predict the first class with the largest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def predicted(outputs: NDArray[Any], _targets: NDArray[Any]) -> NDArray[np.int16]:
    """Classes, one a row."""
    classes = outputs[:, 0] > 0 if outputs.shape[1] == 1 else np.argmax(outputs, axis=1)
    return classes.astype(np.int16)
