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
    script: None = None
    spec_file: None = None

    @property
    def architecture(self):
        from deml.scoring import parse_architecture

        return parse_architecture(self.architecture_text)


def train(terms, initial, asked, privacy, x, y, report):
    """Train for a job; returns the file that the gate has let out, what it scores, and what was given away.

    `terms` are those of the job; `asked` is the most privacy loss that its specification allows, `privacy` the budget
    of this training, each a dictionary or None; `x` and `y` are float64, row by row; `report` is called after each
    epoch with its number, how many there are, and the score on the validation rows.
    """
    from deml.scoring import parse_architecture, parse_metric
    from deml_learn.privacy.budget import Privacy
    from deml_learn.sandbox.interface import Limits
    from deml_learn.trainers.contract import TrainerProgress
    from deml_learn.trainers.in_process import InThisProcess
    from deml_learn.trainers.kinds import builtin
    from deml_learn.trainers.plan import Training, TrainingOptions
    from deml_learn.trainers.run import run_trainer

    architecture = parse_architecture(terms["architecture"])
    task = Task(
        terms["architecture"],
        parse_metric(terms["metric"], architecture),
        bytes(initial),
        int(terms["maxModelBytes"]),
        None if asked is None else SimpleNamespace(**asked),
    )
    plan = Training(task, TrainingOptions(privacy=None if privacy is None else Privacy(**privacy)))
    labels = np.frombuffer(bytes(y), np.float64)
    rows = np.frombuffer(bytes(x), np.float64).reshape(len(labels), architecture.inputs)

    def hear(event):
        if isinstance(event, TrainerProgress):
            report(event.number, event.total, event.score)

    order = plan.order(rows, labels)
    made = run_trainer(builtin(), order, architecture, InThisProcess(), Limits(), hear)
    spent = made.spent and {"epsilon": privacy["epsilon"], "delta": privacy["delta"]}
    return {
        "file": made.file,
        "before": made.before,
        "after": made.after,
        "spent": spent or None,
        "noRowAmong": made.no_row_among,
        "validationRows": len(order.rows.validation_y),
    }
