"""What can be wrong with a trainer, or with what it leaves."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class TrainerStopped(DemlError):
    ending: str
    limit: str
    remedy: str
    what = "The trainer was stopped ({ending}): {limit}."
    fix = "All its processes have ended, and nothing has left this machine. {remedy}."


@dataclass(eq=False)
class TrainerFailed(DemlError):
    status: int
    words: str
    what = "The trainer ended with code {status}. It said last: {words}"
    fix = "Nothing has left this machine. Its earlier output is above."


@dataclass(eq=False)
class OutputRefused(DemlError):
    name: str
    reason: str
    what = "The trainer left {name}, which is not allowed out: {reason}."
    fix = "A trainer must leave one file, model.safetensors, with exactly the tensors of the job's architecture."


@dataclass(eq=False)
class NoModel(DemlError):
    what = "The trainer ended without an error, but left no model.safetensors."
    fix = "It must write its model to the folder that DEML_OUT names; docs/trainers.md describes the contract."


@dataclass(eq=False)
class NotConfirmed(DemlError):
    words: str
    what = "Without a sandbox, a trainer can read all that you can and send it anywhere."
    fix = 'If you accept that, add --confirm "{words}" to --without-sandbox; otherwise install what the sandbox needs.'


@dataclass(eq=False)
class BadScript(DemlError):
    reason: str
    what = "The script is not a trainer: {reason}."
    fix = "docs/trainers.md shows one; 'deml trainer init' writes a working one."


@dataclass(eq=False)
class UnpinnedDependency(DemlError):
    dependency: str
    what = "The script's dependency {dependency} is not pinned to one version."
    fix = "Write NAME==VERSION for each, so that everybody runs the same code."


@dataclass(eq=False)
class UnhashedDependency(DemlError):
    dependency: str
    what = "The script lists no hashes for the files of its dependency {dependency}."
    fix = "'deml trainer lock FILE' gets them from the package index and writes them into the script."


@dataclass(eq=False)
class NotInstalled(DemlError):
    words: str
    what = "The script's dependencies cannot be installed: {words}"
    fix = "Only wheels with the hashes that the script gives are taken; look at its first lines, and at PIP_INDEX_URL."


@dataclass(eq=False)
class TooMuchPrivacyLoss(DemlError):
    quantity: str
    asked: float
    most: float
    what = "Your {quantity} is {asked:g}; the job's specification asks for at most {most:g}."
    fix = "Choose a smaller {quantity}."


@dataclass(eq=False)
class PrivacyAsked(DemlError):
    epsilon: float
    what = "The job's specification asks for differential privacy with an epsilon of at most {epsilon:g}."
    fix = "Train with --epsilon {epsilon:g} or less; docs/privacy.md says what it means."


@dataclass(eq=False)
class BatchWithBudget(DemlError):
    batch: int
    what = "With a privacy budget, steps sample rows at random; a fixed {batch} rows would reveal their number."
    fix = "Use --sampling-rate (a third by default) in place of --batch."


@dataclass(eq=False)
class OtherRows(DemlError):
    what = "The model was trained on rows other than those given."
    fix = "Give exactly the file that was given to 'deml train', read in the same way."


@dataclass(eq=False)
class UnreadableRecord(DemlError):
    reason: str
    what = "This is no record of a training: {reason}."
    fix = "Give the file that the page offers beside a model that it has trained, as it is."


@dataclass(eq=False)
class UnknownSplit(DemlError):
    what = "Which rows this model was trained on is not known here: with a privacy budget each was left out by chance."
    fix = "Audit it unchanged, where it was trained; of one that a page trained, give --record; or give --held-out."


@dataclass(eq=False)
class BudgetNotSpent(DemlError):
    epsilon: float
    found: str
    what = "The model is not let out: it was to be trained with an epsilon of at most {epsilon:g}, and {found}."
    fix = "Nothing has left this machine. This is a bug in DeML; please report it with the command that you used."


@dataclass(eq=False)
class NoPrivateTraining(DemlError):
    reason: str
    what = "Training with differential privacy is not possible here: {reason}."
    fix = "Omit --epsilon, or use the built-in trainer with an initial linear, logistic or mlp model."
