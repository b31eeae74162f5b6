// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Outputs} from "../src/interfaces/ICartesi.sol";
import {Due, FixedRule, MarketRule, Notices, Payout, VerifiedModel} from "../src/interfaces/IDeML.sol";
import {EncodedInputs} from "./support/EncodedInputs.sol";
import {Json, JsonReader} from "./support/Json.sol";
import {Structs} from "./support/Structs.sol";
import {vm} from "./support/Vm.sol";

/// @notice The shared vectors are what solc makes of the same arguments.
contract VectorsTest {
    using JsonReader for Json;

    function test_selectors_inputs() public view {
        Json[] memory inputs = JsonReader.open("selectors.json", "inputs");
        bytes4[] memory expected = EncodedInputs.selectors();
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
            vm.assertEq(EncodedInputs.encode(vectors[i]), vectors[i].data("encoded"), vectors[i].text("name"));
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

    function _notice(Json memory vector) private view returns (bytes memory) {
        Json memory args = vector.at("args");
        uint256 jobId = args.number("jobId");
        if (vector.says("function", "JobCreated")) {
            return abi.encodeCall(
                Notices.JobCreated,
                (jobId, args.account("sponsor"), args.number("escrow"), Structs.terms(args.at("terms")))
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
