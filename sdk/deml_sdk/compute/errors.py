"""What can go wrong with work that others compute."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import JobId
from deml_sdk.errors import Unavailable


@dataclass(eq=False)
class BadRequest(DemlError):
    source: str
    problem: str
    what = "{source} is no request for a computation: {problem}."
    fix = "Make one with 'deml compute render', and leave its folder as it is."


@dataclass(eq=False)
class RequestTooLong(DemlError):
    characters: int
    limit: int
    what = "The request takes {characters} characters, and {limit} fit into a container's command line."
    fix = "Ask for fewer models at once (--client), or shorten the job's architecture."


@dataclass(eq=False)
class InputMissing(DemlError):
    name: str
    reason: str
    what = "The input {name} is not there: {reason}."
    fix = "Mount it where the request says, or render the request again."


@dataclass(eq=False)
class InputDiffers(DemlError):
    name: str
    wanted: str
    found: str
    what = "The input {name} has the SHA-256 {found}, and the request asks for {wanted}."
    fix = "It is another file. Mount the one that the request names by its CID."


@dataclass(eq=False)
class BadTranscript(DemlError):
    problem: str
    what = "The list of inputs cannot be read: {problem}."
    fix = "Render the request again; it holds all inputs of the Application, in order."


@dataclass(eq=False)
class NothingDelivered(DemlError):
    job_id: JobId
    what = "No client of job {job_id} has published a model yet, so there is nothing to score but the initial one."
    fix = "Wait until models are submitted, or replay the Application's inputs: --use replay."


@dataclass(eq=False)
class NotAmongDelivered(DemlError):
    client: str
    job_id: JobId
    what = "{client} has published no model in job {job_id}."
    fix = "'deml job show {job_id}' lists who has."


@dataclass(eq=False)
class BadImage(DemlError):
    image: str
    what = "'{image}' is not the name of a container image as registries have them."
    fix = "Write it as registry/name:tag@sha256:digest; with the digest, nobody can exchange it."


@dataclass(eq=False)
class BadModule(DemlError):
    module: str
    what = "'{module}' does not name a Lilypad module."
    fix = "Write it as github.com/OWNER/REPOSITORY:TAG. A commit's hash in place of the tag cannot be moved."


@dataclass(eq=False)
class ProgramMissing(Unavailable):
    program: str
    what = "The program '{program}' is not installed, or not on the PATH."
    fix = "Install the network's own command-line client, or give Bacalhau's address with --url."


@dataclass(eq=False)
class ProgramFailed(Unavailable):
    program: str
    exit_code: int
    reason: str
    what = "'{program}' ended with exit code {exit_code}: {reason}"
    fix = "It talks to the network itself: see its own documentation for what it needs, such as WEB3_PRIVATE_KEY."


@dataclass(eq=False)
class NotDoneYet(Unavailable):
    compute_job: str
    state: str
    what = "The network's job {compute_job} has no result: it is {state}."
    fix = "Fetch it again later; a job that failed has to be submitted anew."


@dataclass(eq=False)
class InputNotPublished(DemlError):
    name: str
    cid: str
    what = "The network could not fetch the input {name}: nobody here has {cid} on IPFS, and it is laid out unusually."
    fix = "Ask who made it to pin it, or have another network mount the rendered folder's files."


@dataclass(eq=False)
class NotAResult(DemlError):
    source: str
    problem: str
    what = "{source} is no result of a computation: {problem}."
    fix = "Fetch it again. If it stays so, whoever computed it did not run the image: do not pay for it."


@dataclass(eq=False)
class ResultRefuted(DemlError):
    source: str
    count: int
    first: str
    said: str
    computed: str
    what = (
        "{source} is refuted (fields that differ: {count}): of {first} it says {said}, and computed here it is "
        "{computed}."
    )
    fix = "Whoever computed it is wrong or lies. Keep the file as evidence, and do not use it."


@dataclass(eq=False)
class DappSaysOtherwise(DemlError):
    count: int
    first: str
    said: str
    computed: str
    what = (
        "The result is what this machine computes, but the node says otherwise (fields that differ: {count}): of "
        "{first} it says {said}, and computed here it is {computed}."
    )
    fix = (
        "Check that this program and the dapp are of one version ('deml doctor'); if they are, the node is not honest."
    )


@dataclass(eq=False)
class OtherApplication(DemlError):
    asked: str
    configured: str
    what = "The request is about the Application {asked}, and the profile is for {configured}."
    fix = "Choose the profile with --profile, or compare with this machine alone: --offline."
