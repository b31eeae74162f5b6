// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {OutputValidityProof} from "../../src/interfaces/ICartesi.sol";

/// @notice The Merkle tree of a Cartesi application's outputs: leaf i is keccak256(output i), absent leaves are zero.
library OutputsTree {
    uint256 internal constant HEIGHT = 63;

    function root(bytes[] memory outputs) internal pure returns (bytes32 node) {
        node = _leaf(outputs, 0);
        bytes32[] memory siblings = proof(outputs, 0).outputHashesSiblings;
        for (uint256 level = 0; level < HEIGHT; ++level) {
            node = _parent(node, siblings[level]);
        }
    }

    function proof(bytes[] memory outputs, uint64 index) internal pure returns (OutputValidityProof memory) {
        bytes32[] memory siblings = new bytes32[](HEIGHT);
        bytes32[] memory nodes = new bytes32[](outputs.length);
        for (uint256 i = 0; i < outputs.length; ++i) {
            nodes[i] = _leaf(outputs, i);
        }
        bytes32 absent = bytes32(0);
        uint256 position = index;
        for (uint256 level = 0; level < HEIGHT; ++level) {
            siblings[level] = _at(nodes, position ^ 1, absent);
            bytes32[] memory parents = new bytes32[]((nodes.length + 1) / 2);
            for (uint256 i = 0; i < parents.length; ++i) {
                parents[i] = _parent(nodes[2 * i], _at(nodes, 2 * i + 1, absent));
            }
            (nodes, absent, position) = (parents, _parent(absent, absent), position / 2);
        }
        return OutputValidityProof(index, siblings);
    }

    function _leaf(bytes[] memory outputs, uint256 index) private pure returns (bytes32) {
        return keccak256(outputs[index]);
    }

    function _at(bytes32[] memory nodes, uint256 index, bytes32 absent) private pure returns (bytes32) {
        return index < nodes.length ? nodes[index] : absent;
    }

    function _parent(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(bytes.concat(left, right));
    }
}
