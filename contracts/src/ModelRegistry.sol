// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplication, OutputValidityProof, Outputs} from "./interfaces/ICartesi.sol";
import {Notices, Payout, VerifiedModel} from "./interfaces/IDeML.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";

/// @title Registry of verified models
/// @dev Has no owner and no settings. The application is called by STATICCALL before anything is written, and a
/// hostile application can write only records of its own.
contract ModelRegistry is IModelRegistry {
    /// @dev `blockNumber` is 0 where nothing is recorded.
    struct Entry {
        string modelCid;
        int64 score;
        int64 credited;
        uint64 blockNumber;
    }

    /// @dev `blockNumber` is 0 where nothing is recorded.
    struct Mean {
        string modelCid;
        uint16 models;
        int64 score;
        uint64 blockNumber;
    }

    /// @dev `best` is the zero address where nothing is recorded. The holdout is the same for all models of a job.
    struct Job {
        string dataCid;
        string ending;
        address best;
        int64 bestScore;
        Mean mean;
        mapping(address client => Entry) entries;
    }

    /// @dev Selector, offset and length: what comes before the payload in the calldata of `Notice(bytes)`.
    uint256 private constant NOTICE_HEAD_BYTES = 4 + 32 + 32;

    mapping(IApplication app => mapping(uint256 jobId => Job)) private _jobs;

    /// @inheritdoc IModelRegistry
    function record(IApplication app, bytes calldata output, OutputValidityProof calldata proof) external {
        if (address(app).code.length == 0) revert NotAContract(address(app));
        app.validateOutput(output, proof);

        bytes calldata payload = _payloadOf(output);
        // A payload shorter than a selector is padded with zeros, and so matches none.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(payload);
        if (selector == Notices.Scored.selector) {
            _recordScored(app, payload);
        } else if (selector == Notices.Settled.selector) {
            _recordSettled(app, payload);
        } else if (selector == Notices.Aggregated.selector) {
            _recordAverage(app, payload);
        } else {
            revert UnexpectedNotice(selector);
        }
    }

    /// @inheritdoc IModelRegistry
    function model(IApplication app, uint256 jobId, address client) external view returns (Model memory) {
        return _model(app, jobId, client);
    }

    /// @inheritdoc IModelRegistry
    function bestModel(IApplication app, uint256 jobId) external view returns (address client, Model memory) {
        client = _jobs[app][jobId].best;
        if (client == address(0)) revert NoModels(app, jobId);
        return (client, _model(app, jobId, client));
    }

    /// @inheritdoc IModelRegistry
    function average(IApplication app, uint256 jobId) external view returns (Average memory) {
        Job storage job = _jobs[app][jobId];
        Mean storage mean = job.mean;
        if (mean.blockNumber == 0) revert UnknownAverage(app, jobId);
        return Average(mean.modelCid, job.dataCid, mean.models, mean.score, mean.blockNumber);
    }

    /// @inheritdoc IModelRegistry
    function ending(IApplication app, uint256 jobId) external view returns (string memory) {
        return _jobs[app][jobId].ending;
    }

    function _recordScored(IApplication app, bytes calldata payload) private {
        (uint256 jobId, address client, string memory modelCid, string memory dataCid, int64 score, int64 credited) =
            abi.decode(payload[4:], (uint256, address, string, string, int64, int64));
        _requireCanonical(payload, abi.encodeCall(Notices.Scored, (jobId, client, modelCid, dataCid, score, credited)));

        _recordData(app, jobId, dataCid);
        _recordModel(app, jobId, dataCid, VerifiedModel(client, modelCid, score, credited));
    }

    function _recordSettled(IApplication app, bytes calldata payload) private {
        (
            uint256 jobId,
            string memory ended,
            string memory dataCid,
            VerifiedModel[] memory models,
            Payout[] memory payouts,
            uint256 sponsorRefund,
            uint256 burnt
        ) = abi.decode(payload[4:], (uint256, string, string, VerifiedModel[], Payout[], uint256, uint256));
        _requireCanonical(
            payload, abi.encodeCall(Notices.Settled, (jobId, ended, dataCid, models, payouts, sponsorRefund, burnt))
        );

        _recordData(app, jobId, dataCid);
        for (uint256 i = 0; i < models.length; ++i) {
            _recordModel(app, jobId, dataCid, models[i]);
        }
        _recordEnding(app, jobId, ended, models);
    }

    function _recordAverage(IApplication app, bytes calldata payload) private {
        (uint256 jobId, string memory modelCid, uint16 models, int64 score) =
            abi.decode(payload[4:], (uint256, string, uint16, int64));
        _requireCanonical(payload, abi.encodeCall(Notices.Aggregated, (jobId, modelCid, models, score)));

        Mean storage mean = _jobs[app][jobId].mean;
        if (mean.blockNumber != 0) {
            bool same = mean.models == models && mean.score == score && _equal(mean.modelCid, modelCid);
            if (!same) revert ContradictingAverage(app, jobId);
            return;
        }
        mean.modelCid = modelCid;
        mean.models = models;
        mean.score = score;
        mean.blockNumber = uint64(block.number);
        emit AverageRecorded(app, jobId, modelCid, models, score);
    }

    function _recordData(IApplication app, uint256 jobId, string memory dataCid) private {
        Job storage job = _jobs[app][jobId];
        if (bytes(job.dataCid).length == 0) {
            job.dataCid = dataCid;
        } else if (!_equal(job.dataCid, dataCid)) {
            revert ContradictingData(app, jobId, job.dataCid, dataCid);
        }
    }

    function _recordModel(IApplication app, uint256 jobId, string memory dataCid, VerifiedModel memory proven) private {
        Job storage job = _jobs[app][jobId];
        Entry storage entry = job.entries[proven.client];
        if (entry.blockNumber != 0) {
            bool same = entry.score == proven.score && entry.credited == proven.credited;
            if (!same || !_equal(entry.modelCid, proven.modelCid)) {
                revert ContradictingModel(app, jobId, proven.client);
            }
            return;
        }
        entry.modelCid = proven.modelCid;
        entry.score = proven.score;
        entry.credited = proven.credited;
        entry.blockNumber = uint64(block.number);
        if (job.best == address(0) || proven.score > job.bestScore) {
            job.best = proven.client;
            job.bestScore = proven.score;
        }
        emit ModelRecorded(app, jobId, proven.client, proven.modelCid, dataCid, proven.score);
    }

    /// @dev From here on the best model no longer depends on the order in which the models were proven.
    function _recordEnding(IApplication app, uint256 jobId, string memory ended, VerifiedModel[] memory models)
        private
    {
        Job storage job = _jobs[app][jobId];
        if (bytes(job.ending).length != 0) {
            if (!_equal(job.ending, ended)) revert ContradictingEnding(app, jobId, job.ending, ended);
            return;
        }
        job.ending = ended;
        for (uint256 i = 0; i < models.length; ++i) {
            if (models[i].score == job.bestScore) {
                job.best = models[i].client;
                break;
            }
        }
        emit EndingRecorded(app, jobId, ended);
    }

    function _model(IApplication app, uint256 jobId, address client) private view returns (Model memory) {
        Job storage job = _jobs[app][jobId];
        Entry storage entry = job.entries[client];
        if (entry.blockNumber == 0) revert UnknownModel(app, jobId, client);
        return Model(entry.modelCid, job.dataCid, entry.score, entry.credited, entry.blockNumber);
    }

    /// @dev The argument of `Notice(bytes)`; any encoding but the canonical one is refused.
    function _payloadOf(bytes calldata output) private pure returns (bytes calldata payload) {
        if (output.length < NOTICE_HEAD_BYTES) revert NotANotice();
        uint256 length = uint256(bytes32(output[NOTICE_HEAD_BYTES - 32:NOTICE_HEAD_BYTES]));
        if (length > output.length - NOTICE_HEAD_BYTES) revert NotANotice();
        payload = output[NOTICE_HEAD_BYTES:NOTICE_HEAD_BYTES + length];
        if (keccak256(output) != keccak256(abi.encodeCall(Outputs.Notice, (payload)))) revert NotANotice();
    }

    function _requireCanonical(bytes calldata payload, bytes memory canonical) private pure {
        if (keccak256(payload) != keccak256(canonical)) revert MalformedNotice();
    }

    function _equal(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
