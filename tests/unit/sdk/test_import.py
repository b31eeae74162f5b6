"""To import the SDK costs next to nothing; its types come with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import deml_learn
import deml_sdk

PROGRAM = "import sys; {statement}; print(*(one for one in {heavy!r} if one in sys.modules))"


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import deml_sdk", ("numpy", "requests", "web3", "eth_abi", "pydantic", "sklearn", "deml.scoring")),
        ("from deml_sdk import Marketplace", ("numpy", "requests", "web3", "sklearn")),
        ("from deml_sdk import Client", ("web3", "sklearn", "pyarrow", "typer", "rich", "deml_learn")),
    ],
)
def test_what_is_not_used_is_not_imported(statement: str, heavy: tuple[str, ...]):
    program = PROGRAM.format(statement=statement, heavy=heavy)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_what_it_names_is_there():
    for name in deml_sdk.__all__:
        assert getattr(deml_sdk, name).__name__ == name
    assert dir(deml_sdk) == sorted(deml_sdk.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Desk'"):
        _ = deml_sdk.Desk


@pytest.mark.parametrize("package", [deml_sdk, deml_learn])
def test_its_types_are_for_those_who_import_it(package):
    assert (Path(package.__file__).parent / "py.typed").is_file()
