"""What can go wrong between a Flower federation and a market."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import JobId


@dataclass(eq=False)
class ArraysDiffer(DemlError):
    missing: str
    unknown: str
    what = "The app's arrays are not those that the job's model is made of: missing {missing}; of no use {unknown}."
    fix = "Give DemlStrategy 'tensors', which names the tensor of the architecture for each key of the ArrayRecord."


@dataclass(eq=False)
class ArrayNotReal(DemlError):
    key: str
    dtype: str
    what = "The array {key} holds {dtype}; a model that is paid for holds float16, float32 or float64."
    fix = "Leave counters and masks out of the ArrayRecord, or convert the array."


@dataclass(eq=False)
class NotOneModel(DemlError):
    records: int
    what = "The app replied to a train message with {records} ArrayRecords; a job pays for one model."
    fix = "Reply with one ArrayRecord: strategies that send control variates beside the model cannot be paid so."


@dataclass(eq=False)
class NoNodeFolder(DemlError):
    what = "This SuperNode does not say where its owner's program waits for models."
    fix = "Start it with --node-config 'deml-folder=\"/path/of/the/folder\"', the folder of the node's program."


@dataclass(eq=False)
class NodeSilent(DemlError):
    job_id: JobId
    folder: str
    seconds: int
    what = (
        "The node's program has not answered in {folder} within {seconds} seconds, so nothing is known to be committed."
    )
    fix = (
        "See whether it runs. The model for job {job_id} is still there; it commits once it runs, while there is time."
    )


@dataclass(eq=False)
class NodeRefused(DemlError):
    job_id: JobId
    refusal: str
    said: str
    what = "The node's program did not commit to a model for job {job_id}: {said}"
    fix = "What the program says under {refusal} tells what to do; its owner's rules are its own."


@dataclass(eq=False)
class NotAllowedHere(DemlError):
    job_id: JobId
    reason: str
    what = "The rules of this node's owner do not allow to take part in job {job_id}: {reason}."
    fix = "Change the Policy that the node's program is started with, if this is meant to be allowed."


@dataclass(eq=False)
class BadOffer(DemlError):
    name: str
    problem: str
    what = "What lies in the node's folder under {name}, or is to lie there, is not what belongs there: {problem}."
    fix = "Look who else writes into that folder, and whether the server runs DemlStrategy; the file may be deleted."


@dataclass(eq=False)
class NodeNeedsWallet(DemlError):
    what = "The node's program has an account that signs transactions only, and must sign for its SuperNode, too."
    fix = "Give the Client a wallet, by open_wallet, instead of a Web3 that signs."


@dataclass(eq=False)
class TooFewRounds(DemlError):
    planned: int
    asked: int
    what = "The campaign has rows for {planned} rounds, and the app is to play {asked}."
    fix = "Start the strategy with fewer rounds, or make a campaign with more by 'deml campaign new'."
