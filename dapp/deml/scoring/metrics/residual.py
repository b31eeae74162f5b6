"""What regressions are judged by: target minus prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def residuals(outputs: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.float64]:
    """Residuals, one a row."""
    return np.asarray(targets.astype(np.float64) - outputs[:, 0])
