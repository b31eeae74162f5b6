// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Outputs} from "../src/interfaces/ICartesi.sol";
import {IPortals} from "./Portals.t.sol";
import {CartesiTest} from "./support/CartesiTest.sol";
import {Json, JsonReader} from "./support/Json.sol";
import {vm} from "./support/Vm.sol";

/// @notice Wrapped Ether as on Ethereum, BNB Chain, Polygon and Avalanche: a call that it does not know wraps what it is
/// sent, and so succeeds.
contract WrappedEther {
    mapping(address => uint256) public balanceOf;

    receive() external payable {
        balanceOf[msg.sender] += msg.value;
    }

    fallback() external payable {
        balanceOf[msg.sender] += msg.value;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        require(from == msg.sender, "no allowance in this test");
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}

/// @notice The ERC721Portal takes wrapped Ether for a collectible, and so nothing for a deposit of any "number". Sending
/// that number back must not send an amount.
contract PhantomDepositTest is CartesiTest {
    using JsonReader for Json;

    address private constant THIEF = address(0xBAD);
    uint256 private constant ESCROW = 100 ether;

    WrappedEther private weth;

    function setUp() public override {
        super.setUp();
        weth = new WrappedEther();
        vm.deal(address(app), ESCROW);
        vm.prank(address(app));
        (bool wrapped,) = address(weth).call{value: ESCROW}("");
        vm.assertTrue(wrapped);
    }

    function test_erc721Return_movesNoWrappedEther() public {
        address portal = _deploy("ERC721Portal", abi.encode(_deploy("InputBox", "")));
        vm.prank(THIEF);
        IPortals(portal).depositERC721Token(address(weth), address(app), ESCROW, "", "");

        bytes memory payload = abi.encodeWithSelector(_returning(), address(app), THIEF, ESCROW, "");
        bytes memory output = abi.encodeCall(Outputs.Voucher, (address(weth), 0, payload));
        app.executeOutput(output, _acceptOne(output));

        vm.assertEq(weth.balanceOf(THIEF), 0);
        vm.assertEq(weth.balanceOf(address(app)), ESCROW);
    }

    /// @dev The function by which the dapp sends a collectible back.
    function _returning() private view returns (bytes4) {
        Json[] memory read = JsonReader.open("outputs.json", "cases");
        uint256 index = 0;
        while (!read[index].says("name", "return of an ERC-721 token")) ++index;
        return bytes4(read[index].at("args").data("payload"));
    }
}
