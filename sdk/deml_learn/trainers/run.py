"""A training run: folders for the trainer, the trainer in its sandbox, and what the gate lets out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any, Final

import numpy as np

from deml.base.limits import MAX_FILE_BYTES
from deml.scoring import Architecture, Metric, Model, load_holdout, load_model, score
from deml.scoring.errors import ConstantTarget, OneClassOnly
from deml_learn.privacy.budget import Privacy, claim
from deml_learn.sandbox.interface import Confined, ExitReason, File, Limits, ProgramResult, Sandbox
from deml_learn.trainers import contract
from deml_learn.trainers.budget import check_spendable, check_spent
from deml_learn.trainers.contract import PrivacySpent, TrainerEvent, parse_event
from deml_learn.trainers.errors import TrainerFailed, TrainerStopped
from deml_learn.trainers.gate import let_out
from deml_learn.trainers.kinds import Program
from deml_learn.trainers.rows_among import no_row_among
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.network import Array
from deml_learn.training.split import Split
from deml_sdk.data.holdout import data_file

_SILENT: Final = "nothing"
_AUTHOR: Final = "No training needs that much: ask the trainer's author"


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """What to train; `initial` and `spec` are files, None where there are none."""

    architecture: str
    metric: Metric
    rows: Split
    hyperparameters: Hyperparameters
    initial: bytes | None = None
    spec: bytes | None = None
    privacy: Privacy | None = None
    half: bool = False
    max_bytes: int = MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that the gate has let out; `before` and `after` are ppm on the validation rows, None without any.

    `stranger` says that its numbers were computed by a program that is not ours; `no_row_among` that none of the rows
    stands in them as it is, which is proven of our own trainer's models alone.
    """

    file: bytes
    before: int | None
    after: int | None
    spent: PrivacySpent | None
    outcome: ProgramResult
    split: Split
    stranger: bool
    no_row_among: bool


@dataclass(slots=True)
class _Ears:
    """Hears what the trainer says; only our own is believed about privacy."""

    report: Callable[[TrainerEvent], None]
    ours: bool
    spent: PrivacySpent | None = field(default=None)

    def hear(self, line: bytes) -> None:
        event = parse_event(line)
        if isinstance(event, PrivacySpent) and self.ours:
            self.spent = event
        self.report(event)


def run_trainer(
    program: Program,
    order: TrainingOrder,
    architecture: Architecture,
    sandbox: Sandbox,
    limits: Limits,
    report: Callable[[TrainerEvent], None],
) -> Trained:
    """Run a trainer to its end, and let out its model.

    Parameters
    ----------
    report
        Called for everything that the trainer prints.

    Raises
    ------
    NoPrivateTraining
        Before anything runs, if there is a budget that would not be spent.
    BudgetNotSpent
        If the trainer has not spent it.
    TrainerStopped, TrainerFailed, NoModel, OutputRefused, NoSandbox
    """
    ears = _Ears(report, program.ours)
    outcome = sandbox.run(prepared(program, order, architecture, limits), ears.hear)
    _require_success(outcome, limits)
    return let_out_of(program, order, architecture, outcome, ears.spent)


def prepared(program: Program, order: TrainingOrder, architecture: Architecture, limits: Limits) -> Confined:
    """What a sandbox is to run: the trainer, and the files of the job and of the rows.

    Raises
    ------
    NoPrivateTraining
        If there is a budget that would not be spent.
    """
    check_spendable(order.privacy, architecture, ours=program.ours, improves=order.initial is not None)
    return Confined(program.argv, _files(order), program.mounts, limits, program.environment, wanted=(contract.MODEL,))


def let_out_of(
    program: Program,
    order: TrainingOrder,
    architecture: Architecture,
    outcome: ProgramResult,
    spent: PrivacySpent | None,
) -> Trained:
    """Take what a trainer has left through the gate, and score it.

    Raises
    ------
    BudgetNotSpent, NoModel, OutputRefused
    """
    check_spent(order.privacy, spent)
    initial = None if order.initial is None else load_model(architecture, order.initial)
    metadata = {} if order.privacy is None or spent is None else claim(order.privacy, spent.accountant)
    file = let_out(outcome.left, architecture, initial, order.max_bytes, metadata)
    measure = _measure(architecture, order)
    before = measure(initial) if initial is not None else None
    made = load_model(architecture, file, initial)
    rows = np.concatenate([order.rows.x, order.rows.validation_x])
    proven = program.ours and no_row_among(made.tensors, rows)
    return Trained(file, before, measure(made), spent, outcome, order.rows, not program.ours, proven)


def _require_success(outcome: ProgramResult, limits: Limits) -> None:
    if outcome.ending is not ExitReason.EXITED:
        raise TrainerStopped(outcome.ending, *_limit(outcome.ending, limits))
    if outcome.exit_code:
        words = outcome.last_words.splitlines()[-1:] or [_SILENT]
        raise TrainerFailed(outcome.exit_code, words[0])


def _limit(ending: ExitReason, limits: Limits) -> tuple[str, str]:
    """What the limit was, and what helps."""
    return {
        ExitReason.OUT_OF_MEMORY: (f"it may use {limits.memory_bytes >> 20} MiB", "Give it more by --memory"),
        ExitReason.OUT_OF_PROCESSES: (f"it may run {limits.processes} processes", _AUTHOR),
        ExitReason.CPU_SPENT: (f"it may use {limits.cpu_seconds} seconds of processor time", "Give it more by --hours"),
        ExitReason.TIMED_OUT: (f"it may run for {limits.wall_seconds} seconds", "Give it more by --hours"),
        ExitReason.KEPT_TOO_MUCH: (f"it may write {limits.kept_bytes >> 20} MiB", _AUTHOR),
        ExitReason.SPOKE_TOO_MUCH: (f"it may print {limits.spoken_bytes >> 20} MiB", _AUTHOR),
    }[ending]


def _measure(architecture: Architecture, order: TrainingOrder) -> Callable[[Model], int | None]:
    """Score on the validation rows, as the dapp would: our own measurement, not the trainer's word."""
    rows = order.rows
    if not len(rows.validation_y):
        return lambda _: None
    file = data_file(architecture, rows.validation_x, rows.validation_y)
    try:
        holdout = load_holdout(architecture, order.metric, file, len(rows.validation_y))
    except (ConstantTarget, OneClassOnly):
        return lambda _: None
    return lambda model: score(model, holdout)


def _files(order: TrainingOrder) -> tuple[File, ...]:
    """Make the trainer's files."""
    job = {
        contract.ARCHITECTURE: order.architecture.encode(),
        contract.HYPERPARAMETERS: json.dumps(_hyperparameters(order), indent=2).encode(),
        contract.INITIAL: order.initial,
        contract.SPEC: order.spec,
    }
    rows = order.rows
    arrays = zip(contract.ARRAYS, (rows.x, rows.y, rows.validation_x, rows.validation_y), strict=True)
    return (
        *(File(f"{contract.JOB}/{name}", content) for name, content in job.items() if content is not None),
        *(File(f"{contract.DATA}/{name}", _saved(array)) for name, array in arrays),
    )


def _saved(array: Array) -> bytes:
    made = BytesIO()
    np.save(made, array, allow_pickle=False)
    return made.getvalue()


def _hyperparameters(order: TrainingOrder) -> dict[str, Any]:
    privacy = None if order.privacy is None else asdict(order.privacy)
    return {**asdict(order.hyperparameters), "metric": order.metric.name, "half": order.half, "privacy": privacy}
