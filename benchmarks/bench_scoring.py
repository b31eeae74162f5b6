"""What exactness costs: the engine against the same model in plain numpy float32 and in scikit-learn, in one run.

The rounds interleave and the best of each task counts; BLAS has one thread, as in the machine. The holdout is prepared
beforehand, as the dapp does it at the reveal. These are host times: in the Cartesi Machine an operation's cost
is its instructions, and the ratios differ (docs/scoring.md, "Cost").
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from time import perf_counter

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from deml.scoring import Architecture, load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors

Tasks = dict[str, Callable[[], object]]


def logistic(rows: int) -> Tasks:
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 30)).astype(np.float32)
    y = (x[:, 0] + random.normal(size=rows) > 0).astype(np.int64)
    trained = LogisticRegression().fit(x, y)
    architecture = parse_architecture('{"family": "logistic", "inputs": 30, "outputs": 1}')
    return tasks(architecture, [trained.coef_.T], [trained.intercept_], trained.predict, x, y)


def mlp(rows: int) -> Tasks:
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 64)).astype(np.float32)
    y = np.argmax(x[:, :10] + random.normal(size=(rows, 10)), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        trained = MLPClassifier((32,), max_iter=5, random_state=0).fit(x, y)
    fields = {"family": "mlp", "task": "classification", "inputs": 64, "hidden": [32], "outputs": 10}
    architecture = parse_architecture(json.dumps(fields))
    return tasks(architecture, trained.coefs_, trained.intercepts_, trained.predict, x, y)


def tasks(
    architecture: Architecture,
    coefficients: list[np.ndarray],
    intercepts: list[np.ndarray],
    predict: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
) -> Tasks:
    weights = [np.ascontiguousarray(one, np.float32) for one in coefficients]
    biases = [one.astype(np.float32) for one in intercepts]
    tensors = {f"layers.{index}.weight": np.ascontiguousarray(weight.T) for index, weight in enumerate(weights)}
    tensors |= {f"layers.{index}.bias": bias for index, bias in enumerate(biases)}
    model_file, holdout_file = write_tensors(tensors), write_tensors({"x": x, "y": y})
    accuracy, log_loss = (parse_metric(name, architecture) for name in ("accuracy", "log_loss"))
    model = load_model(architecture, model_file)
    holdout = load_holdout(architecture, accuracy, holdout_file, len(x))
    for_loss = load_holdout(architecture, log_loss, holdout_file, len(x))

    def plain() -> np.floating:
        layer = x
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            layer = np.maximum(layer @ weight + bias, 0)
        logits = layer @ weights[-1] + biases[-1]
        predicted = logits[:, 0] > 0 if logits.shape[1] == 1 else np.argmax(logits, axis=1)
        return np.mean(predicted == y)

    return {
        "numpy float32, accuracy": plain,
        "scikit-learn, predict and accuracy": lambda: np.mean(predict(x) == y),
        "engine, accuracy": lambda: score(model, holdout),
        "engine, log_loss": lambda: score(model, for_loss),
        "engine, read the model": lambda: load_model(architecture, model_file),
        "engine, prepare the holdout": lambda: load_holdout(architecture, accuracy, holdout_file, len(x)),
    }


def best_times(named: Tasks, rounds: int) -> dict[str, float]:
    best = dict.fromkeys(named, float("inf"))
    for _ in range(rounds):
        for name, task in named.items():
            start = perf_counter()
            task()
            best[name] = min(best[name], perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    for title, make in (("logistic 30-1", logistic), ("MLP 64-32-10", mlp)):
        with threadpool_limits(1):
            times = best_times(make(arguments.rows), arguments.rounds)
        print(f"{title}, {arguments.rows} rows, best of {arguments.rounds} rounds")
        print(f"{'task':40}{'µs':>9}{'ratio':>8}")
        plain = times["numpy float32, accuracy"]
        for name, seconds in times.items():
            print(f"{name:40}{seconds * 1e6:9.0f}{seconds / plain:8.2f}")


if __name__ == "__main__":
    main()
