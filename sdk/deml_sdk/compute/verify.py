"""Whether a result is true: computed here again by the same functions, and compared bit for bit.

Exact scores are what lets one use a compute network that one does not trust: who lies about a digit is found out by
anybody's own machine. A trained model cannot be derived again bit for bit, since training is not promised to be
reproducible across machines; what is verified of it is that its bytes are those of its digest and CID, and that it
scores exactly as is said, on exactly these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deml.base.errors import DemlError
from deml.scoring import load_model, parse_architecture
from deml_sdk.addresses import keccak256
from deml_sdk.chain.outputs_tree import OutputsTree
from deml_sdk.compute.errors import DappSaysOtherwise, NotAResult, ResultRefuted
from deml_sdk.compute.outcome import TRAINED, Outcome, audited, trained
from deml_sdk.compute.prepare import PreparedComputation
from deml_sdk.compute.request import ComputeUse
from deml_sdk.compute.result import RESULT, SaidAndComputed, compare, parse_result, result_file, verified_part
from deml_sdk.market.view import Job
from deml_sdk.node.records import StoredOutput


@dataclass(frozen=True, slots=True)
class ComputeVerification:
    """What came of comparing: `lies` of the result, and what the `node` says otherwise than this machine finds."""

    outcome: Outcome
    environment: Mapping[str, str]
    lies: tuple[SaidAndComputed, ...] = ()
    node: tuple[SaidAndComputed, ...] = field(default=())

    def require_true(self, source: str) -> None:
        """Refuse a result that lies, and a node that does.

        Raises
        ------
        ResultRefuted, DappSaysOtherwise
        """
        for found, error in ((self.lies, None), (self.node, DappSaysOtherwise)):
            if found:
                first = (len(found), found[0].field, found[0].said, found[0].computed)
                raise ResultRefuted(source, *first) if error is None else error(*first)


def verify_result(prepared: PreparedComputation, result: Mapping[str, bytes], source: str) -> ComputeVerification:
    """Compute again what was asked for, and compare the result with it.

    Parameters
    ----------
    result
        Files that came back, by name.

    Raises
    ------
    NotAResult
        If there is no result among them, or no sound model where one was to be trained.
    DemlError
        What is wrong with the request's own files.
    """
    if RESULT not in result:
        raise NotAResult(source, f"there is no {RESULT}")
    request = prepared.request
    said = parse_result(result[RESULT], source)
    if request.use is ComputeUse.TRAIN:
        if TRAINED not in result:
            raise NotAResult(source, f"there is no {TRAINED}")
        _require_model(prepared, result[TRAINED], source)
        outcome = trained(request, prepared.files, result[TRAINED])
    else:
        outcome = audited(request, prepared.files)
    verified = verified_part(request, outcome)
    lies = tuple(compare(said.verified, verified))
    if not lies and result[RESULT] != result_file(verified, said.environment):
        lies = (SaidAndComputed("(the file's form)", "other bytes", "the same values in the one form they have"),)
    return ComputeVerification(outcome, said.environment, lies)


def _require_model(prepared: PreparedComputation, model: bytes, source: str) -> None:
    recipe = prepared.request.recipe
    if recipe is None:
        return
    architecture = parse_architecture(recipe.architecture)
    try:
        load_model(architecture, model)
    except DemlError as error:
        raise NotAResult(source, f"its {TRAINED} cannot be read ({str(error).rstrip('.')})") from None


def against_job(outcome: Outcome, job: Job) -> tuple[SaidAndComputed, ...]:
    """Compare scores computed here with those that the dapp tells of verified models."""
    computed: dict[str, Any] = {"baseline": outcome["baseline"]}
    told: dict[str, Any] = {"baseline": job.terms.baseline}
    for one in outcome["models"]:
        participant = next((each for each in job.clients if each.client == one["client"]), None)
        if participant is not None and participant.score is not None and participant.model_cid == one["cid"]:
            computed[one["client"]] = {name: one.get(name) for name in ("score", "credited")}
            told[one["client"]] = {"score": participant.score, "credited": participant.declared}
    return tuple(compare(told, computed, "node"))


def against_outputs(outcome: Outcome, outputs: Iterable[StoredOutput]) -> tuple[SaidAndComputed, ...]:
    """Compare the outputs of a replay with those that a node has of the same inputs."""
    leaves = [keccak256(one.raw) for one in outputs if one.input_index < outcome["inputs"]]
    told = {"outputs": len(leaves), "outputsRoot": "0x" + OutputsTree(leaves).root.hex()}
    return tuple(compare(told, {name: outcome[name] for name in told}, "node"))
