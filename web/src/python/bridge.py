"""What the page asks of Python in its worker: the machine's own code, called with plain values."""


def credited(terms, initial, model, holdout):
    """What a model would be declared and paid for: its score as the machine finds it, less what luck could explain."""
    from deml.market import credited_score, luck_bar
    from deml.scoring import (
        conclude,
        evidence,
        gain_over,
        load_holdout,
        load_model,
        parse_architecture,
        parse_metric,
        parse_pairing,
        qualities,
    )
    from deml.wire.terms import TERMS

    known = TERMS.form.read(terms, "terms")
    architecture = parse_architecture(known.architecture)
    metric = parse_metric(known.metric, architecture)
    rows = load_holdout(architecture, metric, bytes(holdout), known.max_rows, known.min_rows)
    start = load_model(architecture, bytes(initial))
    found, first = (evidence(one, rows, slice(None)) for one in (load_model(architecture, bytes(model), start), start))
    score, baseline = conclude(rows, found), conclude(rows, first)
    counts = score
    if known.confidence:
        pairing = parse_pairing(metric, architecture, known.evidence_cut)
        gain = gain_over(rows, pairing, found, qualities(rows, pairing, first))
        counts = credited_score(baseline, score, gain, luck_bar(known.max_participants, known.confidence))
    return {"baseline": int(baseline), "score": int(score), "credited": int(counts)}


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
