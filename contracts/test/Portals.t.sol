// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CartesiTest} from "./support/CartesiTest.sol";
import {Json, JsonReader} from "./support/Json.sol";
import {Vm, vm} from "./support/Vm.sol";

/// @notice The deposit functions of the real portals.
interface IPortals {
    function depositEther(address app, bytes calldata execLayerData) external payable;

    function depositERC20Tokens(address token, address app, uint256 value, bytes calldata execLayerData) external;

    function depositERC721Token(
        address token,
        address app,
        uint256 tokenId,
        bytes calldata baseLayerData,
        bytes calldata execLayerData
    ) external;

    function depositSingleERC1155Token(
        address token,
        address app,
        uint256 tokenId,
        uint256 value,
        bytes calldata baseLayerData,
        bytes calldata execLayerData
    ) external;

    function depositBatchERC1155Token(
        address token,
        address app,
        uint256[] calldata tokenIds,
        uint256[] calldata values,
        bytes calldata baseLayerData,
        bytes calldata execLayerData
    ) external;
}

/// @notice What the real portals tell the real InputBox is what the vectors say.
contract PortalsTest is CartesiTest {
    using JsonReader for Json;

    address private inputBox;

    function setUp() public override {
        super.setUp();
        inputBox = _deploy("InputBox", "");
    }

    function test_depositEther_vectors() public {
        _checkDeposits("EtherPortal");
    }

    function test_depositERC20Tokens_vectors() public {
        _checkDeposits("ERC20Portal");
    }

    function test_depositERC721Token_vectors() public {
        _checkDeposits("ERC721Portal");
    }

    function test_depositSingleERC1155Token_vectors() public {
        _checkDeposits("ERC1155SinglePortal");
    }

    function test_depositBatchERC1155Token_vectors() public {
        _checkDeposits("ERC1155BatchPortal");
    }

    function _checkDeposits(string memory name) private {
        address portal = _deploy(name, abi.encode(inputBox));
        Json[] memory vectors = JsonReader.open("deposits.json", "cases");
        uint256 checked = 0;
        for (uint256 i = 0; i < vectors.length; ++i) {
            if (!vectors[i].says("portal", name)) continue;
            vm.recordLogs();
            _deposit(IPortals(portal), name, vectors[i].at("args"));
            _assertInput(portal, vectors[i]);
            ++checked;
        }
        vm.assertTrue(checked != 0);
    }

    /// @dev The tokens of the vectors do not exist; their transfers are taken for granted.
    function _deposit(IPortals portal, string memory name, Json memory args) private {
        address sender = args.account("sender");
        bytes memory execLayerData = args.data("execLayerData");
        if (_is(name, "EtherPortal")) {
            uint256 value = args.number("value");
            vm.deal(sender, value);
            vm.prank(sender);
            return portal.depositEther{value: value}(address(app), execLayerData);
        }
        address token = args.account("token");
        vm.mockCall(token, "", abi.encode(true));
        vm.prank(sender);
        if (_is(name, "ERC20Portal")) {
            return portal.depositERC20Tokens(token, address(app), args.number("value"), execLayerData);
        }
        bytes memory baseLayerData = args.data("baseLayerData");
        if (_is(name, "ERC721Portal")) {
            uint256 tokenId = args.number("tokenId");
            return portal.depositERC721Token(token, address(app), tokenId, baseLayerData, execLayerData);
        }
        if (_is(name, "ERC1155SinglePortal")) {
            (uint256 tokenId, uint256 value) = (args.number("tokenId"), args.number("value"));
            return portal.depositSingleERC1155Token(token, address(app), tokenId, value, baseLayerData, execLayerData);
        }
        (uint256[] memory tokenIds, uint256[] memory values) = (args.numbers("tokenIds"), args.numbers("values"));
        portal.depositBatchERC1155Token(token, address(app), tokenIds, values, baseLayerData, execLayerData);
    }

    function _assertInput(address portal, Json memory vector) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1);
        vm.assertEq(logs[0].emitter, inputBox);
        (,, address sender,,,,, bytes memory payload) = this.decodeEvmAdvance(abi.decode(logs[0].data, (bytes)));
        vm.assertEq(sender, portal);
        vm.assertEq(payload, vector.data("encoded"), vector.text("name"));
    }

    function decodeEvmAdvance(bytes calldata input)
        external
        pure
        returns (uint256, address, address, uint256, uint256, uint256, uint256, bytes memory)
    {
        return abi.decode(input[4:], (uint256, address, address, uint256, uint256, uint256, uint256, bytes));
    }

    function _is(string memory name, string memory expected) private pure returns (bool) {
        return keccak256(bytes(name)) == keccak256(bytes(expected));
    }
}
