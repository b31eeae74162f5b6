"""Notices as the node keeps them: what the dapp has stated, and the proof that it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from deml.base.outputs import Notice
from deml.wire.notices import TABLE
from deml_sdk.chain.proof import Proof
from deml_sdk.node.client import PAGE, NodeClient
from deml_sdk.node.records import CLAIM_ACCEPTED, NOTICE_SELECTOR, Seen, StoredOutput
from deml_sdk.node.vouchers import ClaimStatuses
from deml_sdk.outages import through_outages
from deml_sdk.progress import Observer

FOLLOW_SECONDS: Final = 1.0
"""Pause between looks for new notices."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A notice; `claim` is the status of its epoch's claim, in the node's words."""

    output: StoredOutput
    notice: Notice
    claim: str

    @property
    def kind(self) -> str:
        """Which notice it is."""
        return TABLE.name(self.notice)

    @property
    def final(self) -> bool:
        """Whether its epoch's claim is accepted."""
        return self.claim == CLAIM_ACCEPTED

    @property
    def proof(self) -> Proof | None:
        """What a contract wants to see; None before the node has it."""
        siblings = self.output.siblings
        return None if siblings is None else Proof(self.output.index, siblings)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices are asked for: about this job, of this name in any case, of this input; None for all."""

    job_id: int | None = None
    kind: str | None = None
    input_index: int | None = None

    def of(self, output: StoredOutput) -> Notice | None:
        """The notice that an output carries, if it is one of these."""
        notice = output.notice
        if notice is None or self.job_id not in (None, notice.job_id):
            return None
        return notice if self.kind is None or TABLE.name(notice).lower() == self.kind.lower() else None


def list_stated(
    node: NodeClient, wanted: Wanted, about: Callable[[int], Iterable[Seen]] | None = None
) -> Iterator[Stated]:
    """Yield notices of this dapp in order.

    Parameters
    ----------
    about
        Tells the notices about a job, from an index: then only theirs are asked for, and not all.
    """
    claims = ClaimStatuses(node)
    outputs: Iterator[StoredOutput]
    if about is not None and wanted.job_id is not None and wanted.input_index is None:
        outputs = (node.output(one.output_index) for one in about(wanted.job_id))
    else:
        outputs = node.outputs(input_index=wanted.input_index, output_type=NOTICE_SELECTOR)
    for output in outputs:
        notice = wanted.of(output)
        if notice is not None:
            yield Stated(output, notice, claims.of(output))


def follow_stated(node: NodeClient, wanted: Wanted, observer: Observer) -> Iterator[Stated]:
    """Yield notices of this dapp in order, and go on for ever as new ones come; no outage ends it."""
    claims = ClaimStatuses(node)
    passed = 0

    def page() -> list[StoredOutput]:
        found = node.outputs(start=passed, input_index=wanted.input_index, output_type=NOTICE_SELECTOR)
        return list(islice(found, PAGE))

    while True:
        outputs = through_outages(page, observer)
        for output in outputs:
            passed += 1
            notice = wanted.of(output)
            if notice is not None:
                claim = through_outages(partial(claims.of, output), observer)
                yield Stated(output, notice, claim)
        if not outputs:
            time.sleep(FOLLOW_SECONDS)
