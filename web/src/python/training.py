"""Training in the page's worker: the command's own trainer, split, budget checks and output gate, on rows that stay."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np


@dataclass(frozen=True)
class Task:
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
    epoch with its number, how many there are, and the score on the validation rows.
    """
    from deml_learn.sandbox.interface import Limits
    from deml_learn.trainers.contract import TrainerProgress
    from deml_learn.trainers.in_process import InThisProcess
    from deml_learn.trainers.kinds import builtin
    from deml_learn.trainers.run import run_trainer

    def hear(event):
        if isinstance(event, TrainerProgress):
            report(event.number, event.total, event.score)

    architecture, order = _order(terms, initial, asked, privacy, x, y)
    return _told(run_trainer(builtin(), order, architecture, InThisProcess(), Limits(), hear), privacy)


def prepare(terms, initial, asked, script, spec, x, y):
    """Make the files that a stranger's trainer is given, by path; `script` is its CID, `spec` the specification."""
    from pathlib import Path

    from deml_learn.sandbox.interface import Limits
    from deml_learn.trainers import kinds
    from deml_learn.trainers.run import prepared

    architecture, order = _order(terms, initial, asked, None, x, y, script, bytes(spec))
    program = kinds.script(Path(kinds.SCRIPT), None)
    _waiting["training"] = (program, order, architecture)
    return {one.target: one.content for one in prepared(program, order, architecture, Limits()).files}


def finish(model):
    """Take what the trainer left through the gate; answers as `train` does."""
    from deml_learn.sandbox.interface import ExitReason, Left, ProgramResult
    from deml_learn.trainers import contract
    from deml_learn.trainers.run import let_out_of

    content = bytes(model)
    left = (Left(contract.MODEL, "file", 1, len(content), content),)
    return _told(let_out_of(*_waiting.pop("training"), ProgramResult(ExitReason.EXITED, 0, "", left=left), None), None)


def _order(terms, initial, asked, privacy, x, y, script=None, spec=None):
    from deml.scoring import parse_architecture, parse_metric
    from deml_learn.privacy.budget import Privacy
    from deml_learn.trainers.plan import Training, TrainingOptions

    architecture = parse_architecture(terms["architecture"])
    limits = None if asked is None else SimpleNamespace(**asked)
    metric = parse_metric(terms["metric"], architecture)
    task = Task(terms["architecture"], metric, bytes(initial), int(terms["maxModelBytes"]), limits, script, spec)
    plan = Training(task, TrainingOptions(privacy=None if privacy is None else Privacy(**privacy)))
    labels = np.frombuffer(bytes(y), np.float64)
    rows = np.frombuffer(bytes(x), np.float64).reshape(len(labels), architecture.inputs)
    return architecture, plan.order(rows, labels)


def _told(made, privacy):
    return {
        "file": made.file,
        "before": made.before,
        "after": made.after,
        "spent": made.spent and {"epsilon": privacy["epsilon"], "delta": privacy["delta"]},
        "noRowAmong": made.no_row_among,
        "validationRows": len(made.split.validation_y),
    }
