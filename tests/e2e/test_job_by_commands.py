"""A job from posting to payday, typed command by command, on a real chain with the real contracts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from deml_devnet.chain import clock
from deml_devnet.chain.errors import TransactionFailed
from deml_devnet.demo.data import share_out
from deml_devnet.demo.job_files import MARKET, job_file
from deml_devnet.demo.models import initial_model
from deml_devnet.operation import finish_epoch
from tests.support.command_line import CommandLine, on_a_devnet
from tests.support.unconfined import UNCONFINED


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    with on_a_devnet(tmp_path, monkeypatch) as made:
        yield made


def test_a_job_from_posting_to_payday_by_commands(place: CommandLine) -> None:
    deml, folder = place.deml, place.folder
    parts = share_out()
    sample = parts.sample.save(folder / "sample.csv", parts.columns)
    (folder / "initial.safetensors").write_bytes(initial_model(sample))
    parts.holdouts[0].save(folder / "holdout.csv", parts.columns)
    private = parts.clinics[1].save(folder / "private.csv", parts.columns)
    written = folder / "job.toml"
    written.write_text(job_file("Tell tumours apart", "holdout.csv", MARKET, participants=4))

    posted = deml("job", "post", written)
    terms = deml("job", "show", 1)["job"]["terms"]
    assert posted["jobId"] == 1
    assert [one["job"]["jobId"] for one in deml("job", "list", "--phase", "commit")["jobs"]] == [1]

    deml("accept", 1, wallet="client1")
    trained, model = folder / "trained.safetensors", folder / "model.safetensors"
    table = ("--data", private, "--label", "diagnosis")
    deml("train", 1, *table, "--out", trained, *UNCONFINED, wallet="client1")
    shrunk = deml("shrink", 1, trained, *table, "--loss", 0.01, "--out", model, wallet="client1")
    assert b":delta" in model.read_bytes()
    assert shrunk["packedBytes"] < shrunk["packedBytesBefore"]
    deml("commit", 1, model, "--no-min-pay", wallet="client1")
    deml("submit", 1, wallet="client1", fails=1)

    place.pass_until(terms["commitUntil"] + 1)
    deml("job", "reveal", 1)
    place.pass_until(terms["holdoutUntil"] + 1)
    found = deml("score", 1, model, wallet="client1")
    score, credited = found["score"], found["credited"]
    assert terms["baseline"] < credited < score
    deml("declare", 1, wallet="client1")
    place.pass_until(terms["declareUntil"] + 1)
    deml("settle", 1, wallet="client2")
    clock.finalise(place.chain)
    deml("submit", 1, wallet="client1")
    assert deml("continue", 1)["notices"] == {}
    deml("continue", 1, "--client", "0x" + "99" * 20, fails=1)
    deml("settle", 1, wallet="client2")
    assert finish_epoch(place.layout) is not None

    results = deml("job", "results", 1, "--models", folder / "models")
    (scored,) = deml("notices", "--job", 1, "--type", "Scored")
    assert (scored["values"]["score"], scored["values"]["credited"]) == (score, credited)
    (delivered,) = (folder / "models").iterdir()
    assert delivered.read_bytes() == model.read_bytes()
    full = folder / "full.safetensors"
    deml("expand", 1, delivered, "--out", full)
    assert abs(deml("score", 1, full)["score"] - score) <= 2
    assert results["ending"] == "settled"

    claimed = deml("claim", wallet="client1")["executed"]
    deml("claim")
    pay = sum(int(one["transfer"]["amount"]) for one in claimed)
    assert pay == int(terms["stake"]) + grid_pay(400 * 10**18, credited, terms["baseline"])
    assert_executed_only_once(place, claimed[0])
    assert_proven_to_the_registry(place, scored, score, credited)


def grid_pay(escrow: int, credited: int, baseline: int, target: int = -10_000, grid: int = 1_000) -> int:
    """Pay of the only client of a `market` job, from the formula in docs/protocol.md."""
    gain, distance = credited - baseline, target - baseline
    return escrow * (gain - gain % grid if gain < distance else distance) // distance


def assert_executed_only_once(place: CommandLine, voucher: dict[str, Any]) -> None:
    call = proven("executeOutput(bytes,(uint64,bytes32[]))", voucher)
    operator, app = place.deployment.accounts["operator"], place.deployment.contracts.app_address
    with pytest.raises(TransactionFailed, match="execute it again"):
        place.chain.transact("execute it again", operator, app, call)


def assert_proven_to_the_registry(place: CommandLine, notice: dict[str, Any], score: int, credited: int) -> None:
    deml = place.deml
    contracts, client = place.deployment.contracts, notice["values"]["client"]
    recorded = deml("record", 1, wallet="client2")
    assert [one["type"] for one in recorded["recorded"]] == ["Settled"], "it has the models, too"
    assert deml("record", 1) == {"jobId": 1, "recorded": [], "before": 1, "waiting": 0}
    registry, app = contracts.model_registry, contracts.app_address
    ((model_cid, _, *scores, _),) = place.chain.view(
        registry, ["(string,string,int64,int64,uint64)"], "model(address,uint256,address)", app, 1, client
    )
    assert (model_cid, scores) == (notice["values"]["modelCid"], [score, credited])


def proven(signature: str, output: dict[str, Any], *before: str) -> bytes:
    """Calldata of a call that takes an output and its proof, perhaps with accounts before them."""
    proof = output["proof"]
    siblings = [bytes.fromhex(one[2:]) for one in proof["siblings"]]
    arguments = [*before, bytes.fromhex(output["output"][2:]), (proof["outputIndex"], siblings)]
    types = [*("address" for _ in before), "bytes", "(uint64,bytes32[])"]
    return keccak(text=signature)[:4] + encode(types, arguments)
