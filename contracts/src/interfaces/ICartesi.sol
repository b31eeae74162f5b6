// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title What DeML needs of the Cartesi Rollups contracts
/// @dev Declared as in `@cartesi/rollups` 2.2.0, whose npm package ships artifacts without sources: struct and function
/// from `out/IApplication.sol/IApplication.json`, the output kinds from `out/Outputs.sol/Outputs.json`. The tests call
/// the real contracts through these declarations.

/// @notice Proves that an output is in a tree of outputs.
/// @param outputIndex Number of the output, counted from 0 over all inputs
/// @param outputHashesSiblings Siblings on the way from the leaf, keccak256(output), up to the root; 63 of them
struct OutputValidityProof {
    uint64 outputIndex;
    bytes32[] outputHashesSiblings;
}

/// @notice The on-chain half of a Cartesi application.
interface IApplication {
    /// @notice Return if the outputs' root that `proof` leads to has been accepted, revert if not.
    function validateOutput(bytes calldata output, OutputValidityProof calldata proof) external view;
}

/// @notice The kinds of output; an output's bytes are the calldata of one of these.
interface Outputs {
    function Notice(bytes calldata payload) external;

    function Voucher(address destination, uint256 value, bytes calldata payload) external;

    function DelegateCallVoucher(address destination, bytes calldata payload) external;
}
