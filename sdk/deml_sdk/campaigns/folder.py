"""The folder of a campaign: the sealed parts, and how far each round has come, kept so that a program can go on.

Whoever reads a part before its round knows what models will be judged on. The folder is for its owner's eyes only.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from deml.ipld import file_cid
from deml_sdk.campaigns.errors import CampaignBusy, NotACampaign
from deml_sdk.errors import StorageUnavailable, UnwritableFile
from deml_sdk.files.atomic import write_whole
from deml_sdk.files.files import write_file

PLAN: Final = "campaign.json"
LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class PlannedRound:
    """A round: the file of its part and its CID; the holdout's commitment once the job is to be opened; and the job.

    `ending` is how the job ended.
    """

    part: str
    cid: str
    commitment: str | None = None
    job_id: int | None = None
    ending: str | None = None


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What is to be done: the sponsor's job file, the most that all rounds may spend, in whole tokens, the rounds."""

    job_file: str
    budget: str
    rounds: tuple[PlannedRound, ...]

    def with_round(self, number: int, **changes: Any) -> CampaignPlan:
        """Change what is known of a round; the first is 0."""
        changed = replace(self.rounds[number], **changes)
        return replace(self, rounds=(*self.rounds[:number], changed, *self.rounds[number + 1 :]))

    @property
    def next_number(self) -> int | None:
        """The round that has not ended, the first of them; None where all have."""
        return next((number for number, one in enumerate(self.rounds) if one.ending is None), None)

    @property
    def last_job(self) -> int | None:
        """The job that was opened last."""
        return next((one.job_id for one in reversed(self.rounds) if one.job_id is not None), None)


class CampaignFolder:
    """Reads and writes one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, job_file: Path, budget: str, parts: Sequence[bytes]) -> CampaignPlan:
        """Write the parts and the plan; there must be none yet.

        Raises
        ------
        UnwritableFile
        """
        if (self.path / PLAN).exists():
            raise UnwritableFile(str(self.path / PLAN), "it is there already")
        rounds = []
        for number, content in enumerate(parts, start=1):
            name = f"part-{number}.safetensors"
            write_file(self.path / name, content, replace=False)
            rounds.append(PlannedRound(name, str(file_cid(content))))
        made = CampaignPlan(str(job_file.resolve()), budget, tuple(rounds))
        try:
            self.write(made)
        except StorageUnavailable as error:
            raise UnwritableFile(str(self.path / PLAN), error.reason) from error
        return made

    def read(self) -> CampaignPlan:
        """Read the plan.

        Raises
        ------
        NotACampaign
        StorageUnavailable
        """
        path = self.path / PLAN
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            rounds = tuple(PlannedRound(**one) for one in values.pop("rounds"))
            return CampaignPlan(**values, rounds=rounds)
        except FileNotFoundError:
            raise NotACampaign(str(self.path), f"it has no {PLAN}") from None
        except OSError as error:
            raise StorageUnavailable(str(path), error.strerror or str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotACampaign(str(self.path), f"{PLAN} cannot be read ({error})") from error

    def write(self, plan: CampaignPlan) -> None:
        """Write the plan; after a crash there is the old one or the new.

        Raises
        ------
        StorageUnavailable
        """
        write_whole(self.path / PLAN, (json.dumps(asdict(plan), indent=2) + "\n").encode())

    def part(self, one: PlannedRound) -> Path:
        """Where the rows of a round lie."""
        return self.path / one.part

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other programs from running the same campaign; a program that dies lets go.

        Raises
        ------
        CampaignBusy, NotACampaign
        """
        self.read()
        descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise CampaignBusy(str(self.path)) from None
        try:
            yield
        finally:
            os.close(descriptor)
