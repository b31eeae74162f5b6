"""Whether a job costs the same after 100,000 others, in one Application or over several; and what fills up.

Every job is opened, joined by two clients, left unrevealed by its sponsor and settled: six inputs, all that the dapp
does with them but the HTTP, and the tree of all outputs once a job. Scoring is left out: its cost is the job's own
(bench_scoring). Jobs go round the Applications in turn. Printed are, for each tenth of the jobs, the median processor
time of a job as a ratio to the first tenth's, and what a job leaves behind.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deml.base.inputs import Accept, Commit, CreateJob, Metadata, Settle
from deml.base.types import ETHER, Address, JobId, Timestamp
from deml.core import State, transition
from deml.wire import inputs, outputs
from deml.wire.outputs import ReportEmission, envelope
from deml_sdk.addresses import keccak256
from deml_sdk.chain.outputs_tree import HEIGHT, OutputsTree
from tests.support.course import ANNA, BERT, SPONSOR, WINDOW, terms_from_now
from tests.support.deployment import CHAIN_ID, DEPLOYMENT, account
from tests.support.world import World, framed

WORD = 32


class Market:
    """One Application, its clock, and what its node has to keep."""

    def __init__(self, app: Address) -> None:
        self.app, self.state, self.tree = app, State(), OutputsTree()
        self.now, self.inputs, self.jobs = Timestamp(1_700_000_000), 0, 0
        self.input_bytes = self.output_bytes = self.outputs = 0
        self.leaves: list[bytes] = []
        self._terms = terms_from_now(World(app=app))

    def job(self) -> float:
        """Play one job; return the seconds of processor that it took."""
        self.jobs += 1
        nonce = sha256(b"%d" % self.jobs).digest()
        until = [Timestamp(self.now + WINDOW * number) for number in (1, 2, 3, 4)]
        terms = replace(
            self._terms,
            nonce=nonce,
            holdout_commitment=sha256(nonce).digest(),
            commit_until=until[0],
            holdout_until=until[1],
            declare_until=until[2],
            submit_until=until[3],
        )
        job_id = JobId(self.jobs)
        sent = [framed(SPONSOR, 1_000, CreateJob(terms))]
        for client in (ANNA, BERT):
            sent.append(framed(client, 100, Accept(job_id, ETHER)))
            sent.append((client, inputs.encode(Commit(job_id, sha256(client.encode() + nonce).digest()))))
        begun = process_time()
        for sender, payload in sent:
            self._send(sender, payload)
        self.now = Timestamp(until[1] + 1)
        self._send(ANNA, inputs.encode(Settle(job_id)))
        self.tree.extend(self.leaves)
        self.leaves.clear()
        taken = process_time() - begun
        if self.state.jobs[job_id].outcome is None:
            raise SystemExit(f"job {job_id} did not end")
        return taken

    def _send(self, sender: Address, payload: bytes) -> None:
        meta = Metadata(CHAIN_ID, self.app, sender, self.inputs, self.now, self.inputs)
        fork = self.state.fork()
        made = transition(fork, meta, inputs.decode(meta, payload, DEPLOYMENT))
        encoded = [outputs.encode(one, self.app, DEPLOYMENT) for one in made]
        fork.merge()
        raw = [envelope(one) for one in encoded if not isinstance(one, ReportEmission)]
        self.leaves += (keccak256(one) for one in raw)
        self.inputs += 1
        self.input_bytes += len(payload)
        self.output_bytes += sum(map(len, raw))
        self.outputs += len(raw)


def play(jobs: int, applications: int) -> None:
    """Play jobs over Applications, and print what they cost."""
    markets = [Market(account(1 + number)) for number in range(applications)]
    times = [markets[number % applications].job() for number in range(jobs)]
    bounds = [jobs * tenth // 10 for tenth in range(11)]
    tenths = [median(times[first:end]) for first, end in pairwise(bounds)]
    print(f"\n{jobs:,} jobs over {applications} Application(s): {tenths[0] * 1e6:,.0f} us a job in the first tenth")
    print("a tenth's median, to the first's: " + "  ".join(f"{one / tenths[0]:.2f}" for one in tenths))
    sent, made = (sum(getattr(one, name) for one in markets) for name in ("input_bytes", "output_bytes"))
    count, proofs = sum(one.outputs for one in markets), HEIGHT * WORD
    print(
        f"left with the node by a job: {sent / jobs:,.0f} bytes of inputs, {made / jobs:,.0f} of outputs, "
        f"{count * proofs / jobs:,.0f} of proofs ({count / jobs:.1f} outputs)"
    )
    print(f"remembered by the dapp: {max(len(one.state.jobs) for one in markets):,} jobs at most in an Application")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2_000, help="jobs in all; 100,000 take some minutes")
    parser.add_argument("--applications", type=int, nargs="+", default=[1, 10], help="over how many Applications")
    arguments = parser.parse_args()
    for applications in arguments.applications:
        play(arguments.jobs, applications)


if __name__ == "__main__":
    main()
