"""What can go wrong between a person and the marketplace."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import Address, JobId, Score, Timestamp
from deml_sdk.errors import Refused, RefusedByDapp, TimedOut


@dataclass(eq=False)
class DeclarationRefuted(DemlError):
    job_id: JobId
    client: Address
    declared: Score
    computed: Score
    reason: str
    what = "What {client} published for job {job_id} is refuted ({reason}): declared {declared}, found {computed}."
    fix = "This is final. 'deml doctor' shows whether this program and the dapp have the same version."


@dataclass(eq=False)
class ManyDuplicates(DemlError):
    rows: int
    distinct: int
    what = "Of the holdout's {rows} rows, only {distinct} are distinct: duplicates would be no evidence."
    fix = "Keep one of each. If a person or thing has several rows, keep one of those too."


@dataclass(eq=False)
class JobTooLarge(DemlError):
    needed: int
    limit: int
    what = "With all its clients, the job could come to hold {needed} bytes; an Application has {limit} in total."
    fix = "Allow smaller files, fewer rows or fewer participants. Nothing was sent."


@dataclass(eq=False)
class NoRoomNow(DemlError):
    needed: int
    free: int
    what = "Nobody could accept the job now: with one client it needs {needed} bytes, and other jobs leave {free}."
    fix = (
        "Allow smaller files or fewer rows; or wait: jobs that are over give their memory back when anybody settles "
        "them ('deml job list', 'deml settle'). Nothing was sent."
    )


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
    fix = "Give the file with --model, --holdout or --initial; its CID is checked."


@dataclass(eq=False)
class NothingToAverage(DemlError):
    job_id: JobId
    verified: int
    what = "Job {job_id} has nothing to average yet: {verified} of its models are verified, and it must have ended."
    fix = "Wait until it is settled; without a verified model there is no average."


@dataclass(eq=False)
class AverageDiffers(DemlError):
    job_id: JobId
    told: str
    made: str
    what = "The average of job {job_id} computed here is {made}; the dapp reported {told}."
    fix = "'deml doctor' shows whether this program and the dapp have the same version."


@dataclass(eq=False)
class NotOnChain(DemlError):
    cid: str
    job_id: JobId
    what = "No accepted input of job {job_id} contains the file {cid}."
    fix = "It may not be delivered yet, or the node may still be reading the chain; try again later."


@dataclass(eq=False)
class HoldoutSecret(DemlError):
    job_id: JobId
    what = "The holdout of job {job_id} is not revealed."
    fix = "Wait for the sponsor to reveal it, or score on your own data with --data FILE."


@dataclass(eq=False)
class NotCommitted(DemlError):
    job_id: JobId
    wallet: Address
    command: str
    what = "The wallet {wallet} has not reached this step in job {job_id}."
    fix = "Run '{command} {job_id}' first, in the commit phase."


@dataclass(eq=False)
class CommittedFile(DemlError):
    path: str
    job_id: int
    what = "{path} is committed to in job {job_id}: overwriting it would lose the committed model."
    fix = "Name another file with --out."


@dataclass(eq=False)
class HoldoutIsPublic(DemlError):
    cid: str
    reason: str
    what = "The holdout {cid} is public already ({reason}): clients could fit it before they commit."
    fix = "Hold out other rows that nobody has seen, and use them for one job only."


@dataclass(eq=False)
class NotThisModel(DemlError):
    cid: str
    job_id: JobId
    what = "The model {cid} is not what this wallet committed to in job {job_id}."
    fix = "Give exactly the file that was committed to, byte for byte."


@dataclass(eq=False)
class NotThisHoldout(DemlError):
    cid: str
    job_id: JobId
    what = "The file {cid} is not what job {job_id} was posted with."
    fix = "Give exactly the holdout and initial model that were posted, byte for byte."


@dataclass(eq=False)
class ModelNotHere(DemlError):
    job_id: JobId
    what = "The model committed to in job {job_id} is not on this machine."
    fix = "Restore it with 'deml recover {job_id} FILE': exactly the file that was committed to."


@dataclass(eq=False)
class HoldoutNotHere(DemlError):
    job_id: JobId
    what = "The holdout of job {job_id} is not on this machine."
    fix = "Name the files with --holdout and --initial."


@dataclass(eq=False)
class MinPayNotChosen(DemlError):
    job_id: JobId
    what = "The least pay for publishing this wallet's model in job {job_id} has not been chosen. Nothing was sent."
    fix = (
        "'deml declare {job_id}' explains the choice in a terminal; in a script, give --min-pay AMOUNT or --no-min-pay."
    )


@dataclass(eq=False)
class OversizedModel(DemlError):
    size: int
    limit: int
    job_id: JobId
    what = "The model, packed for the chain, has {size} bytes; job {job_id} allows {limit}."
    fix = "Use float16 weights, or join a job with another architecture."


@dataclass(eq=False)
class NotDueNow(DemlError):
    job_id: JobId
    wallet: Address
    what = "No finalised notice says that {wallet} is due to be paid in job {job_id}, so its weights stay here."
    fix = (
        "After the declare phase run 'deml settle {job_id}', wait for finality, and try again; 'deml watch' does this."
    )


@dataclass(eq=False)
class NobodyToRevealFor(DemlError):
    job_id: JobId
    what = "Nobody has committed to a model in job {job_id}, so the holdout stays here."
    fix = "Take the escrow back with 'deml settle {job_id}'."


@dataclass(eq=False)
class WrongBaseline(DemlError):
    job_id: JobId
    promised: Score
    computed: Score
    what = "The initial model scores {computed} on this holdout; the terms of job {job_id} say {promised}."
    fix = "The dapp would refuse the reveal. Was it posted with another version of the scoring engine?"


@dataclass(eq=False)
class JobNotCreated(DemlError):
    what = "The dapp accepted the deposit but created no job."
    fix = "See 'deml wallet balance': the amount is in your balance, and 'deml withdraw' returns it."


@dataclass(eq=False)
class DepositCredited(RefusedByDapp):
    input_index: int
    what = "The dapp kept the deposit of input {input_index} in your balance ({reason.code}): {reason.message}"
    fix = "'deml withdraw' returns the amount."


@dataclass(eq=False)
class OtherBytes(RefusedByDapp):
    tries_left: int
    what = "What was sent is not what was committed to ({reason.code}): {reason.message}"
    fix = "Send the committed file; {tries_left} more attempts are possible in this round."


@dataclass(eq=False)
class WindowClosed(TimedOut):
    until: Timestamp
    sent: int
    total: int
    what = "Time ran out at {until}, after {sent} of {total} transactions; the rest was not sent."
    fix = "Nothing more can be done in this window. Start uploads earlier, or use 'deml watch'."


@dataclass(eq=False)
class NoInputAdded(Refused):
    transaction: str
    what = "Transaction {transaction} succeeded but added no input for this Application."
    fix = "Check app_address and erc20_portal: 'deml config show', 'deml doctor'."


@dataclass(eq=False)
class TooEarly(DemlError):
    action: str
    job_id: JobId
    begin: str
    finalised: str
    what = "It is too early to {action} in job {job_id}: it begins at {begin}; the finalised block is from {finalised}."
    fix = "Wait: sent now, it would become public and might still be refused. 'deml watch' acts in time."


@dataclass(eq=False)
class TooLate(DemlError):
    action: str
    job_id: JobId
    end: str
    latest: str
    what = (
        "It is too late to {action} in job {job_id}: it was safe until {end}, and the latest block's time is {latest}."
    )
    fix = (
        "Nothing was sent: whatever arrives after the end becomes public and is refused. See 'deml job show {job_id}'."
    )


@dataclass(eq=False)
class PrivacyNotPromised(DemlError):
    job_id: JobId
    epsilon: float
    delta: float
    found: str
    what = (
        "Job {job_id} asks for models trained with differential privacy, with an epsilon of at most {epsilon:g} at a "
        "delta of {delta:g}; this file {found}."
    )
    fix = "Train it with: deml train {job_id} --epsilon {epsilon:g}. A shrunk file no longer carries the guarantee."


@dataclass(eq=False)
class WouldBeRefused(DemlError):
    action: str
    job_id: JobId
    reason: str
    what = "The dapp would refuse to {action} in job {job_id}: {reason}."
    fix = "Nothing was sent. See 'deml job show {job_id}'."


@dataclass(eq=False)
class NotForTheRegistry(DemlError):
    output_index: int
    kind: str
    what = "Output {output_index} is a {kind} notice; a ModelRegistry records Scored, Settled and Aggregated ones."
    fix = "'deml notices --type Scored' lists what can be recorded."
