"""What a zero-knowledge proof of the same evaluation costs, by EZKL: minutes and gigabytes, so only with ``--run``.

    python benchmarks/bench_ezkl.py --run [--json results.json] [--timeout 500]

EZKL proves that a committed model gives some logits on some rows; the dapp computes them again. The structured
reference string is made here (``gen_srs``), which a real deployment must not do: theirs comes from a ceremony.
Needs the extra ``bench``: pip install "deml[bench]".
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from deml.base.inputs import Codec
from deml.ipld import file_car, pack
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors

CASES = ((("logistic 30-1", (30, 1)), 114), (("MLP 64-32-10", (64, 32, 10)), 36), (("MLP 64-32-10", (64, 32, 10)), 360))
TIMEOUT = 500.0
SCALES = [7]
"""Fixed-point bits after the point that calibration may try; EZKL's default tries several, which takes longer."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", action="store_true", help="Do it: about ten minutes on two cores, 2 GB.")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, metavar="SECONDS", help="For each case.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write the results here, too.")
    parser.add_argument("--prove", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--score", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.prove is not None:
        prove(*CASES[arguments.prove])
    elif arguments.score is not None:
        rescore(*CASES[arguments.score])
    elif not arguments.run or find_spec("ezkl") is None:
        print("NOT RUN. Minutes and gigabytes: pip install 'deml[bench]'; python benchmarks/bench_ezkl.py --run")
    else:
        results = [measured(number, arguments.timeout) for number in range(len(CASES))]
        if arguments.json:
            arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def measured(number: int, timeout: float) -> dict[str, Any]:
    """One case, the dapp and EZKL each in a process of its own."""
    (name, _), rows = CASES[number]
    print(f"{name} on {rows} rows", flush=True)
    scored, own = run("--score", number, timeout)
    if not scored:
        sys.exit("the engine has not scored it")
    text = "  the dapp: {engine_seconds:.5f} s, {engine_memory_mb} MB, {engine_bytes:,} bytes on chain, no set-up"
    print(text.format(**own), flush=True)
    finished, steps = run("--prove", number, timeout)
    if finished:
        text = "  EZKL: set-up {setup:.1f} s, prove {prove:.1f} s, verify {verify:.2f} s, {memory_mb:,} MB"
        print(text.format(**steps))
        text = "        proof and its public outputs {proof_bytes:,} bytes on chain, proving key {key_bytes:,} bytes"
        print(text.format(**steps), flush=True)
    else:
        reached = ", ".join(one for one in ("setup", "prove", "verify") if one in steps) or "nothing"
        print(f"  EZKL: no result within {timeout:.0f} s; finished: {reached}", flush=True)
    return {"name": name, "rows": rows, "timeout": timeout, "finished": finished, **own, **steps}


def run(what: str, number: int, timeout: float) -> tuple[bool, dict[str, Any]]:
    """Whether a process of this program came to its end, and what it printed."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryFile("w+") as output:
        command = [sys.executable, __file__, what, str(number)]
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        try:
            child.wait(timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        output.seek(0)
        for line in output:
            found |= json.loads(line) if line.startswith("{") else {}
    return child.returncode == 0, found


def rescore(named: tuple[str, tuple[int, ...]], rows: int) -> None:
    """Do what the dapp does instead, and print its seconds, and the bytes of model and holdout as they are uploaded."""
    _, widths = named
    random = np.random.default_rng(0)
    if len(widths) == 2:
        fields: dict[str, object] = {"family": "logistic", "inputs": widths[0], "outputs": widths[1]}
    else:
        fields = {"family": "mlp", "task": "classification", "inputs": widths[0], "hidden": list(widths[1:-1])}
        fields["outputs"] = widths[-1]
    architecture = parse_architecture(json.dumps(fields))
    specs = architecture.tensor_specs()
    model_file = write_tensors({name: random.normal(size=one.shape).astype(np.float32) for name, one in specs.items()})
    x = random.normal(size=(rows, widths[0])).astype(np.float32)
    data_file = write_tensors({"x": x, "y": random.integers(0, architecture.classes, rows)})
    metric = parse_metric("accuracy", architecture)
    seconds = []
    for _ in range(20):
        begun = time.perf_counter()
        score(load_model(architecture, model_file), load_holdout(architecture, metric, data_file, rows))
        seconds.append(time.perf_counter() - begun)
    streams = [pack(Codec.ZLIB, file_car(file)) for file in (model_file, data_file)]
    found = {"engine_seconds": min(seconds), "engine_bytes": sum(map(len, streams)), "engine_memory_mb": memory_mb()}
    print(json.dumps(found))


def memory_mb() -> int:
    """Most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def prove(named: tuple[str, tuple[int, ...]], rows: int) -> None:
    """Prove and verify one evaluation, and print what each step took."""
    import ezkl

    _, widths = named
    with tempfile.TemporaryDirectory() as scratch:

        def at(name: str) -> str:
            return str(Path(scratch) / name)

        onnx_model(widths, rows, at("model.onnx"))
        x = np.random.default_rng(0).normal(size=rows * widths[0])
        Path(at("input.json")).write_text(json.dumps({"input_data": [x.tolist()]}), encoding="utf-8")
        with timed("setup"):
            ezkl.gen_settings(at("model.onnx"), at("settings.json"))
            ezkl.calibrate_settings(at("input.json"), at("model.onnx"), at("settings.json"), "resources", scales=SCALES)
            ezkl.compile_circuit(at("model.onnx"), at("model.ezkl"), at("settings.json"))
            logrows = json.loads(Path(at("settings.json")).read_text(encoding="utf-8"))["run_args"]["logrows"]
            ezkl.gen_srs(at("kzg.srs"), logrows)
            ezkl.setup(at("model.ezkl"), at("vk.key"), at("pk.key"), at("kzg.srs"))
        with timed("prove"):
            ezkl.gen_witness(at("input.json"), at("model.ezkl"), at("witness.json"))
            proof = (at("witness.json"), at("model.ezkl"), at("pk.key"), at("proof.json"), at("kzg.srs"))
            ezkl.prove(*proof)
        with timed("verify"):
            if not ezkl.verify(at("proof.json"), at("settings.json"), at("vk.key"), at("kzg.srs")):
                sys.exit("the proof is wrong")
        proved = json.loads(Path(at("proof.json")).read_text(encoding="utf-8"))
        sizes = {
            "logrows": logrows,
            "proof_bytes": len(proved["hex_proof"].removeprefix("0x")) // 2 + 32 * sum(map(len, proved["instances"])),
            "proof_file_bytes": Path(at("proof.json")).stat().st_size,
            "key_bytes": Path(at("pk.key")).stat().st_size,
            "memory_mb": memory_mb(),
        }
        print(json.dumps(sizes), flush=True)


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print the seconds that a step takes."""
    begun = time.perf_counter()
    yield
    print(json.dumps({name: time.perf_counter() - begun}), flush=True)


def onnx_model(widths: tuple[int, ...], rows: int, path: str) -> None:
    """Fully connected layers with ReLU between them, for a fixed number of rows."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(0)
    nodes, weights, last = [], [], "x"
    for index, (before, after) in enumerate(pairwise(widths)):
        for name, shape in (("w", (before, after)), ("b", (after,))):
            values = random.normal(size=shape).astype(np.float32) / before**0.5
            weights.append(numpy_helper.from_array(values, f"{name}{index}"))
        nodes.append(helper.make_node("Gemm", [last, f"w{index}", f"b{index}"], [f"z{index}"]))
        last = f"z{index}"
        if index < len(widths) - 2:
            nodes.append(helper.make_node("Relu", [last], [f"a{index}"]))
            last = f"a{index}"
    ends = [helper.make_tensor_value_info("x", TensorProto.FLOAT, (rows, widths[0]))]
    results = [helper.make_tensor_value_info(last, TensorProto.FLOAT, (rows, widths[-1]))]
    graph = helper.make_graph(nodes, "model", ends, results, weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), path)


if __name__ == "__main__":
    main()
