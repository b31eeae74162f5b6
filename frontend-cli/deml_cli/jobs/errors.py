"""What can go wrong between a person and the marketplace."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import Address, Amount


@dataclass(eq=False)
class BadJobFile(DemlError):
    path: str
    field: str
    problem: str
    what = "In {path}, {field}: {problem}."
    fix = "Correct it; 'deml job new' writes a file in which every field is explained."


@dataclass(eq=False)
class DamagedRecord(DemlError):
    path: str
    problem: str
    what = "The journal's record {path} cannot be read: {problem}."
    fix = "Move it away. 'deml declare JOB --model FILE' or 'deml job reveal JOB --holdout FILE' makes a new one."


@dataclass(eq=False)
class FileNotKept(DemlError):
    cid: str
    directory: str
    what = "The file {cid} is not in the journal at {directory}."
    fix = "Name the file itself with --model, --holdout or --initial; its CID tells whether it is the right one."


@dataclass(eq=False)
class TooManyDecimals(DemlError):
    amount: str
    decimals: int
    what = "{amount} has more decimals than the token, which has {decimals}."
    fix = "Write the amount with at most {decimals} decimals."


@dataclass(eq=False)
class NotOnChain(DemlError):
    cid: str
    job_id: int
    what = "No accepted input of job {job_id} brought the file {cid}."
    fix = "It may not be delivered yet, or the node may still be reading the chain; try again later."


@dataclass(eq=False)
class FileUnreadable(DemlError):
    path: str
    problem: str
    what = "{path} cannot be read: {problem}."
    fix = "Check the path; in a job file, paths are relative to the file itself."


@dataclass(eq=False)
class BadAccount(DemlError):
    text: str
    what = "'{text}' is not an account."
    fix = "Write 20 bytes in hex, with 0x."


@dataclass(eq=False)
class LongTerms(DemlError):
    size: int
    limit: int
    what = "The terms come to {size} bytes; a deposit carries at most {limit}."
    fix = "Shorten the allow-list or the architecture."


@dataclass(eq=False)
class ScoringTooCostly(DemlError):
    mcycles: int
    limit: int
    what = "To score one model could cost {mcycles} million machine cycles; one input may cost {limit}."
    fix = "Use a smaller holdout or architecture, or lower the limits in the job file."


@dataclass(eq=False)
class DepositWouldFail(DemlError):
    token: Address
    amount: Amount
    sponsor: Address
    what = "A deposit of {amount} of token {token} by {sponsor} would be refused; tried on the node, nothing was sent."
    fix = "Check the balance with 'deml wallet balance', and that the address is an ordinary ERC-20 token."


@dataclass(eq=False)
class TokenArrivesShort(DemlError):
    token: Address
    sent: Amount
    arrived: int
    what = "Of {sent} sent, {arrived} of token {token} would arrive; tried on the node, nothing was sent."
    fix = "Use a token without transfer fees; the dapp must hold exactly what it promises."
