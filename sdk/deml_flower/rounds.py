"""The sponsor's side of a paid federation without Flower: each round is a job of a campaign.

Everything that must last lies in the campaign's folder before it is sent: which model a round starts from, which job it
is, which model it ended with. A server that is begun anew goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.types import Address, JobId
from deml.scoring import load_model, parse_architecture
from deml_flower.errors import TooFewRounds
from deml_sdk.campaigns.folder import CampaignFolder, PlannedRound
from deml_sdk.campaigns.run import CampaignEvent, CampaignRunner
from deml_sdk.client import Client
from deml_sdk.errors import StorageUnavailable
from deml_sdk.files.atomic import write_whole
from deml_sdk.files.files import read_file
from deml_sdk.jobspec.job_file_form import read_job_file
from deml_sdk.market.content import public_file, read_delivered
from deml_sdk.market.schedule import LOOK_SECONDS
from deml_sdk.market.view import Job

GLOBAL: Final = "global-{number}.npz"
"""The app's arrays after a round; the first is 1."""

START: Final = "start-{number}.safetensors"
"""What a round's job starts from."""


class PaidRounds:
    """Opens the job of a round, sees it to its end, and fetches what it has bought.

    Parameters
    ----------
    client
        The sponsor's.
    folder
        As 'deml campaign new' made it.
    on_event
        Told of everything that happens in the market.
    every
        Seconds between looks at the chain.
    """

    def __init__(
        self,
        client: Client,
        folder: Path,
        on_event: Callable[[CampaignEvent], None],
        every: float = LOOK_SECONDS,
    ) -> None:
        self.client, self.folder, self.every = client, CampaignFolder(folder), every
        self._on_event = on_event
        self._runner = CampaignRunner(client, self.folder)

    @contextmanager
    def held(self, rounds: int) -> Iterator[None]:
        """Keep the campaign for this program alone, if it has rows for so many rounds.

        Raises
        ------
        TooFewRounds, CampaignBusy, NotACampaign
        """
        with self.folder.held():
            planned = len(self.folder.read().rounds)
            if planned < rounds:
                raise TooFewRounds(planned, rounds)
            yield

    @property
    def done(self) -> int:
        """How many rounds have ended with a model that is kept."""
        numbers = range(1, len(self.folder.read().rounds) + 1)
        return next((one - 1 for one in numbers if not self._global(one).exists()), len(numbers))

    def check(self, model: bytes) -> None:
        """Refuse a model that the jobs could not score.

        Raises
        ------
        BadJobFile
        DemlError
            What is wrong with the model.
        """
        written = read_job_file(Path(self.folder.read().job_file))
        load_model(parse_architecture(written.architecture), model)

    def open(self, number: int, model: bytes) -> JobId | None:
        """Open the job of a round, or find the one that an earlier program has opened; the first round is 1.

        Returns None where the campaign opens no more: its budget is spent, or the model is as good as rows can tell.

        Raises
        ------
        DemlError
            If the job cannot be opened; nothing is lost.
        """
        if self._planned(number).job_id is None:
            self._runner.start = self._start(number)
            write_whole(self._runner.start, model)
        while (job_id := self._planned(number).job_id) is None:
            self._tell()
            if self._runner.stopped is not None:
                return None
            if self._planned(number).job_id is None:
                time.sleep(self.every)
        return JobId(job_id)

    def begun(self, number: int) -> bytes | None:
        """Model that an earlier program has begun a round with, and perhaps posted; None where there was none.

        Raises
        ------
        UnreadableFile
        """
        return read_file(self._start(number)) if self._start(number).exists() else None

    def attend(self, number: int) -> bool:
        """Do what is due for the sponsor, and pause; tell whether the round still goes on."""
        if self._planned(number).ending is None:
            self._tell()
            time.sleep(self.every)
        return self._planned(number).ending is None

    def job(self, number: int) -> Job:
        """Read a round's job, with its participants."""
        return self.client.job(self._planned(number).job_id or 0)

    def bought(self, job: Job) -> Mapping[Address, Mapping[str, NDArray[Any]]]:
        """Fetch the models that were verified, by client, in the order of their commitments: tensors in float64.

        Raises
        ------
        NotOnChain
        """
        found = {}
        for one in job.in_commit_order():
            if one.model_cid is not None and one.score is not None:
                file = public_file(self.client, job, one.model_cid)
                found[one.client] = read_delivered(self.client, job, file).tensors
        return found

    def keep(self, number: int, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write down what a round has ended with; from then on it is over.

        Raises
        ------
        StorageUnavailable
        """
        made = BytesIO()
        np.savez(made, allow_pickle=False, **{f"a{place}": one for place, one in enumerate(arrays.values())})
        write_whole(self._global(number), made.getvalue())

    def kept(self, number: int, keys: list[str]) -> Mapping[str, NDArray[Any]]:
        """Read what a round has ended with.

        Raises
        ------
        StorageUnavailable
        """
        try:
            with np.load(self._global(number), allow_pickle=False) as found:
                return {key: found[f"a{place}"] for place, key in enumerate(keys)}
        except (OSError, KeyError, ValueError) as error:
            raise StorageUnavailable(str(self._global(number)), str(error)) from error

    def finish(self) -> None:
        """Claim what has come back, once all rounds are over; what waits for its epoch is claimed by 'deml watch'."""
        if self.folder.read().next_number is None:
            self._tell()

    def _tell(self) -> None:
        for event in self._runner.look():
            self._on_event(event)

    def _planned(self, number: int) -> PlannedRound:
        return self.folder.read().rounds[number - 1]

    def _start(self, number: int) -> Path:
        return self.folder.path / START.format(number=number)

    def _global(self, number: int) -> Path:
        return self.folder.path / GLOBAL.format(number=number)
