// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The wire of DeML
/// @notice Every input the dapp takes and every notice it gives, as Solidity declarations, so that `cast`, viem,
/// eth-abi, `cartesi send` and contracts speak it alike. Nothing implements these functions on chain: an input is the
/// calldata of one of them, sent through the Cartesi InputBox, and a notice's payload is the calldata of one of them.
/// @dev Scores are integers in parts per million, higher is better. Times are block timestamps in seconds, window ends
/// are inclusive. Amounts are in the token's smallest unit. CIDs are text in any multibase form that IPFS prints.

/// @notice How the bytes of an upload stream are packed: always one CARv1, perhaps compressed.
/// 0 = the CAR itself, 1 = zlib (RFC 1950).
type Codec is uint8;

/// @notice Which of the sender's buffers of a job an upload goes to.
/// 0 = the sponsor's initial model, 1 = the sponsor's holdout, 2 = a client's weights.
type Slot is uint8;

/// @notice A CAR stream inside an input. Empty `data` means: take what this sender uploaded to the slot.
struct Stream {
    Codec codec;
    bytes data;
}

/// @notice How the escrow is shared out.
/// @param kind "fixed" (params = abi.encode(FixedRule)) or "market" (params = abi.encode(MarketRule)).
struct RewardRule {
    string kind;
    bytes params;
}

/// @notice `reward` to each of the first floor(escrow / reward) clients that beat the baseline by `threshold`.
struct FixedRule {
    uint128 reward;
    uint64 threshold;
}

/// @notice Pay for marginal improvement from the baseline up to `target`, on a grid of `grid` parts per million.
struct MarketRule {
    int64 target;
    uint64 grid;
}

/// @notice What a sponsor promises and demands. The escrow itself is the amount of the deposit that carries the terms.
struct Terms {
    /// @notice One line for people.
    string title;
    /// @notice The job's full specification; may be empty.
    string specCid;
    /// @notice The safetensors file that clients start from.
    string initialModelCid;
    /// @notice JSON description of the model's shape (docs/scoring.md).
    string architecture;
    /// @notice Name of the metric, e.g. "accuracy" (docs/scoring.md).
    string metric;
    /// @notice The initial model's score on the holdout; checked when the holdout is revealed.
    int64 baseline;
    /// @notice Commitment to the holdout's CID (docs/protocol.md, "Commitments").
    bytes32 holdoutCommitment;
    /// @notice The ERC-20 of escrow, stakes and rewards; must be the token of the deposit.
    address rewardToken;
    RewardRule rule;
    /// @notice Last second to accept, commit, top up and cancel.
    uint64 commitUntil;
    /// @notice Last second to reveal the holdout.
    uint64 holdoutUntil;
    /// @notice Last second to declare a score.
    uint64 declareUntil;
    /// @notice Last second of the first submission round; each round lasts submitUntil - declareUntil.
    uint64 submitUntil;
    /// @notice How many submission rounds there may be.
    uint16 maxRounds;
    /// @notice What each client deposits when it accepts; 0 for none.
    uint128 stake;
    /// @notice Part of the escrow, in 1/10,000, that is shared among committed clients if the holdout is not revealed.
    uint16 bondBps;
    /// @notice How many clients may accept.
    uint16 maxParticipants;
    /// @notice Largest model, as a file and as an uncompressed CAR, in bytes.
    uint32 maxModelBytes;
    /// @notice Largest holdout, as a file and as an uncompressed CAR, in bytes.
    uint32 maxHoldoutBytes;
    /// @notice Most rows the holdout may have.
    uint32 maxRows;
    /// @notice Who may accept; empty for anyone.
    address[] allowList;
    /// @notice Chosen by the sponsor; binds the holdout commitment to this job.
    bytes32 nonce;
}

/// @title Inputs
/// @notice `createJob`, `topUp` and, where the job has a stake, `accept` travel as the execLayerData of an ERC20Portal
/// deposit; all others are sent to the InputBox as they are.
interface Inputs {
    /// @notice Open a job; the deposited amount is its escrow.
    function createJob(Terms calldata terms) external;

    /// @notice Add the deposited amount to the escrow of one's own job, in its commit phase.
    function topUp(uint256 jobId) external;

    /// @notice Take part in a job, in its commit phase. `payTo` receives pay and stake; the zero address means oneself.
    function accept(uint256 jobId, address payTo) external;

    /// @notice Have pay and stake sent elsewhere; until the job is settled.
    function setPayTo(uint256 jobId, address payTo) external;

    /// @notice Commit to a model without showing it. A later commit replaces it and moves to the end of the order.
    function commit(uint256 jobId, bytes32 commitment) external;

    /// @notice Append to one's own buffer of a slot. `seq` is the next chunk's number; 0 starts again.
    function upload(uint256 jobId, Slot slot, uint32 seq, bytes calldata chunk) external;

    /// @notice Sponsor: open the holdout commitment and prove the declared baseline.
    function revealHoldout(
        uint256 jobId,
        string calldata dataCid,
        bytes32 salt,
        Stream calldata holdout,
        Stream calldata initialModel
    ) external;

    /// @notice Client: state the score of the committed model, and the least pay for which it will be published.
    function declare(uint256 jobId, int64 score, uint256 minPay) external;

    /// @notice Client due in this round: open the commitment; the model is scored on the holdout `dataCid`.
    function submit(
        uint256 jobId,
        string calldata modelCid,
        string calldata dataCid,
        bytes32 salt,
        Stream calldata weights
    ) external;

    /// @notice Anyone: let the scoring of what `client` published go on, by at most so many slices, where one input could
    /// not finish it; for the sponsor as `client`, that of the baseline. An input does as many slices as fit.
    function score(uint256 jobId, address client, uint32 slices) external;

    /// @notice Anyone: bring a job's phase up to date, and end it where it can end.
    function settle(uint256 jobId) external;

    /// @notice Sponsor: take the escrow back while nobody has accepted.
    function cancel(uint256 jobId) external;

    /// @notice Take tokens out of one's ledger balance. The zero address as `token` means Ether.
    function withdraw(address token, uint256 amount, address to) external;
}

/// @notice What one client is due to be paid if it publishes what it committed to and declared.
struct Due {
    address client;
    uint256 pay;
}

/// @notice What one client received at the end. `pay` for its model, `stake` returned, `compensation` out of forfeits or,
/// where the holdout was not revealed, out of the bond;
/// all three leave in one voucher to `payTo`.
struct Payout {
    address client;
    address payTo;
    uint256 pay;
    uint256 stake;
    uint256 compensation;
}

/// @notice A model that the dapp has verified and scored.
struct VerifiedModel {
    address client;
    string modelCid;
    int64 score;
}

/// @title Notices
interface Notices {
    function JobCreated(uint256 jobId, address sponsor, uint256 escrow, Terms calldata terms) external;

    function ToppedUp(uint256 jobId, uint256 escrow) external;

    function Accepted(uint256 jobId, address client, address payTo) external;

    function PayToChanged(uint256 jobId, address client, address payTo) external;

    function Committed(uint256 jobId, address client, bytes32 commitment) external;

    function HoldoutRevealed(uint256 jobId, string calldata dataCid, int64 baseline, uint32 rows) external;

    function Declared(uint256 jobId, address client, int64 score, uint256 minPay) external;

    /// @notice The dues of a round, in commit order, verified clients included. `waived` are out for good because their
    /// pay would have been below their own minimum; `failed` were due in an earlier round and did not submit.
    function DuesFixed(
        uint256 jobId,
        uint16 round,
        uint64 roundUntil,
        Due[] calldata dues,
        address[] calldata waived,
        address[] calldata failed
    ) external;

    /// @notice A model is being scored and rows remain: `score` goes on. `client` is the sponsor for the initial model.
    function Scoring(uint256 jobId, address client, uint32 rowsDone, uint32 rows) external;

    function Scored(uint256 jobId, address client, string calldata modelCid, string calldata dataCid, int64 score)
        external;

    /// @notice What `client` committed to is not what it declared, for good: it scores `computed`, and `reason` is
    /// "SCORE_MISMATCH" or, for the sponsor, "BASELINE_MISMATCH"; or it cannot be scored for another `reason`, one of the
    /// codes in docs/errors.md, and `computed` is 0.
    function Refuted(
        uint256 jobId,
        address client,
        string calldata modelCid,
        int64 declared,
        int64 computed,
        string calldata reason
    ) external;

    /// @notice The end of a job. `ending` is one of the names in docs/protocol.md, "Endings".
    function Settled(
        uint256 jobId,
        string calldata ending,
        string calldata dataCid,
        VerifiedModel[] calldata models,
        Payout[] calldata payouts,
        uint256 sponsorRefund,
        uint256 burnt
    ) external;
}
