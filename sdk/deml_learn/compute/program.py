"""What the container runs: ``python3 -m deml_learn.compute.program REQUEST``.

Files are read from ``/inputs`` and written to ``/outputs``; the environment variables DEML_INPUTS and DEML_OUTPUTS name
other folders. No network is needed. A container engine that starts it as root has it open its outputs, which such
engines let root alone create (Bacalhau makes their folder with mode 0755), and become nobody before it reads any file.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from deml.base.errors import DemlError
from deml_sdk.advice import advice_of
from deml_sdk.compute.files import read_mounted
from deml_sdk.compute.outcome import TRAINED, audited, trained
from deml_sdk.compute.request import ROWS, ComputeRequest, ComputeUse, TrainingRecipe, read_argument
from deml_sdk.compute.result import LOG, RESULT, result_file, verified_part

if TYPE_CHECKING:
    from deml_learn.training.epoch import TrainingEpoch

FOLDERS: Final = (("DEML_INPUTS", "/inputs"), ("DEML_OUTPUTS", "/outputs"))
"""Environment variables that name the folders, and what they are without."""

NOBODY: Final = 65_534
"""User and group without rights, in every Linux distribution."""

BAD_COMMAND: Final = 2

Trainer = Callable[[TrainingRecipe, bytes, Callable[["TrainingEpoch"], None]], bytes]
"""Makes a model by a recipe of rows, and reports every epoch."""


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Compute what the only argument asks for; a failure that has a name is told in words, here and in the log."""
    inputs, outputs = (Path(environment.get(name) or usual) for name, usual in FOLDERS)
    if len(arguments) != 1:
        print("usage: python3 -m deml_learn.compute.program REQUEST", file=sys.stderr)
        return BAD_COMMAND
    with ExitStack() as stack:
        log = stack.enter_context((outputs / LOG).open("w", encoding="utf-8"))
        try:
            request = read_argument(arguments[0])
            names = (RESULT, TRAINED) if request.use is ComputeUse.TRAIN else (RESULT,)
            made = {name: stack.enter_context((outputs / name).open("wb")) for name in names}
            train = trainer() if request.use is ComputeUse.TRAIN else None
            drop_rights()
            for name, content in computed(request, inputs, log, train).items():
                made[name].write(content)
        except DemlError as error:
            told = f"{error} {advice_of(error)}"
            log.write(f"{told}\n")
            print(told, file=sys.stderr)
            return 1
    return 0


def drop_rights() -> None:
    """Become nobody, for good, if this is root."""
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def computed(request: ComputeRequest, inputs: Path, log: IO[str], train: Trainer | None) -> dict[str, bytes]:
    """Compute, and make the files of the outcome, by name; `train` is needed where a model is to be trained.

    Raises
    ------
    InputMissing, InputDiffers
    DemlError
        What is wrong with the files.
    """
    files = read_mounted(request, inputs)
    log.write(f"{request.use}: {len(files)} files are what the request names\n")
    made: dict[str, bytes] = {}
    if request.recipe is None or train is None:
        outcome = audited(request, files)
    else:

        def tell(epoch: TrainingEpoch) -> None:
            log.write(f"epoch {epoch.number} of {epoch.total}: loss {epoch.loss}, validation score {epoch.score}\n")

        made[TRAINED] = train(request.recipe, files[ROWS], tell)
        outcome = trained(request, files, made[TRAINED])
    log.write("done\n")
    return {**made, RESULT: result_file(verified_part(request, outcome), environment_of_this())}


def trainer() -> Trainer:
    """Import what trains, which is much: while the rights to read it are there."""
    from deml_learn.compute.training import train_initial

    return train_initial


def environment_of_this() -> dict[str, str]:
    """Versions that computed, for people; nothing that is verified depends on them."""
    return {
        "deml": version("deml"),
        "numpy": np.__version__,
        "processor": platform.machine(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
