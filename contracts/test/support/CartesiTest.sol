// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplication, OutputValidityProof, Outputs} from "../../src/interfaces/ICartesi.sol";
import {OutputsTree} from "./OutputsTree.sol";
import {vm} from "./Vm.sol";

/// @notice What the tests need of the real `Authority`.
interface IAuthority {
    function submitClaim(address app, uint256 lastProcessedBlockNumber, bytes32 outputsMerkleRoot) external;
}

/// @notice What the tests need of the real `Application` besides `IApplication`.
interface IExecutingApplication is IApplication {
    error InvalidOutputHashesSiblingsArrayLength();
    error InvalidOutputsMerkleRoot(bytes32 outputsMerkleRoot);
    error OutputNotExecutable(bytes output);
    error OutputNotReexecutable(bytes output);

    function executeOutput(bytes calldata output, OutputValidityProof calldata proof) external;
}

/// @notice Tests against the real contracts, deployed from the bytecode of `@cartesi/rollups`.
abstract contract CartesiTest {
    uint256 internal constant EPOCH_LENGTH = 10;
    bytes32 internal constant TEMPLATE_HASH = keccak256("a machine");

    IAuthority internal authority;
    IExecutingApplication internal app;
    uint256 private _epochs;

    function setUp() public virtual {
        authority = IAuthority(_deploy("Authority", abi.encode(address(this), EPOCH_LENGTH)));
        app = _deployApplication();
    }

    function _deployApplication() internal returns (IExecutingApplication) {
        bytes memory arguments = abi.encode(authority, address(this), TEMPLATE_HASH, bytes(""));
        return IExecutingApplication(_deploy("Application", arguments));
    }

    /// @dev Deploy a contract of the npm package.
    function _deploy(string memory name, bytes memory arguments) internal returns (address) {
        return vm.deployCode(_artifact(name), arguments);
    }

    function _artifact(string memory name) internal pure returns (string memory) {
        return string.concat("node_modules/@cartesi/rollups/out/", name, ".sol/", name, ".json");
    }

    /// @dev Have the authority accept the outputs' root at the end of a new epoch.
    function _accept(IExecutingApplication to, bytes[] memory outputs) internal {
        uint256 lastBlock = ++_epochs * EPOCH_LENGTH - 1;
        vm.roll(lastBlock + 1);
        authority.submitClaim(address(to), lastBlock, OutputsTree.root(outputs));
    }

    /// @dev Have `output` accepted among others, and prove it.
    function _acceptOne(bytes memory output) internal returns (OutputValidityProof memory) {
        bytes[] memory outputs = new bytes[](6);
        for (uint256 i = 0; i < outputs.length; ++i) {
            outputs[i] = i == 3 ? output : _notice(abi.encodePacked("another output", i));
        }
        _accept(app, outputs);
        return OutputsTree.proof(outputs, 3);
    }

    function _notice(bytes memory payload) internal pure returns (bytes memory) {
        return abi.encodeCall(Outputs.Notice, (payload));
    }
}
