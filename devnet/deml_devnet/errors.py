"""What can go wrong around the devnet's processes and their state."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class PortInUse(DemlError):
    port: int
    reason: str
    what = "Port {port} cannot be listened on: {reason}."
    fix = (
        "Stop the program that uses it, such as the devnet of another folder, or take free ports, which are then kept: "
        "'deml devnet up --chain-port 0 --node-port 0 --blocks-port 0'."
    )


@dataclass(eq=False)
class NotUp(DemlError):
    folder: str
    what = "There is no running devnet in {folder}."
    fix = "Start it with 'deml devnet up', or set DEML_DEVNET_DIR to its folder."


@dataclass(eq=False)
class ServiceFailed(DemlError):
    name: str
    last_words: str
    log: str
    what = "{name} stopped while the devnet was starting: {last_words}"
    fix = "Read {log}."


@dataclass(eq=False)
class NotHealthy(DemlError):
    name: str
    seconds: float
    log: str
    what = "{name} did not become ready within {seconds:.0f} seconds."
    fix = "Read {log}; on a busy machine, run 'deml devnet up' again."


@dataclass(eq=False)
class NoSuchLog(DemlError):
    name: str
    known: str
    what = "The devnet has no log named {name}."
    fix = "Name one of {known}."


@dataclass(eq=False)
class ClaimNotAccepted(DemlError):
    epoch: int
    seconds: float
    what = "The claim of epoch {epoch} was not accepted within {seconds:.0f} seconds."
    fix = "Read the node's log with 'deml devnet logs node'."


@dataclass(eq=False)
class InputsNotProcessed(DemlError):
    processed: int
    total: int
    seconds: float
    what = "The node processed {processed} of {total} inputs within {seconds:.0f} seconds."
    fix = "Read the node's log with 'deml devnet logs node'."


@dataclass(eq=False)
class OtherSettings(DemlError):
    option: str
    kept: str
    asked: str
    what = "This devnet has {option} = {kept}; {asked} was asked for."
    fix = "Leave the option out, or run 'deml devnet down' first; for another epoch length 'deml devnet reset'."
