"""Tokens that arrive short are found out on a real chain, with the real portal, before anything is sent."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from deml.base.types import Address, Amount
from deml_devnet.chain import anvil
from deml_devnet.chain.local import LocalChain
from deml_devnet.layout import Layout
from deml_sdk.addresses import checksummed
from deml_sdk.chain.errors import DepositWouldFail, TokenArrivesShort
from deml_sdk.chain.trial import TrialCall, require_full_arrival, simulate
from tests.integration.devnet.live_chain import eventually

ROOT = Path(__file__).parents[3]
SPONSOR = Address("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")
APP = Address("0x" + "a9" * 20)

SOURCE = """
// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;
contract Token {
    uint256 immutable fee;
    bool immutable picky;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    constructor(uint256 fee_, bool picky_) { fee = fee_; picky = picky_; balanceOf[msg.sender] = 1000 ether; }
    function approve(address spender, uint256 amount) external returns (bool) {
        require(!picky || amount == 0 || allowance[msg.sender][spender] == 0, "approve zero first");
        allowance[msg.sender][spender] = amount;
        return true;
    }
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount - amount * fee / 10000;
        return true;
    }
}
"""
COMPILE = """
const solc = require('solc');
const input = {language: 'Solidity', sources: {'T.sol': {content: process.argv[1]}},
  settings: {outputSelection: {'*': {'*': ['evm.bytecode.object']}}}};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
console.log(output.contracts['T.sol'].Token.evm.bytecode.object);
"""


class Anvil(LocalChain):
    def create(self, code):
        made = self.web3.eth.send_transaction({"from": checksummed(SPONSOR), "data": code, "gas": 5_000_000})
        return Address(self.web3.eth.wait_for_transaction_receipt(made)["contractAddress"].lower())


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("anvil")
    service = Layout(folder).service("anvil")
    said = anvil.start(service, folder / "chain", 0, 0)
    eventually(lambda: said() is not None, "the chain says where it listens")
    with closing(Anvil(f"http://127.0.0.1:{said()}")) as made:
        yield made
    service.kill()


def artifact(name):
    path = ROOT / f"node_modules/@cartesi/rollups/out/{name}.sol/{name}.json"
    return json.loads(path.read_text())["bytecode"]["object"]


@pytest.fixture(scope="module")
def portal(chain):
    box = chain.create(artifact("InputBox"))
    return chain.create(artifact("ERC20Portal") + word(int(box, 16)))


@pytest.fixture(scope="module")
def bytecode():
    return subprocess.run(
        ["node", "-e", COMPILE, SOURCE], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def word(value):
    return f"{int(value):064x}"


@pytest.fixture
def deploy(chain, bytecode):
    return lambda fee=0, picky=False: chain.create("0x" + bytecode + word(fee) + word(picky))


def attempt(chain, portal, token, amount=10**18, data=b"terms"):
    require_full_arrival(chain.rpc, SPONSOR, APP, portal, token, Amount(amount), data)


def test_an_ordinary_token_arrives_in_full_and_nothing_is_sent(chain, portal, deploy):
    token = deploy()
    before = chain.latest_block()
    attempt(chain, portal, token, data=bytes(60_000))
    assert chain.latest_block() == before
    assert chain.balance(token, APP) == 0


def test_a_token_that_keeps_a_fee_is_refused(chain, portal, deploy):
    with pytest.raises(TokenArrivesShort) as caught:
        attempt(chain, portal, deploy(fee=1))
    assert caught.value.arrived == 10**18 - 10**14


def test_a_token_that_wants_its_allowance_cleared_first_is_fine(chain, portal, deploy):
    token = deploy(picky=True)
    chain.transact("approve", SPONSOR, token, bytes.fromhex("095ea7b3" + word(int(portal, 16)) + word(5)))
    attempt(chain, portal, token)


def test_more_than_the_balance_is_refused(chain, portal, deploy):
    with pytest.raises(DepositWouldFail):
        attempt(chain, portal, deploy(), amount=1_001 * 10**18)


def test_an_address_without_a_token_is_refused(chain, portal):
    with pytest.raises(DepositWouldFail):
        attempt(chain, portal, Address("0x" + "77" * 20))


def test_calls_see_what_those_before_them_did(chain, deploy):
    token = deploy()
    allowance = "dd62ed3e" + word(int(SPONSOR, 16)) + word(7)
    calls = [
        TrialCall(token, bytes.fromhex("095ea7b3" + word(7) + word(9))),
        TrialCall(token, bytes.fromhex(allowance)),
    ]
    assert [outcome.word for outcome in simulate(chain.rpc, SPONSOR, calls)] == [1, 9]
