"""What a sponsor's page asks of Python in its worker: the same draft that `deml job post` makes, of plain values."""

from pathlib import Path
from types import SimpleNamespace

FOLDER = Path("/job")
"""Where the files of the job that is being posted lie, in the worker's own memory."""


def fresh_model(architecture, x):
    """Make a model that knows nothing yet; of `x`, rows one after another, it takes averages and spreads."""
    import numpy as np

    from deml.scoring import parse_architecture
    from deml_learn.training.model_file import fresh_trainable

    shape = parse_architecture(architecture)
    return fresh_trainable(shape, np.array(x, np.float64).reshape(-1, shape.inputs), 0).file()


def imported(name, content, classes, columns):
    """Bring a model's file into an architecture, as `deml model import` does; a file of DeML's own stays as it is.

    Returns the architecture as JSON, None where the file is DeML's own; the file; and what is to be known about it.
    """
    from deml_learn.models.imported import architecture_text
    from deml_learn.models.kinds import ModelKind
    from deml_learn.models.reading import ImportOptions, kind_of, take

    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / Path(name).name
    path.write_bytes(bytes(content))
    kind = kind_of(path)
    if kind in (ModelKind.PICKLE, ModelKind.SKOPS, ModelKind.ONNX):
        raise ValueError(
            f"This tab does not read {path.suffix} files: deml model import does, in a sandbox of its own."
        )
    taken = take(path, kind, ImportOptions(classes=dict(classes), columns=tuple(columns)))
    return {
        "architecture": architecture_text(taken.imported.fields),
        "file": taken.imported.file,
        "notes": list(taken.source.notes),
    }


def fits(architecture, content):
    """Tell whether a file is a model of an architecture as the dapp takes it."""
    from deml.base.errors import DemlError
    from deml.scoring import load_model, parse_architecture

    try:
        load_model(parse_architecture(architecture), bytes(content))
    except DemlError:
        return False
    return True


def averaged(architecture, initial, files):
    """Make the average of models, byte for byte as the dapp makes it."""
    from deml.scoring import load_model, parse_architecture
    from deml.scoring.averaging import no_sums

    shape = parse_architecture(architecture)
    start = load_model(shape, bytes(initial))
    sums = no_sums(shape)
    for one in files:
        sums = sums.plus(load_model(shape, bytes(one), start))
    return sums.mean()


def holdout_file(architecture, x, y):
    """Write rows as a holdout."""
    import numpy as np

    from deml.scoring import parse_architecture
    from deml_sdk.data.holdout import data_file

    shape = parse_architecture(architecture)
    return data_file(shape, np.array(x, np.float64).reshape(-1, shape.inputs), np.array(y, np.float64))


def measured(architecture, metric, initial, holdout, places, confidence):
    """What today's model scores on a holdout, and what gains so many rows can tell from luck.

    ``least`` is None where luck is paid; ``others`` are counts of rows, each with its least gain.
    """
    from deml.base.limits import MAX_ROWS
    from deml.market import least_gain, luck_bar
    from deml.scoring import (
        conclude,
        distinct_rows,
        evidence,
        load_holdout,
        load_model,
        parse_architecture,
        parse_metric,
        parse_pairing,
    )
    from deml_sdk.market.judging.luck import IN_PRACTICE, a_row_of, check_duplicates, default_cut

    shape = parse_architecture(architecture)
    rule = parse_metric(metric, shape)
    rows = load_holdout(shape, rule, bytes(holdout), MAX_ROWS)
    distinct = distinct_rows(bytes(holdout))
    check_duplicates(rows.rows, distinct)
    found = evidence(load_model(shape, bytes(initial)), rows, slice(None))
    told = {"rows": rows.rows, "distinct": distinct, "baseline": int(conclude(rows, found))}
    if not confidence:
        return {**told, "least": None, "practice": None, "others": []}
    pairing = parse_pairing(rule, shape, default_cut(metric, found))
    bar, scale = luck_bar(places, confidence), a_row_of(pairing, rows)
    least = least_gain(bar, rows.rows, scale)
    counts = (100, 200, 400, 1_000, 4_000, 10_000)
    others = [[count, int(least_gain(bar, count, scale))] for count in counts]
    return {**told, "least": int(least), "practice": int(IN_PRACTICE * least), "others": others}


def drafted(plan, initial, holdout, spec):
    """Terms of a job, checked as the dapp will; their commitment is the page's to fill in, for the wallet signs it."""
    from deml.base.types import Address, Timestamp
    from deml.wire.terms import TERMS
    from deml_sdk.chain.tokens import Token
    from deml_sdk.data.reading import Reading
    from deml_sdk.jobspec.job_file import JobFile, Share
    from deml_sdk.market.judging.luck import what_rows_tell
    from deml_sdk.market.posting.cautions import warnings_of
    from deml_sdk.market.posting.draft import draft

    FOLDER.mkdir(exist_ok=True)
    for name, content in (("initial", initial), ("holdout", holdout), ("spec", spec)):
        (FOLDER / f"{name}.safetensors").write_bytes(bytes(content))
    paths = {name: FOLDER / f"{name}.safetensors" for name in ("initial", "holdout", "spec")}
    written = dict(plan["job"])
    stake = written.pop("stake")
    share = Share(bps=stake["bps"]) if "bps" in stake else Share(tokens=stake["tokens"])
    allowed = tuple(written.pop("allow_list"))
    job = JobFile(**written, **paths, stake=share, allow_list=allowed, reading=Reading(label=""), token="")
    token = Token(Address(plan["token"]["address"].lower()), plan["token"]["symbol"], plan["token"]["decimals"])
    nonce = bytes.fromhex(plan["nonce"].removeprefix("0x"))
    made = draft(job, token, Timestamp(plan["latest"]), nonce, lambda _cid, nonce: nonce)
    clock = SimpleNamespace(latest=plan["latest"], finalised=plan["finalised"])
    return {
        "terms": TERMS.form.write(made.terms),
        "escrow": str(made.escrow),
        "tells": what_rows_tell(made.terms, made.prepared),
        "warnings": warnings_of(made, clock),
    }
