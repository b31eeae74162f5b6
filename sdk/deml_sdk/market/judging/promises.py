"""What a model file promises and tells of itself, before anybody commits to it."""

from __future__ import annotations

from collections.abc import Iterator

from deml_sdk.files.model_texts import Promise, Publishable
from deml_sdk.jobspec.document import PrivacyTerms
from deml_sdk.jobspec.errors import BadSpec, NoSpec, SpecNotHere
from deml_sdk.market.errors import PrivacyNotPromised
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.spec import job_spec
from deml_sdk.market.view import Job
from deml_sdk.visible import visible


def what_is_told(given: Publishable) -> Iterator[str]:
    """Tell what the file says of itself that is left out, and what will be published with it, in whole sentences."""
    if given.left_out:
        said = ", ".join(f"{visible(name[:40])}: {visible(text[:60])}" for name, text in given.left_out.items())
        yield f"The file's metadata contains things that nobody needs to know; they are not published: {said}."
    if given.promise is not None:
        promise = f"epsilon {given.promise.epsilon:g} at delta {given.promise.delta:g}"
        yield f"If it is published, the file will say that it was trained with {promise}."


def require_promise(client: MarketClient, job: Job, promise: Promise | None) -> Iterator[str]:
    """Refuse a model without the privacy that a job asks for; tell where that cannot be known.

    Raises
    ------
    PrivacyNotPromised
    """
    try:
        asked = job_spec(client, job).privacy
    except NoSpec:
        return
    except (SpecNotHere, BadSpec) as error:
        yield f"Whether the job asks for differential privacy is not known. {error}"
        return
    if asked is None or (promise is not None and _keeps(promise, asked)):
        return
    found = "makes no such promise" if promise is None else f"promises {promise.epsilon:g} at {promise.delta:g}"
    raise PrivacyNotPromised(job.job_id, asked.max_epsilon, asked.max_delta, found)


def _keeps(promise: Promise, asked: PrivacyTerms) -> bool:
    return promise.epsilon <= asked.max_epsilon and promise.delta <= asked.max_delta
