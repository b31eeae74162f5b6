"""`deml notices`, `vouchers`, `claim`, `wallet balance` and `doctor` against a chain and a node that play along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from deml.base.outputs import Accepted, Scored, Transfer
from deml.base.types import ETHER, Address, Amount, JobId, Score
from deml.shell.deployment import CARTESI_2_2
from deml.wire import notices
from deml.wire.abi import encode_values
from deml.wire.outputs import DelegateCallEmission, NoticeEmission, VoucherEmission, envelope, transfer_of
from deml_sdk.chain import contracts
from deml_sdk.chain.trust import NOBODY
from deml_sdk.node import stated
from deml_sdk.suites import CARTESI_3_0_ALPHA
from tests.support.fake_chain import APP, CONSENSUS, INPUT_BOX, PORTAL, TOKEN, WALLET, FakeChain, reverted
from tests.support.fake_services import Services
from tests.support.pinning_stand_in import serving_pins
from tests.unit.conftest import Run
from tests.unit.sdk.node.test_node_client import hexed, input_record, output_record, page

OTHER = Address("0x" + "0b" * 20)


def token_voucher(to: Address, amount: int) -> bytes:
    payload = bytes.fromhex("d1660f99") + encode_values(("address", "address", "uint256"), (TOKEN, to, amount))
    return envelope(DelegateCallEmission(OTHER, payload))


def notice(index: int, value: Any) -> dict[str, Any]:
    return output_record(index, envelope(NoticeEmission(notices.encode(value))))


class Node:
    """Outputs by index; epochs 1 (accepted) and 2 (open)."""

    def __init__(self, services: Services) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.credits: list[dict[str, str]] = []
        epochs = {"0x1": "CLAIM_ACCEPTED", "0x2": "OPEN"}
        services.methods |= {
            "cartesi_listOutputs": self._list,
            "cartesi_getOutput": lambda given: {"data": self.outputs[int(given["output_index"], 16)]},
            "cartesi_getInput": lambda given: {"data": input_record(int(given["input_index"], 16))},
            "cartesi_getEpoch": lambda given: {
                "data": {
                    "index": given["epoch_index"],
                    "first_block": "0x0",
                    "last_block": "0x9",
                    "status": epochs[given["epoch_index"]],
                }
            },
            "cartesi_getNodeVersion": lambda _: {"data": "2.0.0"},
            "cartesi_getChainId": lambda _: {"data": "0x7a69"},
            "cartesi_getApplication": lambda _: {"data": {"name": "deml", "iconsensus_address": CONSENSUS}},
            "cartesi_getProcessedInputCount": lambda _: {"data": "0x3"},
        }
        services.pages["POST", f"/inspect/{APP}"] = self._inspect

    def _list(self, given: dict[str, Any]) -> dict[str, Any]:
        wanted = given.get("output_type")
        return page([one for one in self.outputs if wanted in (None, one["raw_data"][:10])], given)

    def _inspect(self, body: bytes) -> tuple[int, bytes]:
        """Break off after each balance, as the dapp does after fifty."""
        start = int(dict(parse_qsl(body.decode().partition("?")[2])).get("cursor", 0))
        rest = start + 1 if start + 1 < len(self.credits) else None
        answer: dict[str, Any] = {"asOf": 5, "jobs": 2, "openJobs": 1, "inputs": 3, "reservedBytes": 0}
        answer |= {"chainId": 31337, "app": APP}
        if body != b"stats":
            jobs: dict[str, list[int]] = {"sponsor": [], "client": []}
            answer = {
                "asOf": 5,
                "account": APP,
                "balances": self.credits[start : start + 1],
                "next": rest,
                "jobs": jobs,
            }
        return 200, json.dumps({"status": "Accepted", "reports": [{"payload": hexed(answer)}]}).encode()


@pytest.fixture
def fake(services: Services) -> FakeChain:
    found = FakeChain(services)
    found.say(TOKEN, contracts.DECIMALS, 18)
    found.say(TOKEN, contracts.SYMBOL, "TOK")
    found.say(TOKEN, contracts.BALANCE_OF, 5 * 10**18)
    found.say(APP, contracts.WAS_EXECUTED, False)
    found.say(APP, contracts.OWNER, NOBODY)
    found.say(APP, contracts.VALIDATOR, CONSENSUS)
    found.say(APP, contracts.TEMPLATE_HASH, b"\x07" * 32)
    found.say(CONSENSUS, contracts.OWNER, OTHER)
    found.say(INPUT_BOX, contracts.NUMBER_OF_INPUTS, 3)
    found.failures[contracts.NUMBER_OF_VALIDATORS.function.selector.hex()] = reverted()
    found.receipt = {"status": "0x1", "blockNumber": "0xb", "gasUsed": "0x1", "logs": []}
    services.methods["eth_getCode"] = lambda _: "0x60"
    return found


@pytest.fixture
def node(services: Services) -> Node:
    return Node(services)


@pytest.fixture
def run(deml: Run, services: Services, fake: FakeChain, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in (
        ("RPC_URL", services.url),
        ("NODE_URL", services.url),
        ("APP_ADDRESS", APP),
        ("ERC20_PORTAL", PORTAL),
        ("TOKEN", TOKEN),
        ("IPFS_URL", services.url),
        ("IPFS_PRIVATE_NETWORKS", "127.0.0.0/8"),
        ("WALLET", "client1"),
    ):
        monkeypatch.setenv(f"DEML_{name}", value)
    return deml


def test_notices_with_their_proofs_filtered(run: Run, node: Node):
    node.outputs = [
        notice(0, Accepted(JobId(7), OTHER, OTHER)),
        output_record(1, token_voucher(OTHER, 1)),
        notice(2, Scored(JobId(7), OTHER, "bafk1", "bafk2", Score(953_216), Score(950_000))),
        notice(3, Accepted(JobId(8), OTHER, OTHER)),
        output_record(4, envelope(NoticeEmission(b"a stranger's"))),
    ]
    everything = json.loads(run("notices", "--json").stdout)
    assert [one["index"] for one in everything] == [0, 2, 3]
    (scored,) = json.loads(run("notices", "--job", "7", "--type", "scored", "--json").stdout)
    assert scored["values"] == {
        "jobId": 7,
        "client": OTHER,
        "modelCid": "bafk1",
        "dataCid": "bafk2",
        "score": 953_216,
        "credited": 950_000,
    }
    assert scored["claim"] == "CLAIM_ACCEPTED"
    assert scored["proof"]["outputIndex"] == 2
    assert len(scored["proof"]["siblings"]) == 63
    assert scored["output"] == node.outputs[2]["raw_data"]
    assert "Scored" in run("notices").stdout


def test_an_unknown_type_is_a_usage_error(run: Run, node: Node):
    done = run("notices", "--type", "Scoured")
    assert done.exit_code == 2
    assert "Settled" in done.stderr


def test_following_prints_one_line_a_notice_and_goes_on(run: Run, node: Node, monkeypatch: pytest.MonkeyPatch):
    node.outputs = [notice(0, Accepted(JobId(7), OTHER, OTHER))]
    later: Iterator[dict[str, Any]] = iter([notice(1, Accepted(JobId(8), OTHER, OTHER))])

    def sleep(_: float) -> None:
        found = next(later, None)
        if found is None:
            raise KeyboardInterrupt
        node.outputs.append(found)

    monkeypatch.setattr(stated.time, "sleep", sleep)
    done = run("notices", "--follow", "--json")
    assert done.exit_code == 130
    assert [json.loads(line)["index"] for line in done.stdout.splitlines()] == [0, 1]


def test_vouchers_of_the_wallet_or_of_all(run: Run, node: Node):
    node.outputs = [
        output_record(0, token_voucher(WALLET.address, 3 * 10**18)),
        output_record(1, token_voucher(OTHER, 1)),
        output_record(2, envelope(VoucherEmission(WALLET.address, 10**17, b""))),
        {**output_record(3, token_voucher(WALLET.address, 1), 0), "epoch_index": "0x2"},
        output_record(4, envelope(VoucherEmission(TOKEN, 0, b"\x01\x02\x03\x04"))),
    ]
    mine = json.loads(run("vouchers", "--json").stdout)
    assert [one["index"] for one in mine] == [0, 2, 3]
    assert mine[0]["transfer"] == {"token": TOKEN, "to": WALLET.address, "amount": str(3 * 10**18)}
    assert mine[1]["transfer"]["token"] == ETHER
    assert [(one["claim"], one["executed"]) for one in mine] == [
        ("CLAIM_ACCEPTED", False),
        ("CLAIM_ACCEPTED", False),
        ("OPEN", False),
    ]
    assert [one["index"] for one in json.loads(run("vouchers", "--all", "--json").stdout)] == [0, 1, 2, 3, 4]
    assert [one["index"] for one in json.loads(run("vouchers", "--to", OTHER, "--json").stdout)] == [1]
    shown = run("vouchers", "--all").stdout
    assert "3 TOK" in shown
    assert "0.1 ETH" in shown
    assert "no fungible token" in shown


def test_claim_executes_what_is_claimable_and_says_what_waits(run: Run, node: Node, services: Services):
    node.outputs = [
        output_record(0, token_voucher(WALLET.address, 3 * 10**18)),
        output_record(1, token_voucher(OTHER, 1)),
        {**output_record(2, token_voucher(WALLET.address, 1), 0), "epoch_index": "0x2"},
    ]
    done = run("claim", "--yes", "--json")
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [(one["index"], one["executed"]) for one in answer["executed"]] == [(0, True)]
    assert answer["waiting"] == 1
    assert len(services.calls("eth_sendRawTransaction")) == 1
    assert "This will execute 1 voucher(s)" in done.stderr
    assert "100,000 units, now 0.0002 ETH" in done.stderr
    assert f"3 TOK to {WALLET.address}" in done.stderr


def test_claim_asks_first(run: Run, node: Node, services: Services):
    node.outputs = [output_record(0, token_voucher(WALLET.address, 1))]
    assert run("claim").exit_code == 6
    assert services.calls("eth_sendRawTransaction") == []


def test_claim_leaves_executed_vouchers_alone(run: Run, node: Node, fake: FakeChain, services: Services):
    fake.say(APP, contracts.WAS_EXECUTED, True)
    node.outputs = [output_record(0, token_voucher(WALLET.address, 1))]
    assert json.loads(run("claim", "--json").stdout) == {"executed": [], "waiting": 0}
    assert services.calls("eth_sendRawTransaction") == []


def test_anybody_may_claim_for_another(run: Run, node: Node, services: Services):
    node.outputs = [output_record(1, token_voucher(OTHER, 1))]
    assert len(json.loads(run("claim", "--to", OTHER, "--yes", "--json").stdout)["executed"]) == 1


def test_reading_needs_an_account_and_no_key(run: Run, node: Node):
    node.outputs = [output_record(1, token_voucher(OTHER, 1))]
    assert len(json.loads(run("vouchers", "--wallet", OTHER, "--json").stdout)) == 1


def test_transfers_are_read_out_of_vouchers():
    from deml.wire.outputs import open_envelope

    assert transfer_of(open_envelope(token_voucher(OTHER, 9))) == Transfer(TOKEN, OTHER, Amount(9))


def test_balance_of_chain_and_dapp(run: Run, node: Node):
    node.credits = [{"token": TOKEN, "amount": str(10**18)}, {"token": ETHER, "amount": "7"}]
    shown = run("wallet", "balance")
    assert "5" in shown.stdout
    assert "TOK in the dapp" in shown.stdout
    answer = json.loads(run("wallet", "balance", OTHER, "--json").stdout)
    assert (answer["address"], answer["wei"], answer["amount"]) == (OTHER, str(10**18), str(5 * 10**18))
    assert answer["credits"] == node.credits


def test_a_balance_is_found_behind_many_others(run: Run, node: Node):
    node.credits = [{"token": f"0x{place:040x}", "amount": "1"} for place in range(60)]
    node.credits.append({"token": TOKEN, "amount": str(3 * 10**18)})
    assert json.loads(run("wallet", "balance", "--json").stdout)["credits"] == node.credits
    done = run("withdraw", "4")
    assert "NOT_ENOUGH_TOKENS" in done.stderr
    assert "holds 3" in done.stderr


def test_claim_refuses_a_voucher_that_would_be_used_up_for_nothing(
    run: Run, node: Node, fake: FakeChain, services: Services
):
    services.methods["eth_getCode"] = lambda _: "0x"
    node.outputs = [output_record(0, token_voucher(WALLET.address, 1))]
    done = run("claim", "--yes")
    assert done.exit_code == 1
    assert "NO_PAYOUT_LIBRARY" in done.stderr
    assert services.calls("eth_sendRawTransaction") == []


def test_doctor_misses_the_payout_library(run: Run, node: Node, services: Services):
    services.methods["eth_getCode"] = lambda given: "0x" if given[0].lower() == CARTESI_2_2.safe_transfer else "0x60"
    done = run("doctor", "--json")
    assert done.exit_code == 3
    [found] = [one for one in json.loads(done.stdout)["findings"] if one["subject"] == "payouts"]
    assert found["verdict"] == "failed"
    assert CARTESI_2_2.safe_transfer in found["text"]


def test_doctor_fails_where_application_and_portal_are_of_a_suite_that_the_image_does_not_trust(
    run: Run, node: Node, fake: FakeChain, monkeypatch: pytest.MonkeyPatch
):
    all_of_3_0(fake, monkeypatch)
    done = run("doctor", "--json")
    assert done.exit_code == 3
    findings = json.loads(done.stdout)["findings"]
    assert "input box" not in {one["subject"] for one in findings}
    [found] = [one for one in findings if one["subject"] == "application" and one["verdict"] == "failed"]
    assert "cartesi-3.0-alpha" in found["text"]
    assert CARTESI_2_2.erc20_portal in found["text"]
    assert "docs/compatibility.md" in found["advice"]
    shown = run("doctor")
    assert shown.exit_code == 3
    assert "FAIL  application  " in shown.stdout
    margin = len("FAIL  application  ")
    for line in shown.stdout.splitlines():
        marked = line[:4].strip() in ("ok", "warn", "FAIL") and line[4:6] == "  " and line[6] != " "
        assert marked or not line[:margin].strip(), line
        assert line[margin] != " ", line


def all_of_3_0(fake: FakeChain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Application and portal agree on 3.0, whose portals the image does not trust."""
    suite = CARTESI_3_0_ALPHA
    monkeypatch.setenv("DEML_ERC20_PORTAL", suite.erc20_portal)
    fake.say(suite.erc20_portal, contracts.INPUT_BOX, suite.input_box)
    fake.say(APP, contracts.DATA_AVAILABILITY, contracts.IN_INPUT_BOX.encode((suite.input_box,)))
    fake.say(suite.input_box, contracts.NUMBER_OF_INPUTS, 3)


def test_doctor_asks_the_pinning_service_too(run: Run, node: Node, monkeypatch: pytest.MonkeyPatch):
    with serving_pins() as service:
        service.insert("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")
        monkeypatch.setenv("DEML_PINNING_URL", service.url)
        monkeypatch.setenv("DEML_PINNING_TOKEN", service.token)
        answer = json.loads(run("doctor", "--json").stdout)
        assert ("pinning", "ok") in {(one["subject"], one["verdict"]) for one in answer["findings"]}
        monkeypatch.setenv("DEML_PINNING_TOKEN", "wrong")
        answer = json.loads(run("doctor", "--json").stdout)
        assert ("pinning", "failed") in {(one["subject"], one["verdict"]) for one in answer["findings"]}


def test_doctor_finds_a_healthy_system_and_says_whom_one_trusts(run: Run, node: Node):
    done = run("doctor", "--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0, answer
    assert answer["healthy"] is True
    by_subject = {one["subject"]: one for one in answer["findings"]}
    assert by_subject["consensus"]["text"] == f"Authority at {CONSENSUS}"
    assert by_subject["owner"]["text"].startswith("nobody")
    assert by_subject["trust"]["verdict"] == "warning"
    assert OTHER in by_subject["trust"]["text"]
    assert by_subject["inputs"]["text"] == "3 of 3 processed"
    assert by_subject["clock"]["verdict"] == "warning", "the fake chain's block is from 1970"


def test_doctor_warns_of_a_node_that_lags_or_runs_something_else(
    run: Run, node: Node, fake: FakeChain, services: Services
):
    fake.say(INPUT_BOX, contracts.NUMBER_OF_INPUTS, 9)
    fake.say(APP, contracts.OWNER, OTHER)
    services.methods["cartesi_getApplication"] = lambda _: {"data": {"name": "deml", "iconsensus_address": OTHER}}
    services.methods["cartesi_getChainId"] = lambda _: {"data": "0x1"}
    done = run("doctor", "--json")
    assert done.exit_code == 3
    answer = json.loads(done.stdout)
    texts = {(one["verdict"], one["text"]) for one in answer["findings"]}
    assert ("failed", "it reads chain 1, not 31337") in texts
    assert ("warning", "3 of 9 processed") in texts
    assert any(OTHER in text and "owns the Application" in text for _, text in texts)


def test_doctor_says_once_why_a_service_is_missing(run: Run, node: Node, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEML_RPC_URL", "http://127.0.0.1:9")
    done = run("doctor")
    assert done.exit_code == 3
    assert done.stdout.count("cannot be reached") == 1
    assert "not checked, for the same reason" in done.stdout


def test_the_wrong_chain_is_noticed_before_anything_is_sent(run: Run, node: Node, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEML_CHAIN_ID", "11155111")
    done = run("claim", "--yes")
    assert done.exit_code == 1
    assert "WRONG_CHAIN" in done.stderr
