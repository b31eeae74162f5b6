"""Training at home, where deml_learn is installed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from deml_sdk.data.reading import Reading
from deml_sdk.extras import needed_to
from deml_sdk.market.view import Job
from deml_sdk.roles.reader import Reader

TRAINING = "deml_learn.trainers.for_client"
"""Module that trains. It stands above this one and needs numpy and scikit-learn: it is looked for when asked for."""


class TrainedModel(Protocol):
    """A model that the sandbox's gate has let out."""

    @property
    def file(self) -> bytes:
        """The safetensors file."""

    @property
    def before(self) -> int | None:
        """Score of the initial model on the validation rows, in parts per million; None if there are none."""

    @property
    def after(self) -> int | None:
        """Score of the trained model on them."""


class AtHome(Reader):
    """Does what needs private data, which stays at home."""

    def train(self, job: int | Job, data: Path | str, reading: Reading | None = None, **wishes: Any) -> TrainedModel:
        """Train a model for a job on private rows, starting from the job's initial model. They stay on this machine.

        The trainer, the built-in one too, runs in a sandbox that has no network.

        Parameters
        ----------
        data
            CSV with a header, Parquet, Arrow, Feather or npz.
        reading
            How it is read, where the job has no specification.
        wishes
            What `deml_learn.trainers.for_client.train` takes besides: `sandbox`, `report`, `epochs`, `batch`,
            `learning_rate`, `l2`, `validation`, `seed`, `half`, `privacy`, `limits`.

        Raises
        ------
        LibraryMissing
            If what deml_learn needs is not installed.
        NoSandbox, SandboxLeaks, TrainerStopped, TrainerFailed, NoModel, OutputRefused
        """
        with needed_to("train"):
            module = import_module(TRAINING)
        found = self._job(job)
        return cast(TrainedModel, module.train(self, found, Path(data), reading or Reading(""), **wishes))
