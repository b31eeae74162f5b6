"""What pay by Shapley value would do here, beside the rules that there are: copies, and what it takes to compute.

    python benchmarks/bench_shapley.py [--seeds N]

Three clients hold different rows of scikit-learn's digits and train the job's initial network on. Once their weights
are public, as they must be before any coalition of them can be scored, a copier sends the first client's model again,
one to five times. A coalition is worth what the average of its models scores above the initial one (Brier, the
project's own averages and scorer); shares are of the positive Shapley values. Under `market` and `fixed` the same
models are paid by the project's own rules, the copies committed after the original. Everything is seeded.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from deml.base.terms import FixedRule, MarketRule, Rule
from deml.base.types import Amount, Score
from deml.market import final_pays
from deml.scoring import Model, load_holdout, load_model, no_sums, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors

ARCHITECTURE = parse_architecture(
    json.dumps({"family": "mlp", "task": "classification", "inputs": 64, "hidden": [32], "outputs": 10})
)
METRIC = parse_metric("brier", ARCHITECTURE)
START_ROWS, CLIENT_ROWS, CLIENTS, EPOCHS = 100, 300, 3, 60
ESCROW = 1_000_000
MOST_COPIES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="How many splits of the data.")
    seeds = parser.parse_args().seeds
    games = [Game(seed) for seed in range(seeds)]
    print(f"initial, best and average model, mean of {seeds} splits, Brier score in ppm")
    for name, values in (
        ("initial", [one.worth(()) for one in games]),
        ("best of three", [max(one.scores) for one in games]),
        ("average of three", [one.worth(range(CLIENTS)) for one in games]),
    ):
        print(f"  {name:<18} {np.mean(values):12,.0f}")
    below = sum(one.worth(range(CLIENTS)) < max(one.scores) for one in games)
    print(f"  the average scores below the best single model in {below} of {seeds} splits")
    print("\nparts of the escrow, in %: the copied client / all its copies / the two others")
    print(f"  {'copies':<8}{'by Shapley value':>24}{'market':>24}{'fixed':>24}{'scorings':>10}{'seconds':>9}")
    for copies in range(MOST_COPIES + 1):
        begun = time.perf_counter()
        by_value = np.mean([one.by_shapley(copies) for one in games], axis=0)
        seconds = (time.perf_counter() - begun) / seeds
        market = np.mean([one.by_rule(copies, one.market) for one in games], axis=0)
        fixed = np.mean([one.by_rule(copies, one.fixed) for one in games], axis=0)
        row = "".join(f"{' / '.join(f'{100 * part:.1f}' for part in parts):>24}" for parts in (by_value, market, fixed))
        print(f"  {copies:<8}{row}{2 ** (CLIENTS + copies):>10}{seconds:>9.2f}")


class Game:
    """One split of the data: an initial model, three clients' models, a holdout."""

    def __init__(self, seed: int) -> None:
        x, y = load_digits(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(x))
        x, y = (x[order] / 16).astype(np.float32), y[order]
        classes = np.arange(10)
        start = MLPClassifier((32,), solver="adam", random_state=seed, batch_size=50)
        for _ in range(EPOCHS // 3):
            start.partial_fit(x[:START_ROWS], y[:START_ROWS], classes=classes)
        self.models = []
        for client in range(CLIENTS):
            begin = START_ROWS + client * CLIENT_ROWS
            part = slice(begin, begin + CLIENT_ROWS)
            trained = copy.deepcopy(start)
            for _ in range(EPOCHS):
                trained.partial_fit(x[part], y[part])
            self.models.append(loaded(trained))
        self.initial = loaded(start)
        rest = slice(START_ROWS + CLIENTS * CLIENT_ROWS, None)
        held = write_tensors({"x": x[rest], "y": y[rest].astype(np.uint8)})
        self.holdout = load_holdout(ARCHITECTURE, METRIC, held, len(x))
        self.baseline = Score(score(self.initial, self.holdout))
        self.scores = [Score(score(one, self.holdout)) for one in self.models]
        self._worth: dict[tuple[int, ...], int] = {}

    def worth(self, members: Sequence[int]) -> int:
        """Score of the average of these models; of nobody's, the initial model's."""
        key = tuple(sorted(members))
        if not key:
            return self.baseline
        if key not in self._worth:
            sums = no_sums(ARCHITECTURE)
            for one in key:
                sums = sums.plus(self.models[one])
            self._worth[key] = score(load_model(ARCHITECTURE, sums.mean()), self.holdout)
        return self._worth[key]

    def by_shapley(self, copies: int) -> tuple[float, float, float]:
        """Share the escrow by exact Shapley values among the clients and copies of the first."""
        self._worth.clear()
        players = [*range(CLIENTS), *[0] * copies]
        count = len(players)
        values = np.zeros(count)
        for player in range(count):
            others = [one for one in range(count) if one != player]
            for size in range(count):
                weight = factorial(size) * factorial(count - size - 1) / factorial(count)
                for chosen in combinations(others, size):
                    before = [players[one] for one in chosen]
                    values[player] += weight * (self.worth([*before, players[player]]) - self.worth(before))
        shares = np.maximum(values, 0) / np.maximum(values, 0).sum()
        return float(shares[0]), float(shares[CLIENTS:].sum()), float(shares[1:CLIENTS].sum())

    @property
    def market(self) -> MarketRule:
        """The whole escrow at the best of the three models' scores."""
        return MarketRule(max(self.scores), 1)

    @property
    def fixed(self) -> FixedRule:
        """Places for all."""
        return FixedRule(Amount(ESCROW // (CLIENTS + MOST_COPIES)), 1)

    def by_rule(self, copies: int, rule: Rule) -> tuple[float, float, float]:
        """Pay the same models by one of the rules, in commit order."""
        scores = [*self.scores, *[self.scores[0]] * copies]
        pays = [pay / ESCROW for pay in final_pays(rule, Amount(ESCROW), self.baseline, scores)]
        return pays[0], sum(pays[CLIENTS:]), sum(pays[1:CLIENTS])


def loaded(trained: MLPClassifier) -> Model:
    tensors = {}
    for index, (weight, bias) in enumerate(zip(trained.coefs_, trained.intercepts_, strict=True)):
        tensors |= {f"layers.{index}.weight": np.ascontiguousarray(weight.T), f"layers.{index}.bias": bias}
    return load_model(ARCHITECTURE, write_tensors({name: one.astype(np.float32) for name, one in tensors.items()}))


if __name__ == "__main__":
    main()
