"""In which order the modules of a state dict run, and where activations stand: told, plain from the names, or asked.

A state dict holds names and weights. Numbers of one ``nn.Sequential`` are the order in which it runs, and a gap between
them is a module without weights; other names are what somebody called them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.activations import ACTIVATIONS
from deml_learn.models.errors import OrderNeeded, Unimportable

Array = NDArray[Any]

KIND: Final = "PyTorch"
MOST_STEPS: Final = 20_000
"""After so many tries another order counts as found."""


@dataclass(frozen=True, slots=True)
class Module:
    """Tensors of one module of the network."""

    name: str
    tensors: Mapping[str, Array]

    @property
    def is_norm(self) -> bool:
        """Whether it is a batch norm."""
        return "running_mean" in self.tensors

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its weight."""
        found = self.tensors.get("weight")
        return () if found is None else tuple(found.shape)


OrderStep = Module | str
"""A module, or an activation by our name."""


def told(modules: Sequence[Module], order: Sequence[str]) -> list[OrderStep]:
    """The order that the user gives.

    Raises
    ------
    Unimportable
        If it does not name each module once, or something that is neither a module nor an activation.
    """
    named = {one.name: one for one in modules}
    for name in order:
        if name not in named and name not in ACTIVATIONS:
            known = ", ".join([*named, *ACTIVATIONS])
            raise Unimportable(KIND, f"'{name[:60]}' in --order", f"it is none of {known}")
    for name in named:
        if list(order).count(name) != 1:
            raise Unimportable(KIND, "--order", f"it must name the module '{name[:60]}' once")
    return [named.get(name, name) for name in order]


def inferred(modules: Sequence[Module], architecture: Architecture | None) -> list[OrderStep]:
    """The order that the names tell, with activations where they stand; they are called ReLU.

    Raises
    ------
    OrderNeeded
        Where another order, or another place of an activation, fits as well.
    """
    if not modules:
        return []
    indices = [re.fullmatch(r"(|.*\.)(\d+)", one.name) for one in modules]
    parents = {one[1] for one in indices if one}
    if all(indices) and len(parents) == 1:
        places = [int(one[2]) for one in indices if one]
        return _sequential(modules, places, bare=parents == {""}, known=architecture is not None)
    if any(one.is_norm for one in modules):
        raise _needed(modules, "whether an activation comes before or after a batch norm is not in it")
    if _another_fits(modules, architecture):
        raise _needed(modules, "its layers fit each other in more than one order")
    return _with_activations(modules)


def shown(steps: Sequence[OrderStep]) -> str:
    """An order as ``--order`` takes it."""
    return ",".join(one if isinstance(one, str) else one.name for one in steps)


def _sequential(modules: Sequence[Module], places: Sequence[int], *, bare: bool, known: bool) -> list[OrderStep]:
    """The order of one ``nn.Sequential``: an activation between two layers stands where a number is left out."""
    if modules[0].is_norm:
        raise Unimportable(KIND, f"'{modules[0].name}'", "batch norm must follow a layer of as many channels")
    steps: list[OrderStep] = [modules[0]]
    gaps = 0
    for (before, one), (here, there) in zip(pairwise(modules), pairwise(places), strict=True):
        gap = there - here > 1
        normed = before.is_norm or one.is_norm
        gaps = (gaps if before.is_norm else 0) + gap
        if gap or (known and not normed):
            steps.append("relu")
        if not one.is_norm and normed and gaps != 1:
            raise _needed(modules, f"where the activation stands before '{one.name}' is not in it")
        if not one.is_norm and not (gap or normed or known or bare):
            raise _needed(modules, f"whether there is an activation before '{one.name}' is not in it")
        steps.append(one)
    if modules[-1].is_norm and gaps:
        raise _needed(modules, f"what stands before '{modules[-1].name}' is not in it")
    return steps


def _with_activations(modules: Sequence[Module]) -> list[OrderStep]:
    steps: list[OrderStep] = []
    for one in modules:
        if steps and not one.is_norm:
            steps.append("relu")
        steps.append(one)
    return steps


def _needed(modules: Sequence[Module], reason: str) -> OrderNeeded:
    likely = sorted(modules, key=_usual)
    return OrderNeeded(KIND, reason, shown(_with_activations(likely)))


def _usual(module: Module) -> tuple[str, list[int], bool]:
    """Where a module usually runs: by the numbers in its own name, a batch norm behind the layer of its number."""
    parent, _, own = module.name.rpartition(".")
    return parent, [int(part) for part in re.findall(r"\d+", own)], module.is_norm


def _another_fits(modules: Sequence[Module], architecture: Architecture | None) -> bool:
    """Whether the layers follow one another in another order, too."""
    shapes = [one.shape for one in modules]
    count, steps = 0, 0
    pending: list[tuple[int, ...]] = [()]
    while pending and count < 2:
        way = pending.pop()
        steps += 1
        if steps > MOST_STEPS:
            return True
        if len(way) == len(shapes):
            count += _ends(shapes[way[-1]], architecture)
            continue
        for one, shape in enumerate(shapes):
            if one not in way and (_follows(shapes[way[-1]], shape) if way else _begins(shape, architecture)):
                pending.append((*way, one))
    return count > 1


def _follows(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    if len(before) < 2 or len(after) < 2 or (len(before) == 2 and len(after) == 4):
        return False
    if len(before) == len(after) == 2:
        return before[0] == after[1]
    return before[0] % after[1] == 0 if len(after) == 4 else after[1] % before[0] == 0


def _begins(shape: tuple[int, ...], architecture: Architecture | None) -> bool:
    return architecture is None or len(shape) != 2 or shape[1] == architecture.inputs


def _ends(shape: tuple[int, ...], architecture: Architecture | None) -> bool:
    return architecture is None or len(shape) != 2 or shape[0] <= architecture.outputs
