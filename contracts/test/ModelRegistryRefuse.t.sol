// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.21;

import {IApplication, OutputValidityProof, Outputs} from "../src/interfaces/ICartesi.sol";
import {Notices, VerifiedModel} from "../src/interfaces/IDeML.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IExecutingApplication} from "./support/CartesiTest.sol";
import {OutputsTree} from "./support/OutputsTree.sol";
import {RegistryTest} from "./support/RegistryTest.sol";
import {ANN, ANNS_CID, BEN, BENS_CID, DATA_CID, JOB, MEAN_CID, Sample} from "./support/Sample.sol";
import {vm} from "./support/Vm.sol";

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
        _refuseNotice(
            bytes.concat(Sample.aggregated(1), bytes32(0)), abi.encodePacked(IModelRegistry.MalformedNotice.selector)
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
        _refuseNotice(abi.encodeCall(Notices.Scored, (JOB, ANN, ANNS_CID, DATA_CID, 1, 1)), contradiction);
        _refuseNotice(Sample.settled(2, 1), contradiction);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, app, JOB, BEN));
        registry.model(app, JOB, BEN);
    }

    function test_record_otherAverageOfSameJob() public {
        _record(Sample.aggregated(1));
        bytes memory contradiction = abi.encodeWithSelector(IModelRegistry.ContradictingAverage.selector, app, JOB);
        _refuseNotice(Sample.aggregated(2), contradiction);
        _refuseNotice(abi.encodeCall(Notices.Aggregated, (JOB, MEAN_CID, 3, 1)), contradiction);
        _refuseNotice(abi.encodeCall(Notices.Aggregated, (JOB, ANNS_CID, 2, 1)), contradiction);
    }

    function test_record_otherDataOfSameJob() public {
        _record(Sample.scored(ANN, ANNS_CID, 1));
        _refuseNotice(
            abi.encodeCall(Notices.Scored, (JOB, BEN, BENS_CID, "other data", 1, 1)),
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
            (
                uint256 jobId,
                address client,
                string memory modelCid,
                string memory dataCid,
                int64 score,
                int64 credited
            ) = this.decodeScored(this.decodeEnvelope(output));
            bytes memory canonical = abi.encodeCall(Notices.Scored, (jobId, client, modelCid, dataCid, score, credited));
            vm.assertEq(output, _notice(canonical), "recorded from an encoding that is not canonical");
            IModelRegistry.Model memory recorded = registry.model(app, jobId, client);
            vm.assertEq(recorded.modelCid, modelCid);
            vm.assertEq(recorded.dataCid, dataCid);
            vm.assertEq(recorded.score, score);
            vm.assertEq(recorded.credited, credited);
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
        vm.assume(selector != Notices.Aggregated.selector);
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
        returns (uint256, address, string memory, string memory, int64, int64)
    {
        return abi.decode(payload[4:], (uint256, address, string, string, int64, int64));
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
