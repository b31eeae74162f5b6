// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.21;

import {OutputValidityProof} from "../src/interfaces/ICartesi.sol";
import {Notices, VerifiedModel} from "../src/interfaces/IDeML.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IExecutingApplication} from "./support/CartesiTest.sol";
import {Json, JsonReader} from "./support/Json.sol";
import {OutputsTree} from "./support/OutputsTree.sol";
import {RegistryTest} from "./support/RegistryTest.sol";
import {ANN, ANNS_CID, BEN, BENS_CID, CAM, DATA_CID, JOB, MEAN_CID, Sample} from "./support/Sample.sol";
import {Vm, vm} from "./support/Vm.sol";

/// @notice What proven notices leave in the registry.
contract ModelRegistryRecordTest is RegistryTest {
    using JsonReader for Json;

    function test_record_scored() public {
        bytes memory output = _notice(Sample.scored(ANN, ANNS_CID, 900_000));
        OutputValidityProof memory proof = _acceptOne(output);

        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRecorded(app, JOB, ANN, ANNS_CID, DATA_CID, 900_000);
        registry.record(app, output, proof);

        _assertModel(ANN, ANNS_CID, 900_000);
        vm.assertEq(registry.model(app, JOB, ANN).blockNumber, block.number);
        _assertBest(ANN);
        vm.assertEq(registry.ending(app, JOB), "");
    }

    function test_record_settled() public {
        bytes memory output = _notice(Sample.settled(1, -1));
        OutputValidityProof memory proof = _acceptOne(output);

        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRecorded(app, JOB, ANN, ANNS_CID, DATA_CID, 1);
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRecorded(app, JOB, BEN, BENS_CID, DATA_CID, -1);
        vm.expectEmit(address(registry));
        emit IModelRegistry.EndingRecorded(app, JOB, "settled");
        registry.record(app, output, proof);

        _assertModel(ANN, ANNS_CID, 1);
        _assertModel(BEN, BENS_CID, -1);
        _assertBest(ANN);
        vm.assertEq(registry.ending(app, JOB), "settled");
    }

    function test_record_settledWithoutModels() public {
        _record(Sample.settled("holdout-not-revealed", "", new VerifiedModel[](0)));

        vm.assertEq(registry.ending(app, JOB), "holdout-not-revealed");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NoModels.selector, app, JOB));
        registry.bestModel(app, JOB);
    }

    function test_record_aggregated() public {
        bytes memory output = _notice(Sample.aggregated(-7));
        OutputValidityProof memory proof = _acceptOne(output);

        vm.expectEmit(address(registry));
        emit IModelRegistry.AverageRecorded(app, JOB, MEAN_CID, 2, -7);
        registry.record(app, output, proof);

        _assertAverage("", -7);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NoModels.selector, app, JOB));
        registry.bestModel(app, JOB);
    }

    /// @dev A mean is nobody's model: however good it is, the best model stays one that a client was paid for.
    function test_record_aggregatedBesideModels() public {
        _record(Sample.settled(1, -1));
        _record(Sample.aggregated(900_000));
        _assertAverage(DATA_CID, 900_000);
        _assertBest(ANN);
    }

    function test_average_unknown() public {
        _record(Sample.settled(1, -1));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownAverage.selector, app, JOB));
        registry.average(app, JOB);
        _record(Sample.aggregated(1));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownAverage.selector, app, JOB + 1));
        registry.average(app, JOB + 1);
    }

    function test_record_againChangesNothing() public {
        _record(Sample.scored(ANN, ANNS_CID, 900_000));
        _record(Sample.settled(900_000, 1));
        _record(Sample.aggregated(900_000));
        uint256 recordedAt = registry.model(app, JOB, ANN).blockNumber;

        vm.recordLogs();
        _record(Sample.scored(ANN, ANNS_CID, 900_000));
        _record(Sample.settled(900_000, 1));
        _record(Sample.aggregated(900_000));

        vm.assertEq(_registryLogs(), 0);
        vm.assertEq(registry.model(app, JOB, ANN).blockNumber, recordedAt);
    }

    function test_record_settledAddsWhatIsMissing() public {
        _record(Sample.scored(ANN, ANNS_CID, 900_000));
        vm.recordLogs();
        _record(Sample.settled(900_000, 1));

        vm.assertEq(_registryLogs(), 2);
        _assertModel(BEN, BENS_CID, 1);
    }

    function test_record_vectors() public {
        Json[] memory vectors = JsonReader.open("outputs.json", "cases");
        bytes[] memory outputs = new bytes[](vectors.length);
        for (uint256 i = 0; i < vectors.length; ++i) {
            outputs[i] = vectors[i].data("encoded");
        }
        _accept(app, outputs);
        uint256 recorded = 0;
        for (uint64 i = 0; i < vectors.length; ++i) {
            if (!vectors[i].says("function", "Notice")) continue;
            registry.record(app, outputs[i], OutputsTree.proof(outputs, i));
            ++recorded;
        }
        vm.assertEq(recorded, 3);
        vm.assertEq(registry.ending(app, 1), "settled");
    }

    function test_record_fromAnyone() public {
        bytes memory output = _notice(Sample.scored(ANN, ANNS_CID, 900_000));
        OutputValidityProof memory proof = _acceptOne(output);
        vm.prank(CAM);
        registry.record(app, output, proof);
        _assertModel(ANN, ANNS_CID, 900_000);
    }

    function test_record_keepsApplicationsApart() public {
        bytes memory output = _notice(Sample.scored(ANN, ANNS_CID, 900_000));
        OutputValidityProof memory proof = _acceptOne(output);
        registry.record(app, output, proof);
        IExecutingApplication other = _deployApplication();

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, other, JOB, ANN));
        registry.model(other, JOB, ANN);
        vm.expectPartialRevert(IExecutingApplication.InvalidOutputsMerkleRoot.selector);
        registry.record(other, output, proof);
    }

    function test_bestModel_highestScore() public {
        _record(Sample.scored(ANN, ANNS_CID, -5));
        _assertBest(ANN);
        _record(Sample.scored(BEN, BENS_CID, -4));
        _assertBest(BEN);
        _record(Sample.scored(CAM, "another", -6));
        _assertBest(BEN);
    }

    function test_bestModel_tieGoesToFirstRecordedUntilSettled() public {
        _record(Sample.scored(BEN, BENS_CID, 5));
        _record(Sample.scored(ANN, ANNS_CID, 5));
        _assertBest(BEN);
        _record(Sample.settled(5, 5));
        _assertBest(ANN);
    }

    function test_model_unknown() public {
        _record(Sample.scored(ANN, ANNS_CID, 5));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, app, JOB, BEN));
        registry.model(app, JOB, BEN);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, app, JOB + 1, ANN));
        registry.model(app, JOB + 1, ANN);
    }

    function testFuzz_record_scored(
        uint256 jobId,
        address client,
        string calldata modelCid,
        string calldata dataCid,
        int64 score,
        int64 credited
    ) public {
        vm.assume(client != address(0));
        _record(abi.encodeCall(Notices.Scored, (jobId, client, modelCid, dataCid, score, credited)));

        IModelRegistry.Model memory expected =
            IModelRegistry.Model(modelCid, dataCid, score, credited, uint64(block.number));
        vm.assertEq(abi.encode(registry.model(app, jobId, client)), abi.encode(expected), "not what was proven");
        (address best,) = registry.bestModel(app, jobId);
        vm.assertEq(best, client);
    }

    /// @dev Whatever the order of the proofs, settling makes the first of the highest scores the best.
    function testFuzz_bestModel_settled(int64[] calldata scores, uint256 first, bool provenBefore) public {
        uint256 count = scores.length < 6 ? scores.length : 6;
        vm.assume(count != 0);
        VerifiedModel[] memory models = new VerifiedModel[](count);
        uint256 best = 0;
        for (uint256 i = 0; i < count; ++i) {
            // Three different scores, so that ties are common.
            models[i] = VerifiedModel(vm.addr(i + 1), vm.toString(i), scores[i] % 2, 0);
            if (models[i].score > models[best].score) best = i;
        }
        for (uint256 i = 0; provenBefore && i < count; ++i) {
            VerifiedModel memory one = models[(i + first % count) % count];
            _record(Sample.scored(one.client, one.modelCid, one.score));
        }
        _record(Sample.settled("settled", DATA_CID, models));
        _assertBest(models[best].client);
    }

    function testFuzz_record_aggregated(uint256 jobId, string calldata modelCid, uint16 models, int64 score) public {
        _record(abi.encodeCall(Notices.Aggregated, (jobId, modelCid, models, score)));
        IModelRegistry.Average memory expected =
            IModelRegistry.Average(modelCid, "", models, score, uint64(block.number));
        vm.assertEq(abi.encode(registry.average(app, jobId)), abi.encode(expected), "not what was proven");
    }

    function _assertAverage(string memory dataCid, int64 score) private view {
        IModelRegistry.Average memory recorded = registry.average(app, JOB);
        vm.assertEq(recorded.modelCid, MEAN_CID);
        vm.assertEq(recorded.dataCid, dataCid);
        vm.assertEq(recorded.models, 2);
        vm.assertEq(recorded.score, score);
        vm.assertEq(recorded.blockNumber, block.number);
    }

    function _registryLogs() private returns (uint256 count) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(registry)) ++count;
        }
    }
}
