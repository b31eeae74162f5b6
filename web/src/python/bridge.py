"""What the page asks of Python in its worker: the machine's own code, called with plain values."""


def credited(terms, initial, model, holdout):
    """What a model would be declared and paid for: its score as the machine finds it, less what luck could explain."""
    from deml.scoring import load_model, parse_architecture
    from deml.wire.terms import TERMS
    from deml_sdk.market.judging.evaluation import evaluate, read_rows

    known = TERMS.form.read(terms, "terms")
    architecture = parse_architecture(known.architecture)
    start = load_model(architecture, bytes(initial))
    found = evaluate(known, load_model(architecture, bytes(model), start), start, read_rows(known, bytes(holdout)))
    return {"baseline": int(found.baseline), "score": int(found.score), "credited": int(found.credited)}
