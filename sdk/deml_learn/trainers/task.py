"""What there is to train for: a job that is open, or a job file before there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deml.base.limits import MAX_FILE_BYTES
from deml.scoring import Architecture, Metric, parse_architecture, parse_metric
from deml_learn.privacy.budget import Privacy
from deml_learn.trainers.errors import NoPrivateTraining, PrivacyAsked, TooMuchPrivacyLoss
from deml_sdk.files.files import read_file
from deml_sdk.jobspec.document import Spec
from deml_sdk.jobspec.errors import SpecNotHere
from deml_sdk.jobspec.job_file import read_job_file
from deml_sdk.jobspec.reading import MAX_SPEC_BYTES, parse_spec
from deml_sdk.market.content import public_file
from deml_sdk.market.desk import Desk
from deml_sdk.market.view import Job


@dataclass(frozen=True, slots=True)
class Task:
    """What to train for; `initial`, `spec` and its file are None where there are none."""

    architecture_text: str
    metric: Metric
    initial: bytes | None = None
    spec: Spec | None = None
    spec_file: bytes | None = None
    max_bytes: int = MAX_FILE_BYTES

    @property
    def architecture(self) -> Architecture:
        """Shape of the model."""
        return parse_architecture(self.architecture_text)


def task_of_job(desk: Desk, job: Job) -> Task:
    """Fetch what a job names.

    Raises
    ------
    NotOnChain, SpecNotHere, BadSpec
    """
    terms = job.terms
    metric = parse_metric(terms.metric, parse_architecture(terms.architecture))
    initial = public_file(desk, job, terms.initial_model_cid)
    spec_file = None
    if terms.spec_cid:
        spec_file = desk.fetch(terms.spec_cid, MAX_SPEC_BYTES)
        if spec_file is None:
            raise SpecNotHere(terms.spec_cid, job.id)
    spec = None if spec_file is None else parse_spec(spec_file, f"The file {terms.spec_cid}, named by job {job.id},")
    return Task(terms.architecture, metric, initial, spec, spec_file, terms.max_model_bytes)


def task_of_file(path: Path) -> Task:
    """Read a job file, and the specification that it names.

    Raises
    ------
    UnreadableFile, BadJobFile, BadSpec
    """
    written = read_job_file(path)
    metric = parse_metric(written.metric, parse_architecture(written.architecture))
    spec_file = None if written.spec is None else read_file(written.spec)
    spec = None if spec_file is None else parse_spec(spec_file, str(written.spec))
    return Task(written.architecture, metric, None, spec, spec_file)


def check_privacy(task: Task, privacy: Privacy | None) -> None:
    """Refuse to give away more than the job asks for, or a promise that cannot be kept.

    Raises
    ------
    PrivacyAsked, TooMuchPrivacyLoss, NoPrivateTraining
    """
    asked = None if task.spec is None else task.spec.privacy
    if privacy is None:
        if asked is not None and task.initial is not None:  # without one, a sponsor is making it
            raise PrivacyAsked(asked.max_epsilon)
        return
    if asked is not None and privacy.epsilon > asked.max_epsilon:
        raise TooMuchPrivacyLoss("epsilon", privacy.epsilon, asked.max_epsilon)
    if asked is not None and privacy.delta > asked.max_delta:
        raise TooMuchPrivacyLoss("delta", privacy.delta, asked.max_delta)
    if task.initial is None:
        raise NoPrivateTraining("there is no initial model, and to standardise by the private rows would tell of them")
    if task.spec is not None and task.spec.trainer.kind != "builtin":
        raise NoPrivateTraining(
            "the job's trainer is not the built-in one, and nobody can count what another gives away"
        )
