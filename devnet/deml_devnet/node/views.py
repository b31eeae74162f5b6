"""Records as JSON, field by field as the node's JSON-RPC names them.

The names are those of npm's ``@cartesi/rpc`` 2.0.0-alpha.25; where the documentation of Rollups 2.0 has another name
for the same thing (`state`, `claim_hash`, `transaction_reference`), that is there as well.
"""

from __future__ import annotations

from typing import Any, Final

from eth_utils.address import to_checksum_address

from deml_devnet.node import outputs
from deml_devnet.node.config import NodeConfig
from deml_devnet.node.evm_advance import read_input
from deml_devnet.node.guest import Verdict
from deml_devnet.node.records import NOT_PROCESSED, EpochRecord, InputRecord, OutputRecord, ReportRecord
from deml_sdk.chain.outputs_tree import HEIGHT

Json = dict[str, Any]

NO_ADDRESS: Final = "0x" + "00" * 20
NO_HASH: Final = "0x" + "00" * 32
NEVER: Final = "1970-01-01T00:00:00Z"
"""Stands where the real node has a time that this one does not keep: when the application was registered."""

_NANOSECONDS: Final = 1_000_000_000


def application_view(config: NodeConfig, processed_inputs: int, last_block: int) -> Json:
    """The application that this node runs."""
    never_foreclosed = {
        "withdrawal_config": {
            "guardian": NO_ADDRESS,
            "log2_leaves_per_account": "0x0",
            "log2_max_num_of_accounts": "0x0",
            "accounts_drive_start_index": "0x0",
            "withdrawal_output_builder": NO_ADDRESS,
        },
        "foreclose_block": "0x0",
        "foreclose_transaction": NO_HASH,
        "accounts_drive_proved_block": "0x0",
        "accounts_drive_proved_transaction": NO_HASH,
        "accounts_drive_merkle_root": NO_HASH,
    }
    checks = ("epoch", "input", "output", "tournament", "foreclose", "accounts_drive_proved", "withdrawal")
    return {
        "name": config.app_name,
        "iapplication_address": to_checksum_address(config.app),
        "iconsensus_address": to_checksum_address(config.authority),
        "iinputbox_address": to_checksum_address(config.input_box),
        "template_hash": config.template_hash,
        "epoch_length": hex(config.epoch_length),
        "claim_staging_period": "0x0",
        "data_availability": config.data_availability,
        "consensus_type": "AUTHORITY",
        "enabled": True,
        "status": "OK",
        "state": "ENABLED",
        "reason": None,
        "iinputbox_block": hex(config.first_block),
        **{f"last_{check}_check_block": hex(last_block) for check in checks},
        "processed_inputs": hex(processed_inputs),
        **never_foreclosed,
        "created_at": NEVER,
        "updated_at": NEVER,
        "execution_parameters": _execution_parameters(config),
    }


def input_view(record: InputRecord) -> Json:
    """An input."""
    decoded = read_input(record.raw)
    return {
        "epoch_index": hex(record.epoch),
        "index": hex(record.number),
        "block_number": hex(record.block_number),
        "raw_data": _hex(record.raw),
        "decoded_data": {
            "chain_id": hex(decoded.chain_id),
            "application_contract": to_checksum_address(decoded.app_contract),
            "sender": to_checksum_address(decoded.msg_sender),
            "block_number": hex(decoded.block_number),
            "block_timestamp": hex(decoded.block_timestamp),
            "prev_randao": hex(decoded.prev_randao),
            "index": hex(decoded.input_index),
            "payload": _hex(decoded.payload),
        },
        "status": record.status if record.status == NOT_PROCESSED else Verdict(record.status).status,
        "machine_hash": None,
        "outputs_hash": _optional(record.outputs_root),
        "transaction_hash": record.transaction,
        "transaction_reference": record.transaction,
        "log_index": hex(record.log_index),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def output_view(record: OutputRecord) -> Json:
    """An output."""
    decoded = outputs.describe(record.raw)
    if decoded is not None and "destination" in decoded:
        decoded["destination"] = to_checksum_address(decoded["destination"])
    siblings = record.siblings
    return {
        "epoch_index": hex(record.epoch),
        "input_index": hex(record.input),
        "index": hex(record.number),
        "raw_data": _hex(record.raw),
        "decoded_data": decoded,
        "hash": _hex(record.hash),
        "output_hashes_siblings": siblings and [_hex(siblings[32 * n : 32 * n + 32]) for n in range(HEIGHT)],
        "execution_transaction_hash": record.executed_in,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def report_view(record: ReportRecord) -> Json:
    """A report."""
    return {
        "epoch_index": hex(record.epoch),
        "input_index": hex(record.input),
        "index": hex(record.number),
        "raw_data": _hex(record.raw),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def epoch_view(record: EpochRecord, first_input: int, end_input: int) -> Json:
    """An epoch, whose inputs are those from `first_input` to before `end_input`."""
    return {
        "index": hex(record.number),
        "first_block": hex(record.first_block),
        "last_block": hex(record.last_block),
        "input_index_lower_bound": hex(first_input),
        "input_index_upper_bound": hex(end_input),
        "machine_hash": None,
        "outputs_merkle_root": _optional(record.root),
        "outputs_merkle_proof": None,
        "commitment": None,
        "commitment_proof": None,
        "claim_hash": _optional(record.root),
        "claim_transaction_hash": record.claim_transaction,
        "tournament_address": None,
        "status": record.status,
        "staged_at_block": None,
        "virtual_index": hex(record.virtual),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def _execution_parameters(config: NodeConfig) -> Json:
    deadlines = {
        "advance_inc": config.advance_seconds,
        "advance_max": config.advance_seconds,
        "inspect_inc": config.inspect_seconds,
        "inspect_max": config.inspect_seconds,
        "load": config.start_seconds,
        "store": 0,
        "fast": 0,
    }
    cycles = ("advance_inc", "advance_max", "inspect_inc", "inspect_max")
    return {
        "snapshot_policy": "NONE",
        **{f"{kind}_cycles": "0x0" for kind in cycles},
        **{f"{kind}_deadline": hex(round(seconds * _NANOSECONDS)) for kind, seconds in deadlines.items()},
        "max_concurrent_inspects": 1,
        "created_at": NEVER,
        "updated_at": NEVER,
    }


def _optional(data: bytes | None) -> str | None:
    return None if data is None else _hex(data)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
