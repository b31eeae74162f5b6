// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Written by tests/vectors/generate.py from IDeML.sol.

import {Inputs, Slot} from "../../src/interfaces/IDeML.sol";
import {Json, JsonReader} from "./Json.sol";
import {Structs} from "./Structs.sol";

/// @notice What solc makes of the inputs: their selectors by name, and the encodings of their vectors.
library EncodedInputs {
    using JsonReader for Json;

    function selectors() internal pure returns (bytes4[] memory found) {
        found = new bytes4[](14);
        found[0] = Inputs.accept.selector;
        found[1] = Inputs.aggregate.selector;
        found[2] = Inputs.cancel.selector;
        found[3] = Inputs.commit.selector;
        found[4] = Inputs.createJob.selector;
        found[5] = Inputs.declare.selector;
        found[6] = Inputs.revealHoldout.selector;
        found[7] = Inputs.score.selector;
        found[8] = Inputs.setPayTo.selector;
        found[9] = Inputs.settle.selector;
        found[10] = Inputs.submit.selector;
        found[11] = Inputs.topUp.selector;
        found[12] = Inputs.upload.selector;
        found[13] = Inputs.withdraw.selector;
    }

    function encode(Json memory vector) internal pure returns (bytes memory) {
        Json memory args = vector.at("args");
        if (vector.says("function", "accept")) {
            return abi.encodeCall(Inputs.accept, (args.number("jobId"), args.account("payTo")));
        }
        if (vector.says("function", "aggregate")) {
            return abi.encodeCall(Inputs.aggregate, (args.number("jobId")));
        }
        if (vector.says("function", "cancel")) {
            return abi.encodeCall(Inputs.cancel, (args.number("jobId")));
        }
        if (vector.says("function", "commit")) {
            return abi.encodeCall(Inputs.commit, (args.number("jobId"), args.word("commitment")));
        }
        if (vector.says("function", "createJob")) {
            return abi.encodeCall(Inputs.createJob, (Structs.terms(args.at("terms"))));
        }
        if (vector.says("function", "declare")) {
            return abi.encodeCall(Inputs.declare, (args.number("jobId"), args.signed64("credited"), args.number("minPay")));
        }
        if (vector.says("function", "revealHoldout")) {
            return abi.encodeCall(Inputs.revealHoldout, (args.number("jobId"), args.text("dataCid"), args.word("salt"), Structs.stream(args.at("holdout")), Structs.stream(args.at("initialModel"))));
        }
        if (vector.says("function", "score")) {
            return abi.encodeCall(Inputs.score, (args.number("jobId"), args.account("client"), args.number32("slices")));
        }
        if (vector.says("function", "setPayTo")) {
            return abi.encodeCall(Inputs.setPayTo, (args.number("jobId"), args.account("payTo")));
        }
        if (vector.says("function", "settle")) {
            return abi.encodeCall(Inputs.settle, (args.number("jobId")));
        }
        if (vector.says("function", "submit")) {
            return abi.encodeCall(Inputs.submit, (args.number("jobId"), args.text("modelCid"), args.text("dataCid"), args.word("salt"), Structs.stream(args.at("weights"))));
        }
        if (vector.says("function", "topUp")) {
            return abi.encodeCall(Inputs.topUp, (args.number("jobId")));
        }
        if (vector.says("function", "upload")) {
            return abi.encodeCall(Inputs.upload, (args.number("jobId"), Slot.wrap(args.number8("slot")), args.number32("seq"), args.data("chunk")));
        }
        if (vector.says("function", "withdraw")) {
            return abi.encodeCall(Inputs.withdraw, (args.account("token"), args.number("amount"), args.account("to")));
        }
        revert(string.concat("no input is called ", vector.text("function")));
    }
}
