"""Every encoding that ``deml shrink`` tries, on whatever platform: ``python -m tests.e2e.encoding_cases < cases.json``.

Reads ``{"cases": [...]}`` as in ``tests/vectors/scoring.json``, and writes for each model the digest of all its
encodings, as changes to the initial model too, and of what they take in an upload; or the code of the error that it
was refused with.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from typing import Any

from deml.base.errors import DemlError
from deml.scoring import load_model, parse_architecture
from deml_learn.models.encode import candidates, encode, packed_size


def outcome(case: dict[str, Any]) -> str:
    try:
        architecture = parse_architecture(case["architecture"])
        initial = load_model(architecture, content(case["initial"])) if case.get("initial") else None
        model = load_model(architecture, content(case["model"]), initial)
    except DemlError as error:
        return f"refused: {error.code()}"
    begun = {name: 0 * one for name, one in model.tensors.items()} if initial is None else initial.tensors
    made = sha256()
    for encoding in candidates(with_initial=True):
        file = encode(architecture, model.tensors, encoding, begun)
        made.update(b"%s %d " % (str(encoding).encode(), packed_size(file)) + file)
    return made.hexdigest()


def content(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def main() -> None:
    for case in json.load(sys.stdin)["cases"]:
        print(outcome(case))


if __name__ == "__main__":
    main()
