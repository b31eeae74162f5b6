"""What inputs about large jobs cost: bytes decoded, applied to the state, outputs encoded; the dapp's side alone.

The machine's libcmt adds 2.0 million for its root of all outputs, and the keccak of each.
"""

from __future__ import annotations

import json

from counting import report

from deml.base.inputs import Cancel, CreateJob, Metadata, Settle
from deml.base.states import Opening, Standing
from deml.base.terms import MarketRule, Terms
from deml.base.types import Address, Amount, JobId, Score, Timestamp
from deml.core import State, transition
from deml.core.closing import open_job
from deml.core.job import ClientState, JobState, Opened
from deml.scoring.reservation import MemoryNeeds
from deml.shell.deployment import CARTESI_2_2
from deml.wire import inputs, outputs
from deml.wire.warm_up import warm_up

APP, SPONSOR, TOKEN = (Address("0x" + byte * 20) for byte in ("aa", "bb", "cc"))
CID = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
DAY = 86_400


def account(number: int) -> Address:
    return Address(f"0x{number + 1:040x}")


def terms(allowed: int) -> Terms:
    """Terms as the demo's, with so many accounts allowed."""
    architecture = {"family": "mlp", "task": "classification", "inputs": 64, "hidden": [32], "outputs": 10}
    return Terms(
        title="Tell small from large",
        spec_cid=CID,
        initial_model_cid=CID,
        architecture=json.dumps(architecture),
        metric="brier",
        baseline=Score(-500_000),
        holdout_commitment=bytes(range(32)),
        reward_token=TOKEN,
        rule=MarketRule(Score(-100_000), 1_000),
        commit_until=Timestamp(DAY),
        holdout_until=Timestamp(2 * DAY),
        declare_until=Timestamp(3 * DAY),
        submit_until=Timestamp(4 * DAY),
        max_rounds=3,
        stake=Amount(10**20),
        bond_bps=1_000,
        max_participants=128,
        max_model_bytes=12_000,
        max_holdout_bytes=300_000,
        max_rows=1_000,
        min_rows=500,
        confidence=950_000,
        evidence_cut=0,
        previous_job=JobId(0),
        allow_list=tuple(map(account, range(allowed))),
        nonce=bytes(32),
    )


def apply(state: State, sender: Address, timestamp: int, payload: bytes) -> None:
    """Do with an input what the dapp does, but for the merge."""
    meta = Metadata(31_337, APP, sender, 1, Timestamp(timestamp), 1)
    made = transition(state.fork(), meta, inputs.decode(meta, payload, CARTESI_2_2))
    for output in made:
        outputs.encode(output, APP, CARTESI_2_2)


def create(allowed: int) -> None:
    order = inputs.encode(CreateJob(terms(allowed)))
    head = bytes.fromhex(TOKEN[2:]) + bytes.fromhex(SPONSOR[2:]) + (10**21).to_bytes(32, "big")
    name = f"createJob, {allowed} accounts allowed"
    target = {0: 3.0, 512: 15.0}[allowed]
    report(name, lambda: apply(State(), CARTESI_2_2.erc20_portal, 1, head + order), target=target)


def settle(participants: int) -> None:
    """All are verified, and paid."""
    state = State()
    clients = tuple(
        ClientState(
            address=account(number),
            pay_to=account(number),
            stake=Amount(10**20),
            standing=Standing.VERIFIED,
            commitment=bytes(32),
            order=number + 1,
            declared=Score(-500_000 + 4_000 * (number + 1)),
            score=Score(-490_000 + 4_000 * number),
            due=Amount(10**19),
            first_due=Amount(10**19),
            model_cid=CID,
        )
        for number in range(participants)
    )
    opened = Opened(CID, 1_000, Opening.CONFIRMED)
    job = JobState(JobId(1), SPONSOR, terms(0), Amount(10**21), MemoryNeeds(1, 1, 1), clients, 1, opened, 1)
    open_job(state, job)
    payload = inputs.encode(Settle(JobId(1)))
    name = f"settle, {participants} participants"
    report(name, lambda: apply(state, SPONSOR, 4 * DAY + 1, payload), target=45.0 if participants == 100 else None)


def cancel() -> None:
    state = State()
    open_job(state, JobState(JobId(1), SPONSOR, terms(0), Amount(10**21), MemoryNeeds(1, 1, 1)))
    payload = inputs.encode(Cancel(JobId(1)))
    report("cancel", lambda: apply(state, SPONSOR, 1, payload))


warm_up()
create(0)
create(512)
cancel()
for participants in (2, 10, 100):
    settle(participants)
