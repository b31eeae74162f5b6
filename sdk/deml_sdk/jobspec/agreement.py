"""Whether a job's specification says what its terms say. The terms win; a difference is a warning to everybody."""

from __future__ import annotations

from collections.abc import Iterator

from deml.base.errors import DemlError
from deml.base.terms import Terms
from deml.scoring import parse_architecture
from deml_sdk.jobspec.document import Spec
from deml_sdk.visible import visible


def disagreements(spec: Spec, terms: Terms) -> list[str]:
    """List where the two differ, one sentence each."""
    return list(_disagreements(spec, terms))


def _disagreements(spec: Spec, terms: Terms) -> Iterator[str]:
    if spec.title != terms.title:
        yield f"The specification's title is '{visible(spec.title)}', not the job's."
    if spec.metric != terms.metric:
        yield f"The specification says the metric is {spec.metric}; the dapp will measure {visible(terms.metric)}."
    try:
        same = parse_architecture(terms.architecture) == spec.parsed_architecture
    except DemlError:
        same = False
    if not same:
        yield (
            f"The specification describes a model {spec.architecture_text}; "
            f"the dapp will take only {visible(terms.architecture)}."
        )
