// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The wire of DeML, version 2
/// @notice Every input the dapp takes and every notice it gives, as Solidity declarations, so that `cast`, viem,
/// eth-abi, `cartesi send` and contracts speak it alike. Nothing implements these functions on chain: an input is the
/// calldata of one of them, sent through the Cartesi InputBox, and a notice's payload is the calldata of one of them.
/// @dev Scores are integers in parts per million, higher is better. Times are block timestamps in seconds, window ends
/// are inclusive. Amounts are in the token's smallest unit. CIDs are text in any multibase form that IPFS prints.
/// A model's *score* is what it scores; its *credited* score is what counts for its pay: the baseline, and what luck
/// cannot explain of the gain over it (docs/protocol.md, "What luck could explain").

/// @notice How the bytes of an upload stream are packed: always one CARv1, perhaps compressed.
/// 0 = the CAR itself, 1 = zlib (RFC 1950).
type Codec is uint8;

/// @notice Which of the sender's buffers of a job an upload goes to.
/// 0 = the sponsor's initial model, 1 = the sponsor's holdout, 2 = a client's weights.
type Slot is uint8;

/// @notice A CAR stream inside an input.
/// @param codec How `data` is packed.
/// @param data The packed CAR; empty: take what this sender uploaded to the slot.
struct Stream {
    Codec codec;
    bytes data;
}

/// @notice How the escrow is shared out.
/// @param kind "fixed" or "market".
/// @param params abi.encode(FixedRule) or abi.encode(MarketRule).
struct RewardRule {
    string kind;
    bytes params;
}

/// @notice The same reward for each of the first clients that are good enough.
/// @param reward What each of the first floor(escrow / reward) such clients is paid.
/// @param threshold By how much a credited score must beat the baseline.
struct FixedRule {
    uint128 reward;
    uint64 threshold;
}

/// @notice Pay for marginal improvement.
/// @param target The credited score that, alone, earns the whole escrow.
/// @param grid Improvement counts in steps of so many parts per million.
struct MarketRule {
    int64 target;
    uint64 grid;
}

/// @notice What a sponsor promises and demands. The escrow itself is the amount of the deposit that carries the terms.
/// @param title One line for people.
/// @param specCid The job's full specification; may be empty.
/// @param initialModelCid The safetensors file that clients start from.
/// @param architecture JSON description of the model's shape (docs/scoring.md).
/// @param metric Name of the metric, e.g. "brier" (docs/scoring.md).
/// @param baseline The initial model's score on the holdout; checked when the holdout is revealed.
/// @param holdoutCommitment Commitment to the holdout's CID (docs/protocol.md, "Commitments").
/// @param rewardToken The ERC-20 of escrow, stakes and rewards; must be the token of the deposit.
/// @param rule How the escrow is shared out.
/// @param commitUntil Last second to accept, commit, top up and cancel.
/// @param holdoutUntil Last second to reveal the holdout.
/// @param declareUntil Last second to declare a score.
/// @param submitUntil Last second of the first submission round, if it begins in time; each round lasts submitUntil -
/// declareUntil from when its dues are fixed.
/// @param maxRounds How many submission rounds there may be.
/// @param stake What each client deposits when it accepts; 0 for none.
/// @param bondBps Part of the escrow, in 1/10,000, that committed clients share if the holdout is not revealed.
/// @param maxParticipants How many clients may accept.
/// @param maxModelBytes Largest model, as a file and as an uncompressed CAR, in bytes.
/// @param maxHoldoutBytes Largest holdout, as a file and as an uncompressed CAR, in bytes.
/// @param maxRows Most rows the holdout may have.
/// @param minRows Least number of distinct rows of the holdout; with fewer it counts as not revealed.
/// @param confidence That luck alone is paid nothing, in parts per million: 950,000 is 95 %; 0: every score is credited
/// as it is.
/// @param evidenceCut For metrics whose losses have no bound ("log_loss", "mse", "mae", "r2"), the loss of a row above
/// which it counts no more when luck is told from gain, in millionths of the loss's unit; 0 for other metrics. Scores
/// themselves are not cut.
/// @param previousJob The job that this one goes on from, as the sponsor says; 0 for none.
/// @param aggregate Whether anyone may have the mean of the verified models made within a window after settlement
/// (docs/protocol.md, "The average").
/// @param allowList Who may accept; empty for anyone.
/// @param nonce Chosen by the sponsor; binds the holdout commitment to this job.
struct Terms {
    string title;
    string specCid;
    string initialModelCid;
    string architecture;
    string metric;
    int64 baseline;
    bytes32 holdoutCommitment;
    address rewardToken;
    RewardRule rule;
    uint64 commitUntil;
    uint64 holdoutUntil;
    uint64 declareUntil;
    uint64 submitUntil;
    uint16 maxRounds;
    uint128 stake;
    uint16 bondBps;
    uint16 maxParticipants;
    uint32 maxModelBytes;
    uint32 maxHoldoutBytes;
    uint32 maxRows;
    uint32 minRows;
    uint32 confidence;
    uint64 evidenceCut;
    uint256 previousJob;
    bool aggregate;
    address[] allowList;
    bytes32 nonce;
}

/// @title Inputs
/// @notice `createJob`, `topUp` and, where the job has a stake, `accept` travel as the execLayerData of an ERC20Portal
/// deposit; all others are sent to the InputBox as they are.
interface Inputs {
    /// @notice Open a job; the deposited amount is its escrow.
    /// @param terms What the sponsor promises and demands.
    function createJob(Terms calldata terms) external;

    /// @notice Add the deposited amount to the escrow of one's own job, in its commit phase, as far as the stakes deter.
    /// @param jobId The job.
    function topUp(uint256 jobId) external;

    /// @notice Take part in a job, in its commit phase.
    /// @param jobId The job.
    /// @param payTo Who receives pay and stake; the zero address means oneself.
    function accept(uint256 jobId, address payTo) external;

    /// @notice Have pay and stake sent elsewhere; until the job is settled.
    /// @param jobId The job.
    /// @param payTo Who receives pay and stake from now on; the zero address means oneself.
    function setPayTo(uint256 jobId, address payTo) external;

    /// @notice Commit to a model without showing it. A later commit replaces it and moves to the end of the order.
    /// @param jobId The job.
    /// @param commitment Hash of the model's CID and a salt (docs/protocol.md, "Commitments").
    function commit(uint256 jobId, bytes32 commitment) external;

    /// @notice Append to one's own buffer of a slot.
    /// @param jobId The job.
    /// @param slot The buffer.
    /// @param seq The next chunk's number; 0 starts again.
    /// @param chunk The next bytes of a packed CAR.
    function upload(uint256 jobId, Slot slot, uint32 seq, bytes calldata chunk) external;

    /// @notice Sponsor: open the holdout commitment and prove the declared baseline.
    /// @param jobId The job.
    /// @param dataCid CID of the holdout.
    /// @param salt What the commitment was made with.
    /// @param holdout The holdout's CAR.
    /// @param initialModel The initial model's CAR.
    function revealHoldout(
        uint256 jobId,
        string calldata dataCid,
        bytes32 salt,
        Stream calldata holdout,
        Stream calldata initialModel
    ) external;

    /// @notice Client: state what the committed model is credited, once and for all.
    /// @param jobId The job.
    /// @param credited Its credited score: its score, where the terms ask for no confidence.
    /// @param minPay The least pay for which it will be published.
    function declare(uint256 jobId, int64 credited, uint256 minPay) external;

    /// @notice Client due in this round: open the commitment; the model is scored.
    /// @param jobId The job.
    /// @param modelCid CID of the model.
    /// @param dataCid CID of the holdout that it is scored on.
    /// @param salt What the commitment was made with.
    /// @param weights The model's CAR.
    function submit(
        uint256 jobId,
        string calldata modelCid,
        string calldata dataCid,
        bytes32 salt,
        Stream calldata weights
    ) external;

    /// @notice Anyone: let a scoring go on that one input could not finish. An input does as many slices as fit.
    /// @param jobId The job.
    /// @param client Whose model; the sponsor for the baseline.
    /// @param slices At most so many slices.
    function score(uint256 jobId, address client, uint32 slices) external;

    /// @notice Anyone: bring a job's phase up to date, and end it where it can end.
    /// @param jobId The job.
    function settle(uint256 jobId) external;

    /// @notice Anyone: have the mean of a settled job's verified models made, scored and told; an input does as many steps
    /// as fit.
    /// @param jobId The job.
    function aggregate(uint256 jobId) external;

    /// @notice Sponsor: take the escrow back while nobody has accepted.
    /// @param jobId The job.
    function cancel(uint256 jobId) external;

    /// @notice Take tokens out of one's ledger balance.
    /// @param token The token; the zero address means Ether.
    /// @param amount How much of it.
    /// @param to Who receives it.
    function withdraw(address token, uint256 amount, address to) external;
}

/// @notice What one client is due if it publishes what it committed to and declared.
/// @param client The client.
/// @param pay What it is due to be paid; more at the end, perhaps, never less.
struct Due {
    address client;
    uint256 pay;
}

/// @notice What one client received at the end; all three amounts leave in one voucher to `payTo`.
/// @param client The client.
/// @param payTo Who received it.
/// @param pay For its model.
/// @param stake Of its stake, what came back.
/// @param compensation Out of forfeits or, where the holdout was not revealed, out of the bond.
struct Payout {
    address client;
    address payTo;
    uint256 pay;
    uint256 stake;
    uint256 compensation;
}

/// @notice A model that the dapp has verified and scored.
/// @param client Whose it is.
/// @param modelCid CID of the weights.
/// @param score What it scores.
/// @param credited What of that counted for its pay.
struct VerifiedModel {
    address client;
    string modelCid;
    int64 score;
    int64 credited;
}

/// @title Notices
interface Notices {
    /// @notice A job is open.
    /// @param jobId Its number, counted from 1.
    /// @param sponsor Who posted it.
    /// @param escrow What was deposited.
    /// @param terms What the sponsor promises and demands.
    function JobCreated(uint256 jobId, address sponsor, uint256 escrow, Terms calldata terms) external;

    /// @notice The sponsor has added to the escrow.
    /// @param jobId The job.
    /// @param escrow What there is now.
    function ToppedUp(uint256 jobId, uint256 escrow) external;

    /// @notice A client takes part.
    /// @param jobId The job.
    /// @param client The client.
    /// @param payTo Who will receive its pay and stake.
    function Accepted(uint256 jobId, address client, address payTo) external;

    /// @notice Pay and stake of a client will go elsewhere.
    /// @param jobId The job.
    /// @param client The client.
    /// @param payTo Who will receive its pay and stake.
    function PayToChanged(uint256 jobId, address client, address payTo) external;

    /// @notice A client has committed to a model; its earlier commitment, if any, counts no more.
    /// @param jobId The job.
    /// @param client The client.
    /// @param commitment Hash of the model's CID and a salt.
    function Committed(uint256 jobId, address client, bytes32 commitment) external;

    /// @notice The holdout is revealed, and the baseline is true.
    /// @param jobId The job.
    /// @param dataCid CID of the holdout.
    /// @param baseline The initial model's score on it.
    /// @param rows How many rows it has.
    function HoldoutRevealed(uint256 jobId, string calldata dataCid, int64 baseline, uint32 rows) external;

    /// @notice A client has declared.
    /// @param jobId The job.
    /// @param client The client.
    /// @param credited What it says its model is credited.
    /// @param minPay The least pay for which it will publish.
    function Declared(uint256 jobId, address client, int64 credited, uint256 minPay) external;

    /// @notice The dues of a round are fixed.
    /// @param jobId The job.
    /// @param round The round's number, counted from 1.
    /// @param roundUntil Its last second, unless a scoring prolongs it.
    /// @param dues What is due, in commit order, verified clients included.
    /// @param waived Who is out for good because its pay would have been below its own minimum.
    /// @param failed Who was due in an earlier round and did not submit.
    function DuesFixed(
        uint256 jobId,
        uint16 round,
        uint64 roundUntil,
        Due[] calldata dues,
        address[] calldata waived,
        address[] calldata failed
    ) external;

    /// @notice A model is being scored and rows remain: `score` goes on.
    /// @param jobId The job.
    /// @param client Whose model; the sponsor for the initial one.
    /// @param rowsDone On how many rows it is scored.
    /// @param rows How many there are.
    function Scoring(uint256 jobId, address client, uint32 rowsDone, uint32 rows) external;

    /// @notice A model is verified: it is the one committed to, and credited what was declared.
    /// @param jobId The job.
    /// @param client Whose it is.
    /// @param modelCid CID of the weights.
    /// @param dataCid CID of the holdout that it was scored on.
    /// @param score What it scores.
    /// @param credited What of that counts for its pay.
    function Scored(
        uint256 jobId,
        address client,
        string calldata modelCid,
        string calldata dataCid,
        int64 score,
        int64 credited
    ) external;

    /// @notice What `client` committed to is not what it declared, for good.
    /// @param jobId The job.
    /// @param client The client, or the sponsor.
    /// @param modelCid CID of the model.
    /// @param declared The credited score that was declared; for the sponsor the baseline.
    /// @param computed What was found instead; 0 where the file cannot be scored.
    /// @param reason "SCORE_MISMATCH", for the sponsor "BASELINE_MISMATCH", or why the file cannot be scored: one of the
    /// codes in docs/errors.md.
    function Refuted(
        uint256 jobId,
        address client,
        string calldata modelCid,
        int64 declared,
        int64 computed,
        string calldata reason
    ) external;

    /// @notice The end of a job.
    /// @param jobId The job.
    /// @param ending One of the names in docs/protocol.md, "Endings".
    /// @param dataCid CID of the holdout; empty where it was not revealed.
    /// @param models The verified models, in commit order.
    /// @param payouts What each client received, in the order in which they accepted.
    /// @param sponsorRefund What came back to the sponsor.
    /// @param burnt What nobody may have.
    function Settled(
        uint256 jobId,
        string calldata ending,
        string calldata dataCid,
        VerifiedModel[] calldata models,
        Payout[] calldata payouts,
        uint256 sponsorRefund,
        uint256 burnt
    ) external;

    /// @notice The coordinate-wise mean of a settled job's verified models, written to a file and scored on the holdout.
    /// @param jobId The job.
    /// @param modelCid CID of the mean, a safetensors file in float32.
    /// @param models Of how many models it is the mean: of all that `Settled` lists.
    /// @param score What it scores.
    function Aggregated(uint256 jobId, string calldata modelCid, uint16 models, int64 score) external;
}
