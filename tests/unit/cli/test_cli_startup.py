"""`deml --help` is quick because it imports nearly nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

HEAVY = ("web3", "eth_abi", "eth_account", "sklearn", "numpy", "scipy", "pyarrow", "requests", "rich", "deml.wire")

PROGRAM = """
import json, sys
from deml_cli.app import root
try:
    root({arguments}, prog_name="deml")
except SystemExit as end:
    print(json.dumps({{"code": end.code, "modules": sorted(sys.modules)}}), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_of_the_root_imports_nothing_heavy(arguments: list[str]):
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(arguments=arguments)], capture_output=True, text=True)
    found = json.loads(done.stderr.splitlines()[-1])
    assert "wallet" in done.stdout + done.stderr
    assert [name for name in HEAVY if name in found["modules"]] == []


@pytest.mark.parametrize("arguments", [["wallet", "--help"], ["cid", __file__]])
def test_commands_that_speak_to_no_chain_import_nothing_of_it(arguments: list[str]):
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(arguments=arguments)], capture_output=True, text=True)
    found = json.loads(done.stderr.splitlines()[-1])
    assert [name for name in ("web3", "eth_abi", "eth_account", "sklearn", "pyarrow") if name in found["modules"]] == []


def test_completion_of_commands_imports_nothing_heavy():
    environment = {**os.environ, "_DEML_COMPLETE": "complete_bash", "COMP_WORDS": "deml wa", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=[])], capture_output=True, text=True, env=environment
    )
    assert sorted(done.stdout.split()) == ["wallet", "watch"]
    assert [name for name in HEAVY if name in json.loads(done.stderr.splitlines()[-1])["modules"]] == []


def test_completion_knows_subcommands_and_options():
    environment = {
        **os.environ,
        "_DEML_COMPLETE": "complete_bash",
        "COMP_WORDS": "deml wallet new --pa",
        "COMP_CWORD": "3",
    }
    done = subprocess.run([sys.executable, "-m", "deml_cli"], capture_output=True, text=True, env=environment)
    assert done.stdout.split() == ["--password-file"]


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("deml vouchers --wallet cli", [f"client{number}" for number in range(1, 9)]),
        ("deml vouchers --profile se", ["sepolia"]),
    ],
)
def test_completion_knows_wallets_and_profiles(tmp_path: Path, words: str, completed: list[str]):
    (tmp_path / "config.toml").write_text("[profiles.sepolia]\n")
    environment = {
        **os.environ,
        "DEML_HOME": str(tmp_path),
        "_DEML_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": "3",
    }
    done = subprocess.run([sys.executable, "-m", "deml_cli"], capture_output=True, text=True, env=environment)
    assert sorted(done.stdout.split()) == completed


def test_version_is_the_packages():
    done = subprocess.run([sys.executable, "-m", "deml_cli", "--version"], capture_output=True, text=True)
    assert done.stdout == f"deml {version('deml')}\n"


def test_python_m_and_broken_usage_exit_with_2():
    done = subprocess.run([sys.executable, "-m", "deml_cli", "wallet", "new"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Missing argument" in done.stderr
