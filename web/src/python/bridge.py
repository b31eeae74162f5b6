"""What the page asks of Python in its worker: the machine's own code, called with plain values."""


def credited(terms, initial, model, holdout):
    """What a model would be declared and paid for: its score as the machine finds it, less what luck could explain."""
    from deml.scoring import load_model, parse_architecture
    from deml.wire.terms import TERMS
    from deml_sdk.market.evaluation import evaluate, read_rows

    known = TERMS.form.read(terms, "terms")
    architecture = parse_architecture(known.architecture)
    start = load_model(architecture, bytes(initial))
    found = evaluate(known, load_model(architecture, bytes(model), start), start, read_rows(known, bytes(holdout)))
    return {"baseline": int(found.baseline), "score": int(found.score), "credited": int(found.credited)}


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
