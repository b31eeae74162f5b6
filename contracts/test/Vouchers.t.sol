// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {RewardToken} from "../src/RewardToken.sol";
import {OutputValidityProof} from "../src/interfaces/ICartesi.sol";
import {CartesiTest, IExecutingApplication} from "./support/CartesiTest.sol";
import {Json, JsonReader} from "./support/Json.sol";
import {OutputsTree} from "./support/OutputsTree.sol";
import {vm} from "./support/Vm.sol";

/// @notice The real Application does with the outputs of the vectors what the dapp means by them.
contract VouchersTest is CartesiTest {
    using JsonReader for Json;

    uint256 private constant HELD = type(uint128).max;

    bytes[] private outputs;

    function setUp() public override {
        super.setUp();
        Json[] memory read = JsonReader.open("outputs.json", "cases");
        for (uint256 i = 0; i < read.length; ++i) {
            outputs.push(read[i].data("encoded"));
        }
        _accept(app, outputs);
    }

    function test_executeOutput_tokenTransfer() public {
        uint256 executed = 0;
        Json[] memory read = JsonReader.open("outputs.json", "cases");
        for (uint256 i = 0; i < read.length; ++i) {
            if (!read[i].says("function", "DelegateCallVoucher")) continue;
            Json memory transfer = read[i].at("transfer");
            RewardToken token = _tokenAt(transfer.account("token"));
            _safeTransferAt(read[i].at("args").account("destination"));
            token.mint(address(app), HELD);
            (address to, uint256 amount) = (transfer.account("to"), transfer.number("amount"));
            uint256 before = token.balanceOf(to);

            _executeOnce(i);

            vm.assertEq(token.balanceOf(to) - before, amount, read[i].text("name"));
            ++executed;
        }
        vm.assertEq(executed, 2);
    }

    function test_executeOutput_etherTransfer() public {
        (uint256 index, Json memory vector) = _named("transfer of Ether");
        Json memory transfer = vector.at("transfer");
        vm.deal(address(app), HELD);

        _executeOnce(index);

        vm.assertEq(transfer.account("to").balance, transfer.number("amount"));
    }

    function test_executeOutput_erc721Return() public {
        _executeForeignReturn("return of an ERC-721 token");
    }

    function test_executeOutput_erc1155Return() public {
        _executeForeignReturn("return of ERC-1155 tokens");
    }

    function test_executeOutput_notice() public {
        (uint256 index,) = _named("notice, Scored");
        OutputValidityProof memory proof = _proof(index);
        vm.expectRevert(abi.encodeWithSelector(IExecutingApplication.OutputNotExecutable.selector, outputs[index]));
        app.executeOutput(outputs[index], proof);
    }

    function _executeForeignReturn(string memory name) private {
        (uint256 index, Json memory vector) = _named(name);
        Json memory args = vector.at("args");
        vm.mockCall(args.account("destination"), "", "");
        vm.expectCall(args.account("destination"), 0, args.data("payload"), 1);
        _executeOnce(index);
    }

    /// @dev A second execution is refused.
    function _executeOnce(uint256 index) private {
        OutputValidityProof memory proof = _proof(index);
        app.executeOutput(outputs[index], proof);
        vm.expectRevert(abi.encodeWithSelector(IExecutingApplication.OutputNotReexecutable.selector, outputs[index]));
        app.executeOutput(outputs[index], proof);
    }

    function _named(string memory name) private view returns (uint256 index, Json memory vector) {
        Json[] memory read = JsonReader.open("outputs.json", "cases");
        while (!read[index].says("name", name)) ++index;
        return (index, read[index]);
    }

    function _proof(uint256 index) private view returns (OutputValidityProof memory) {
        return OutputsTree.proof(outputs, abi.decode(abi.encode(index), (uint64)));
    }

    function _tokenAt(address account) private returns (RewardToken) {
        vm.etch(account, address(new RewardToken(address(this), 0)).code);
        return RewardToken(account);
    }

    function _safeTransferAt(address account) private {
        vm.etch(account, _deploy("SafeERC20Transfer", "").code);
    }
}
