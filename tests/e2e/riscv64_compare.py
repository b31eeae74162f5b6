"""Feed the same requests to the dapp here and in a riscv64 userland, and compare all that they answer.

Called by ``docker/riscv64-check.sh``. The requests are the shared vectors, every input and every deposit, and queries.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from deml.shell.deployment import CARTESI_2_2

from tests.integration.rollup.scripted_server import Reply, ScriptedServer, advance, inspect

VECTORS = Path(__file__).parents[1] / "vectors"
PORTALS = {
    "EtherPortal": CARTESI_2_2.ether_portal,
    "ERC20Portal": CARTESI_2_2.erc20_portal,
    "ERC721Portal": CARTESI_2_2.erc721_portal,
    "ERC1155SinglePortal": CARTESI_2_2.erc1155_single_portal,
    "ERC1155BatchPortal": CARTESI_2_2.erc1155_batch_portal,
}
QUERIES = ("stats", "jobs", "jobs/1", "accounts/0x" + "5a" * 20, "nonsense")
HERE = {"PYTHONPATH": "dapp", "PYTHONHASHSEED": "1"}
THERE = {"PYTHONPATH": "/opt/deml/dapp:/opt/deml/packages", "PYTHONHASHSEED": "2"}


def script() -> list[Reply]:
    """Deposits first, so that there are jobs and balances for the inputs to find."""
    steps: list[Reply] = []
    for case in _cases("deposits.json"):
        steps.append(advance(len(steps), _bytes(case["encoded"]), sender=PORTALS[case["portal"]]))
    for case in _cases("inputs.json"):
        steps.append(advance(len(steps), _bytes(case["encoded"]), sender="0x" + "5a" * 20))
    return [*steps, *(inspect(query.encode()) for query in QUERIES)]


def answers(command: list[str], environment: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Everything that a dapp started by `command` sends while it is led through the script."""
    steps = script()
    begun = time.perf_counter()
    with ScriptedServer(steps) as server:
        variables = {**os.environ, **environment, "ROLLUP_HTTP_SERVER_URL": server.url}
        ended = subprocess.run([*command, "-m", "deml"], env=variables, capture_output=True, text=True, timeout=600)
    if len(server.verdicts) != len(steps):
        sys.exit(f"{command[0]} stopped after {len(server.verdicts)} of {len(steps)} requests:\n{ended.stderr}")
    seconds = time.perf_counter() - begun
    print(f"{len(steps)} requests, {len(server.posts)} answers, {seconds:.1f} s: {' '.join(command)}")
    return server.posts


def _cases(name: str) -> list[dict[str, str]]:
    return list(json.loads((VECTORS / name).read_text(encoding="utf-8"))["cases"])


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def main(root: str) -> None:
    here = answers([sys.executable], HERE)
    there = answers(["chroot", root, "python3"], THERE)
    for number, (one, other) in enumerate(zip(here, there, strict=False)):
        if one != other:
            sys.exit(f"answer {number} differs:\n{platform.machine()}: {one}\nriscv64: {other}")
    if len(here) != len(there):
        sys.exit(f"{len(here)} answers on {platform.machine()}, {len(there)} on riscv64")
    print(f"{platform.machine()} and riscv64 agree on every byte")


if __name__ == "__main__":
    main(sys.argv[1])
