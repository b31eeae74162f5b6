"""Replay the engine and the dapp on other processors, with other BLASes, and compare all that they say.

``docker/replay.sh`` calls this with a riscv64 and an amd64 userland. In each, with OpenBLAS and with the reference
BLAS, and in WebAssembly as the page has it, in Node.js and in a worker of Debian's Chromium, the same is done as here,
and compared line by line:

* every vector of ``tests/vectors/scoring*.json``, 2,000 random (model, data) pairs over all families, encodings and
  metrics, models trained on real data sets, and larger random ones: the score, every bit of every output, and what
  is credited of a gain;
* every vector of ``tests/vectors/averages.json``: the file, its CID, its score;
* files, inputs and queries that ask an interpreter or its libraries for a decision
  (``tests/support/hostile_*.py``): every byte of the reports that refuse them;
* a random crowd's inputs and the dapp's own vectors: every output byte, and the digest of the final state;
* in WebAssembly, every encoding that ``deml shrink`` tries, for a part of the models: every byte, and its size packed;
* the process itself, over HTTP, through a whole job and the vectors again: every byte that it sends (not in
  WebAssembly, which has no sockets).

Nothing here may meet a bug: an input that does is named, and ends the comparison.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from deml.base.inputs import Aggregate
from deml.base.states import Phase
from deml.scoring import parse_architecture
from deml.scoring.safetensors import write_tensors
from tests.integration.rollup.scripted_server import Reply, ScriptedServer, advance, inspect
from tests.support import hostile_files, hostile_inputs, random_pairs
from tests.support.bugs import MARK
from tests.support.course import ANNA, BERT, SPONSOR, Course
from tests.support.crowd import Crowd
from tests.support.deployment import APP, CHAIN_ID, DEPLOYMENT, PORTALS
from tests.support.real_models import real_cases
from tests.support.replay import Recorded, record
from tests.support.vectors import DIRECTORY, Case, load, raw
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]
TRIPLETS = {"riscv64": "riscv64-linux-gnu", "amd64": "x86_64-linux-gnu"}
BLASES = {"OpenBLAS": "openblas-serial", "reference BLAS": "blas"}
QUERIES = ("stats", "jobs", "jobs/1", "jobs/1/clients", "jobs/1/campaign", f"accounts/{SPONSOR}", "nonsense")
CROWD_STEPS = 120
WAIT_SECONDS = 900.0
"""Seconds that one program may take on an emulated processor."""

MLP = {"family": "mlp", "task": "classification"}
LARGE = (
    ({"family": "logistic", "inputs": 3_000, "outputs": 1}, "log_loss"),
    ({"family": "logistic", "inputs": 784, "outputs": 100, "standardize": True}, "log_loss"),
    ({"family": "linear", "inputs": 1_025}, "r2"),
    ({**MLP, "inputs": 64, "hidden": [32], "outputs": 10}, "accuracy"),
    ({**MLP, "inputs": 257, "hidden": [300, 129], "outputs": 7}, "log_loss"),
    ({**MLP, "task": "regression", "inputs": 65, "hidden": [500], "outputs": 1, "standardize": True}, "r2"),
)
"""Architectures of sizes that BLAS kernels are tuned for, and metrics."""

LARGE_ROWS = 100

A_PART = 12
"""One model in so many is written in every encoding."""


@dataclass(frozen=True)
class Platform:
    """Where programs run."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    has_sockets: bool = True

    def run(self, module: str, given: str) -> list[str]:
        """Lines that a program prints."""
        ended = subprocess.run(
            [*self.command, "-m", module],
            env={**os.environ, **self.environment},
            cwd=ROOT,
            input=given,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
        )
        if ended.returncode:
            sys.exit(f"{module} failed on {self.name}:\n{ended.stderr[-4000:]}")
        return ended.stdout.splitlines()

    def serve(self, steps: list[Reply]) -> list[str]:
        """Everything that the dapp sends while it is led through `steps`."""
        with ScriptedServer(steps) as server:
            own = {"ROLLUP_HTTP_SERVER_URL": server.url, "DEML_DEPLOYMENT": json.dumps(asdict(DEPLOYMENT))}
            environment = {**os.environ, **self.environment, **own}
            command = [*self.command, "-m", "deml"]
            ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=WAIT_SECONDS)
        if len(server.verdicts) != len(steps) or MARK in ended.stderr:
            sys.exit(f"the dapp stopped after {len(server.verdicts)} requests on {self.name}:\n{ended.stderr[-4000:]}")
        return [f"{path} {json.dumps(body)}" for path, body in server.posts]


HERE = Platform("this machine", (sys.executable,), {"PYTHONPATH": "dapp:sdk:.", "PYTHONHASHSEED": "1"})
IN_NODE = Platform("the page's Python in Node.js", ("node", "tests/e2e/wasm_python.mjs"), {}, has_sockets=False)
IN_A_TAB = Platform("the page's Python in Chromium", ("node", "tests/e2e/chromium_python.mjs"), {}, has_sockets=False)


def platforms(architecture: str, root: Path) -> Iterator[Platform]:
    """The userland at `root` with each of its BLASes."""
    place = root / "opt" / "deml" / "replay"
    shutil.rmtree(place, ignore_errors=True)
    unwanted = shutil.ignore_patterns("__pycache__")
    for part in ("tests/support", "tests/e2e"):
        shutil.copytree(ROOT / part, place / part, ignore=unwanted)
    shutil.copytree(ROOT / "dapp" / "deml", place / "deml", ignore=unwanted)
    for blas, directory in BLASES.items():
        environment = {
            "PYTHONPATH": "/opt/deml/replay:/opt/deml/packages",
            "PYTHONHASHSEED": "2",
            "LD_LIBRARY_PATH": f"/usr/lib/{TRIPLETS[architecture]}/{directory}",
        }
        yield Platform(f"{architecture}, {blas}", ("chroot", str(root), "python3"), environment)


def score_cases() -> list[Case]:
    """Vectors, random pairs, models of real data, and large models."""
    vectors = [case for path in sorted(DIRECTORY.glob("scoring*.json")) for case in load(path.name)]
    pairs = (pair.as_case() for pair in random_pairs.pairs())
    return [*vectors, *load("averages.json"), *pairs, *real_cases(), *large_models(), *hostile_cases()]


def hostile_cases() -> Iterator[dict[str, str]]:
    """Hostile files in the place of a model, and hostile texts in that of an architecture."""
    architecture = json.dumps({"family": "linear", "inputs": 1})
    case = {"name": "", "architecture": architecture, "metric": "mse", "model": "", "holdout": ""}
    for one in hostile_files.models():
        yield case | {"name": one.name, "model": one.data.hex()}
    for one in hostile_files.architectures():
        yield case | {"name": one.name, "architecture": one.data.decode()}


def large_models() -> Iterator[dict[str, str]]:
    for seed, (fields, metric) in enumerate(LARGE):
        random = np.random.default_rng(seed)
        architecture = parse_architecture(json.dumps(fields))
        x, y = random.normal(size=(LARGE_ROWS, architecture.inputs)), random.normal(size=LARGE_ROWS)
        labels = random.integers(0, architecture.classes, LARGE_ROWS)
        tensors = {name: random.normal(size=spec.shape) for name, spec in architecture.tensor_specs().items()}
        if "standardize.scale" in tensors:
            tensors["standardize.scale"] = np.abs(tensors["standardize.scale"]) + 0.1
        model = write_tensors({name: tensor.astype(np.float32) for name, tensor in tensors.items()})
        targets = y.astype(np.float32) if metric == "r2" else labels
        holdout = write_tensors({"x": x.astype(np.float32), "y": targets})
        case = {"name": f"large model {seed}", "architecture": json.dumps(fields), "metric": metric}
        yield case | {"model": model.hex(), "holdout": holdout.hex()}


def vector_inputs() -> list[tuple[str, bytes]]:
    """Senders and payloads of the shared vectors."""
    sent = [(PORTALS[case["portal"]], raw(case["encoded"])) for case in load("deposits.json")]
    return [*sent, *((SPONSOR, raw(case["encoded"])) for case in load("inputs.json"))]


def crowd_inputs() -> list[Recorded]:
    """What a random crowd sends, then the vectors, then what asks interpreters for decisions."""
    crowd = Crowd(seed=0)
    for _ in range(CROWD_STEPS):
        crowd.step()
    crowd.finish()
    now = int(crowd.world.now)
    more = [*vector_inputs(), *((one.sender, one.payload) for one in hostile_inputs.all_inputs())]
    recorded = [(sender, now, payload.hex()) for sender, payload in more]
    return [*record(crowd.world.history), *recorded]


def job_steps() -> list[Reply]:
    """Requests of a whole job, then the vectors, then queries."""
    world = World()
    course = Course(world, aggregate=True)
    course.to_declare(anna=60, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.submit(BERT)
    course.settle()
    world.do(ANNA, Aggregate(course.id))
    sent = [(one.meta.sender, one.payload, one.meta.timestamp) for one in world.history]
    sent += [(sender, payload, world.now) for sender, payload in vector_inputs()]
    place = {"app_contract": APP, "chain_id": CHAIN_ID}
    inputs = [advance(index, payload, sender, now, **place) for index, (sender, payload, now) in enumerate(sent)]
    queries = [*QUERIES, *(query for query, _ in hostile_inputs.queries())]
    return [*inputs, *(inspect(query.encode()) for query in queries)]


def differences(names: Iterable[str], here: list[str], there: list[str]) -> list[str]:
    """What differs, by name."""
    found = [
        f"{name}:\n    here  {one[:300]}\n    there {other[:300]}"
        for name, one, other in zip(names, here, there, strict=False)
        if one != other
    ]
    return found + ([f"{len(here)} lines here, {len(there)} there"] if len(here) != len(there) else [])


def main(roots: Mapping[str, Path]) -> None:
    cases, luck, steps = score_cases(), load("luck.json"), job_steps()
    inputs = crowd_inputs(), record(hostile_inputs.opened_in_vain().history)
    case_names = [case["name"] for case in (*cases, *luck)]
    given = json.dumps({"cases": cases, "luck": luck})
    some = [case for case in cases if "models" not in case][::A_PART]
    encodings = HERE.run("tests.e2e.encoding_cases", json.dumps({"cases": some}))
    names = (case_names, [f"line {n} of the transcript" for n in range(10**6)], [f"post {n}" for n in range(10**6)])
    expected: tuple[list[str], ...] = ()
    failed = False
    for platform in (HERE, IN_NODE, IN_A_TAB, *(one for name, root in roots.items() for one in platforms(name, root))):
        begun = time.perf_counter()
        what, *scores = platform.run("tests.e2e.score_cases", given)
        lines = [line for one in inputs for line in platform.run("tests.support.replay", json.dumps(one))]
        found = (scores, lines, *([platform.serve(steps)] if platform.has_sockets else []))
        expected = expected or found
        wrong = [one for part in zip(names, expected, found, strict=False) for one in differences(*part)]
        if platform in (IN_NODE, IN_A_TAB):
            there = platform.run("tests.e2e.encoding_cases", json.dumps({"cases": some}))
            wrong += differences((f"encodings of {case['name']}" for case in some), encodings, there)
        failed = failed or bool(wrong)
        print(f"{platform.name} ({what}): {time.perf_counter() - begun:.0f} s, {len(wrong)} differences", flush=True)
        print("".join(f"  {one}\n" for one in wrong[:20]), end="")
    scores, transcript, posts = expected
    refused = sum(line.startswith("refused") for line in scores)
    print(f"{len(scores)} models ({refused} refused), {len(some)} of them in every encoding in WebAssembly")
    print(f"{len(transcript)} lines of outputs, {len(posts)} posts")
    print(f"final state {transcript[-1]}")
    if failed:
        sys.exit("the platforms differ")


if __name__ == "__main__":
    main(dict(zip(("riscv64", "amd64"), map(Path, sys.argv[1:]), strict=True)))
