"""ModelRegistry: where proven scores and endings are kept for other contracts to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.outputs import Aggregated, Scored, Settled
from deml.base.types import Address, Score
from deml.wire.abi import function
from deml_sdk.chain.contracts import View
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.transactions import Call
from deml_sdk.errors import ContractReverted

RECORD: Final = function("record", "2dcd35b6", "address", "bytes", "(uint64,bytes32[])")
MODEL: Final = View(
    function("model", "7d549917", "address", "uint256", "address"), ("(string,string,int64,int64,uint64)",)
)
ENDING: Final = View(function("ending", "8949bb3a", "address", "uint256"), ("string",))


AVERAGE: Final = View(function("average", "7c68cdb3", "address", "uint256"), ("(string,string,uint16,int64,uint64)",))


@dataclass(frozen=True, slots=True)
class RecordedAverage:
    """The mean of a job's verified models as the registry has it: of how many, what it scores, the block of the record.

    `data_cid` is empty until a notice that names the holdout is recorded.
    """

    model_cid: str
    data_cid: str
    models: int
    score: Score
    block: int


@dataclass(frozen=True, slots=True)
class RecordedModel:
    """A verified model as the registry has it: what it scores, what was credited of that, the block of the record."""

    model_cid: str
    data_cid: str
    score: Score
    credited: Score
    block: int


def record_call(registry: Address, app: Address, output: bytes, proof: Proof) -> Call:
    """Make the transaction that records a proven `Scored`, `Settled` or `Aggregated` notice."""
    data = RECORD.encode((app, output, (proof.output_index, proof.siblings)))
    return Call("ModelRegistry", "record", registry, data)


def is_recorded(chain: Chain, registry: Address, notice: Scored | Settled | Aggregated) -> bool:
    """Whether a registry has what a notice says.

    Raises
    ------
    NoContract
    """
    try:
        match notice:
            case Scored(job_id, client):
                read_model(chain, registry, job_id, client)
            case Settled(job_id):
                return chain.read("ModelRegistry", registry, ENDING, chain.app, job_id) != ("",)
            case Aggregated(job_id):
                read_average(chain, registry, job_id)
    except ContractReverted:
        return False
    return True


def read_model(chain: Chain, registry: Address, job_id: int, client: Address) -> RecordedModel:
    """Look a recorded model up.

    Raises
    ------
    ContractReverted
        If none is recorded.
    NoContract
    """
    (found,) = chain.read("ModelRegistry", registry, MODEL, chain.app, job_id, client)
    model_cid, data_cid, score, credited, block = found
    return RecordedModel(model_cid, data_cid, Score(score), Score(credited), block)


def read_average(chain: Chain, registry: Address, job_id: int) -> RecordedAverage:
    """Look the recorded average of a job's models up.

    Raises
    ------
    ContractReverted
        If none is recorded.
    NoContract
    """
    (found,) = chain.read("ModelRegistry", registry, AVERAGE, chain.app, job_id)
    model_cid, data_cid, models, score, block = found
    return RecordedAverage(model_cid, data_cid, models, Score(score), block)
