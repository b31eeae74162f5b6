"""What luck earns under the project's scorer and reward rules, and what guarding against it costs honest models.

    python benchmarks/bench_noise.py accounts   # 100 noise accounts on a small holdout, as in an attack that was seen
    python benchmarks/bench_noise.py noise      # models truly no better than the initial one: every metric and setting
    python benchmarks/bench_noise.py ranks      # the same for metrics whose scale depends on the rows drawn
    python benchmarks/bench_noise.py power      # what of today's pay a truly better model keeps
    python benchmarks/bench_noise.py copies     # one true model, alone and with a hundred perturbed copies

Holdouts are drawn from pools of rows, so that every model's true gain is known. Everything is seeded; figures have
standard errors, and a bar where the project holds itself to one. Takes minutes to an hour each: --resamples.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))

from noise_figures import BATCH, Bars, Mean, a_row_of, agrees, credited, draws, in_most, sums
from noise_settings import (
    CLASSIFICATIONS,
    LOG_LOSS_CUT,
    PPM,
    REGRESSIONS,
    Noise,
    Scorer,
    Setting,
    accuracy_of,
    all_noise,
    class_attacks,
    classification,
    loss_cut,
    perturbed,
    regression,
    value_attacks,
    weakened,
)

from deml.base.terms import FixedRule, MarketRule, Rule
from deml.base.types import Amount, Score
from deml.market import Bid, credited_gain, credited_score, luck_bar, offers

ESCROW = Amount(1_000_000)
PLACES = 4


# What 100 noise accounts earn: the whole way through the project's own scorer and rules


def accounts(resamples: int, bars: Bars) -> None:
    """`market`: the best of 100 perturbations declares; `fixed`: all do. Cap 128, confidence 95 %."""
    setting, bar = classification("cancer"), luck_bar(128, 950_000)
    print(f"breast cancer, 100 perturbations of the initial model (sigma 0.3), bar {bar}; % of the escrow")
    for start, weights in (("weak", setting.weak), ("strong", setting.strong)):
        for metric in ("accuracy", "brier", "log_loss"):
            scorer = setting.scorer(metric, LOG_LOSS_CUT if metric == "log_loss" else 0)
            for rows in (60, 80, 114):
                random = np.random.default_rng(rows)
                raw, market, fixed = Mean(), Mean(), Mean()
                for batch in range(0, resamples, BATCH):
                    duel = _Duel(random, scorer, weights, 100)
                    size = min(BATCH, resamples - batch)
                    pays = np.array([duel.pays(random, rows, bar, float(metric == "accuracy")) for _ in range(size)])
                    for mean, column in zip((raw, market, fixed), pays.T, strict=True):
                        mean.add(column)
                cell = f"{start}, {metric}, {rows} rows"
                print(
                    f"  {cell}: by raw scores {raw}; market {bars.at_most(cell + ', market', market, 0.1)}; "
                    f"fixed {bars.at_most(cell + ', fixed', fixed, 1.0)}",
                    flush=True,
                )


class _Duel:
    """An initial model and models that are truly no better, on a pool."""

    def __init__(self, random: np.random.Generator, scorer: Scorer, start: NDArray[np.float64], count: int) -> None:
        self.scorer = scorer
        self.first = scorer.evidence(start)
        self.initial = scorer.pairing.qualities(self.first, scorer.targets)
        self.evidence: list[NDArray[Any]] = []
        while len(self.evidence) < count:
            for one in perturbed(random, start, 0.3, count):
                made = scorer.evidence(one)
                if np.sum(scorer.pairing.qualities(made, scorer.targets) - self.initial) <= 0:
                    self.evidence.append(made)
        del self.evidence[count:]
        gains = [scorer.pairing.qualities(one, scorer.targets) - self.initial for one in self.evidence]
        self.gains = in_most(np.array(gains), a_row_of(scorer))

    def pays(self, random: np.random.Generator, rows: int, bar: int, perfect: float) -> tuple[float, float, float]:
        """Draw a holdout; what is paid by raw scores, under `market`, and under `fixed`, as parts of the escrow."""
        drawn = random.integers(len(self.initial), size=rows)
        baseline = self._score(self.first, drawn)
        distance = max(1, round(PPM * perfect) - baseline) // 2 or 1
        rule = MarketRule(Score(baseline + distance), 1)
        gains = self.gains[:, drawn]
        total = gains.sum(1)
        found = credited(total, (gains * gains).sum(1), rows, a_row_of(self.scorer), bar)
        luckiest = int(total.argmax())
        best = int(found.argmax()) if found.any() else luckiest
        by_raw = _paid(rule, baseline, [Score(self._score(self.evidence[luckiest], drawn))])
        market = _paid(rule, baseline, [self._credited(best, drawn, baseline, bar)])
        passing = [self._credited(int(one), drawn, baseline, bar) for one in np.flatnonzero(found)]
        fixed = _paid(FixedRule(Amount(ESCROW // PLACES), max(1, distance // 10)), baseline, passing)
        return by_raw, market, fixed

    def _score(self, evidence: NDArray[Any], drawn: NDArray[np.int64]) -> int:
        return self.scorer.metric.conclude(evidence[drawn], self.scorer.targets[drawn])

    def _credited(self, model: int, drawn: NDArray[np.int64], baseline: int, bar: int) -> Score:
        """Declared score of a model on a holdout, as the dapp works it out."""
        pairing, targets = self.scorer.pairing, self.scorer.targets[drawn]
        qualities = pairing.qualities(self.evidence[model][drawn], targets)
        gain = pairing.gain(qualities, pairing.qualities(self.first[drawn], targets), targets)
        return credited_score(Score(baseline), Score(self._score(self.evidence[model], drawn)), gain, bar)


def _paid(rule: Rule, baseline: int, scores: list[Score]) -> float:
    return sum(one.pay for one in offers(rule, ESCROW, Score(baseline), [Bid(one) for one in scores])) / ESCROW


# Models that are truly no better: the worst over all settings

CELLS = tuple((cap, confidence) for confidence in (990_000, 950_000, 900_000) for cap in (8, 16, 128))
WHO = ("one", "ten", "all", "picked", "fixed", "fixed picked")


def noise(resamples: int, bars: Bars) -> None:
    """Worst per cent of the escrow, by cell and number of rows, over metrics and settings."""
    random = np.random.default_rng(11)
    worst: dict[tuple[int, int, int, str], tuple[Mean, str]] = {}
    for one in all_noise(random):
        for rows in (60, 114, 300, 1_000, 3_000, 10_000):
            if rows == 10_000 and one.rows < 3_000:
                continue
            for key, mean in _noise_cell(random, one, rows, resamples).items():
                at = (*key[:2], rows, key[2])
                if at not in worst or mean.value > worst[at][0].value:
                    worst[at] = (mean, f"{one.metric}, {one.setting}")
        print(f"  {one.metric}, {one.setting}: done", file=sys.stderr, flush=True)
    for cap, confidence in CELLS:
        print(f"cap {cap}, confidence {confidence / PPM:.0%}, bar {luck_bar(cap, confidence)}; worst % of the escrow")
        for (of_cap, of_confidence, rows, who), (mean, where) in worst.items():
            if (of_cap, of_confidence) == (cap, confidence):
                cell = f"cap {cap}, {confidence / PPM:.0%}, {rows} rows, {who}"
                shown = bars.at_most(cell, mean, 1.0) if confidence >= 950_000 else str(mean)
                print(f"  {rows:6} rows, {who:12} {shown}  [{where}]")


def _noise_cell(
    random: np.random.Generator, noise: Noise, rows: int, resamples: int
) -> dict[tuple[int, int, str], Mean]:
    """Means for all caps and confidences, of one setting and number of rows."""
    a_row = a_row_of(noise.scorer)
    gains = in_most(noise.gains, a_row)
    orders = [random.permutation(len(gains)) for _ in range(5)]
    first = next(draws(random, noise.rows, rows, BATCH))
    agrees(random, noise, first, 8)
    ranked = {
        bar: np.argsort(-np.minimum(credited(*sums(first, gains), rows, a_row, bar), 1).mean(0))
        for bar in {luck_bar(*cell) for cell in CELLS}
    }
    means: dict[tuple[int, int, str], Mean] = defaultdict(Mean)
    for counts in draws(random, noise.rows, rows, resamples):
        made = sums(counts, gains)
        for bar in sorted(ranked):
            share = credited(*made, rows, a_row, bar) / noise.distance
            value = np.minimum(share, 1)
            for cap, confidence in (one for one in CELLS if luck_bar(*one) == bar):
                picked, few = ranked[bar][:cap], orders[0][:cap]
                values = (
                    value.mean(1),
                    np.mean([value[:, order[: min(10, cap)]].max(1) for order in orders], 0),
                    np.mean([value[:, order[:cap]].max(1) for order in orders], 0),
                    value[:, picked].max(1),
                    np.minimum((share[:, few] >= 0.1).sum(1), PLACES) / PLACES,
                    np.minimum((share[:, picked] >= 0.1).sum(1), PLACES) / PLACES,
                )
                for who, paid in zip(WHO, values, strict=True):
                    means[cap, confidence, who].add(paid)
    return means


def ranks(resamples: int, bars: Bars) -> None:
    """AUC, balanced accuracy and R2: the best of 8 and of 128, through the project's scorer on each holdout drawn."""
    random = np.random.default_rng(12)
    for name in CLASSIFICATIONS + REGRESSIONS:
        values = name in REGRESSIONS
        setting = regression(name) if values else classification(name)
        names = ("r2",) if values else ("balanced_accuracy",) + ("roc_auc",) * (setting.classes == 2)
        for metric in names:
            for start, weights in (("weak", setting.weak), ("strong", setting.strong)):
                attacks = (
                    value_attacks(random, weights, float(setting.y.std())) if values else class_attacks(random, weights)
                )
                scorer = setting.scorer(metric, loss_cut(setting, weights, "mse") if values else 0)
                _ranks_cell(random, f"{metric}, {name} {start}", scorer, weights, attacks, (resamples, bars))


def _ranks_cell(
    random: np.random.Generator,
    name: str,
    scorer: Scorer,
    start: NDArray[np.float64],
    attacks: list[NDArray[np.float64]],
    run: tuple[int, Bars],
) -> None:
    resamples, bars = run
    first = scorer.evidence(start)
    evidence = [scorer.evidence(one) for one in attacks]
    base = scorer.metric.measure(first, scorer.targets)
    evidence = [one for one in evidence if scorer.metric.measure(one, scorer.targets) <= base]
    if not evidence:
        return
    for rows in (114, 500):
        means = {8: Mean(), 128: Mean()}
        for _ in range(resamples):
            drawn = random.integers(len(scorer.targets), size=rows)
            targets = scorer.targets[drawn]
            if targets.min() == targets.max():
                continue
            initial = scorer.pairing.qualities(first[drawn], targets)
            distance = max(1, (PPM - scorer.metric.conclude(first[drawn], targets)) // 2)
            for cap, mean in means.items():
                bar = luck_bar(cap, 950_000)
                chosen = random.permutation(len(evidence))[:cap]
                found = [
                    credited_gain(
                        scorer.pairing.gain(scorer.pairing.qualities(evidence[one][drawn], targets), initial, targets),
                        bar,
                    )
                    for one in chosen
                ]
                mean.add(np.array([min(1.0, max(found) / distance)]))
        shown = [bars.at_most(f"{name}, {rows} rows, cap {cap}", mean, 1.0) for cap, mean in means.items()]
        print(f"  {name}, {rows} rows: best of 8 {shown[0]}, of 128 {shown[1]}", flush=True)


# What honest models keep, and what copies earn

KEPT = {("brier", 0.04, 500): 83.0, ("accuracy", 0.08, 1_000): 83.0, ("accuracy", 0.02, 10_000): 84.0}


def power(resamples: int, bars: Bars) -> None:
    """Per cent of today's pay that the strong model keeps over an initial one that is truly so much worse."""
    random, bar = np.random.default_rng(13), luck_bar(8, 950_000)
    print(f"% of the pay by raw scores that is kept; bar {bar}; mean over the settings, and the worst")
    for metric in ("accuracy", "brier", "log_loss"):
        for gain in (0.01, 0.02, 0.04, 0.08):
            for rows in (114, 300, 500, 1_000, 3_000, 10_000):
                kept = [
                    _kept(random, setting, metric, gain, rows, (bar, resamples))
                    for setting in map(classification, CLASSIFICATIONS)
                    if rows < 10_000 or len(setting.y) >= 3_000
                ]
                found = [one for one in kept if one is not None]
                if not found:
                    continue
                mean = float(np.mean([one for one, _ in found]))
                error = float(np.sqrt(np.sum([one**2 for _, one in found])) / len(found))
                limit = KEPT.get((metric, gain, rows))
                cell = f"{metric}, +{100 * gain:g} points, {rows} rows"
                shown = f"{100 * mean:.1f}" if limit is None else bars.at_least(cell, mean, limit)
                worst = min(one for one, _ in found)
                print(f"  {cell}: {shown} +- {100 * error:.2f}, at worst {100 * worst:.1f}", flush=True)


def _kept(
    random: np.random.Generator, setting: Setting, metric: str, gain: float, rows: int, run: tuple[int, int]
) -> tuple[float, float] | None:
    """Part kept, and its standard error; None where no initial model is that much worse."""
    bar, resamples = run
    start = weakened(setting, gain)
    if abs(accuracy_of(setting, setting.strong) - accuracy_of(setting, start) - gain) > 0.003:
        return None
    scorer = setting.scorer(metric, LOG_LOSS_CUT if metric == "log_loss" else 0)
    a_row = a_row_of(scorer)
    gains = in_most(scorer.qualities(setting.strong) - scorer.qualities(start), a_row)[None]
    got, raw = Mean(), Mean()
    for counts in draws(random, gains.shape[1], rows, resamples):
        total, squares = sums(counts, gains)
        got.add(credited(total, squares, rows, a_row, bar)[:, 0])
        raw.add(np.maximum(total[:, 0], 0) * (a_row.most / a_row.whole) / rows)
    return got.value / raw.value, got.error / raw.value


def copies(resamples: int, bars: Bars) -> None:
    """A true model worth half of the escrow, alone and with 10 and 100 perturbed copies, none of them truly better."""
    random, bar = np.random.default_rng(14), luck_bar(128, 990_000)
    print(f"% of the escrow where the truth is 50; bar {bar}; mean over settings and perturbations, and the worst")
    for metric in ("accuracy", "brier", "log_loss"):
        for rows in (114, 500, 1_000, 3_000, 10_000):
            found = [
                row
                for name in ("digits", "synth", "synth5")
                for row in _copies_cells(random, classification(name), metric, rows, (bar, resamples))
            ]
            alone, ten, hundred = (float(np.mean([row[one].value for row in found])) for one in range(3))
            worst = max((row[2] for row in found), key=lambda one: one.value)
            cell = f"{metric}, {rows} rows"
            shown = bars.at_most(cell + ", 100 copies", worst, 51.0)
            print(f"  {cell}: alone {100 * alone:.1f}, x10 {100 * ten:.1f}, x100 {100 * hundred:.1f}, at worst {shown}")


def _copies_cells(
    random: np.random.Generator, setting: Setting, metric: str, rows: int, run: tuple[int, int]
) -> Iterator[tuple[Mean, Mean, Mean]]:
    bar, resamples = run
    if rows == 10_000 and len(setting.y) < 3_000:
        return
    scorer = setting.scorer(metric, LOG_LOSS_CUT if metric == "log_loss" else 0)
    start, model = weakened(setting, 0.05), weakened(setting, 0.01)
    initial = scorer.qualities(start)
    true = scorer.qualities(model) - initial
    whole = 2 * true.mean() / a_row_of(scorer).whole
    for sigma in (0.03, 0.1, 0.3):
        made = [scorer.qualities(one) - initial for one in perturbed(random, model, sigma, 260)]
        made = [one for one in made if one.sum() <= true.sum()][:100]
        if len(made) < 30:
            continue
        gains = in_most(np.array([true, *made]), a_row_of(scorer))
        alone, ten, hundred = Mean(), Mean(), Mean()
        for counts in draws(random, gains.shape[1], rows, resamples):
            value = np.minimum(credited(*sums(counts, gains), rows, a_row_of(scorer), bar) / whole, 1)
            alone.add(value[:, 0])
            ten.add(value[:, :11].max(1))
            hundred.add(value.max(1))
        yield alone, ten, hundred


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tables = {one.__name__: one for one in (accounts, noise, ranks, power, copies)}
    parser.add_argument("table", choices=tables)
    parser.add_argument("--resamples", type=int, default=20_000, help="holdouts drawn for each cell")
    arguments = parser.parse_args()
    bars = Bars()
    tables[arguments.table](arguments.resamples, bars)
    for missed in bars.missed:
        print("MISSED", missed)
    sys.exit(bool(bars.missed))


if __name__ == "__main__":
    main()
