// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Codec, RewardRule, Stream, Terms} from "../../src/interfaces/IDeML.sol";
import {Json, JsonReader} from "./Json.sol";

/// @notice Structs of the vectors.
library Structs {
    using JsonReader for Json;

    function terms(Json memory json) internal pure returns (Terms memory) {
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

    function stream(Json memory json) internal pure returns (Stream memory) {
        return Stream(Codec.wrap(json.number8("codec")), json.data("data"));
    }
}
