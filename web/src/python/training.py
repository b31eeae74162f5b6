"""Training, audit and shrinking in the page's worker, by the command's own code, on rows that stay."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np


@dataclass(frozen=True)
class PageTask:
    """What the page knows of a job, as `deml_learn.trainers.plan` asks for it."""

    architecture_text: str
    metric: object
    initial: bytes
    max_bytes: int
    asked_privacy: object
    script: object = None
    spec_file: object = None

    @property
    def architecture(self):
        from deml.scoring import parse_architecture

        return parse_architecture(self.architecture_text)


_waiting = {}
"""The training that a stranger's trainer is busy with, between `prepare` and `finish`."""


def train(terms, initial, asked, privacy, x, y, report):
    """Train for a job; returns the file that the gate has let out, what it scores, and what was given away.

    `terms` are those of the job; `asked` is the most privacy loss that its specification allows, `privacy` the budget
    of this training, each a dictionary or None; `x` and `y` are float64, row by row; `report` is called after each
    epoch with its number, how many there are, the loss on the rows that are learnt from, the score on the validation
    rows, and, ten times in all, the epsilon that is spent by then; None for what is not known.
    """
    from deml_learn.sandbox.interface import Limits
    from deml_learn.trainers.contract import TrainerProgress
    from deml_learn.trainers.in_process import InThisProcess
    from deml_learn.trainers.kinds import builtin
    from deml_learn.trainers.record import record_of
    from deml_learn.trainers.run import run_trainer

    def hear(event):
        if isinstance(event, TrainerProgress):
            report(event.number, event.total, event.loss, event.score, _spent(plan, event))

    plan, rows, labels = _plan(terms, initial, asked, privacy, x, y)
    order, architecture = plan.order(rows, labels), plan.task.architecture
    made = run_trainer(builtin(), order, architecture, InThisProcess(), Limits(), hear)
    return _told(made, privacy, record_of(plan, rows, labels, made))


def _spent(plan, progress):
    """Epsilon that is spent by now, at each tenth of the epochs; None in between, for counting takes a while."""
    from deml_learn.privacy.accounting import spent_so_far

    privacy, number, total = plan.wishes.privacy, progress.number, progress.total
    if privacy is None or (number and number * 10 // total == (number - 1) * 10 // total):
        return None
    return spent_so_far(privacy, total, number)


def prepare(terms, initial, asked, script, spec, x, y):
    """Make the files that a stranger's trainer is given, by path; `script` is its CID, `spec` the specification."""
    from pathlib import Path

    from deml_learn.sandbox.interface import Limits
    from deml_learn.trainers import kinds
    from deml_learn.trainers.run import prepared

    plan, rows, labels = _plan(terms, initial, asked, None, x, y, script, bytes(spec))
    order, architecture = plan.order(rows, labels), plan.task.architecture
    program = kinds.script(Path(kinds.SCRIPT), None)
    _waiting["training"] = (program, order, architecture), (plan, rows, labels)
    return {one.target: one.content for one in prepared(program, order, architecture, Limits()).files}


def finish(model):
    """Take what the trainer left through the gate; answers as `train` does."""
    from deml_learn.sandbox.interface import ExitReason, Left, ProgramResult
    from deml_learn.trainers import contract
    from deml_learn.trainers.record import record_of
    from deml_learn.trainers.run import let_out_of

    content = bytes(model)
    left = (Left(contract.MODEL, "file", 1, len(content), content),)
    training, of_rows = _waiting.pop("training")
    made = let_out_of(*training, ProgramResult(ExitReason.EXITED, 0, "", left=left), None)
    plan, rows, labels = of_rows
    return _told(made, None, record_of(plan, rows, labels, made))


def _plan(terms, initial, asked, privacy, x, y, script=None, spec=None):
    """What is to be trained, and the rows with their labels."""
    from deml.scoring import parse_architecture, parse_metric
    from deml_learn.privacy.budget import Privacy
    from deml_learn.trainers.plan import Training, TrainingOptions

    architecture = parse_architecture(terms["architecture"])
    limits = None if asked is None else SimpleNamespace(**asked)
    metric = parse_metric(terms["metric"], architecture)
    task = PageTask(terms["architecture"], metric, bytes(initial), int(terms["maxModelBytes"]), limits, script, spec)
    plan = Training(task, TrainingOptions(privacy=None if privacy is None else Privacy(**privacy)))
    return plan, *_rows(architecture, x, y)


def _rows(architecture, x, y):
    labels = np.frombuffer(bytes(y), np.float64)
    return np.frombuffer(bytes(x), np.float64).reshape(len(labels), architecture.inputs), labels


def _told(made, privacy, record):
    return {
        "file": made.file,
        "before": made.before,
        "after": made.after,
        "spent": made.spent and {"epsilon": privacy["epsilon"], "delta": privacy["delta"]},
        "noRowAmong": made.no_row_among,
        "validationRows": len(made.split.validation_y),
        "record": record.written(),
    }


def audited(terms, initial, model, record, x, y, aside, shadows, report):
    """Attack a model with its own rows, as `deml privacy audit` does; `record` says how it was trained, or is None.

    `aside` are rows that it has never seen, x and y; None for those that were held back. `shadows` models are trained
    to compare with, 0 for none; `report` is called after each with its number and how many there are.
    """
    from deml.scoring import parse_architecture, parse_metric
    from deml_learn.privacy.attack import LabelledRows
    from deml_learn.privacy.words import COLUMNS, row, verdict
    from deml_learn.trainers.audit import Suspect, check_shadows
    from deml_learn.trainers.record import read_record

    architecture = parse_architecture(terms["architecture"])
    known = None if record is None else read_record(bytes(record))
    metric = parse_metric(terms["metric"], architecture)
    suspect = Suspect(architecture, metric, bytes(model), bytes(initial), known)
    members, others = suspect.parts(
        LabelledRows(*_rows(architecture, x, y)),
        None if aside is None else LabelledRows(*_rows(architecture, *aside)),
    )
    compared = None
    if shadows:
        check_shadows(shadows)
        done = iter(range(1, shadows + 1))
        compared = suspect.shadows(members, others, shadows, lambda: report(next(done), shadows))
    found = suspect.attacked(members, others, compared)
    return {
        "members": found.members,
        "others": found.others,
        "columns": COLUMNS,
        "attacks": [row(name, outcome) for name, outcome in found.outcomes.items()],
        "words": list(verdict(found)),
        "auc": found.outcomes[found.best_of_pairs].auc.value,
    }


def shrunken(terms, initial, model, record, x, y, loss, report):
    """Find the smallest file of a model, as `deml shrink` does, judged on rows that it was not trained on.

    With a `record` of its training these are the validation rows among the given ones, else all. `report` is called
    before each encoding with its number and how many there are.
    """
    from deml.scoring import load_model, parse_architecture, parse_metric
    from deml_learn.models.shrink import shrunk
    from deml_learn.trainers.record import read_record
    from deml_sdk.data.holdout import data_file

    architecture = parse_architecture(terms["architecture"])
    rows, labels = _rows(architecture, x, y)
    if record is not None:
        split = read_record(bytes(record)).split(rows, labels)
        rows, labels = split.validation_x, split.validation_y
    judged = data_file(architecture, rows, labels)
    metric = parse_metric(terms["metric"], architecture)
    made = shrunk(bytes(model), load_model(architecture, bytes(initial)), metric, judged, loss, report)
    return {
        "file": made.found.file,
        "encoding": str(made.found.encoding),
        "packed": made.found.packed,
        "packedBefore": made.packed_before,
        "score": made.found.score,
        "scoreBefore": made.score_before,
        "rows": made.rows,
    }
