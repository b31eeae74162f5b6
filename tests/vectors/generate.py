"""Write the JSON vectors in this directory, and the Solidity that encodes their inputs; with ``--check`` only compare.

README.md describes their format. Messages are encoded by eth-abi from the ABI that ``forge build`` makes of the
Solidity interfaces, commitments by hashlib alone. Nothing comes from the ``deml`` package, which is
tested against these files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cases import COMMITMENTS, DEPOSITS, INPUTS, RULES
from cases_outputs import NOTICES, OUTPUTS
from encoders import Contract, Json, encode_commitment, encode_deposit, encode_rule
from solidity import contract_of

HERE = Path(__file__).resolve().parent
ARTIFACTS = HERE.parents[1] / "contracts" / "out"

ENCODED_INPUTS = "../../contracts/test/support/EncodedInputs.sol"


def main(check: bool) -> int:
    """Write all files, or compare them; return how many differ."""
    files = vectors()
    if not check:
        for name, content in files.items():
            (HERE / name).write_text(content, "utf-8")
        return 0
    differing = [name for name, content in files.items() if _read(HERE / name) != content]
    for name in differing:
        print(f"{name} is not what generate.py makes of its cases and contracts/src", file=sys.stderr)
    return len(differing)


def vectors() -> dict[str, str]:
    """Text of every file by name."""
    inputs, notices = Contract(ARTIFACTS / "IDeML.sol/Inputs.json"), Contract(ARTIFACTS / "IDeML.sol/Notices.json")
    outputs = Contract(ARTIFACTS / "ICartesi.sol/Outputs.json")

    encoded_inputs, encoded_notices = _calls(inputs, INPUTS), _calls(notices, NOTICES)
    deposits = [_filled(case, "order", "execLayerData", encoded_inputs) for case in DEPOSITS]
    emitted = [_filled(case, "notice", "payload", encoded_notices) for case in OUTPUTS]
    files: dict[str, Json] = {
        "selectors.json": {
            "inputs": inputs.selectors(),
            "notices": notices.selectors(),
            "outputs": outputs.selectors(),
        },
        "rules.json": {"cases": [{**case, "encoded": encode_rule(case["kind"], case["args"])} for case in RULES]},
        "inputs.json": {"cases": encoded_inputs},
        "notices.json": {"cases": encoded_notices},
        "deposits.json": {"cases": [{**case, "encoded": encode_deposit(case)} for case in deposits]},
        "outputs.json": {"cases": _calls(outputs, emitted)},
        "commitments.json": {"cases": [{**case, "commitment": encode_commitment(case)} for case in COMMITMENTS]},
    }
    texts = {name: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for name, content in files.items()}
    return {**texts, ENCODED_INPUTS: contract_of(inputs)}


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def _calls(contract: Contract, cases: list[Json]) -> list[Json]:
    """Encode each case's call; every function of the contract must have a case."""
    if without := contract.functions.keys() - {case["function"] for case in cases}:
        raise SystemExit(f"no case in cases.py calls {sorted(without)}")
    return [{**case, "encoded": contract.encode(case["function"], case["args"])} for case in cases]


def _filled(case: Json, reference: str, argument: str, encoded: list[Json]) -> Json:
    """Put the encoding of the case that `case` refers to, if to any, into one of its arguments."""
    if not case.get(reference):
        return case
    (found,) = [one["encoded"] for one in encoded if one["name"] == case[reference]]
    return {**case, "args": {**case["args"], argument: found}}


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
