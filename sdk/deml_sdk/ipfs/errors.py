"""What can go wrong between here and IPFS. Nothing of a source's answer is quoted beyond a short, printable piece."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml_sdk.errors import Refused, TimedOut, Unavailable


@dataclass(eq=False)
class PrivateAddress(DemlError):
    host: str
    address: str
    what = "{host} is at {address}, no public address; gateways in private networks are not used."
    fix = "If you run it yourself, allow its network with 'deml config set PROFILE.ipfs_private_networks {address}'."


@dataclass(eq=False)
class BadNetwork(DemlError):
    text: str
    what = "'{text}' is not a network."
    fix = "Write networks as 127.0.0.0/8 or fd00::/8, single addresses as 192.168.1.5; separate them with commas."


@dataclass(eq=False)
class BadServiceUrl(DemlError):
    url: str
    reason: str
    what = "{url} cannot be used: {reason}."
    fix = "Write a whole address such as https://ipfs.example.org, without names, passwords or a question mark in it."


@dataclass(eq=False)
class CredentialInTheClear(DemlError):
    place: str
    setting: str
    what = "{setting} in {place} is or contains an access token or password; these are never kept in plain text."
    fix = "Remove it, get a new token if others could read the file, and store it with 'deml ipfs login'."


@dataclass(eq=False)
class TokenInTheClear(DemlError):
    url: str
    what = "The access token would be sent to {url} without encryption."
    fix = "Use the service's https address."


@dataclass(eq=False)
class NoKeyring(DemlError):
    reason: str
    what = "This machine has no keyring in which to keep the token: {reason}."
    fix = "Set the environment variable DEML_PINNING_TOKEN instead, or install a keyring (docs/ipfs.md)."


@dataclass(eq=False)
class NoToken(DemlError):
    url: str
    what = "There is no access token for {url}."
    fix = "Store one with 'deml ipfs login', or set DEML_PINNING_TOKEN."


@dataclass(eq=False)
class SecretFile(DemlError):
    cid: str
    kind: str
    what = "{cid} is a {kind} that you have committed to and not published: it must stay on this machine."
    fix = (
        "Leave it to 'deml watch' or 'deml submit' and 'deml job reveal', which publish it when it is safe. "
        "Anyone who sees it earlier can copy or overfit it."
    )


@dataclass(eq=False)
class ReadOnly(DemlError):
    source: str
    size: int
    what = "A file of {size} bytes cannot be added to {source}, which is read-only."
    fix = "Name the RPC of a Kubo node, such as http://127.0.0.1:5001/api/v0: deml config set PROFILE.ipfs_url URL."


@dataclass(eq=False)
class StoreFailed(Unavailable):
    folder: str
    reason: str
    what = "The local block store {folder} cannot be used: {reason}."
    fix = "Free space or correct the permissions; its blocks are copies, so the folder may be removed."


@dataclass(eq=False)
class SourceFault(Unavailable):
    """Category: one source misbehaved; another may serve."""


@dataclass(eq=False)
class Stalled(SourceFault):
    source: str
    received: int
    seconds: float
    what = "{source} sent {received} bytes in {seconds:.0f} seconds and was dropped as too slow."
    fix = "Nothing is lost: what arrived is kept. Try again, or name other gateways (ipfs_gateways)."


@dataclass(eq=False)
class CutOff(SourceFault):
    source: str
    reason: str
    what = "{source} broke off: {reason}."
    fix = "Nothing is lost: what arrived is kept. Try again, or name other gateways (ipfs_gateways)."


@dataclass(eq=False)
class GatewayBusy(SourceFault):
    source: str
    status: int
    what = "{source} is busy or limits requests, and does not answer for now (HTTP {status})."
    fix = "Wait some minutes and try again, or name other gateways (ipfs_gateways)."


@dataclass(eq=False)
class RedirectedElsewhere(SourceFault):
    source: str
    target: str
    what = "{source} redirects to {target}, which is another host; this is not followed."
    fix = "If you trust that host, add it as a gateway (ipfs_gateways)."


@dataclass(eq=False)
class CompressedAnswer(SourceFault):
    source: str
    encoding: str
    what = "{source} answers with the compression '{encoding}', which was not asked for; it is not decompressed."
    fix = "Name other gateways (ipfs_gateways)."


@dataclass(eq=False)
class EndlessAnswer(SourceFault):
    source: str
    limit: int
    what = "{source} sends more than {limit} bytes, the most that the requested content can have."
    fix = "Name other gateways (ipfs_gateways)."


@dataclass(eq=False)
class WrongBlock(SourceFault):
    source: str
    cid: str
    what = "{source} sent something else for the block {cid}."
    fix = "Name other gateways (ipfs_gateways); the wrong data was discarded."


@dataclass(eq=False)
class OversizedBlock(SourceFault):
    size: int
    limit: int
    what = "A block of {size} bytes is announced; IPFS transfers blocks of at most {limit}."
    fix = "Add the file again with a usual chunk size, such as 256 KiB or 1 MiB."


@dataclass(eq=False)
class UnwantedBlock(SourceFault):
    cid: str
    what = "The block {cid} was sent, which is no part of the file."
    fix = "Name other gateways (ipfs_gateways)."


@dataclass(eq=False)
class WrongAnswerType(SourceFault):
    source: str
    found: str
    what = "{source} sent '{found}' instead of IPFS blocks."
    fix = "It is not a trustless gateway, or a page is in front of it; name another (ipfs_gateways)."


@dataclass(eq=False)
class OversizedDag(DemlError):
    cid: str
    limit: int
    what = "The blocks of {cid} have more than {limit} bytes, far more than a file of the allowed size needs."
    fix = "Do not use this file."


@dataclass(eq=False)
class FileNotFound(Unavailable):
    cid: str
    tried: str
    what = "{cid} is not available from any source: {tried}"
    fix = "Ask its owner to keep it available, or name other gateways: deml config set PROFILE.ipfs_gateways URL,URL."


@dataclass(eq=False)
class NotHadForNow(Unavailable):
    cid: str
    tried: str
    what = "{cid} is not available for now: {tried}"
    fix = "Wait some minutes and try again: a source is down or busy. Or name other gateways (ipfs_gateways)."


@dataclass(eq=False)
class PinningRefused(Refused):
    service: str
    status: int
    reason: str
    details: str
    what = "{service} refuses (HTTP {status}, {reason}): {details}"
    fix = "Read its answer: token, plan, quota or request may be wrong. 'deml ipfs login' stores another token."


@dataclass(eq=False)
class PinFailed(Refused):
    cid: str
    service: str
    details: str
    what = "{service} could not pin {cid}: {details}"
    fix = "Make sure that a node which has the file is reachable from outside, then pin it again."


@dataclass(eq=False)
class PinPending(TimedOut):
    cid: str
    service: str
    seconds: int
    status: str
    what = "{cid} is still {status} at {service} after {seconds} seconds."
    fix = "Nothing needs to be repeated: the service carries on. Check with 'deml ipfs status'."


@dataclass(eq=False)
class NotPinned(DemlError):
    cid: str
    service: str
    what = "{cid} is not pinned at {service}."
    fix = "'deml ipfs status' lists what is."


@dataclass(eq=False)
class NoSource(DemlError):
    what = "No place to read files from is configured."
    fix = "Name a Kubo RPC or a trustless gateway."


@dataclass(eq=False)
class NoPinner(DemlError):
    what = "No pinning service or node is configured."
    fix = "Name a pinning service, or the RPC of a Kubo node."


@dataclass(eq=False)
class NotADirectory(DemlError):
    cid: str
    kind: str
    what = "{cid} is no directory in one block: it is {kind}."
    fix = "Take the CID of the folder that was published, or of one file in it."
