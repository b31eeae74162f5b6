"""What to do about the dapp's refusals where a command of `deml` does it, by code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "UNKNOWN_JOB": "List the jobs with 'deml job list'; long-ended jobs are found in the node's notices only.",
    "JOB_ENDED": "See 'deml job results {jobId}'; what you are owed leaves by voucher: 'deml claim'.",
    "WRONG_PHASE": "See the windows with 'deml job show {jobId}'; 'deml watch' acts in time.",
    "NOT_A_PARTICIPANT": "Accept in the commit phase: 'deml accept {jobId}'.",
    "ALREADY_ACCEPTED": "Continue with 'deml train' and 'deml commit'; 'deml set-pay-to' changes where the pay goes.",
    "STAKE_MISSING": (
        "Accept inside an ERC-20 deposit of the reward token of at least {stake}: 'deml accept {jobId}' does."
    ),
    "NOTHING_TO_WITHDRAW": "Ask for 1 or more; 'deml wallet balance' shows what is yours.",
    "NOBODY_COMMITTED": "Keep the holdout to yourself and take the escrow back: 'deml settle {jobId}'.",
    "BEING_SCORED": "Continue the scoring with 'deml continue {jobId}'. Anyone may do this.",
    "NOTHING_TO_SCORE": "See who is with 'deml job show {jobId}'; a finished scoring needs nothing more.",
    "NOT_REVEALED": "Keep your model; 'deml settle {jobId}' returns your stake and shares out the sponsor's bond.",
    "ALREADY_DECLARED": "Publish the committed model if it becomes due: 'deml watch' does this.",
    "SCORE_OUT_OF_RANGE": "Declare what 'deml score' prints.",
    "NOT_DUE": "Publish nothing; it would earn nothing. 'deml job show {jobId}' shows who is due.",
    "COMMITMENT_MISMATCH": "Send the file and salt that were committed to; 'deml' derives the salt from the wallet.",
    "BASELINE_MISMATCH": (
        "Nothing can be done: both are final. 'deml job post' computes the baseline itself; do not edit it."
    ),
    "SCORE_MISMATCH": (
        "Nothing can be done: both are final. 'deml declare' computes the score itself; do not edit it."
    ),
    "MALFORMED_CAR": "Send a CARv1 without padding, for instance from 'deml car' or 'ipfs dag export'.",
    "SURPLUS_BLOCK": "Send a CAR of this one file only, for instance from 'deml car'.",
    "INSUFFICIENT_BALANCE": "Ask for at most {balance}; 'deml wallet balance' shows what is yours.",
    "MALFORMED_SAFETENSORS": "Write it with the safetensors library or with 'deml train'.",
    "REPEATED_NAME": "Write the file with the safetensors library or with 'deml train'.",
    "MALFORMED_TENSOR": "Write the file with the safetensors library or with 'deml train'.",
    "TENSOR_SIZE_MISMATCH": "Write the file with the safetensors library or with 'deml train'.",
    "OVERLAPPING_TENSORS": "Write the file with the safetensors library or with 'deml train'.",
    "GAP_BETWEEN_TENSORS": "Write the file with the safetensors library or with 'deml train'.",
    "BYTES_AFTER_TENSORS": "Write the file with the safetensors library or with 'deml train'.",
    "MALFORMED_TREE": "Write the trees as docs/scoring.md shows, or import them with 'deml model import'.",
    "UNKNOWN_SELECTOR": "Encode one of the functions of IDeML.sol, for instance with 'deml encode'.",
    "MALFORMED_MESSAGE": "Encode them as IDeML.sol declares them, for instance with 'deml encode'.",
    "NOT_A_DEPOSIT_ORDER": "Send {name} to the InputBox by itself, and take the amount out with 'deml withdraw'.",
}
"""Preferred to the texts of `deml_sdk.advice`; names in braces are values of the report."""
