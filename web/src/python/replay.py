"""The dapp, run again in the page's worker: inputs in, outputs out; what it remembers can be kept and gone on from."""

import io
import json
import pickle
from hashlib import sha256

from deml.scoring.metrics import METRICS, Metric
from deml.shell.application import Application

PURE = ("deml.base.", "deml.core.", "deml.market.", "deml.scoring.")
"""Layers without clock, files, network or code from text: the only ones whose classes a snapshot may name."""

NUMPY = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    *((f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")),
    *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
}
"""What numpy's arrays are written with."""

MOST_CLIENTS = 200
"""Clients in one answer."""


class PageReplay(Application):
    """The dapp's state after the inputs so far.

    `contracts` are those that the image trusts; `program` is the archive that this code came in, for a snapshot is gone
    on from by the very program that made it.
    """

    def __init__(self, contracts, program):
        from deml.base.config import Deployment

        super().__init__(Deployment(**contracts))
        self._kind = sha256(program).digest() + sha256(json.dumps(contracts, sort_keys=True).encode()).digest()
        self._told, self._scored = {}, {}

    def run(self, meta, payload):
        """Run one input; returns its verdict, and its outputs and reports in hex, in order."""
        from deml.base.inputs import Metadata
        from deml.wire.outputs import ReportEmission, envelope

        outcome = self.advance(Metadata(**meta), bytes(payload))
        outputs = [envelope(one).hex() for one in outcome.emissions if not isinstance(one, ReportEmission)]
        reports = [one.payload.hex() for one in outcome.emissions if isinstance(one, ReportEmission)]
        return {"accepted": outcome.accepted, "outputs": outputs, "reports": reports}

    def changed(self):
        """Jobs that have changed since this was last asked, as inspect tells them: JSON of job and of clients."""
        jobs, scorings = self._state.jobs, self._state.scorings
        scored = {key.job_id for key in {**self._scored, **scorings} if self._scored.get(key) is not scorings.get(key)}
        changed = [number for number, job in jobs.items() if self._told.get(number) is not job or number in scored]
        self._told, self._scored = dict(jobs), dict(scorings)
        return [{"job": self._answer_to(f"jobs/{one}"), "clients": self._clients(one)} for one in changed]

    def balances(self):
        """What is owed to accounts outside of jobs, an entry for each account and token."""
        held = self._state.balances.items()
        return [{"account": account, "token": token, "amount": str(amount)} for (account, token), amount in held]

    def snapshot(self):
        """Write down the state; returns the bytes and their digest."""
        from deml.core.state import PARTS

        parts = {one: dict(getattr(self._state, one)) for one in PARTS}
        made = io.BytesIO()
        _Writer(made, protocol=5).dump({**parts, "progress": self._state.progress})
        written = made.getvalue()
        return {"state": written, "digest": self._digest(written)}

    def restore(self, state, digest):
        """Go on from a state that was written down; returns whether it is the one that the digest names, and ours."""
        written = bytes(state)
        if self._digest(written) != digest:
            return False
        for name, part in _Reader(io.BytesIO(written)).load().items():
            setattr(self._state, name, part)
        self._told, self._scored = dict(self._state.jobs), dict(self._state.scorings)
        return True

    def _digest(self, written):
        return sha256(self._kind + written).hexdigest()

    def _clients(self, number):
        size = len(self._state.jobs[number].clients)
        pages = range(0, max(size, 1), MOST_CLIENTS)
        return [self._answer_to(f"jobs/{number}/clients?limit={MOST_CLIENTS}&cursor={one}") for one in pages]

    def _answer_to(self, query):
        (report,) = self.inspect(query.encode()).emissions
        return report.payload.decode()


class _Writer(pickle.Pickler):
    """Writes a snapshot; of metrics, which are made of functions without a name, their own names."""

    def persistent_id(self, obj):
        return obj.name if type(obj) is Metric else None


class _Reader(pickle.Unpickler):
    """Reads a snapshot: values of the dapp's pure layers, numpy's arrays, and nothing that could do anything else."""

    def persistent_load(self, pid):
        return METRICS[pid]

    def find_class(self, module, name):
        if (module, name) in NUMPY or (module.startswith(PURE) and "." not in name):
            found = super().find_class(module, name)
            if (module, name) in NUMPY or getattr(found, "__module__", None) == module:
                return found
        raise pickle.UnpicklingError(f"a snapshot does not name {module}.{name}")
