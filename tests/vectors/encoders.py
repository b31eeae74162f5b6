"""The encodings of the vectors, from a contract's ABI or from the formulas, independent of the ``deml`` package.

Arguments are JSON: integers as decimal strings, bytes and addresses as hex with ``0x``, structs as objects.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

Json = dict[str, Any]


class Contract:
    """A Solidity interface: its functions as compiled by Foundry.

    Raises
    ------
    SystemExit
        If the artifact is missing.
    """

    def __init__(self, artifact: Path) -> None:
        if not artifact.exists():
            raise SystemExit(f"{artifact} is missing: run 'forge build' in contracts/ first")
        abi = json.loads(artifact.read_text("utf-8"))["abi"]
        self.functions: dict[str, list[Json]] = {one["name"]: one["inputs"] for one in abi if one["type"] == "function"}

    def signature(self, name: str) -> str:
        """Canonical signature of a function."""
        return f"{name}({','.join(map(_type_of, self.functions[name]))})"

    def selectors(self) -> list[Json]:
        """Signature and selector of every function, by name."""
        signatures = {name: self.signature(name) for name in sorted(self.functions)}
        return [{"name": name, "signature": s, "selector": _hex(_selector(s))} for name, s in signatures.items()]

    def encode(self, name: str, args: Json) -> str:
        """Calldata of a call."""
        parameters = self.functions[name]
        if set(args) != {one["name"] for one in parameters}:
            raise SystemExit(f"the arguments of {name} are {[one['name'] for one in parameters]}, not {list(args)}")
        values = [_value_of(_type_of(one), one.get("components"), args[one["name"]]) for one in parameters]
        return _hex(_selector(self.signature(name)) + encode([_type_of(one) for one in parameters], values))


def encode_rule(kind: str, args: Json) -> str:
    """``abi.encode`` of a ``FixedRule`` or a ``MarketRule``."""
    types = {"fixed": ["uint128", "uint64"], "market": ["int64", "uint64"]}[kind]
    return _hex(encode(types, [int(value) for value in args.values()]))


def encode_call(signature: str, *values: Any) -> str:
    """Calldata of a function known by its signature, all of whose arguments are of elementary types or arrays."""
    types = signature[signature.index("(") + 1 : -1].split(",")
    return _hex(
        _selector(signature) + encode(types, [_value_of(t, None, v) for t, v in zip(types, values, strict=True)])
    )


def encode_deposit(case: Json) -> str:
    """Payload of a portal's input, as ``InputEncoding.sol`` of Cartesi Rollups 2.2.0 packs it."""
    args = case["args"]
    token, sender = _bytes(args.get("token", "0x")), _bytes(args["sender"])
    both = (_bytes(args.get("baseLayerData", "0x")), _bytes(args["execLayerData"]))
    match case["portal"]:
        case "EtherPortal" | "ERC20Portal":
            return _hex(token + sender + _word(args["value"]) + both[1])
        case "ERC721Portal":
            return _hex(token + sender + _word(args["tokenId"]) + encode(["bytes", "bytes"], both))
        case "ERC1155SinglePortal":
            words = _word(args["tokenId"]) + _word(args["value"])
            return _hex(token + sender + words + encode(["bytes", "bytes"], both))
        case "ERC1155BatchPortal":
            lists = [[int(one) for one in args[name]] for name in ("tokenIds", "values")]
            return _hex(token + sender + encode(["uint256[]", "uint256[]", "bytes", "bytes"], [*lists, *both]))
        case portal:
            raise SystemExit(f"no portal is called {portal}")


def encode_commitment(case: Json) -> str:
    """``sha256(tag ++ chainId ++ app ++ context ++ owner ++ sha256(cid) ++ salt)``."""
    context = _word(case["jobId"]) if case["kind"] == "model" else _bytes(case["nonce"])
    owner = case["client"] if case["kind"] == "model" else case["sponsor"]
    words = (
        sha256(f"deml.{case['kind']}.v2".encode()).digest(),
        _word(case["chainId"]),
        _bytes(case["app"]).rjust(32, b"\0"),
        context,
        _bytes(owner).rjust(32, b"\0"),
        sha256(_bytes(case["cidBytes"])).digest(),
        _bytes(case["salt"]),
    )
    return _hex(sha256(b"".join(words)).digest())


def _type_of(parameter: Json) -> str:
    kind: str = parameter["type"]
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(_type_of, parameter['components']))}){kind.removeprefix('tuple')}"


def _value_of(kind: str, components: list[Json] | None, value: Any) -> Any:
    if kind.endswith("[]"):
        return [_value_of(kind.removesuffix("[]"), components, one) for one in value]
    if components is not None:
        return tuple(_value_of(_type_of(one), one.get("components"), value[one["name"]]) for one in components)
    if kind.startswith(("uint", "int")):
        return int(value)
    return _bytes(value) if kind.startswith("bytes") else value


def _selector(signature: str) -> bytes:
    return keccak(text=signature)[:4]


def _word(number: str) -> bytes:
    return int(number).to_bytes(32, "big")


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
