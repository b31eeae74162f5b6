// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Outputs} from "../src/interfaces/ICartesi.sol";
import {
    Codec,
    Due,
    FixedRule,
    Inputs,
    MarketRule,
    Notices,
    Payout,
    RewardRule,
    Slot,
    Stream,
    Terms,
    VerifiedModel
} from "../src/interfaces/IDeML.sol";
import {Json, JsonReader} from "./support/Json.sol";
import {vm} from "./support/Vm.sol";

/// @notice The shared vectors are what solc makes of the same arguments.
contract VectorsTest {
    using JsonReader for Json;

    function test_selectors_inputs() public view {
        Json[] memory inputs = JsonReader.open("selectors.json", "inputs");
        bytes4[14] memory expected = [
            Inputs.accept.selector,
            Inputs.aggregate.selector,
            Inputs.cancel.selector,
            Inputs.commit.selector,
            Inputs.createJob.selector,
            Inputs.declare.selector,
            Inputs.revealHoldout.selector,
            Inputs.score.selector,
            Inputs.setPayTo.selector,
            Inputs.settle.selector,
            Inputs.submit.selector,
            Inputs.topUp.selector,
            Inputs.upload.selector,
            Inputs.withdraw.selector
        ];
        vm.assertEq(inputs.length, expected.length);
        for (uint256 i = 0; i < expected.length; ++i) {
            _checkSelector(inputs[i], expected[i]);
        }
    }

    function test_selectors_notices() public view {
        Json[] memory notices = JsonReader.open("selectors.json", "notices");
        bytes4[13] memory expected = [
            Notices.Accepted.selector,
            Notices.Aggregated.selector,
            Notices.Committed.selector,
            Notices.Declared.selector,
            Notices.DuesFixed.selector,
            Notices.HoldoutRevealed.selector,
            Notices.JobCreated.selector,
            Notices.PayToChanged.selector,
            Notices.Refuted.selector,
            Notices.Scored.selector,
            Notices.Scoring.selector,
            Notices.Settled.selector,
            Notices.ToppedUp.selector
        ];
        vm.assertEq(notices.length, expected.length);
        for (uint256 i = 0; i < expected.length; ++i) {
            _checkSelector(notices[i], expected[i]);
        }
    }

    function test_selectors_outputs() public view {
        Json[] memory outputs = JsonReader.open("selectors.json", "outputs");
        vm.assertEq(outputs.length, 3);
        _checkSelector(outputs[0], Outputs.DelegateCallVoucher.selector);
        _checkSelector(outputs[1], Outputs.Notice.selector);
        _checkSelector(outputs[2], Outputs.Voucher.selector);
    }

    function test_encodeCall_inputs() public view {
        Json[] memory vectors = JsonReader.open("inputs.json", "cases");
        for (uint256 i = 0; i < vectors.length; ++i) {
            vm.assertEq(_input(vectors[i]), vectors[i].data("encoded"), vectors[i].text("name"));
        }
    }

    function test_encodeCall_notices() public view {
        Json[] memory vectors = JsonReader.open("notices.json", "cases");
        for (uint256 i = 0; i < vectors.length; ++i) {
            vm.assertEq(_notice(vectors[i]), vectors[i].data("encoded"), vectors[i].text("name"));
        }
    }

    function test_encodeCall_outputs() public view {
        Json[] memory vectors = JsonReader.open("outputs.json", "cases");
        for (uint256 i = 0; i < vectors.length; ++i) {
            vm.assertEq(_output(vectors[i]), vectors[i].data("encoded"), vectors[i].text("name"));
        }
    }

    function test_encode_rules() public view {
        Json[] memory vectors = JsonReader.open("rules.json", "cases");
        for (uint256 i = 0; i < vectors.length; ++i) {
            Json memory args = vectors[i].at("args");
            bytes memory encoded = vectors[i].says("kind", "fixed")
                ? abi.encode(FixedRule(args.number128("reward"), args.number64("threshold")))
                : abi.encode(MarketRule(args.signed64("target"), args.number64("grid")));
            vm.assertEq(encoded, vectors[i].data("encoded"), vectors[i].text("name"));
        }
    }

    function _checkSelector(Json memory vector, bytes4 expected) private pure {
        vm.assertEq(vector.data("selector"), bytes.concat(expected), vector.text("name"));
        vm.assertEq(bytes32(bytes4(keccak256(bytes(vector.text("signature"))))), bytes32(expected));
    }

    function _input(Json memory vector) private pure returns (bytes memory) {
        Json memory args = vector.at("args");
        if (vector.says("function", "createJob")) return abi.encodeCall(Inputs.createJob, (_terms(args.at("terms"))));
        if (vector.says("function", "topUp")) return abi.encodeCall(Inputs.topUp, (args.number("jobId")));
        if (vector.says("function", "accept")) {
            return abi.encodeCall(Inputs.accept, (args.number("jobId"), args.account("payTo")));
        }
        if (vector.says("function", "setPayTo")) {
            return abi.encodeCall(Inputs.setPayTo, (args.number("jobId"), args.account("payTo")));
        }
        if (vector.says("function", "commit")) {
            return abi.encodeCall(Inputs.commit, (args.number("jobId"), args.word("commitment")));
        }
        if (vector.says("function", "upload")) {
            Slot slot = Slot.wrap(args.number8("slot"));
            return abi.encodeCall(Inputs.upload, (args.number("jobId"), slot, args.number32("seq"), args.data("chunk")));
        }
        if (vector.says("function", "revealHoldout")) {
            return abi.encodeCall(
                Inputs.revealHoldout,
                (
                    args.number("jobId"),
                    args.text("dataCid"),
                    args.word("salt"),
                    _stream(args.at("holdout")),
                    _stream(args.at("initialModel"))
                )
            );
        }
        if (vector.says("function", "declare")) {
            return
                abi.encodeCall(Inputs.declare, (args.number("jobId"), args.signed64("credited"), args.number("minPay")));
        }
        if (vector.says("function", "submit")) {
            return abi.encodeCall(
                Inputs.submit,
                (
                    args.number("jobId"),
                    args.text("modelCid"),
                    args.text("dataCid"),
                    args.word("salt"),
                    _stream(args.at("weights"))
                )
            );
        }
        if (vector.says("function", "score")) {
            return abi.encodeCall(Inputs.score, (args.number("jobId"), args.account("client"), args.number32("slices")));
        }
        if (vector.says("function", "settle")) return abi.encodeCall(Inputs.settle, (args.number("jobId")));
        if (vector.says("function", "aggregate")) return abi.encodeCall(Inputs.aggregate, (args.number("jobId")));
        if (vector.says("function", "cancel")) return abi.encodeCall(Inputs.cancel, (args.number("jobId")));
        if (vector.says("function", "withdraw")) {
            return abi.encodeCall(Inputs.withdraw, (args.account("token"), args.number("amount"), args.account("to")));
        }
        revert(string.concat("no input is called ", vector.text("function")));
    }

    function _notice(Json memory vector) private view returns (bytes memory) {
        Json memory args = vector.at("args");
        uint256 jobId = args.number("jobId");
        if (vector.says("function", "JobCreated")) {
            return abi.encodeCall(
                Notices.JobCreated, (jobId, args.account("sponsor"), args.number("escrow"), _terms(args.at("terms")))
            );
        }
        if (vector.says("function", "ToppedUp")) {
            return abi.encodeCall(Notices.ToppedUp, (jobId, args.number("escrow")));
        }
        if (vector.says("function", "Accepted")) {
            return abi.encodeCall(Notices.Accepted, (jobId, args.account("client"), args.account("payTo")));
        }
        if (vector.says("function", "PayToChanged")) {
            return abi.encodeCall(Notices.PayToChanged, (jobId, args.account("client"), args.account("payTo")));
        }
        if (vector.says("function", "Committed")) {
            return abi.encodeCall(Notices.Committed, (jobId, args.account("client"), args.word("commitment")));
        }
        if (vector.says("function", "HoldoutRevealed")) {
            return abi.encodeCall(
                Notices.HoldoutRevealed, (jobId, args.text("dataCid"), args.signed64("baseline"), args.number32("rows"))
            );
        }
        if (vector.says("function", "Declared")) {
            return abi.encodeCall(
                Notices.Declared, (jobId, args.account("client"), args.signed64("credited"), args.number("minPay"))
            );
        }
        if (vector.says("function", "DuesFixed")) {
            return abi.encodeCall(
                Notices.DuesFixed,
                (
                    jobId,
                    args.number16("round"),
                    args.number64("roundUntil"),
                    _dues(args.items("dues")),
                    args.accounts("waived"),
                    args.accounts("failed")
                )
            );
        }
        if (vector.says("function", "Scored")) {
            return abi.encodeCall(
                Notices.Scored,
                (
                    jobId,
                    args.account("client"),
                    args.text("modelCid"),
                    args.text("dataCid"),
                    args.signed64("score"),
                    args.signed64("credited")
                )
            );
        }
        if (vector.says("function", "Scoring")) {
            return abi.encodeCall(
                Notices.Scoring, (jobId, args.account("client"), args.number32("rowsDone"), args.number32("rows"))
            );
        }
        if (vector.says("function", "Refuted")) {
            return abi.encodeCall(
                Notices.Refuted,
                (
                    jobId,
                    args.account("client"),
                    args.text("modelCid"),
                    args.signed64("declared"),
                    args.signed64("computed"),
                    args.text("reason")
                )
            );
        }
        if (vector.says("function", "Settled")) {
            return abi.encodeCall(
                Notices.Settled,
                (
                    jobId,
                    args.text("ending"),
                    args.text("dataCid"),
                    _models(args.items("models")),
                    _payouts(args.items("payouts")),
                    args.number("sponsorRefund"),
                    args.number("burnt")
                )
            );
        }
        if (vector.says("function", "Aggregated")) {
            return abi.encodeCall(
                Notices.Aggregated, (jobId, args.text("modelCid"), args.number16("models"), args.signed64("score"))
            );
        }
        revert(string.concat("no notice is called ", vector.text("function")));
    }

    function _output(Json memory vector) private pure returns (bytes memory) {
        Json memory args = vector.at("args");
        bytes memory payload = args.data("payload");
        if (vector.says("function", "Notice")) return abi.encodeCall(Outputs.Notice, (payload));
        address destination = args.account("destination");
        if (vector.says("function", "Voucher")) {
            return abi.encodeCall(Outputs.Voucher, (destination, args.number("value"), payload));
        }
        if (vector.says("function", "DelegateCallVoucher")) {
            return abi.encodeCall(Outputs.DelegateCallVoucher, (destination, payload));
        }
        revert(string.concat("no output is called ", vector.text("function")));
    }

    function _terms(Json memory json) private pure returns (Terms memory) {
        return Terms({
            title: json.text("title"),
            specCid: json.text("specCid"),
            initialModelCid: json.text("initialModelCid"),
            architecture: json.text("architecture"),
            metric: json.text("metric"),
            baseline: json.signed64("baseline"),
            holdoutCommitment: json.word("holdoutCommitment"),
            rewardToken: json.account("rewardToken"),
            rule: RewardRule(json.at("rule").text("kind"), json.at("rule").data("params")),
            commitUntil: json.number64("commitUntil"),
            holdoutUntil: json.number64("holdoutUntil"),
            declareUntil: json.number64("declareUntil"),
            submitUntil: json.number64("submitUntil"),
            maxRounds: json.number16("maxRounds"),
            stake: json.number128("stake"),
            bondBps: json.number16("bondBps"),
            maxParticipants: json.number16("maxParticipants"),
            maxModelBytes: json.number32("maxModelBytes"),
            maxHoldoutBytes: json.number32("maxHoldoutBytes"),
            maxRows: json.number32("maxRows"),
            minRows: json.number32("minRows"),
            confidence: json.number32("confidence"),
            evidenceCut: json.number64("evidenceCut"),
            previousJob: json.number("previousJob"),
            aggregate: json.truth("aggregate"),
            allowList: json.accounts("allowList"),
            nonce: json.word("nonce")
        });
    }

    function _stream(Json memory json) private pure returns (Stream memory) {
        return Stream(Codec.wrap(json.number8("codec")), json.data("data"));
    }

    function _dues(Json[] memory list) private pure returns (Due[] memory dues) {
        dues = new Due[](list.length);
        for (uint256 i = 0; i < dues.length; ++i) {
            dues[i] = Due(list[i].account("client"), list[i].number("pay"));
        }
    }

    function _models(Json[] memory list) private pure returns (VerifiedModel[] memory models) {
        models = new VerifiedModel[](list.length);
        for (uint256 i = 0; i < models.length; ++i) {
            Json memory one = list[i];
            models[i] = VerifiedModel({
                client: one.account("client"),
                modelCid: one.text("modelCid"),
                score: one.signed64("score"),
                credited: one.signed64("credited")
            });
        }
    }

    function _payouts(Json[] memory list) private pure returns (Payout[] memory payouts) {
        payouts = new Payout[](list.length);
        for (uint256 i = 0; i < payouts.length; ++i) {
            Json memory one = list[i];
            payouts[i] = Payout({
                client: one.account("client"),
                payTo: one.account("payTo"),
                pay: one.number("pay"),
                stake: one.number("stake"),
                compensation: one.number("compensation")
            });
        }
    }
}
