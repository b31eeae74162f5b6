"""Let the linear algebra library take its working memory before the first input, and before memory is limited."""

from __future__ import annotations

import numpy as np

_SIZE = 128
"""Rows and columns: enough for the library not to treat the product as a small one, which needs no working memory."""


def warm_up() -> None:
    """Multiply matrices, and a matrix by a vector, of both floating-point types."""
    for dtype in (np.float32, np.float64):
        square = np.ones((_SIZE, _SIZE), dtype)
        square @ square
        square @ square[0]
