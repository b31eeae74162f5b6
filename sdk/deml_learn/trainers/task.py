"""What there is to train for: a job that is open, or a job file before there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deml.base.limits import MAX_FILE_BYTES
from deml.scoring import Architecture, Metric, parse_architecture, parse_metric
from deml_sdk.files.files import read_file
from deml_sdk.jobspec.document import PrivacyTerms, Script, Spec
from deml_sdk.jobspec.errors import SpecNotHere
from deml_sdk.jobspec.job_file_form import read_job_file
from deml_sdk.jobspec.reading import MAX_SPEC_BYTES, parse_spec
from deml_sdk.market.content import public_file
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.view import Job


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """What to train for; `initial`, `spec` and its file are None where there are none."""

    architecture_text: str
    metric: Metric
    initial: bytes | None = None
    spec: Spec | None = None
    spec_file: bytes | None = None
    max_bytes: int = MAX_FILE_BYTES

    @property
    def script(self) -> str | None:
        """CID of the script that the job names as its trainer; None for the built-in one."""
        trainer = None if self.spec is None else self.spec.trainer
        return trainer.cid if isinstance(trainer, Script) else None

    @property
    def asked_privacy(self) -> PrivacyTerms | None:
        """The most that the job lets its clients give away; None if it does not ask."""
        return None if self.spec is None else self.spec.privacy

    @property
    def architecture(self) -> Architecture:
        """Shape of the model."""
        return parse_architecture(self.architecture_text)


def task_of_job(client: MarketClient, job: Job) -> TrainingTask:
    """Fetch what a job names.

    Raises
    ------
    NotOnChain, SpecNotHere, BadSpec
    """
    terms = job.terms
    metric = parse_metric(terms.metric, parse_architecture(terms.architecture))
    initial = public_file(client, job, terms.initial_model_cid)
    spec_file = None
    if terms.spec_cid:
        spec_file = client.fetch(terms.spec_cid, MAX_SPEC_BYTES)
        if spec_file is None:
            raise SpecNotHere(terms.spec_cid, job.job_id)
    spec = (
        None if spec_file is None else parse_spec(spec_file, f"The file {terms.spec_cid}, named by job {job.job_id},")
    )
    return TrainingTask(terms.architecture, metric, initial, spec, spec_file, terms.max_model_bytes)


def task_of_file(path: Path) -> TrainingTask:
    """Read a job file, and the specification that it names.

    Raises
    ------
    UnreadableFile, BadJobFile, BadSpec
    """
    written = read_job_file(path)
    metric = parse_metric(written.metric, parse_architecture(written.architecture))
    spec_file = None if written.spec is None else read_file(written.spec)
    spec = None if spec_file is None else parse_spec(spec_file, str(written.spec))
    return TrainingTask(written.architecture, metric, None, spec, spec_file)
