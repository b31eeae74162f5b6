"""A score in the making: how far a model has come through the rows of a holdout."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from deml.scoring.holdout import Holdout
from deml.scoring.metrics.metric import RowEvidence
from deml.scoring.model import Model
from deml.scoring.score import conclude, evidence


@dataclass(frozen=True, slots=True)
class Scoring:
    """A verified model file, and the evidence of the first `rows` rows; the file is smaller than what is made of it."""

    file: bytes
    rows: int = 0
    parts: tuple[RowEvidence, ...] = ()

    def proceed(self, model: Model, holdout: Holdout, rows: int) -> Scoring:
        """Score at most `rows` further rows of `holdout`; `model` is what the file holds."""
        end = min(self.rows + rows, holdout.rows)
        part = evidence(model, holdout, slice(self.rows, end))
        return replace(self, rows=end, parts=(*self.parts, part))

    @property
    def evidence(self) -> RowEvidence:
        """The evidence of all rows so far, in order: the same numbers however they were sliced."""
        return np.concatenate(self.parts)

    def conclude(self, holdout: Holdout) -> int:
        """Score in ppm, once all rows are through."""
        return conclude(holdout, self.evidence)
