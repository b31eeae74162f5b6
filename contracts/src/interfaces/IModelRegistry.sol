// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplication, OutputValidityProof} from "./ICartesi.sol";

/// @title Scored models that contracts can read
/// @notice Anyone may prove a `Scored`, `Settled` or `Aggregated` notice of a DeML application; the registry then keeps the
/// models it names. Records are kept by application: a reader chooses which application, and so whose validators, it trusts.
interface IModelRegistry {
    /// @notice A model that the dapp has verified and scored.
    /// @param modelCid CID of the weights: a CIDv1 in base32, as all CIDs in notices
    /// @param dataCid CID of the holdout it was scored on
    /// @param score What it scores: parts per million, higher is better
    /// @param credited What of that counted for its pay
    /// @param blockNumber Block in which it was recorded here
    struct Model {
        string modelCid;
        string dataCid;
        int64 score;
        int64 credited;
        uint64 blockNumber;
    }

    /// @notice The mean of a job's verified models.
    /// @param modelCid CID of the mean's weights
    /// @param dataCid CID of the holdout it was scored on; empty until a notice that names it is recorded
    /// @param models Of how many models it is the mean
    /// @param score What it scores: parts per million, higher is better
    /// @param blockNumber Block in which it was recorded here
    struct Average {
        string modelCid;
        string dataCid;
        uint16 models;
        int64 score;
        uint64 blockNumber;
    }

    /// @notice A model was recorded for the first time.
    event ModelRecorded(
        IApplication indexed app,
        uint256 indexed jobId,
        address indexed client,
        string modelCid,
        string dataCid,
        int64 score
    );

    /// @notice The end of a job was recorded for the first time.
    event EndingRecorded(IApplication indexed app, uint256 indexed jobId, string ending);

    /// @notice The mean of a job's verified models was recorded for the first time.
    event AverageRecorded(IApplication indexed app, uint256 indexed jobId, string modelCid, uint16 models, int64 score);

    /// @notice There is no contract at this address.
    error NotAContract(address app);

    /// @notice The output is proven, but is not `Notice(bytes)` in its one canonical encoding.
    error NotANotice();

    /// @notice The output is a notice, but of another kind than `Scored`, `Settled` and `Aggregated`.
    error UnexpectedNotice(bytes4 selector);

    /// @notice The notice's arguments are not in their one canonical encoding.
    error MalformedNotice();

    /// @notice The notice names another model or score for this client than the one recorded.
    error ContradictingModel(IApplication app, uint256 jobId, address client);

    /// @notice The notice names another holdout for this job than the one recorded.
    error ContradictingData(IApplication app, uint256 jobId, string recorded, string proven);

    /// @notice The notice names another ending for this job than the one recorded.
    error ContradictingEnding(IApplication app, uint256 jobId, string recorded, string proven);

    /// @notice The notice names another mean for this job than the one recorded.
    error ContradictingAverage(IApplication app, uint256 jobId);

    /// @notice No model of this client is recorded for this job.
    error UnknownModel(IApplication app, uint256 jobId, address client);

    /// @notice No model is recorded for this job.
    error NoModels(IApplication app, uint256 jobId);

    /// @notice No mean is recorded for this job.
    error UnknownAverage(IApplication app, uint256 jobId);

    /// @notice Record what a notice says. Recording the same again changes nothing and emits nothing.
    /// @param app The application that emitted the notice
    /// @param output The output as the node serves it: the calldata of `Notice(bytes)`
    /// @param proof Its proof, against an outputs root that the application's validator has accepted
    /// @dev Reverts with the application's own errors where the proof fails (`InvalidOutputsMerkleRoot`,
    /// `InvalidOutputHashesSiblingsArrayLength`), and without data where the arguments of the notice cannot be decoded.
    function record(IApplication app, bytes calldata output, OutputValidityProof calldata proof) external;

    /// @notice The model of one client in one job; reverts with `UnknownModel` if there is none.
    function model(IApplication app, uint256 jobId, address client) external view returns (Model memory);

    /// @notice The model with the highest score; reverts with `NoModels` if there is none. Among equals it is the first
    /// of the `Settled` notice, that is the first committed; until that is recorded, the first that was recorded.
    function bestModel(IApplication app, uint256 jobId) external view returns (address client, Model memory);

    /// @notice The mean of a job's verified models; reverts with `UnknownAverage` if none is recorded.
    function average(IApplication app, uint256 jobId) external view returns (Average memory);

    /// @notice How the job ended, as its `Settled` notice says; empty until that is recorded.
    function ending(IApplication app, uint256 jobId) external view returns (string memory);
}
