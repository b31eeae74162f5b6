"""What to do about the dapp's refusals, by code: the dapp tells codes and values, its clients give the advice.

A program with words of its own, such as a command line that names its commands, passes them as a further table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deml.base.errors import DemlError
from deml_sdk.errors import RefusedByDapp

UNKNOWN: Final = "docs/errors.md of the dapp's own version may list it; the node's log has more."
"""For codes of another version, and inputs that the node gave up."""

ADVICE: Final[Mapping[str, str]] = {
    # terms
    "TERM_OUT_OF_BOUNDS": "Correct {term} in the terms; docs/protocol.md gives the reason for each bound.",
    "WINDOW_TOO_SHORT": "Give every window at least {minimum} seconds; hours on a chain that finalises slowly.",
    "JOB_TOO_LONG": "Shorten the windows or lower maxRounds.",
    "UNPRINTABLE_TITLE": "Use printable characters only.",
    "STAKE_TOO_SMALL": "Raise the stake: without a stake, a false declaration would cost its author nothing.",
    "TOO_MUCH_WORK": "Lower maxModelBytes, maxHoldoutBytes or maxRows, or use a smaller architecture.",
    "TOO_MUCH_MEMORY": "Lower maxModelBytes, maxHoldoutBytes or maxRows, or use a smaller architecture.",
    "TOO_MANY_SLICES": "Lower maxRows, or use a smaller architecture.",
    # bugs
    "BUG": "Report the number of the input to the maintainers. Sending it again would have the same result.",
    # the protocol
    "UNKNOWN_JOB": "List the jobs that the dapp remembers; long-ended ones are found in the node's notices only.",
    "JOB_ENDED": "Its results stay to be seen, and what it owes you leaves by voucher.",
    "WRONG_PHASE": "Look at the job's windows; a watcher acts in time.",
    "NOT_THE_SPONSOR": "Send it from the sponsor's wallet.",
    "NOT_A_PARTICIPANT": "Accept a job in its commit phase.",
    "ALREADY_ACCEPTED": "Go on to train and commit; where pay goes can still be changed.",
    "NOT_ON_ALLOW_LIST": "Ask the sponsor, or choose another job.",
    "JOB_FULL": "Choose another job.",
    "STAKE_MISSING": "Accept inside an ERC-20 deposit of the reward token of at least {stake}.",
    "WRONG_TOKEN": "Deposit {expected}; this deposit was credited to your balance.",
    "AMOUNT_TOO_LARGE": "Use a smaller amount.",
    "HAS_PARTICIPANTS": "Let it run; what is not earned comes back to you at the end.",
    "SINK_REFUSED": "Name a wallet: neither the zero address nor the Application itself.",
    "NOTHING_TO_WITHDRAW": "Ask for 1 or more, up to your balance in the dapp.",
    "NOBODY_COMMITTED": "Keep the holdout to yourself and take the escrow back: settle the job.",
    "ALREADY_REVEALED": "Nothing is left to do until clients have declared.",
    "BEING_SCORED": "Go on with the scoring. Anybody may.",
    "ALREADY_REFUTED": (
        "Nothing can be sent in its place: the commitment allows no other. The notice Refuted says why."
    ),
    "NOTHING_TO_SCORE": "Look who is being scored; a finished scoring needs nothing more.",
    "NO_SLICES": "Ask for 1 or more; as many as fit are done.",
    "NOT_REVEALED": "Keep your model; settling the job returns your stake and shares out the sponsor's bond.",
    "NO_COMMITMENT": "Only clients with a commitment may continue; take part in another job.",
    "ALREADY_DECLARED": "Publish the committed model if it becomes due.",
    "SCORE_OUT_OF_RANGE": "Declare what the model scores on the revealed holdout.",
    "NOT_DUE": "Publish nothing; it would earn nothing. The job shows who is due.",
    "COMMITMENT_MISMATCH": "Send the file and salt that were committed to.",
    "WRONG_HOLDOUT": "Submit with dataCid {revealed}.",
    "BASELINE_MISMATCH": (
        "Nothing can be done: both are final. Compute the baseline before posting, and do not edit it."
    ),
    "SCORE_MISMATCH": "Nothing can be done: both are final. Compute the score before declaring, and do not edit it.",
    "NOTHING_UPLOADED": "Upload the CAR in chunks first, or send it inside the input.",
    "TOP_UP_WEAKENS": "Top up before anybody accepts, or as far as stake times rounds covers the escrow.",
    "UNKNOWN_PREVIOUS_JOB": "Name the number of an earlier job of this dapp, or 0.",
    "TOO_MANY_MISMATCHES": "Wait for the next round, if there is one, and send the file that was committed to.",
    "EMPTY_CHUNK": "Send at least one byte.",
    "WRONG_SEQUENCE": "Continue with chunk {expected}, or start again with chunk 0.",
    "UPLOAD_TOO_LARGE": "Start again with a smaller file, or compress the CAR.",
    "TOO_MANY_CHUNKS": "Start again with larger chunks.",
    "NOT_SETTLED": "Settle the job first, once that is possible.",
    "NOTHING_TO_AGGREGATE": "Use the verified models as they are; to get an average, ask for it in the terms.",
    "ALREADY_AGGREGATED": "Nothing is left to do; anyone can compute its file again from the models.",
    "TOO_LATE_TO_AGGREGATE": "Average the verified models yourself; the dapp no longer scores the result.",
    "NOTHING_TO_SETTLE": "Settle after {until}, or as soon as every due client has been verified.",
    "HOLDOUT_REUSED": "Use another nonce and another holdout: one holdout serves one job.",
    "CAPACITY_REACHED": (
        "Lower maxModelBytes, maxHoldoutBytes or maxParticipants, or wait until other jobs have ended."
    ),
    "UNKNOWN_QUERY": "Ask for jobs, jobs/N, jobs/N/clients, accounts/0x.. or stats.",
    "BAD_QUERY_PARAMETER": "Correct it and ask again.",
    # CIDs, CARs and files
    "MALFORMED_VARINT": "Send the bytes whole and as common IPFS software writes them.",
    "MALFORMED_CID": (
        "Give the CID alone, whole and in its own letter case, as 'ipfs add --cid-version=1' prints it (bafy... or "
        "bafkrei...)."
    ),
    "UNSUPPORTED_HASH": "Add the file again with sha2-256, the default, and without '--inline'.",
    "MALFORMED_CAR": "Send a CARv1 without padding, for instance from 'ipfs dag export' or 'ipfs-car pack'.",
    "WRONG_CAR_ROOT": "Export the CAR of {wanted}.",
    "TRUNCATED_CAR": "Fetch or send the CAR again: gateways may break off a transfer without saying so.",
    "WRONG_BLOCK_HASH": "Fetch the block again, from another provider: these bytes are not what was asked for.",
    "MISSING_BLOCK": "Export the CAR again from a node that has the whole file.",
    "SURPLUS_BLOCK": "Send a CAR of this one file only.",
    "MALFORMED_BLOCK": "Give the CID of a UnixFS file, added with a current IPFS implementation.",
    "NOT_A_FILE": "Give the CID of the file itself, not of what contains or names it.",
    "OVERSIZED_FILE": "Send a smaller file, or ask for terms that allow a larger one.",
    "UNUSUAL_LAYOUT": "Add the file again with the default layout and chunks; those of 262,144 bytes always fit.",
    "OVERSIZED_STREAM": "Send a smaller file, or ask for terms that allow a larger one.",
    "MALFORMED_STREAM": (
        "Compress the CAR alone, with zlib (RFC 1950), and upload all parts in order; or name the codec used."
    ),
    # balances
    "INSUFFICIENT_BALANCE": "Ask for at most {balance}.",
    # reward rules
    "UNKNOWN_REWARD_RULE": "Use 'market' or 'fixed'.",
    "REWARD_TOO_SMALL": "Set 'reward' and 'threshold' to 1 or more.",
    "ESCROW_BELOW_REWARD": "Deposit at least one reward, or lower it.",
    "TARGET_NOT_ABOVE_BASELINE": "Set the target at least 1 ppm above the initial model's score.",
    "GRID_OUT_OF_RANGE": "Choose the smallest improvement worth paying for, in ppm.",
    "SEATS_TOO_CHEAP": "Raise the stake to {minimum}, or use an allow-list with no more accounts than places.",
    "TOO_FEW_ROWS_FOR_TARGET": (
        "Promise at least {needed} rows (minRows), set a higher target or threshold, or accept a lower confidence."
    ),
    # architectures, metrics, models and holdouts
    "MALFORMED_ARCHITECTURE": (
        'Write it as docs/scoring.md shows, for instance {{"family": "logistic", "inputs": 30, "outputs": 1}}.'
    ),
    "UNKNOWN_FAMILY": "Use one of: {known}.",
    "ARCHITECTURE_OUT_OF_BOUNDS": "Choose a smaller or larger model; docs/scoring.md gives the bounds.",
    "UNKNOWN_METRIC": "Use one of: {known}.",
    "METRIC_MISMATCH": "Use one of: {fitting}.",
    "NEEDS_TWO_CLASSES": "Use a metric for any number of classes, such as balanced_accuracy, or a model of two.",
    "MALFORMED_SAFETENSORS": "Write the file with the safetensors library.",
    "HEADER_TOO_LONG": "Leave metadata out, and store no more tensors than the job's architecture has.",
    "REPEATED_NAME": "Write the file with the safetensors library.",
    "MALFORMED_METADATA": "Leave the metadata out; the dapp does not use it.",
    "MALFORMED_TENSOR": "Write the file with the safetensors library.",
    "TENSOR_SIZE_MISMATCH": "Write the file with the safetensors library.",
    "OVERLAPPING_TENSORS": "Write the file with the safetensors library.",
    "GAP_BETWEEN_TENSORS": "Write the file with the safetensors library.",
    "TRUNCATED_TENSOR": "Copy the whole file, or write it again.",
    "BYTES_AFTER_TENSORS": "Write the file with the safetensors library.",
    "UNSUPPORTED_DTYPE": "Store it as one of: {allowed}.",
    "WRONG_SHAPE": "Store it in the shape that the job's architecture gives it.",
    "MISSING_TENSOR": "Store all tensors of the job's architecture; docs/scoring.md says how they are named.",
    "SURPLUS_TENSOR": "Store the tensors of the job's architecture and no others.",
    "NOT_FINITE": "Train again with a smaller learning rate, and check the data for missing values.",
    "BAD_SCALE": "Quantise the weights again; 1 serves where they are all zero.",
    "NUMBER_TOO_LARGE": "Keep scales and deltas such that every number fits float32.",
    "NO_INITIAL_MODEL": "Store the numbers themselves; only what clients deliver can build on the initial model.",
    "POSITION_OUT_OF_RANGE": "Encode the change again, for the job's architecture.",
    "BAD_STANDARDIZER": "Use 1 as the scale of a constant column.",
    "MALFORMED_TREE": "Write the trees as docs/scoring.md shows, or import them.",
    "TREE_TOO_DEEP": "Train with that depth as the limit, or use a job whose architecture allows more.",
    "TOKEN_OUT_OF_RANGE": "Number the tokens from 0, and pad with -1.",
    "LAYER_DOES_NOT_FIT": "Choose kernels, strides and paddings so that every layer has something to work on.",
    "EMPTY_HOLDOUT": "A holdout needs at least one row.",
    "TOO_MANY_ROWS": "Use a part of it, or other terms.",
    "LABEL_OUT_OF_RANGE": "Number the classes from 0, and give the architecture an output for each.",
    "CONSTANT_TARGET": "Use a holdout whose targets differ.",
    "ONE_CLASS_ONLY": "Use a holdout with rows of both classes.",
    "NO_AVERAGE": "Ask for no average, or use another family of models.",
    "NO_PAIRING": "Choose one of {known}; or set the confidence to 0, and pay for luck.",
    "TOO_FEW_DISTINCT_ROWS": "Nothing can be done: the holdout and the promise of minRows are final.",
    "CUT_OUT_OF_RANGE": (
        "Set evidenceCut to about nine times the initial model's mean square, or four nats; to 0 for other metrics."
    ),
    # requests
    "QUERY_NOT_TEXT": "Send a path such as jobs/1 as text.",
    "MALFORMED_REQUEST": (
        "Check that node and guest tools are of Cartesi Rollups 2.x; ENOBUFS from libcmt means another encoding."
    ),
    # encodings
    "UNKNOWN_SELECTOR": "Encode one of the functions of IDeML.sol.",
    "MALFORMED_MESSAGE": "Encode them as IDeML.sol declares them.",
    "MALFORMED_JSON": "Compare it with the names and forms in docs/inspect.md; where a node sent it, ask another.",
    "NEEDS_DEPOSIT": "Send it as the execLayerData of an ERC-20 deposit through the ERC20Portal.",
    "NOT_A_DEPOSIT_ORDER": "Send {name} to the InputBox by itself, and withdraw the amount.",
    "OVERSIZED_PAYLOAD": "Split the data into several uploads.",
}
"""Advice by code; names in braces are values of the report. A test holds it to all that the dapp can refuse with."""


def advice(code: str, values: Mapping[str, str], words: Mapping[str, str] = ADVICE) -> str:
    """Say what to do about a refusal of the dapp's.

    Parameters
    ----------
    code, values
        Of its report.
    words
        Texts to prefer to those here, by code.
    """
    text = words.get(code) or ADVICE.get(code, UNKNOWN)
    try:
        return text.format_map(values)
    except KeyError:  # The report of another version, or of a node that makes things up.
        return UNKNOWN


def advice_of(error: DemlError, words: Mapping[str, str] = ADVICE) -> str:
    """Say what to do about any expected failure; `words` are preferred to the texts here, by code."""
    if isinstance(error, RefusedByDapp):
        return f"{advice(error.reason.code, error.reason.values, words)} {error.advice()}".strip()
    if error.fix:
        return error.advice()
    return advice(error.code(), error.as_report()["values"], words)


def report_of(error: DemlError, words: Mapping[str, str] = ADVICE) -> dict[str, Any]:
    """An expected failure as JSON: its report, and the advice as ``fix``."""
    return {**error.as_report(), "fix": advice_of(error, words)}
