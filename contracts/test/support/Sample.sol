// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Notices, Payout, VerifiedModel} from "../../src/interfaces/IDeML.sol";

uint256 constant JOB = 7;
address constant ANN = address(0xa11);
address constant BEN = address(0xbe2);
address constant CAM = address(0xca3);
string constant ANNS_CID = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
string constant BENS_CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
string constant MEAN_CID = "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy";
string constant DATA_CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

/// @notice Payloads of notices about one job, in which half of a score is credited.
library Sample {
    function scored(address client, string memory modelCid, int64 score) internal pure returns (bytes memory) {
        return abi.encodeCall(Notices.Scored, (JOB, client, modelCid, DATA_CID, score, score / 2));
    }

    /// @dev The mean of Ann's model and Ben's.
    function aggregated(int64 score) internal pure returns (bytes memory) {
        return abi.encodeCall(Notices.Aggregated, (JOB, MEAN_CID, 2, score));
    }

    /// @dev Ann committed before Ben; both were verified.
    function settled(int64 annsScore, int64 bensScore) internal pure returns (bytes memory) {
        VerifiedModel[] memory models = new VerifiedModel[](2);
        models[0] = VerifiedModel(ANN, ANNS_CID, annsScore, annsScore / 2);
        models[1] = VerifiedModel(BEN, BENS_CID, bensScore, bensScore / 2);
        return settled("settled", DATA_CID, models);
    }

    function settled(string memory ending, string memory dataCid, VerifiedModel[] memory models)
        internal
        pure
        returns (bytes memory)
    {
        Payout[] memory payouts = new Payout[](models.length);
        for (uint256 i = 0; i < models.length; ++i) {
            address client = models[i].client;
            payouts[i] = Payout(client, client, 1 ether, 0.1 ether, 0);
        }
        return abi.encodeCall(Notices.Settled, (JOB, ending, dataCid, models, payouts, 5 ether, 0));
    }
}
