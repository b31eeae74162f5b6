"""`deml.wire` against the vectors that Solidity reads too: every byte, both ways."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from deml.base.commitment import holdout_commitment, model_commitment
from deml.base.errors import DemlError
from deml.base.inputs import Deposit, ForeignDeposit, Metadata
from deml.base.outputs import ForeignReturn, Transfer
from deml.base.terms import FixedRule, MarketRule
from deml.base.types import Address, Amount, JobId, Timestamp
from deml.wire import inputs, notices, outputs
from deml.wire.table import MessageTable
from deml.wire.terms import TERMS
from tests.support import vectors
from tests.support.deployment import APP, CHAIN_ID, DEPLOYMENT, account

Case = dict[str, Any]
SENDER = account(0xC1)

PORTALS = {
    "ERC20Portal": DEPLOYMENT.erc20_portal,
    "EtherPortal": DEPLOYMENT.ether_portal,
    "ERC721Portal": DEPLOYMENT.erc721_portal,
    "ERC1155SinglePortal": DEPLOYMENT.erc1155_single_portal,
    "ERC1155BatchPortal": DEPLOYMENT.erc1155_batch_portal,
}


def metadata(sender: Address) -> Metadata:
    return Metadata(CHAIN_ID, APP, sender, block_number=1, timestamp=Timestamp(1_700_000_000), index=0)


@pytest.mark.parametrize(
    ("kind", "table"), [("inputs", inputs.TABLE), ("notices", notices.TABLE)], ids=["inputs", "notices"]
)
def test_selectors_and_signatures_are_those_of_solidity(kind: str, table: MessageTable[Any]) -> None:
    functions = [one.function for one in table.kinds]
    ours = {(one.name, one.signature, "0x" + one.selector.hex()) for one in functions}
    assert ours == {(one["name"], one["signature"], one["selector"]) for one in vectors.selectors()[kind]}
    assert len(ours) == len(functions)


@pytest.mark.parametrize("case", vectors.cases("inputs.json"))
def test_inputs_both_ways(case: Case) -> None:
    message, encoded = vectors.message(case), vectors.raw(case["encoded"])
    assert inputs.encode(message) == encoded
    assert inputs.decode_message(encoded) == message


@pytest.mark.parametrize("case", vectors.cases("inputs.json"))
def test_inputs_sent_to_the_input_box(case: Case) -> None:
    encoded = vectors.raw(case["encoded"])
    if case["function"] in ("createJob", "topUp"):
        with pytest.raises(DemlError) as caught:
            inputs.decode(metadata(SENDER), encoded, DEPLOYMENT)
        assert caught.value.code() == "NEEDS_DEPOSIT"
        assert caught.value.values == {"name": case["function"]}
    else:
        assert inputs.decode(metadata(SENDER), encoded, DEPLOYMENT) == vectors.message(case)


@pytest.mark.parametrize("case", vectors.cases("notices.json"))
def test_notices_both_ways(case: Case) -> None:
    notice, encoded = vectors.notice(case), vectors.raw(case["encoded"])
    assert notices.encode(notice) == encoded
    assert notices.decode(encoded) == notice


@pytest.mark.parametrize("case", vectors.cases("rules.json"))
def test_rules_both_ways(case: Case) -> None:
    params = vectors.raw(case["encoded"])
    rule = vectors.rule(case["kind"], params)
    assert isinstance(rule, FixedRule | MarketRule)
    assert [str(getattr(rule, one.name)) for one in fields(rule)] == list(case["args"].values())
    assert TERMS.pack is not None
    assert TERMS.unpack is not None
    values = list(TERMS.pack(vectors.message(vectors.load("inputs.json")[0]).terms))
    values[8] = (case["kind"], params)
    terms = TERMS.unpack(tuple(values))
    assert terms.rule == rule
    assert TERMS.pack(terms)[8] == (case["kind"], params)


@pytest.mark.parametrize("case", vectors.cases("deposits.json"))
def test_deposits(case: Case) -> None:
    payload = vectors.raw(case["encoded"])
    body = inputs.decode(metadata(PORTALS[case["portal"]]), payload, DEPLOYMENT)
    args = case["args"]
    if case["portal"] == "EtherPortal":
        assert body == Deposit(Address("0x" + "00" * 20), args["sender"], Amount(int(args["value"])))
    elif case["portal"] == "ERC20Portal":
        assert isinstance(body, Deposit)
        assert (body.token, body.sender, body.amount) == (args["token"], args["sender"], int(args["value"]))
        orders = {one["name"]: one for one in vectors.load("inputs.json")}
        assert body.order == (vectors.message(orders[case["order"]]) if case["order"] else None)
        assert (body.problem is not None) == (case["order"] is None and args["execLayerData"] != "0x")
    else:
        assert body == ForeignDeposit(args["token"], args["sender"], *_tokens(args))


def _tokens(args: Case) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    if "tokenIds" in args:
        return tuple(map(int, args["tokenIds"])), tuple(map(int, args["values"]))
    return (int(args["tokenId"]),), (int(args["value"]),) if "value" in args else None


@pytest.mark.parametrize("case", vectors.cases("outputs.json"))
def test_outputs_both_ways(case: Case) -> None:
    stored = vectors.raw(case["encoded"])
    emission = outputs.encode(_stands_for(case), APP, DEPLOYMENT)
    assert not isinstance(emission, outputs.ReportEmission)
    assert outputs.envelope(emission) == stored
    assert outputs.open_envelope(stored) == emission
    paid = _stands_for(case) if "transfer" in case else None
    assert outputs.transfer_of(emission) == paid


def _stands_for(case: Case) -> Any:
    if "notice" in case:
        return next(vectors.notice(one) for one in vectors.load("notices.json") if one["name"] == case["notice"])
    if "transfer" in case:
        transfer = case["transfer"]
        return Transfer(transfer["token"], transfer["to"], Amount(int(transfer["amount"])))
    back = case["foreignReturn"]
    amounts = tuple(map(int, back["amounts"])) if back["amounts"] is not None else None
    return ForeignReturn(back["token"], back["to"], tuple(map(int, back["ids"])), amounts)


@pytest.mark.parametrize("case", vectors.cases("commitments.json"))
def test_commitments(case: Case) -> None:
    cid, salt = vectors.raw(case["cidBytes"]), vectors.raw(case["salt"])
    chain_id, app = int(case["chainId"]), case["app"]
    if case["kind"] == "model":
        made = model_commitment(chain_id, app, JobId(int(case["jobId"])), case["client"], cid, salt)
    else:
        made = holdout_commitment(chain_id, app, vectors.raw(case["nonce"]), case["sponsor"], cid, salt)
    assert "0x" + made.hex() == case["commitment"]


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_commitment_is_made_of_whole_words(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32-byte word"):
        model_commitment(CHAIN_ID, APP, JobId(1), SENDER, b"cid", salt)
