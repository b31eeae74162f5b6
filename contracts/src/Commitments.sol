// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Commitments to models and holdouts
/// @notice sha256(tag ++ chainId ++ app ++ context ++ owner ++ sha256(cid) ++ salt), each part one 32-byte word and
/// `cid` the binary CIDv1. As `dapp/deml/base/commitment.py` computes them.
library Commitments {
    bytes32 internal constant MODEL_TAG = sha256("deml.model.v2");
    bytes32 internal constant HOLDOUT_TAG = sha256("deml.holdout.v2");

    /// @notice What `client` sends with `commit`: the model `cid` in the job `jobId` of the application `app`.
    function model(uint256 chainId, address app, uint256 jobId, address client, bytes memory cid, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return _commitment(MODEL_TAG, chainId, app, bytes32(jobId), client, cid, salt);
    }

    /// @notice What `sponsor` writes into the terms: the holdout `cid` for the job whose terms have this `nonce`.
    function holdout(uint256 chainId, address app, bytes32 nonce, address sponsor, bytes memory cid, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return _commitment(HOLDOUT_TAG, chainId, app, nonce, sponsor, cid, salt);
    }

    function _commitment(
        bytes32 tag,
        uint256 chainId,
        address app,
        bytes32 context,
        address owner,
        bytes memory cid,
        bytes32 salt
    ) private pure returns (bytes32) {
        return sha256(abi.encode(tag, chainId, app, context, owner, sha256(cid), salt));
    }
}
