"""Feed the same requests to the dapp here and in a riscv64 userland, and compare all that they answer.

Called by ``docker/riscv64-check.sh``. The requests are a job from creation to settlement, whose models are scored, then
the shared vectors of every deposit and every input, and queries. First the engine alone scores models of every family.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict

from deml.core.job import Phase
from tests.e2e.riscv64_scores import compare_scores
from tests.integration.rollup.scripted_server import Reply, ScriptedServer, advance, inspect
from tests.support.course import ANNA, BERT, SPONSOR, Course
from tests.support.deployment import APP, CHAIN_ID, DEPLOYMENT
from tests.support.vectors import load, raw
from tests.support.world import World

PORTALS = {
    "EtherPortal": DEPLOYMENT.ether_portal,
    "ERC20Portal": DEPLOYMENT.erc20_portal,
    "ERC721Portal": DEPLOYMENT.erc721_portal,
    "ERC1155SinglePortal": DEPLOYMENT.erc1155_single_portal,
    "ERC1155BatchPortal": DEPLOYMENT.erc1155_batch_portal,
}
QUERIES = ("stats", "jobs", "jobs/1", "jobs/1/submissions", f"accounts/{SPONSOR}", "nonsense")
HERE = {"PYTHONPATH": "dapp", "PYTHONHASHSEED": "1"}
THERE = {"PYTHONPATH": "/opt/deml/dapp:/opt/deml/packages", "PYTHONHASHSEED": "2"}


def script() -> list[Reply]:
    """All requests, in order."""
    world = World()
    course = Course(world)
    course.to_declare(anna=60, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.submit(BERT)
    course.settle()
    sent = [(one.meta.sender, one.payload) for one in world.history]
    sent += [(PORTALS[case["portal"]], raw(case["encoded"])) for case in load("deposits.json")]
    sent += [(SPONSOR, raw(case["encoded"])) for case in load("inputs.json")]
    times = [one.meta.timestamp for one in world.history]
    times += [world.now] * (len(sent) - len(times))
    place = {"app_contract": APP, "chain_id": CHAIN_ID}
    inputs = [
        advance(index, payload, sender, timestamp, **place)
        for index, ((sender, payload), timestamp) in enumerate(zip(sent, times, strict=True))
    ]
    return [*inputs, *(inspect(query.encode()) for query in QUERIES)]


def answers(command: list[str], environment: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Everything that a dapp started by `command` sends while it is led through the script."""
    steps = script()
    begun = time.perf_counter()
    with ScriptedServer(steps) as server:
        variables = {**os.environ, **environment, "ROLLUP_HTTP_SERVER_URL": server.url}
        variables["DEML_DEPLOYMENT"] = json.dumps(asdict(DEPLOYMENT))
        ended = subprocess.run([*command, "-m", "deml"], env=variables, capture_output=True, text=True, timeout=600)
    if len(server.verdicts) != len(steps):
        sys.exit(f"{command[0]} stopped after {len(server.verdicts)} of {len(steps)} requests:\n{ended.stderr}")
    seconds = time.perf_counter() - begun
    print(f"{len(steps)} requests, {len(server.posts)} answers, {seconds:.1f} s: {' '.join(command)}")
    return server.posts


def main(root: str) -> None:
    compare_scores(["chroot", root, "python3"], THERE)
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
