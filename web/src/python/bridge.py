"""What the page asks of Python in its worker: the machine's own code, called with plain values.

eth-abi comes as the machine has it. Of what it imports besides, three things have no wasm build, and it does not use
them: `regex` is `re` here, `cytoolz` is `toolz`, and the pydantic models of eth-utils are left out.
"""

import re
import sys
import types

import toolz
import toolz.curried
import toolz.functoolz

sys.modules["regex"] = re
sys.modules["cytoolz"] = toolz
sys.modules["cytoolz.curried"] = toolz.curried
sys.modules["cytoolz.functoolz"] = toolz.functoolz
_models = types.ModuleType("eth_utils.pydantic")
_models.CamelModel = object
sys.modules["eth_utils.pydantic"] = _models


def score(terms, initial, model, holdout):
    """Score a model as the machine does: the same code, the same integer, in parts per million."""
    from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric
    from deml.scoring import score as scored

    architecture = parse_architecture(terms["architecture"])
    metric = parse_metric(terms["metric"], architecture)
    start = load_model(architecture, bytes(initial))
    candidate = load_model(architecture, bytes(model), start)
    return int(scored(candidate, load_holdout(architecture, metric, bytes(holdout), terms["maxRows"])))


class Replay:
    """The dapp, run again from its first input."""

    def __init__(self, contracts):
        from deml.base.config import Deployment
        from deml.shell.application import Application

        self._deployment = Deployment(**contracts)
        self._application = Application(self._deployment)

    def advance(self, meta, payload):
        """Run one input; returns its status, and its outputs and reports in hex, in order."""
        from deml.base.inputs import Metadata
        from deml.wire.outputs import ReportEmission, envelope

        outcome = self._application.advance(Metadata(**meta), bytes(payload))
        outputs = [envelope(one).hex() for one in outcome.emissions if not isinstance(one, ReportEmission)]
        reports = [one.payload.hex() for one in outcome.emissions if isinstance(one, ReportEmission)]
        return {"accepted": outcome.accepted, "outputs": outputs, "reports": reports}
