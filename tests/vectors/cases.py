"""The cases of the vectors: names and arguments; `generate.py` adds the encodings."""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from typing import Any, Final

from encoders import encode_rule

Json = dict[str, Any]

SPONSOR: Final = "0x" + "5a" * 20
ANN: Final = "0x" + "a1" * 20
BEN: Final = "0x" + "b2" * 20
CAM: Final = "0x" + "c3" * 20
PURSE: Final = "0x" + "9e" * 20
TOKEN: Final = "0x" + "70" * 20
COLLECTIBLE: Final = "0x" + "71" * 20
MULTI_TOKEN: Final = "0x" + "72" * 20
APP: Final = "0x" + "a9" * 20
SAFE_TRANSFER: Final = "0x" + "5f" * 20
ZERO_ADDRESS: Final = "0x" + "00" * 20
BURN: Final = "0x" + "00" * 18 + "dead"

ZERO_WORD: Final = "0x" + "00" * 32
FULL_WORD: Final = "0x" + "ff" * 32
MAX_UINT32: Final = str(2**32 - 1)
MAX_UINT64: Final = str(2**64 - 1)
MAX_UINT128: Final = str(2**128 - 1)
MAX_UINT256: Final = str(2**256 - 1)
MIN_INT64: Final = str(-(2**63))
MAX_INT64: Final = str(2**63 - 1)


def tokens(number: int) -> str:
    """A number of whole tokens, in the smallest unit."""
    return str(number * 10**18)


def word(name: str) -> str:
    """32 bytes that belong to a name."""
    return "0x" + sha256(name.encode()).hexdigest()


def raw_cid(content: str) -> dict[str, str]:
    """CIDv1 of a raw leaf: base32 text and binary."""
    binary = bytes.fromhex("01551220") + sha256(content.encode()).digest()
    return {"cid": "b" + b32encode(binary).decode().rstrip("=").lower(), "cidBytes": "0x" + binary.hex()}


def stream(codec: int, data: str) -> Json:
    """A packed CAR of nonsense bytes: what it holds is not the wire's business."""
    return {"codec": str(codec), "data": data}


MODEL_CID: Final = raw_cid("ann's weights")["cid"]
OTHER_MODEL_CID: Final = raw_cid("ben's weights")["cid"]
MEAN_CID: Final = raw_cid("the mean of ann's weights and ben's")["cid"]
DATA_CID: Final = raw_cid("the holdout")["cid"]
CID_V0: Final = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"
LONG_CHUNK: Final = "0x" + bytes(number * 7 % 256 for number in range(1000)).hex()

RULES: Final[list[Json]] = [
    {"name": "fixed", "kind": "fixed", "args": {"reward": tokens(100), "threshold": "20000"}},
    {"name": "fixed, largest", "kind": "fixed", "args": {"reward": MAX_UINT128, "threshold": MAX_UINT64}},
    {"name": "market", "kind": "market", "args": {"target": "950000", "grid": "1000"}},
    {"name": "market, negative target", "kind": "market", "args": {"target": "-250000", "grid": "1"}},
    {"name": "market, least and largest", "kind": "market", "args": {"target": MIN_INT64, "grid": MAX_UINT64}},
]

TERMS: Final[Json] = {
    "title": "Tell benign from malignant",
    "specCid": "",
    "initialModelCid": raw_cid("the initial weights")["cid"],
    "architecture": '{"family":"logistic","inputs":30,"outputs":1}',
    "metric": "accuracy",
    "baseline": "850000",
    "holdoutCommitment": word("the holdout's commitment"),
    "rewardToken": TOKEN,
    "rule": {"kind": "fixed", "params": encode_rule(**{k: RULES[0][k] for k in ("kind", "args")})},
    "commitUntil": "1893456000",
    "holdoutUntil": "1893459600",
    "declareUntil": "1893463200",
    "submitUntil": "1893466800",
    "maxRounds": "3",
    "stake": "0",
    "bondBps": "1000",
    "maxParticipants": "16",
    "maxModelBytes": "65536",
    "maxHoldoutBytes": "262144",
    "maxRows": "1000",
    "minRows": "1",
    "confidence": "0",
    "evidenceCut": "0",
    "previousJob": "0",
    "aggregate": False,
    "allowList": [],
    "nonce": word("the first job"),
}
MARKET_TERMS: Final[Json] = {
    **TERMS,
    "title": "Étude clinique n° 2 — 臨床 📈",
    "specCid": CID_V0,
    "metric": "r2",
    "baseline": "-125000",
    "minRows": "500",
    "confidence": "950000",
    "evidenceCut": "9000000",
    "previousJob": "1",
    "aggregate": True,
    "rule": {"kind": "market", "params": encode_rule("market", {"target": "950000", "grid": "1000"})},
    "stake": tokens(10),
    "allowList": [ANN, BEN],
    "nonce": word("the second job"),
}
EXTREME_TERMS: Final[Json] = {
    "title": "",
    "specCid": "",
    "initialModelCid": "",
    "architecture": "",
    "metric": "",
    "baseline": MIN_INT64,
    "holdoutCommitment": FULL_WORD,
    "rewardToken": "0x" + "ff" * 20,
    "rule": {"kind": "a rule of the future", "params": "0x0102"},
    "commitUntil": MAX_UINT64,
    "holdoutUntil": MAX_UINT64,
    "declareUntil": MAX_UINT64,
    "submitUntil": MAX_UINT64,
    "maxRounds": "65535",
    "stake": MAX_UINT128,
    "bondBps": "65535",
    "maxParticipants": "65535",
    "maxModelBytes": MAX_UINT32,
    "maxHoldoutBytes": MAX_UINT32,
    "maxRows": MAX_UINT32,
    "minRows": MAX_UINT32,
    "confidence": MAX_UINT32,
    "evidenceCut": MAX_UINT64,
    "previousJob": MAX_UINT256,
    "aggregate": True,
    "allowList": [ZERO_ADDRESS],
    "nonce": ZERO_WORD,
}

INPUTS: Final[list[Json]] = [
    {"name": "createJob, fixed rule", "function": "createJob", "args": {"terms": TERMS}},
    {"name": "createJob, market rule, allow-list", "function": "createJob", "args": {"terms": MARKET_TERMS}},
    {"name": "createJob, unknown rule, extremes", "function": "createJob", "args": {"terms": EXTREME_TERMS}},
    {"name": "topUp", "function": "topUp", "args": {"jobId": "1"}},
    {"name": "topUp, largest job", "function": "topUp", "args": {"jobId": MAX_UINT256}},
    {"name": "accept, for oneself", "function": "accept", "args": {"jobId": "1", "payTo": ZERO_ADDRESS}},
    {"name": "accept, for another", "function": "accept", "args": {"jobId": "2", "payTo": PURSE}},
    {"name": "setPayTo", "function": "setPayTo", "args": {"jobId": "2", "payTo": PURSE}},
    {"name": "commit", "function": "commit", "args": {"jobId": "1", "commitment": word("a commitment")}},
    {"name": "commit, zero", "function": "commit", "args": {"jobId": "1", "commitment": ZERO_WORD}},
    {
        "name": "upload, first chunk of the holdout",
        "function": "upload",
        "args": {"jobId": "1", "slot": "1", "seq": "0", "chunk": LONG_CHUNK},
    },
    {
        "name": "upload, empty chunk of the initial model",
        "function": "upload",
        "args": {"jobId": "1", "slot": "0", "seq": "7", "chunk": "0x"},
    },
    {
        "name": "upload, last number, weights",
        "function": "upload",
        "args": {"jobId": "1", "slot": "2", "seq": MAX_UINT32, "chunk": "0x00"},
    },
    {
        "name": "revealHoldout, uploaded before",
        "function": "revealHoldout",
        "args": {
            "jobId": "1",
            "dataCid": DATA_CID,
            "salt": word("the sponsor's salt"),
            "holdout": stream(1, "0x"),
            "initialModel": stream(0, "0x"),
        },
    },
    {
        "name": "revealHoldout, inline",
        "function": "revealHoldout",
        "args": {
            "jobId": "1",
            "dataCid": CID_V0,
            "salt": FULL_WORD,
            "holdout": stream(1, LONG_CHUNK),
            "initialModel": stream(0, "0x" + "3a" * 33),
        },
    },
    {"name": "declare", "function": "declare", "args": {"jobId": "1", "credited": "917543", "minPay": tokens(5)}},
    {
        "name": "declare, negative score",
        "function": "declare",
        "args": {"jobId": "1", "credited": "-1", "minPay": MAX_UINT256},
    },
    {
        "name": "declare, least score",
        "function": "declare",
        "args": {"jobId": "1", "credited": MIN_INT64, "minPay": "0"},
    },
    {
        "name": "submit, inline",
        "function": "submit",
        "args": {
            "jobId": "1",
            "modelCid": MODEL_CID,
            "dataCid": DATA_CID,
            "salt": word("ann's salt"),
            "weights": stream(1, LONG_CHUNK),
        },
    },
    {
        "name": "submit, uploaded before",
        "function": "submit",
        "args": {
            "jobId": "1",
            "modelCid": MODEL_CID,
            "dataCid": DATA_CID,
            "salt": ZERO_WORD,
            "weights": stream(0, "0x"),
        },
    },
    {"name": "score, one slice", "function": "score", "args": {"jobId": "1", "client": ANN, "slices": "1"}},
    {
        "name": "score, all that fit",
        "function": "score",
        "args": {"jobId": MAX_UINT256, "client": SPONSOR, "slices": MAX_UINT32},
    },
    {"name": "settle", "function": "settle", "args": {"jobId": "1"}},
    {"name": "aggregate", "function": "aggregate", "args": {"jobId": "1"}},
    {"name": "cancel", "function": "cancel", "args": {"jobId": "1"}},
    {"name": "withdraw, token", "function": "withdraw", "args": {"token": TOKEN, "amount": tokens(3), "to": ANN}},
    {
        "name": "withdraw, Ether",
        "function": "withdraw",
        "args": {"token": ZERO_ADDRESS, "amount": MAX_UINT256, "to": PURSE},
    },
]

DEPOSITS: Final[list[Json]] = [
    {"name": f"ERC-20, {order}", "portal": "ERC20Portal", "order": order, "args": args}
    for order, args in (
        ("createJob, fixed rule", {"token": TOKEN, "sender": SPONSOR, "value": tokens(1000)}),
        ("createJob, market rule, allow-list", {"token": TOKEN, "sender": SPONSOR, "value": MAX_UINT128}),
        ("topUp", {"token": TOKEN, "sender": SPONSOR, "value": tokens(500)}),
        ("accept, for another", {"token": TOKEN, "sender": ANN, "value": tokens(10)}),
    )
] + [
    {
        "name": "ERC-20, without data",
        "portal": "ERC20Portal",
        "order": None,
        "args": {"token": TOKEN, "sender": ANN, "value": "1", "execLayerData": "0x"},
    },
    {
        "name": "ERC-20, unreadable data",
        "portal": "ERC20Portal",
        "order": None,
        "args": {"token": TOKEN, "sender": ANN, "value": MAX_UINT256, "execLayerData": "0x50ace9c201"},
    },
    {
        "name": "Ether, without data",
        "portal": "EtherPortal",
        "order": None,
        "args": {"sender": ANN, "value": tokens(2), "execLayerData": "0x"},
    },
    {
        "name": "Ether, data that says nothing",
        "portal": "EtherPortal",
        "order": None,
        "args": {"sender": ANN, "value": "0", "execLayerData": "0xc0ffee"},
    },
    {
        "name": "ERC-721",
        "portal": "ERC721Portal",
        "order": None,
        "args": {
            "token": COLLECTIBLE,
            "sender": BEN,
            "tokenId": MAX_UINT256,
            "baseLayerData": "0x01",
            "execLayerData": "0xc0ffee",
        },
    },
    {
        "name": "ERC-1155, single",
        "portal": "ERC1155SinglePortal",
        "order": None,
        "args": {
            "token": MULTI_TOKEN,
            "sender": BEN,
            "tokenId": "7",
            "value": "3",
            "baseLayerData": "0x",
            "execLayerData": "0x",
        },
    },
    {
        "name": "ERC-1155, batch",
        "portal": "ERC1155BatchPortal",
        "order": None,
        "args": {
            "token": MULTI_TOKEN,
            "sender": BEN,
            "tokenIds": ["7", "8", MAX_UINT256],
            "values": ["3", "1", MAX_UINT128],
            "baseLayerData": "0x01",
            "execLayerData": "0xc0ffee",
        },
    },
    {
        "name": "ERC-1155, empty batch",
        "portal": "ERC1155BatchPortal",
        "order": None,
        "args": {
            "token": MULTI_TOKEN,
            "sender": BEN,
            "tokenIds": [],
            "values": [],
            "baseLayerData": "0x",
            "execLayerData": "0x",
        },
    },
]

COMMITMENTS: Final[list[Json]] = [
    {
        "name": "model",
        "kind": "model",
        "chainId": "31337",
        "app": APP,
        "jobId": "1",
        "client": ANN,
        **raw_cid("ann's weights"),
        "salt": word("ann's salt"),
    },
    {
        "name": "model, extremes",
        "kind": "model",
        "chainId": MAX_UINT256,
        "app": "0x" + "ff" * 20,
        "jobId": MAX_UINT256,
        "client": ZERO_ADDRESS,
        **raw_cid(""),
        "salt": ZERO_WORD,
    },
    {
        "name": "holdout",
        "kind": "holdout",
        "chainId": "31337",
        "app": APP,
        "nonce": word("the first job"),
        "sponsor": SPONSOR,
        **raw_cid("the holdout"),
        "salt": word("the sponsor's salt"),
    },
    {
        "name": "holdout, extremes",
        "kind": "holdout",
        "chainId": "1",
        "app": ZERO_ADDRESS,
        "nonce": FULL_WORD,
        "sponsor": "0x" + "ff" * 20,
        **raw_cid("the holdout"),
        "salt": FULL_WORD,
    },
]
