// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {RewardToken} from "../src/RewardToken.sol";
import {vm} from "./support/Vm.sol";

contract RewardTokenTest {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    RewardToken private token;

    function setUp() public {
        token = new RewardToken(address(this), 1_000 ether);
    }

    function test_constructor_mintsSupplyToHolder() public view {
        vm.assertEq(token.totalSupply(), 1_000 ether);
        vm.assertEq(token.balanceOf(address(this)), 1_000 ether);
        vm.assertEq(uint256(token.decimals()), 18);
    }

    function testFuzz_mint_byAnyone(address anyone, address to, uint256 amount) public {
        vm.assume(to != address(0) && to != address(this) && amount <= type(uint256).max - token.totalSupply());
        vm.prank(anyone);
        token.mint(to, amount);
        vm.assertEq(token.balanceOf(to), amount);
    }

    function testFuzz_permit_signed(uint128 key, address spender, uint256 value) public {
        vm.assume(key != 0 && spender != address(0));
        address owner = vm.addr(key);
        bytes32 content = keccak256(abi.encode(PERMIT, owner, spender, value, token.nonces(owner), block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        token.permit(owner, spender, value, block.timestamp, v, r, s);
        vm.assertEq(token.allowance(owner, spender), value);
    }
}
