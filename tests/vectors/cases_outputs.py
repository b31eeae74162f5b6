"""Notices, and what else the dapp emits."""

from __future__ import annotations

from typing import Final

from cases import (
    ANN,
    APP,
    BEN,
    BURN,
    CAM,
    COLLECTIBLE,
    DATA_CID,
    MARKET_TERMS,
    MAX_UINT32,
    MAX_UINT64,
    MAX_UINT128,
    MAX_UINT256,
    MEAN_CID,
    MIN_INT64,
    MODEL_CID,
    MULTI_TOKEN,
    OTHER_MODEL_CID,
    PURSE,
    SAFE_TRANSFER,
    SPONSOR,
    TERMS,
    TOKEN,
    ZERO_ADDRESS,
    Json,
    tokens,
    word,
)
from encoders import encode_call

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
