"""Expected failures of the command line itself."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml_sdk.errors import NoConsent, Unavailable


@dataclass(eq=False)
class Declined(NoConsent):
    action: str
    what = "Not done: {action}. Nothing was sent."
    fix = "Run the command again if you agree with what it shows."


@dataclass(eq=False)
class NobodyToAsk(NoConsent):
    action: str
    what = "This needs your consent, but the input is not a terminal: {action}. Nothing was sent."
    fix = "Read what the command shows, then add --yes."


@dataclass(eq=False)
class NoAnswer(NoConsent):
    question: str
    option: str
    what = "Nobody can answer: {question}."
    fix = "Give {option}, or run the command in a terminal."


@dataclass(eq=False)
class NotConfigured(DemlError):
    setting: str
    meaning: str
    profile: str
    option: str
    what = "The profile '{profile}' does not define {meaning}."
    fix = (
        "Give {option}, or store it: deml config set {profile}.{setting} VALUE. "
        "A devnet started in this folder with 'deml devnet up' is found automatically."
    )


@dataclass(eq=False)
class DevnetNotRunning(Unavailable):
    folder: str
    service: str
    url: str
    what = "The devnet in {folder} is not running: its {service} does not answer at {url}."
    fix = "Start it in this folder: deml devnet up."


@dataclass(eq=False)
class BadSetting(DemlError):
    source: str
    setting: str
    reason: str
    what = "In {source}, {setting} cannot be used: {reason}."
    fix = "Correct it; 'deml config show' prints every setting and its source."


@dataclass(eq=False)
class NoSuchPlace(DemlError):
    place: str
    profile: str
    what = "There is no place '{place}' to keep files at."
    fix = (
        "'node' is the Kubo RPC of the profile {profile} (ipfs_url), 'service' its pinning service (pinning_url); any "
        "other name is that of a profile with a pinning_url."
    )


@dataclass(eq=False)
class NoCheckout(DemlError):
    part: str
    path: str
    what = "There is no directory {part} at {path}: this is not a checkout of DeML."
    fix = "Clone the repository, run 'make setup' in it, and use its .venv/bin/deml."


@dataclass(eq=False)
class BenchmarkFailed(DemlError):
    program: str
    status: int
    what = "benchmarks/{program} ended with status {status}."
    fix = "Read its output; install what it needs with: pip install 'deml[bench]'."
