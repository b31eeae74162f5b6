// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Commitments} from "../src/Commitments.sol";
import {Json, JsonReader} from "./support/Json.sol";
import {vm} from "./support/Vm.sol";

contract CommitmentsTest {
    using JsonReader for Json;

    function test_model_vectors() public view {
        Json[] memory vectors = JsonReader.open("commitments.json", "cases");
        for (uint256 i = 0; i < vectors.length; ++i) {
            if (vectors[i].says("kind", "model")) vm.assertEq(_model(vectors[i]), vectors[i].word("commitment"));
        }
    }

    function test_holdout_vectors() public view {
        Json[] memory vectors = JsonReader.open("commitments.json", "cases");
        for (uint256 i = 0; i < vectors.length; ++i) {
            if (vectors[i].says("kind", "holdout")) vm.assertEq(_holdout(vectors[i]), vectors[i].word("commitment"));
        }
    }

    function testFuzz_model_isHashOfConcatenatedWords(
        uint256 chainId,
        address app,
        uint256 jobId,
        address client,
        bytes calldata cid,
        bytes32 salt
    ) public pure {
        bytes memory words = bytes.concat(sha256("deml.model.v2"), bytes32(chainId), _word(app), bytes32(jobId));
        words = bytes.concat(words, _word(client), sha256(cid), salt);
        vm.assertEq(Commitments.model(chainId, app, jobId, client, cid, salt), sha256(words));
    }

    function testFuzz_holdout_isHashOfConcatenatedWords(
        uint256 chainId,
        address app,
        bytes32 nonce,
        address sponsor,
        bytes calldata cid,
        bytes32 salt
    ) public pure {
        bytes memory words = bytes.concat(sha256("deml.holdout.v2"), bytes32(chainId), _word(app), nonce);
        words = bytes.concat(words, _word(sponsor), sha256(cid), salt);
        vm.assertEq(Commitments.holdout(chainId, app, nonce, sponsor, cid, salt), sha256(words));
    }

    /// @dev The same words in a model's and a holdout's commitment: only the tag tells them apart.
    function testFuzz_model_neverAHoldout(
        uint256 chainId,
        uint256 jobId,
        address owner,
        bytes calldata cid,
        bytes32 salt
    ) public view {
        vm.assertNotEq(
            Commitments.model(chainId, address(this), jobId, owner, cid, salt),
            Commitments.holdout(chainId, address(this), bytes32(jobId), owner, cid, salt)
        );
    }

    function _model(Json memory vector) private pure returns (bytes32) {
        return Commitments.model(
            vector.number("chainId"),
            vector.account("app"),
            vector.number("jobId"),
            vector.account("client"),
            vector.data("cidBytes"),
            vector.word("salt")
        );
    }

    function _holdout(Json memory vector) private pure returns (bytes32) {
        return Commitments.holdout(
            vector.number("chainId"),
            vector.account("app"),
            vector.word("nonce"),
            vector.account("sponsor"),
            vector.data("cidBytes"),
            vector.word("salt")
        );
    }

    function _word(address account) private pure returns (bytes memory) {
        return bytes.concat(bytes12(0), bytes20(account));
    }
}
