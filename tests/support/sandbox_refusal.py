"""What is said where no sandbox is to be had: ``python -m tests.support.sandbox_refusal`` prints it as JSON."""

from __future__ import annotations

import json
import sys

from deml.base.errors import DemlError
from deml_learn.sandbox.find import find_sandbox


def refusal() -> dict[str, str]:
    """Code, message and advice; empty if there is a sandbox."""
    try:
        find_sandbox()
    except DemlError as error:
        return {"code": error.code(), "message": str(error), "advice": error.advice()}
    return {}


if __name__ == "__main__":
    json.dump(refusal(), sys.stdout)
