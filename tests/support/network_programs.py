"""Stand-ins for the programs ``lilypad`` and ``bacalhau``, as far as their sources say what they take and print.

Each is put on a PATH as a script of a line; ``python -m tests.support.network_programs PROGRAM ARGUMENTS``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from deml_sdk.compute.rendering import EXAMPLE_IMAGE, filled_module, module_template
from tests.support.bacalhau_stand_in import API

ROOT = Path(__file__).parents[2]

DONE = """
🍂 Lilypad job completed, try 👇
    open {0}
    cat {0}/stdout
    cat {0}/stderr
    https://ipfs.io/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKgVyZ
"""


def install(folder: Path) -> None:
    """Put both programs into a folder."""
    folder.mkdir()
    for name in ("lilypad", "bacalhau"):
        script = folder / name
        words = f'cd "{ROOT}" && exec "{sys.executable}" -m tests.support.network_programs {name} "$@"'
        script.write_text(f"#!/bin/sh\nexport PYTHONPATH='{':'.join(sys.path)}'\n{words}\n")
        script.chmod(0o755)


def lilypad(words: list[str]) -> int:
    """``lilypad run MODULE -i request=...``: check the input files, fill the template, run the container, download."""
    command, module, flag, pair = words
    key, _, value = pair.partition("=")
    if (command, flag, key) != ("run", "-i", "request") or ":" not in module or not os.environ.get("WEB3_PRIVATE_KEY"):
        print("Error: MODULE_REPO and WEB3_PRIVATE_KEY are required", file=sys.stderr)
        return 1
    filled = filled_module(module_template(EXAMPLE_IMAGE), value)
    inputs = Path(os.environ["INPUTS_PATH"])
    unknown = {one.name for one in inputs.iterdir()} - {*filled["inputFiles"]["optional"]}
    if unknown:
        print(f"Error: file {unknown} found but not listed in required or optional files", file=sys.stderr)
        return 1
    place = Path(tempfile.mkdtemp(dir=os.environ["LILYPAD_DOWNLOADS"]))
    place.chmod(0o755)
    (place / "outputs").mkdir()
    with tempfile.TemporaryDirectory() as elsewhere:
        there = Path(shutil.copytree(inputs, Path(elsewhere) / "inputs"))
        there.parent.chmod(0o755)
        folders = {"DEML_INPUTS": str(there), "DEML_OUTPUTS": str(place / "outputs")}
        entry = filled["job"]["Spec"]["Docker"]["Entrypoint"]
        subprocess.run([sys.executable, *entry[1:]], env={**os.environ, **folders}, check=True)
    (place / "stdout").touch()
    print(DONE.format(place))
    return 0


def bacalhau(words: list[str]) -> int:
    """``bacalhau job run --id-only --wait=false FILE``, to the orchestrator that its environment names."""
    if words[:4] != ["job", "run", "--id-only", "--wait=false"]:
        print("Error: unknown command", file=sys.stderr)
        return 1
    job = json.loads(Path(words[4]).read_text())
    answer = requests.put(f"{os.environ['BACALHAU_API']}{API}", json={"Job": job}, timeout=60).json()
    print(answer["JobID"])
    return 0


if __name__ == "__main__":
    sys.exit({"lilypad": lilypad, "bacalhau": bacalhau}[sys.argv[1]](sys.argv[2:]))
