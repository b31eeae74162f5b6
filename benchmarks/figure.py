"""Draw the benchmarks' figure, as PNG and SVG, from what was measured.

    python benchmarks/figure.py FIGURE

Reads benchmarks/results/*.json, which `deml bench` and the benchmarks' option --json write.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

RESULTS = Path(__file__).resolve().parent / "results"
DEML, OTHER, MISSED = "#1f6f8b", "#b8b8b8", "#c8553d"
WAYS = {
    "engine, accuracy": "DeML's engine",
    "numpy float32, accuracy": "numpy, float32",
    "scikit-learn, predict and accuracy": "scikit-learn",
    "m2cgen's Python, accuracy": "m2cgen's Python",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figure", type=Path, metavar="FIGURE", help="Its suffix is replaced by .png and .svg.")
    path: Path = parser.parse_args().figure
    draw(path)
    print(f"{path.with_suffix('.png')} and {path.with_suffix('.svg')}")


def draw(path: Path) -> None:
    """Draw the three panels into two files."""
    # One salt and no date: the same numbers give the same bytes.
    mpl.rcParams.update({"svg.hashsalt": "deml", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure = Figure(figsize=(15, 5.2), layout="constrained")
    speed, proof, machine = figure.subplots(1, 3)
    draw_speed(speed, read("scoring"))
    draw_proofs(proof, read("ezkl"))
    draw_counts(machine, read("machine"))
    figure.savefig(path.with_suffix(".png"), dpi=150)
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})


def read(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def draw_speed(axes: Axes, measured: dict[str, Any]) -> None:
    """Time of each way to score each model."""
    labels, seconds, colours = [], [], []
    for model, times in measured["models"].items():
        for way, name in WAYS.items():
            if way in times:
                labels.append(f"{model}: {name}")
                seconds.append(times[way] * 1e3)
                colours.append(DEML if way.startswith("engine") else OTHER)
    bars(axes, labels, seconds, colours)
    axes.set_title(f"Scoring {measured['rows']:,} rows on one x86 core")
    axes.set_xlabel("milliseconds, logarithmic")


def draw_proofs(axes: Axes, measured: list[dict[str, Any]]) -> None:
    """Time to compute again, against time to prove."""
    labels, seconds, colours = [], [], []
    for one in measured:
        case = f"{one['name']}, {one['rows']} rows"
        labels.append(f"{case}: DeML")
        seconds.append(one["engine_seconds"])
        colours.append(DEML)
        if one["finished"]:
            labels += [f"{case}: EZKL set-up", f"{case}: EZKL prove"]
            seconds += [one["setup"], one["prove"]]
            colours += [OTHER, OTHER]
        else:
            labels.append(f"{case}: EZKL has no result")
            seconds.append(one["timeout"])
            colours.append(MISSED)
    bars(axes, labels, seconds, colours)
    axes.set_title("Scoring again, or proving with EZKL")
    axes.set_xlabel("seconds, logarithmic")


def draw_counts(axes: Axes, measured: list[dict[str, Any]]) -> None:
    """Counted instructions against targets, each as a bar up to its target."""
    targets = [one for one in measured if one["target"] is not None]
    labels = [f"{one['name']}: {one['counted']:.3g} of {one['target']:g}" for one in targets]
    shares = [100 * one["counted"] / one["target"] for one in targets]
    axes.barh(labels[::-1], shares[::-1], color=[DEML if share <= 100 else MISSED for share in shares[::-1]])
    axes.axvline(100, color="black", linewidth=1)
    axes.set_title("Million riscv64 instructions")
    axes.set_xlabel("% of the target")


def bars(axes: Axes, labels: list[str], values: list[float], colours: list[str]) -> None:
    """Horizontal bars on a logarithmic axis, from the top down, each with its number."""
    drawn = axes.barh(labels[::-1], values[::-1], color=colours[::-1])
    axes.bar_label(drawn, labels=[f"{value:.3g}" for value in values[::-1]], padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.margins(x=0.15)


if __name__ == "__main__":
    main()
