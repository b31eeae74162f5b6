"""Tokens that arrive short are found out on a real chain, with the real portal, before anything is sent."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests

from deml.base.types import Address, Amount
from deml_sdk.chain.errors import DepositWouldFail, TokenArrivesShort
from deml_sdk.chain.trial import Call, require_full_arrival, simulate

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


class Chain:
    def __init__(self, url):
        self.url = url

    def __call__(self, method, params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        body = requests.post(self.url, json=request, timeout=30).json()
        if "error" in body:
            raise RuntimeError(body["error"])
        return body["result"]

    def transact(self, data, to=None):
        sent = {"from": SPONSOR, "data": data, "gas": hex(5_000_000)} | ({"to": to} if to else {})
        tx_hash = self("eth_sendTransaction", [sent])
        while (receipt := self("eth_getTransactionReceipt", [tx_hash])) is None:
            time.sleep(0.05)
        assert receipt["status"] == "0x1"
        return receipt["contractAddress"]


@pytest.fixture(scope="module")
def chain():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    anvil = shutil.which("anvil") or str(ROOT / "node_modules/.bin/anvil")
    process = subprocess.Popen([anvil, "--port", str(port), "--silent"], stdout=subprocess.DEVNULL)
    made = Chain(f"http://127.0.0.1:{port}")
    try:
        for _ in range(600):
            try:
                made("eth_chainId", [])
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield made
    finally:
        process.terminate()
        process.wait()


def artifact(name):
    path = ROOT / f"node_modules/@cartesi/rollups/out/{name}.sol/{name}.json"
    return json.loads(path.read_text())["bytecode"]["object"]


@pytest.fixture(scope="module")
def portal(chain):
    box = chain.transact(artifact("InputBox"))
    return Address(chain.transact(artifact("ERC20Portal") + word(int(box, 16))))


@pytest.fixture(scope="module")
def bytecode():
    return subprocess.run(
        ["node", "-e", COMPILE, SOURCE], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def word(value):
    return f"{int(value):064x}"


@pytest.fixture
def deploy(chain, bytecode):
    return lambda fee=0, picky=False: Address(chain.transact("0x" + bytecode + word(fee) + word(picky)))


def attempt(chain, portal, token, amount=10**18, data=b"terms"):
    require_full_arrival(chain, SPONSOR, APP, portal, token, Amount(amount), data)


def test_an_ordinary_token_arrives_in_full_and_nothing_is_sent(chain, portal, deploy):
    token = deploy()
    before = chain("eth_blockNumber", [])
    attempt(chain, portal, token, data=bytes(60_000))
    assert chain("eth_blockNumber", []) == before
    assert int(chain("eth_call", [{"to": token, "data": "0x70a08231" + word(int(APP, 16))}, "latest"]), 16) == 0


def test_a_token_that_keeps_a_fee_is_refused(chain, portal, deploy):
    with pytest.raises(TokenArrivesShort) as caught:
        attempt(chain, portal, deploy(fee=1))
    assert caught.value.arrived == 10**18 - 10**14


def test_a_token_that_wants_its_allowance_cleared_first_is_fine(chain, portal, deploy):
    token = deploy(picky=True)
    chain.transact("0x095ea7b3" + word(int(portal, 16)) + word(5), token)
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
    calls = [Call(token, bytes.fromhex("095ea7b3" + word(7) + word(9))), Call(token, bytes.fromhex(allowance))]
    assert [outcome.word for outcome in simulate(chain, SPONSOR, calls)] == [1, 9]
