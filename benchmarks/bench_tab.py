"""What the page's Python costs in a tab against this machine's own, in one run: a phone-sized window of Chromium.

Printed are what is downloaded, how long Python takes to start, training and scoring as ratios to native Python by the
very same functions, the replay of a market's whole history, what of it a second visit saves, and the memory that the
tab's process has held at most. Needs the built page (`make web-build`) and Debian's chromium.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.bench_market import Market
from deml.base.inputs import Metadata
from deml.base.types import Address
from deml.scoring import parse_architecture
from deml.shell.application import Application
from deml.wire.outputs import ReportEmission, envelope
from deml.wire.terms import TERMS
from deml_learn.training.model_file import fresh_trainable
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.data.holdout import data_file
from tests.support.course import terms_from_now
from tests.support.deployment import APP, CHAIN_ID, DEPLOYMENT
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[1]
ARCHITECTURE = '{"family":"mlp","task":"classification","inputs":64,"hidden":[32],"outputs":10}'
ROWS, HELD_OUT = 1_200, 1_000
INPUTS_A_JOB = 6
TIMES = 9


class Recorded(Market):
    """A market whose every input runs through the dapp whole, and is kept as a node would have it."""

    def __init__(self) -> None:
        super().__init__(APP)
        self._application = Application(DEPLOYMENT)
        self.state = self._application._state
        self.lists: dict[str, list[dict[str, Any]]] = {name: [] for name in ("Inputs", "Outputs", "Reports")}

    def _send(self, sender: Address, payload: bytes) -> None:
        number = len(self.lists["Inputs"])
        meta = Metadata(CHAIN_ID, self.app, sender, number, self.now, number)
        result = self._application.advance(meta, payload)
        place = {"chain_id": hex(CHAIN_ID), "sender": sender, "block_number": hex(number)}
        decoded = {**place, "block_timestamp": hex(self.now), "payload": "0x" + payload.hex()}
        status = "ACCEPTED" if result.accepted else "REJECTED"
        fields = (CHAIN_ID, self.app, sender, number, self.now, 0, number, payload)
        raw = "0x" + EVM_ADVANCE.encode(fields).hex()
        self.lists["Inputs"].append({"index": hex(number), "status": status, "raw_data": raw, "decoded_data": decoded})
        for one in result.emissions:
            is_report = isinstance(one, ReportEmission)
            made = self.lists["Reports" if is_report else "Outputs"]
            content = one.payload if isinstance(one, ReportEmission) else envelope(one)
            made.append(
                {
                    "index": hex(len(made)),
                    "input_index": hex(number),
                    "epoch_index": "0x0",
                    "raw_data": "0x" + content.hex(),
                    "output_hashes_siblings": None,
                    "execution_transaction_hash": None,
                }
            )


def page_module(name: str) -> ModuleType:
    """Python that the page runs, here."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "web" / "src" / "python" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{name} is no module of the page")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seconds(act: Any) -> float:
    """Least of a few runs: what else a machine does only adds to that."""
    times = []
    for _ in range(TIMES):
        begun = perf_counter()
        act()
        times.append(perf_counter() - begun)
    return min(times)


def task() -> tuple[dict[str, Any], bytes, np.ndarray, np.ndarray, bytes]:
    """Terms, initial model, rows, labels and a holdout: ten classes that lie apart, with noise."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(10, 64))
    labels = random.integers(0, 10, ROWS + HELD_OUT)
    x = centres[labels] + 1.5 * random.normal(size=(ROWS + HELD_OUT, 64))
    shape = parse_architecture(ARCHITECTURE)
    initial = fresh_trainable(shape, x[:ROWS], 0).file()
    holdout = data_file(shape, x[ROWS:], labels[ROWS:].astype(np.float64))
    terms = TERMS.form.write(terms_from_now(World()))
    given = {**terms, "architecture": ARCHITECTURE, "metric": "accuracy", "maxModelBytes": 100_000}
    return given | {"maxRows": 10_000}, initial, x[:ROWS], labels[:ROWS].astype(np.float64), holdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000, help="of the history that is replayed")
    arguments = parser.parse_args()
    market = Recorded()
    begun = perf_counter()
    for _ in range(-(-arguments.inputs // INPUTS_A_JOB)):
        market.job()
    inputs = len(market.lists["Inputs"])
    native = (perf_counter() - begun) / inputs
    terms, initial, x, y, holdout = task()
    training, bridge = page_module("training"), page_module("bridge")
    given = terms, initial, None, None, x.tobytes(), y.tobytes()
    made = training.train(*given, lambda *_: None)["file"]
    train = seconds(lambda: training.train(*given, lambda *_: None))
    score = seconds(lambda: bridge.credited(terms, initial, made, holdout))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lists.json").write_text(json.dumps(market.lists))
        told = {"terms": terms, "contracts": asdict(DEPLOYMENT), "app": APP, "chainId": CHAIN_ID, "times": TIMES}
        (folder / "task.json").write_text(json.dumps(told))
        for file, content in (("initial", initial), ("model", made), ("holdout", holdout)):
            (folder / file).write_bytes(content)
        (folder / "x").write_bytes(np.ascontiguousarray(x, np.float64).tobytes())
        (folder / "y").write_bytes(y.tobytes())
        command = ["node", str(ROOT / "benchmarks" / "tab.mjs"), name]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(ended.stderr)
    tell(json.loads(ended.stdout), inputs, {"train": train, "score": score, "replay": native})


def tell(tab: dict[str, Any], inputs: int, native: dict[str, float]) -> None:
    """Print what was measured."""
    print(
        f"downloaded to score or replay: {tab['bytes']['score']:,} bytes; to train besides: {tab['bytes']['train']:,}"
    )
    print(f"start of Python: {tab['start']['score']:.1f} s; with what training takes: {tab['start']['train']:.1f} s")
    for what, name in (
        ("train", f"training an MLP of 64-32-10 on {ROWS:,} rows"),
        ("score", f"what {HELD_OUT:,} rows credit"),
    ):
        here, there = native[what], tab[what]
        print(f"{name}: {there:.3f} s in the tab, {here:.3f} s natively, {there / here:.1f} times as long")
    first, again = tab["replay"]["first"], tab["replay"]["again"]
    ratio = first / inputs / native["replay"]
    print(f"replay of {inputs:,} inputs in the page: {1e3 * first / inputs:.2f} ms an input")
    print(f"  {ratio:.1f} times as long as natively; {first:.0f} s in all, {again:.1f} s in a second visit")
    print(f"kept for that: {tab['replay']['kept']:,} bytes of state")
    for what, held in tab["memory"].items():
        print(f"most memory of the tab's process, {what}: {held:,} MiB")


if __name__ == "__main__":
    main()
