"""What an honest computation finds: the same integers and digests on every machine."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from deml.base.config import Deployment
from deml.base.errors import DemlError
from deml.base.inputs import Metadata
from deml.base.limits import MAX_ROWS
from deml.base.terms import Terms
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.shell.application import RequestResult
from deml.wire.outputs import ReportEmission, envelope
from deml_sdk.compute.errors import BadRequest
from deml_sdk.compute.files import Files, mounted_file, read_transcript
from deml_sdk.compute.request import HOLDOUT, INITIAL, INPUTS, ROWS, ComputeRequest, ComputeUse, TrainingRecipe
from deml_sdk.market.judging.evaluation import evaluate, read_rows
from deml_sdk.operate.replay import Replay

Outcome = dict[str, Any]
"""JSON of integers and texts."""

TRAINED = "model.safetensors"
"""The file in which a training leaves its model."""


def audited(request: ComputeRequest, files: Files) -> Outcome:
    """Compute what an audit asks for.

    Raises
    ------
    BadRequest
        If it asks for something else.
    DemlError
        What is wrong with the initial model, the holdout or the list of inputs.
    """
    if request.use is ComputeUse.SCORE and request.terms is not None:
        return _scored(request, request.terms, files)
    if request.use is ComputeUse.REPLAY and request.deployment is not None:
        return _replayed(request.deployment, files[INPUTS])
    raise BadRequest("The request", f"'{request.use}' is no audit")


def trained(request: ComputeRequest, files: Files, model: bytes) -> Outcome:
    """Tell what is true of a trained model: its bytes, and its score on all rows that it was made of.

    Raises
    ------
    BadRequest
        If it asks for something else.
    DemlError
        What is wrong with model or rows.
    """
    if request.recipe is None:
        raise BadRequest("The request", f"'{request.use}' is no training")
    made = mounted_file(TRAINED, model)
    found = _score_on_rows(request.recipe, model, files[ROWS])
    return {"model": {"bytes": made.size, "cid": made.cid, "sha256": made.sha256.hex()}, "score": found}


def _score_on_rows(recipe: TrainingRecipe, model: bytes, rows: bytes) -> int:
    architecture = parse_architecture(recipe.architecture)
    metric = parse_metric(recipe.metric, architecture)
    return int(score(load_model(architecture, model), load_holdout(architecture, metric, rows, MAX_ROWS)))


def _scored(request: ComputeRequest, terms: Terms, files: Files) -> Outcome:
    rows = read_rows(terms, files[HOLDOUT])
    architecture = parse_architecture(terms.architecture)
    initial = load_model(architecture, files[INITIAL])
    models = []
    for one in request.models:
        about: Outcome = {"client": str(one.client), "cid": one.cid}
        try:
            found = evaluate(terms, load_model(architecture, files[one.name], initial), initial, rows)
        except DemlError as problem:
            models.append({**about, "refused": problem.code()})
        else:
            models.append({**about, "score": int(found.score), "credited": int(found.credited)})
    return {"baseline": int(evaluate(terms, initial, initial, rows).baseline), "models": models}


def _replayed(deployment: Deployment, transcript: bytes) -> Outcome:
    replay = HashingReplay(deployment)
    for raw in read_transcript(transcript):
        replay.run(raw)
    return {
        "inputs": replay.inputs,
        "accepted": replay.taken,
        "bugs": replay.bugs,
        "outputs": replay.outputs,
        "outputsRoot": "0x" + replay.root.hex(),
        "transcript": replay.told.hexdigest(),
    }


class HashingReplay(Replay):
    """A replay that also hashes all that the dapp says, in order: verdicts, notices, vouchers and reports."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(deployment)
        self.taken = 0
        """Inputs accepted."""
        self.told = sha256()
        """Over every verdict, and the length and the bytes of everything sent."""

    def advance(self, meta: Metadata, payload: bytes) -> RequestResult:
        """Run one input, and hash what it leads to."""
        result = super().advance(meta, payload)
        self.taken += result.problem is None
        self.told.update(b"accepted" if result.problem is None else b"rejected")
        for one in result.emissions:
            said = one.payload if isinstance(one, ReportEmission) else envelope(one)
            self.told.update(type(one).__name__.encode() + len(said).to_bytes(8, "big") + said)
        return result
