"""The test contract that encodes every input with solc, written from the ABI: only its types are needed for that."""

from __future__ import annotations

from encoders import Contract, Json

READERS = {
    "uint256": "number",
    "uint8": "number8",
    "uint16": "number16",
    "uint32": "number32",
    "uint64": "number64",
    "uint128": "number128",
    "int64": "signed64",
    "address": "account",
    "address[]": "accounts",
    "bytes32": "word",
    "bytes": "data",
    "string": "text",
    "bool": "truth",
}
"""By Solidity type, the function of `JsonReader` that reads it."""

HEAD = """\
// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Written by tests/vectors/generate.py from IDeML.sol.

import {Inputs, Slot} from "../../src/interfaces/IDeML.sol";
import {Json, JsonReader} from "./Json.sol";
import {Structs} from "./Structs.sol";

/// @notice What solc makes of the inputs: their selectors by name, and the encodings of their vectors.
library EncodedInputs {
    using JsonReader for Json;
"""


def contract_of(inputs: Contract) -> str:
    """Write the contract; `forge fmt` leaves it alone (foundry.toml)."""
    names = sorted(inputs.functions)
    lines = ["", "    function selectors() internal pure returns (bytes4[] memory found) {"]
    lines.append(f"        found = new bytes4[]({len(names)});")
    lines += [f"        found[{place}] = Inputs.{name}.selector;" for place, name in enumerate(names)]
    lines += ["    }", "", "    function encode(Json memory vector) internal pure returns (bytes memory) {"]
    lines.append('        Json memory args = vector.at("args");')
    for name in names:
        given = ", ".join(_read(one) for one in inputs.functions[name])
        lines.append(f'        if (vector.says("function", "{name}")) {{')
        lines += [f"            return abi.encodeCall(Inputs.{name}, ({given}));", "        }"]
    lines.append('        revert(string.concat("no input is called ", vector.text("function")));')
    return HEAD + "\n".join([*lines, "    }", "}", ""])


def _read(parameter: Json) -> str:
    """Solidity that reads an argument; structs are read by the function of `Structs` that has their name."""
    name, kind, internal = parameter["name"], parameter["type"], parameter["internalType"]
    if kind == "tuple":
        struct = internal.removeprefix("struct ")
        return f'Structs.{struct[0].lower()}{struct[1:]}(args.at("{name}"))'
    read = f'args.{READERS[kind]}("{name}")'
    return read if internal == kind else f"{internal}.wrap({read})"
