"""What exactness costs: the engine against other ways to evaluate the same models, in one run.

    python benchmarks/bench_scoring.py [--json FILE]

Against numpy in float32, scikit-learn's predict, and the pure-Python code that m2cgen generates (it knows
no MLPs). The rounds interleave and the best of each task counts; BLAS has one thread, as in the machine. The
holdout is prepared beforehand, as the dapp does it at the reveal. These are host times: what an operation costs in the
Cartesi Machine is its instructions, which bench_machine.py counts, and the ratios differ.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import m2cgen
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors

Tasks = dict[str, Callable[[], object]]
Arrays = dict[str, np.ndarray]

ENGINE = "engine, accuracy"
PLAIN = "numpy float32, accuracy"
SKLEARN = "scikit-learn, predict and accuracy"
PYTHON = "m2cgen's Python, accuracy"
SLOW_ROUNDS = 3
"""Rounds in which what takes longer than `SLOW` seconds takes part."""

SLOW = 0.02


def logistic(rows: int) -> Tasks:
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 30)).astype(np.float32)
    y = (x[:, 0] + random.normal(size=rows) > 0).astype(np.int64)
    trained = LogisticRegression().fit(x, y)
    tensors = dense_tensors([trained.coef_.T], [trained.intercept_])
    generated = run_python(m2cgen.export_to_python(trained))
    listed = x.tolist()
    return tasks({"family": "logistic", "inputs": 30, "outputs": 1}, tensors, x, y) | {
        PLAIN: lambda: np.mean(logits(tensors, x) == y),
        SKLEARN: lambda: np.mean(trained.predict(x) == y),
        PYTHON: lambda: sum((generated(row) > 0) == label for row, label in zip(listed, y.tolist(), strict=True)),
    }


def mlp(rows: int) -> Tasks:
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 64)).astype(np.float32)
    y = np.argmax(x[:, :10] + random.normal(size=(rows, 10)), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        trained = MLPClassifier((32,), max_iter=5, random_state=0).fit(x, y)
    fields = {"family": "mlp", "task": "classification", "inputs": 64, "hidden": [32], "outputs": 10}
    tensors = dense_tensors(trained.coefs_, trained.intercepts_)
    return tasks(fields, tensors, x, y) | {
        PLAIN: lambda: np.mean(logits(tensors, x) == y),
        SKLEARN: lambda: np.mean(trained.predict(x) == y),
    }


def forest(rows: int) -> Tasks:
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 30)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] * x[:, 2] + random.normal(size=rows) > 0).astype(np.int64)
    trained = RandomForestClassifier(100, max_depth=6, random_state=0).fit(x, y)
    nodes = max(one.tree_.node_count for one in trained.estimators_)
    fields = {"family": "trees", "task": "classification", "inputs": 30, "outputs": 2, "output": "probabilities"}
    fields |= {"trees": 100, "nodes": nodes, "depth": 6}
    generated = run_python(m2cgen.export_to_python(trained))
    listed = x.astype(np.float64).tolist()
    return tasks(fields, forest_tensors(trained, nodes), x, y) | {
        SKLEARN: lambda: np.mean(trained.predict(x) == y),
        PYTHON: lambda: sum(np.argmax(generated(row)) == label for row, label in zip(listed, y.tolist(), strict=True)),
    }


def dense_tensors(weights: list[np.ndarray], biases: list[np.ndarray]) -> Arrays:
    made = {f"layers.{i}.weight": np.ascontiguousarray(weight.T, np.float32) for i, weight in enumerate(weights)}
    return made | {f"layers.{i}.bias": bias.astype(np.float32) for i, bias in enumerate(biases)}


def forest_tensors(trained: RandomForestClassifier, nodes: int) -> Arrays:
    trees = [one.tree_ for one in trained.estimators_]

    def stacked(name: str, dtype: type[np.generic], unused: float) -> np.ndarray:
        made = np.full((len(trees), nodes), unused, dtype)
        for row, tree in zip(made, trees, strict=True):
            row[: tree.node_count] = getattr(tree, name)
        return made

    feature = stacked("feature", np.int16, -1)
    values = np.zeros((len(trees), nodes, 2), np.float32)
    for row, tree in zip(values, trees, strict=True):
        row[: tree.node_count] = tree.value[:, 0] / len(trees)
    return {
        "trees.feature": np.maximum(feature, -1),
        "trees.threshold": stacked("threshold", np.float32, 0),
        "trees.left": stacked("children_left", np.int16, -1),
        "trees.right": stacked("children_right", np.int16, -1),
        "trees.value": values,
        "trees.base": np.zeros(2, np.float32),
    }


def tasks(fields: dict[str, object], tensors: Arrays, x: np.ndarray, y: np.ndarray) -> Tasks:
    """What the engine does."""
    architecture = parse_architecture(json.dumps(fields))
    model_file, holdout_file = write_tensors(tensors), write_tensors({"x": x, "y": y})
    accuracy, log_loss = (parse_metric(name, architecture) for name in ("accuracy", "log_loss"))
    model = load_model(architecture, model_file)
    holdout = load_holdout(architecture, accuracy, holdout_file, len(x))
    for_loss = load_holdout(architecture, log_loss, holdout_file, len(x))
    return {
        ENGINE: lambda: score(model, holdout),
        "engine, log_loss": lambda: score(model, for_loss),
        "engine, read the model": lambda: load_model(architecture, model_file),
        "engine, prepare the holdout": lambda: load_holdout(architecture, accuracy, holdout_file, len(x)),
    }


def logits(tensors: Arrays, x: np.ndarray) -> np.ndarray:
    """Predictions of fully connected layers in float32."""
    layer, last = x, len(tensors) // 2 - 1
    for index in range(last + 1):
        layer = layer @ tensors[f"layers.{index}.weight"].T + tensors[f"layers.{index}.bias"]
        if index < last:
            layer = np.maximum(layer, 0)
    return layer[:, 0] > 0 if layer.shape[1] == 1 else np.argmax(layer, axis=1)


def run_python(source: str) -> Callable[[list[float]], object]:
    """The function that m2cgen has written."""
    names: dict[str, Callable[[list[float]], object]] = {}
    exec(source, names)
    return names["score"]


def best_times(named: Tasks, rounds: int) -> dict[str, float]:
    best = dict.fromkeys(named, float("inf"))
    for turn in range(rounds):
        for name, task in named.items():
            if turn >= SLOW_ROUNDS and best[name] > SLOW:
                continue
            start = perf_counter()
            task()
            best[name] = min(best[name], perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write the seconds here, too.")
    arguments = parser.parse_args()
    results = {}
    for title, make in (("logistic 30-1", logistic), ("MLP 64-32-10", mlp), ("100 trees of depth 6", forest)):
        with threadpool_limits(1):
            times = best_times(make(arguments.rows), arguments.rounds)
        results[title] = times
        print(f"{title}, {arguments.rows} rows, best of {arguments.rounds} rounds; the engine's score is 1")
        for name, seconds in times.items():
            print(f"    {name:36}{seconds * 1e6:11,.0f} µs{seconds / times[ENGINE]:10.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": arguments.rows, "models": results}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
