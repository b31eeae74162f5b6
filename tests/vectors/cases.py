"""The cases of the vectors: names and arguments; `generate.py` adds the encodings."""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from typing import Any, Final

from encoders import encode_call, encode_rule

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

NOTICES: Final[list[Json]] = [
    {
        "name": "JobCreated, fixed rule",
        "function": "JobCreated",
        "args": {"jobId": "1", "sponsor": SPONSOR, "escrow": tokens(1000), "terms": TERMS},
    },
    {
        "name": "JobCreated, market rule",
        "function": "JobCreated",
        "args": {"jobId": "2", "sponsor": SPONSOR, "escrow": MAX_UINT128, "terms": MARKET_TERMS},
    },
    {"name": "ToppedUp", "function": "ToppedUp", "args": {"jobId": "1", "escrow": tokens(1500)}},
    {"name": "Accepted", "function": "Accepted", "args": {"jobId": "1", "client": ANN, "payTo": ANN}},
    {"name": "PayToChanged", "function": "PayToChanged", "args": {"jobId": "1", "client": ANN, "payTo": PURSE}},
    {
        "name": "Committed",
        "function": "Committed",
        "args": {"jobId": "1", "client": ANN, "commitment": word("a commitment")},
    },
    {
        "name": "HoldoutRevealed",
        "function": "HoldoutRevealed",
        "args": {"jobId": "1", "dataCid": DATA_CID, "baseline": "850000", "rows": "114"},
    },
    {
        "name": "HoldoutRevealed, negative baseline",
        "function": "HoldoutRevealed",
        "args": {"jobId": "2", "dataCid": DATA_CID, "baseline": "-125000", "rows": MAX_UINT32},
    },
    {
        "name": "Declared",
        "function": "Declared",
        "args": {"jobId": "1", "client": ANN, "credited": "917543", "minPay": tokens(5)},
    },
    {
        "name": "Declared, negative score",
        "function": "Declared",
        "args": {"jobId": "1", "client": BEN, "credited": "-917543", "minPay": "0"},
    },
    {
        "name": "DuesFixed, first round",
        "function": "DuesFixed",
        "args": {
            "jobId": "1",
            "round": "1",
            "roundUntil": "1893466800",
            "dues": [{"client": ANN, "pay": tokens(100)}, {"client": BEN, "pay": tokens(40)}],
            "waived": [CAM],
            "failed": [],
        },
    },
    {
        "name": "DuesFixed, nobody due",
        "function": "DuesFixed",
        "args": {
            "jobId": "1",
            "round": "2",
            "roundUntil": MAX_UINT64,
            "dues": [],
            "waived": [],
            "failed": [ANN, BEN],
        },
    },
    {
        "name": "Scoring",
        "function": "Scoring",
        "args": {"jobId": "1", "client": ANN, "rowsDone": "30000", "rows": "100000"},
    },
    {
        "name": "Scoring, most rows",
        "function": "Scoring",
        "args": {"jobId": "2", "client": SPONSOR, "rowsDone": "0", "rows": MAX_UINT32},
    },
    {
        "name": "Scored",
        "function": "Scored",
        "args": {
            "jobId": "1",
            "client": ANN,
            "modelCid": MODEL_CID,
            "dataCid": DATA_CID,
            "score": "917543",
            "credited": "903211",
        },
    },
    {
        "name": "Scored, negative score",
        "function": "Scored",
        "args": {
            "jobId": "1",
            "client": BEN,
            "modelCid": OTHER_MODEL_CID,
            "dataCid": DATA_CID,
            "score": "-31",
            "credited": MIN_INT64,
        },
    },
    {
        "name": "Refuted, another score",
        "function": "Refuted",
        "args": {
            "jobId": "1",
            "client": ANN,
            "modelCid": MODEL_CID,
            "declared": "917543",
            "computed": "-917543",
            "reason": "SCORE_MISMATCH",
        },
    },
    {
        "name": "Refuted, no score",
        "function": "Refuted",
        "args": {
            "jobId": "1",
            "client": SPONSOR,
            "modelCid": MODEL_CID,
            "declared": MIN_INT64,
            "computed": "0",
            "reason": "NOT_FINITE",
        },
    },
    {
        "name": "Settled, two models",
        "function": "Settled",
        "args": {
            "jobId": "1",
            "ending": "settled",
            "dataCid": DATA_CID,
            "models": [
                {"client": ANN, "modelCid": MODEL_CID, "score": "917543", "credited": "903211"},
                {"client": BEN, "modelCid": OTHER_MODEL_CID, "score": "-31", "credited": "-31"},
            ],
            "payouts": [
                {"client": ANN, "payTo": PURSE, "pay": tokens(100), "stake": tokens(10), "compensation": "1"},
                {"client": BEN, "payTo": BEN, "pay": tokens(40), "stake": tokens(10), "compensation": "0"},
                {"client": CAM, "payTo": CAM, "pay": "0", "stake": "0", "compensation": "0"},
            ],
            "sponsorRefund": tokens(860),
            "burnt": "0",
        },
    },
    {
        "name": "Settled, holdout not revealed",
        "function": "Settled",
        "args": {
            "jobId": "2",
            "ending": "holdout-not-revealed",
            "dataCid": "",
            "models": [],
            "payouts": [],
            "sponsorRefund": MAX_UINT128,
            "burnt": tokens(10),
        },
    },
    {
        "name": "Aggregated",
        "function": "Aggregated",
        "args": {"jobId": "1", "modelCid": MEAN_CID, "models": "2", "score": "921377"},
    },
    {
        "name": "Aggregated, negative score, most models",
        "function": "Aggregated",
        "args": {"jobId": MAX_UINT256, "modelCid": MEAN_CID, "models": "65535", "score": MIN_INT64},
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

OUTPUTS: Final[list[Json]] = [
    {"name": "notice, Scored", "function": "Notice", "notice": "Scored", "args": {}},
    {"name": "notice, Settled", "function": "Notice", "notice": "Settled, two models", "args": {}},
    {"name": "notice, Aggregated", "function": "Notice", "notice": "Aggregated", "args": {}},
    {
        "name": "transfer of a token",
        "function": "DelegateCallVoucher",
        "transfer": {"token": TOKEN, "to": ANN, "amount": tokens(100)},
        "args": {
            "destination": SAFE_TRANSFER,
            "payload": encode_call("safeTransfer(address,address,uint256)", TOKEN, ANN, tokens(100)),
        },
    },
    {
        "name": "transfer of the largest amount to the burn address",
        "function": "DelegateCallVoucher",
        "transfer": {"token": TOKEN, "to": BURN, "amount": MAX_UINT128},
        "args": {
            "destination": SAFE_TRANSFER,
            "payload": encode_call("safeTransfer(address,address,uint256)", TOKEN, BURN, MAX_UINT128),
        },
    },
    {
        "name": "transfer of Ether",
        "function": "Voucher",
        "transfer": {"token": ZERO_ADDRESS, "to": ANN, "amount": tokens(2)},
        "args": {"destination": ANN, "value": tokens(2), "payload": "0x"},
    },
    {
        "name": "return of an ERC-721 token",
        "function": "Voucher",
        "foreignReturn": {"token": COLLECTIBLE, "to": BEN, "ids": [MAX_UINT256], "amounts": None},
        "args": {
            "destination": COLLECTIBLE,
            "value": "0",
            "payload": encode_call("safeTransferFrom(address,address,uint256,bytes)", APP, BEN, MAX_UINT256, "0x"),
        },
    },
    {
        "name": "return of ERC-1155 tokens",
        "function": "Voucher",
        "foreignReturn": {"token": MULTI_TOKEN, "to": BEN, "ids": ["7", "8"], "amounts": ["3", "1"]},
        "args": {
            "destination": MULTI_TOKEN,
            "value": "0",
            "payload": encode_call(
                "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
                APP,
                BEN,
                ["7", "8"],
                ["3", "1"],
                "0x",
            ),
        },
    },
]
