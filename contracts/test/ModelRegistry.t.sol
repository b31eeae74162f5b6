// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.21;

import {ModelRegistry} from "../src/ModelRegistry.sol";
import {IApplication, OutputValidityProof, Outputs} from "../src/interfaces/ICartesi.sol";
import {Notices, VerifiedModel} from "../src/interfaces/IDeML.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {CartesiTest, IExecutingApplication} from "./support/CartesiTest.sol";
import {ANN, ANNS_CID, BEN, BENS_CID, CAM, DATA_CID, JOB, Sample} from "./support/Sample.sol";
import {OutputsTree} from "./support/OutputsTree.sol";
import {Vm, vm} from "./support/Vm.sol";

abstract contract RegistryTest is CartesiTest {
    ModelRegistry internal registry;

    function setUp() public override {
        super.setUp();
        registry = new ModelRegistry();
    }

    function _record(bytes memory payload) internal {
        bytes memory output = _notice(payload);
        registry.record(app, output, _acceptOne(output));
    }

    function _assertModel(address client, string memory modelCid, int64 score) internal view {
        IModelRegistry.Model memory recorded = registry.model(app, JOB, client);
        vm.assertEq(recorded.modelCid, modelCid);
        vm.assertEq(recorded.dataCid, DATA_CID);
        vm.assertEq(recorded.score, score);
    }

    function _assertBest(address client) internal view {
        (address best, IModelRegistry.Model memory recorded) = registry.bestModel(app, JOB);
        vm.assertEq(best, client);
        vm.assertEq(abi.encode(recorded), abi.encode(registry.model(app, JOB, client)), "bestModel is not a model");
    }
}

/// @notice What proven notices leave in the registry.
contract ModelRegistryRecordTest is RegistryTest {
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

    function test_record_againChangesNothing() public {
        _record(Sample.scored(ANN, ANNS_CID, 900_000));
        _record(Sample.settled(900_000, 1));
        uint256 recordedAt = registry.model(app, JOB, ANN).blockNumber;

        vm.recordLogs();
        _record(Sample.scored(ANN, ANNS_CID, 900_000));
        _record(Sample.settled(900_000, 1));

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
        int64 score
    ) public {
        vm.assume(client != address(0));
        _record(abi.encodeCall(Notices.Scored, (jobId, client, modelCid, dataCid, score)));

        IModelRegistry.Model memory expected = IModelRegistry.Model(modelCid, dataCid, score, uint64(block.number));
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
            models[i] = VerifiedModel(vm.addr(i + 1), vm.toString(i), scores[i] % 2);
            if (models[i].score > models[best].score) best = i;
        }
        for (uint256 i = 0; provenBefore && i < count; ++i) {
            VerifiedModel memory one = models[(i + first % count) % count];
            _record(Sample.scored(one.client, one.modelCid, one.score));
        }
        _record(Sample.settled("settled", DATA_CID, models));
        _assertBest(models[best].client);
    }

    function _registryLogs() private returns (uint256 count) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(registry)) ++count;
        }
    }
}

/// @notice What the registry refuses.
contract ModelRegistryRefuseTest is RegistryTest {
    function test_record_addressWithoutCode() public {
        bytes memory output = _notice(Sample.scored(ANN, ANNS_CID, 1));
        OutputValidityProof memory proof = _acceptOne(output);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotAContract.selector, ANN));
        registry.record(IApplication(ANN), output, proof);
    }

    function test_record_rootNotAccepted() public {
        bytes[] memory outputs = new bytes[](1);
        outputs[0] = _notice(Sample.scored(ANN, ANNS_CID, 1));
        bytes32 root = OutputsTree.root(outputs);
        OutputValidityProof memory proof = OutputsTree.proof(outputs, 0);
        vm.expectRevert(abi.encodeWithSelector(IExecutingApplication.InvalidOutputsMerkleRoot.selector, root));
        registry.record(app, outputs[0], proof);
    }

    function test_record_shortProof() public {
        bytes memory output = _notice(Sample.scored(ANN, ANNS_CID, 1));
        OutputValidityProof memory proof = OutputValidityProof(0, new bytes32[](OutputsTree.HEIGHT - 1));
        vm.expectRevert(IExecutingApplication.InvalidOutputHashesSiblingsArrayLength.selector);
        registry.record(app, output, proof);
    }

    function test_record_voucher() public {
        _refuse(abi.encodeCall(Outputs.Voucher, (ANN, 1, "")), abi.encodePacked(IModelRegistry.NotANotice.selector));
    }

    function test_record_otherNotice() public {
        _refuseNotice(
            abi.encodeCall(Notices.Accepted, (JOB, ANN, ANN)),
            abi.encodeWithSelector(IModelRegistry.UnexpectedNotice.selector, Notices.Accepted.selector)
        );
    }

    function test_record_emptyNotice() public {
        _refuseNotice("", abi.encodeWithSelector(IModelRegistry.UnexpectedNotice.selector, bytes4(0)));
    }

    function test_record_noticeShorterThanSelector() public {
        bytes memory cut = bytes.concat(bytes3(Notices.Scored.selector));
        bytes4 padded = Notices.Scored.selector & 0xffffff00;
        _refuseNotice(cut, abi.encodeWithSelector(IModelRegistry.UnexpectedNotice.selector, padded));
    }

    function test_record_envelopeWithTrailingBytes() public {
        _refuseEnvelope(bytes.concat(_notice(Sample.scored(ANN, ANNS_CID, 1)), bytes32(0)));
    }

    function test_record_envelopeWithDirtyPadding() public {
        bytes memory output = _notice(Sample.scored(ANN, ANNS_CID, 1));
        output[output.length - 1] = 0x01;
        _refuseEnvelope(output);
    }

    function test_record_envelopeWithOtherOffset() public {
        bytes memory payload = Sample.scored(ANN, ANNS_CID, 1);
        _refuseEnvelope(abi.encodePacked(Outputs.Notice.selector, abi.encode(uint256(64), uint256(0)), payload));
    }

    function test_record_envelopeWithEndlessLength() public {
        _refuseEnvelope(abi.encodePacked(Outputs.Notice.selector, abi.encode(uint256(32), type(uint256).max, "scored")));
    }

    function test_record_envelopeCutOff() public {
        _refuseEnvelope(abi.encodePacked(Outputs.Notice.selector, uint256(32)));
        _refuseEnvelope("");
    }

    function test_record_argumentsWithTrailingBytes() public {
        _refuseNotice(
            bytes.concat(Sample.scored(ANN, ANNS_CID, 1), bytes32(0)),
            abi.encodePacked(IModelRegistry.MalformedNotice.selector)
        );
        _refuseNotice(
            bytes.concat(Sample.settled(1, 1), bytes32(0)), abi.encodePacked(IModelRegistry.MalformedNotice.selector)
        );
    }

    function test_record_argumentsCutOff() public {
        bytes memory output = _notice(bytes.concat(Notices.Settled.selector, bytes32(JOB)));
        OutputValidityProof memory proof = _acceptOne(output);
        vm.expectRevert(bytes(""));
        registry.record(app, output, proof);
    }

    function test_record_otherModelOfSameClient() public {
        _record(Sample.scored(ANN, ANNS_CID, 1));
        bytes memory contradiction = abi.encodeWithSelector(IModelRegistry.ContradictingModel.selector, app, JOB, ANN);
        _refuseNotice(Sample.scored(ANN, BENS_CID, 1), contradiction);
        _refuseNotice(Sample.scored(ANN, ANNS_CID, 2), contradiction);
        _refuseNotice(Sample.settled(2, 1), contradiction);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, app, JOB, BEN));
        registry.model(app, JOB, BEN);
    }

    function test_record_otherDataOfSameJob() public {
        _record(Sample.scored(ANN, ANNS_CID, 1));
        _refuseNotice(
            abi.encodeCall(Notices.Scored, (JOB, BEN, BENS_CID, "other data", 1)),
            abi.encodeWithSelector(IModelRegistry.ContradictingData.selector, app, JOB, DATA_CID, "other data")
        );
    }

    function test_record_otherEndingOfSameJob() public {
        _record(Sample.settled(1, 1));
        _refuseNotice(
            Sample.settled("cancelled", DATA_CID, new VerifiedModel[](0)),
            abi.encodeWithSelector(IModelRegistry.ContradictingEnding.selector, app, JOB, "settled", "cancelled")
        );
    }

    function testFuzz_record_mutatedOutput(uint256 position, uint8 flip) public {
        bytes memory output = _notice(Sample.settled(1, -1));
        OutputValidityProof memory proof = _acceptOne(output);
        uint256 at = position % output.length;
        output[at] ^= bytes1(flip == 0 ? 1 : flip);

        vm.expectPartialRevert(IExecutingApplication.InvalidOutputsMerkleRoot.selector);
        registry.record(app, output, proof);
    }

    /// @dev Even where the application vouches for the mutated bytes, they are refused or are another honest encoding.
    function testFuzz_record_mutatedOutputAccepted(uint256 position, uint8 flip) public {
        bytes memory output = _notice(Sample.scored(ANN, ANNS_CID, 1));
        uint256 at = position % output.length;
        output[at] ^= bytes1(flip == 0 ? 1 : flip);
        OutputValidityProof memory proof = _acceptOne(output);

        try registry.record(app, output, proof) {
            (uint256 jobId, address client, string memory modelCid, string memory dataCid, int64 score) =
                this.decodeScored(this.decodeEnvelope(output));
            bytes memory canonical = abi.encodeCall(Notices.Scored, (jobId, client, modelCid, dataCid, score));
            vm.assertEq(output, _notice(canonical), "recorded from an encoding that is not canonical");
            IModelRegistry.Model memory recorded = registry.model(app, jobId, client);
            vm.assertEq(recorded.modelCid, modelCid);
            vm.assertEq(recorded.dataCid, dataCid);
            vm.assertEq(recorded.score, score);
        } catch {
            vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, app, JOB, ANN));
            registry.model(app, JOB, ANN);
        }
    }

    function testFuzz_record_mutatedProof(uint256 level, bytes32 sibling, uint64 index) public {
        bytes memory output = _notice(Sample.settled(1, -1));
        OutputValidityProof memory proof = _acceptOne(output);
        vm.assume(index < 1 << 63 && index != proof.outputIndex);
        bytes32 replaced = proof.outputHashesSiblings[level % OutputsTree.HEIGHT];
        vm.assume(sibling != replaced);

        proof.outputHashesSiblings[level % OutputsTree.HEIGHT] = sibling;
        vm.expectPartialRevert(IExecutingApplication.InvalidOutputsMerkleRoot.selector);
        registry.record(app, output, proof);

        proof.outputHashesSiblings[level % OutputsTree.HEIGHT] = replaced;
        proof.outputIndex = index;
        vm.expectPartialRevert(IExecutingApplication.InvalidOutputsMerkleRoot.selector);
        registry.record(app, output, proof);
    }

    function testFuzz_record_unknownNotice(bytes4 selector, bytes calldata arguments) public {
        vm.assume(selector != Notices.Scored.selector && selector != Notices.Settled.selector);
        _refuseNotice(
            bytes.concat(selector, arguments),
            abi.encodeWithSelector(IModelRegistry.UnexpectedNotice.selector, selector)
        );
    }

    function decodeEnvelope(bytes calldata output) external pure returns (bytes memory payload) {
        return abi.decode(output[4:], (bytes));
    }

    function decodeScored(bytes calldata payload)
        external
        pure
        returns (uint256, address, string memory, string memory, int64)
    {
        return abi.decode(payload[4:], (uint256, address, string, string, int64));
    }

    function _refuse(bytes memory output, bytes memory reason) private {
        OutputValidityProof memory proof = _acceptOne(output);
        vm.expectRevert(reason);
        registry.record(app, output, proof);
    }

    function _refuseEnvelope(bytes memory output) private {
        _refuse(output, abi.encodePacked(IModelRegistry.NotANotice.selector));
    }

    function _refuseNotice(bytes memory payload, bytes memory reason) private {
        _refuse(_notice(payload), reason);
    }
}
