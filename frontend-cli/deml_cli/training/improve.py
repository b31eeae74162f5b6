"""Train on a table: split it, start from the given model, judge by the job's own metric, write the best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deml.scoring import Metric
from deml.scoring.errors import ConstantTarget
from deml_cli.training.model_file import Trainable, data_file, score_files
from deml_cli.training.network import Network
from deml_cli.training.settings import Epoch, Settings
from deml_cli.training.tables import Table
from deml_cli.training.trainer import Measure, Split, split, train


@dataclass(frozen=True, slots=True)
class Improved:
    """A trained model as a file; `before` and `after` are ppm on the rows held back, None if there are none."""

    file: bytes
    rows: int
    held_back: int
    before: int | None
    after: int | None


def improve(
    start: Trainable,
    metric: Metric,
    table: Table,
    settings: Settings,
    report: Callable[[Epoch], None],
    half: bool = False,
) -> Improved:
    """Train `start` on a table.

    Parameters
    ----------
    metric
        What chooses between epochs, on the rows held back.
    report
        Called after every epoch.
    half
        Write float16.
    """
    parts = split(table.x, table.y, start.network.head, settings)
    measure = _measure(start, metric, parts, half)
    best = train(start.network, start.standardizer.apply(parts.x), parts.y, settings, measure, report)
    return Improved(
        file=start.with_network(best).file(half),
        rows=len(parts.y),
        held_back=len(parts.held_y),
        before=None if measure is None else measure(start.network),
        after=None if measure is None else measure(best),
    )


def _measure(start: Trainable, metric: Metric, parts: Split, half: bool) -> Measure | None:
    """Score on the rows held back, as the dapp would; None if they cannot tell models apart."""
    if not len(parts.held_y):
        return None
    holdout = data_file(start.architecture, parts.held_x, parts.held_y)

    def measure(network: Network) -> int:
        file = start.with_network(network).file(half)
        return score_files(start.architecture, metric, file, holdout, len(parts.held_y))

    try:
        measure(start.network)
    except ConstantTarget:
        return None
    return measure
