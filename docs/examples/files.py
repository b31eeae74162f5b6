"""Files for a job: real tumours, shared out between a sponsor and a clinic, and a first model to be improved."""

from pathlib import Path

from sklearn.datasets import load_breast_cancer

from deml.scoring import parse_architecture, parse_metric
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.improve import improve
from deml_learn.training.model_file import fresh_trainable
from deml_learn.training.split import Split

ARCHITECTURE = '{"family": "logistic", "inputs": 30, "outputs": 1, "standardize": true}'

JOB = f"""\
title = "Tell tumours apart"

[model]
architecture = '{ARCHITECTURE}'
metric = "brier"
initial = "initial.safetensors"

[holdout]
file = "holdout.csv"
label = "diagnosis"

[reward]
rule = "market"
target = -10_000
grid = 1_000
confidence = "95%"
escrow = "400"
stake = "100"
bond = "20%"

[windows]
commit = "10m"
reveal = "10m"
declare = "10m"
submit = "10m"
rounds = 10

[limits]
participants = 4
"""


def write(folder: Path) -> None:
    """Write job.toml, initial.safetensors and holdout.csv for the sponsor, private.csv for a clinic."""
    bunch = load_breast_cancer()
    x, y = bunch.data, bunch.target
    names = [str(name).replace(" ", "_") for name in bunch.feature_names]
    for file, rows in (("holdout.csv", slice(0, 120)), ("private.csv", slice(150, None))):
        lines = [",".join([*names, "diagnosis"])]
        lines += [",".join(map(repr, map(float, [*row, label]))) for row, label in zip(x[rows], y[rows], strict=True)]
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    few = slice(120, 150)
    architecture = parse_architecture(ARCHITECTURE)
    little = Split(x[few], y[few], x[:0], y[:0])
    early = Hyperparameters(epochs=4, learning_rate=0.01, validation=0.0)
    start = fresh_trainable(architecture, x[few], early.seed)
    model = improve(start, parse_metric("brier", architecture), little, early, lambda _epoch: None)
    (folder / "initial.safetensors").write_bytes(model)
    (folder / "job.toml").write_text(JOB, encoding="utf-8")


if __name__ == "__main__":
    write(Path())
