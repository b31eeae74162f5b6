"""What an ONNX graph makes of its scores: proven to be what we score, operator by operator, or refused by name.

Every value that follows from the scores has a `Meaning`; a rule for each operator tells what becomes of it. What no
rule knows is refused, for it may change which class wins, or by how much: a calibration, a threshold, another order of
the classes (ADR 37).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import Unimportable
from deml_learn.models.exits import MARGINS, ONE_VS_REST, Exit, Says
from deml_learn.models.onnx.chain import OperatorChain, changes
from deml_learn.models.onnx.graph import KIND, Graph, GraphNode
from deml_learn.models.onnx.meaning import Meaning

Array = NDArray[Any]

LAST: Final = (1, -1)
"""The axis of the classes, where rows are the first of two."""
SOFTMAX_OF_ROWS: Final = 13
"""Since this opset Softmax means the last axis, if it names none."""
WHOLE_OR_TEXT: Final = (2, 3, 5, 6, 7, 8, 12, 13)
"""Types that a class's name may be cast to: whole numbers of any size, and text."""

PER_CLASS: Final = (Says.SCORES, Says.OPPOSITES, Says.SHARES, Says.LOG_SHARES, Says.EACH, Says.REST)
"""What has a number for each class."""

LOGITS: Final = (
    "What its {columns} outputs are is not in the file: they are taken for one logit a class, of which one class is "
    "right in each row."
)
LABELS_ALONE: Final = (
    "Its outputs are classes alone: accuracy, balanced_accuracy and macro_f1 mean what they say; the other metrics "
    "rest on scores that the original keeps to itself."
)


@dataclass(frozen=True, slots=True)
class GraphOutputs:
    """What comes out of a graph.

    Parameters
    ----------
    labels
        What the file calls the classes, in the scores' order; empty if it does not tell.
    classifies
        Whether the scores are those of classes; None if the file does not tell.
    notes
        What the user should know, a sentence each.
    """

    exits: tuple[Exit, ...]
    labels: tuple[str, ...]
    classifies: bool | None
    notes: tuple[str, ...]


def end_of(graph: Graph, chain: OperatorChain) -> GraphOutputs:
    """Prove what every output of the graph is.

    Raises
    ------
    Unimportable
        At the first operator that is none of those known here, or does something else with the scores than they do.
    """
    meanings = dict(chain.seeds)
    for node in graph.nodes:
        if any(one in meanings for one in node.inputs) and node.outputs[0] not in meanings:
            rule = RULES.get(node.op)
            if rule is None:
                raise node.refused("it changes the scores, or it is none of those that docs/models.md lists there")
            for name, meaning in zip(node.outputs, rule(_Place(graph, node, meanings)), strict=False):
                meanings[name] = meaning
    exits = tuple(_exit(graph, name, meanings) for name in graph.exits)
    return GraphOutputs(exits, _labels(exits), _classifies(exits), tuple(_notes(exits, chain)))


@dataclass(frozen=True, slots=True)
class _Place:
    """A node, and what is known of its inputs."""

    graph: Graph
    node: GraphNode
    meanings: dict[str, Meaning]

    def meaning(self, place: int = 0) -> Meaning:
        """What an input means; refused if that is not known, or it is no number yet."""
        found = self._found(place)
        if found.truth:
            raise self.refused("it takes a truth value")
        return found

    def truth(self) -> Meaning:
        """The same, of a truth value."""
        found = self._found(0)
        if not found.truth:
            raise self.refused("it takes a score, where a truth value is known here")
        return found

    def plain(self) -> Meaning:
        """What the first input means, which must not be flipped."""
        found = self.meaning()
        if found.flipped:
            raise self.refused("it takes the opposite of a score")
        return found

    def constant(self, place: int) -> Array:
        """A constant among the inputs."""
        name = self.node.inputs[place] if place < len(self.node.inputs) else ""
        if name not in self.graph.constants:
            raise self.refused("what it calculates with is not a constant of the file")
        return self.graph.constants[name]

    def number(self, place: int) -> float:
        """A constant that is a single number."""
        found = self.constant(place)
        if found.size != 1 or found.dtype.kind not in "fiub":
            raise self.refused("its constant is not a single number")
        return float(np.ravel(found)[0])

    def is_constant(self, place: int) -> bool:
        """Whether an input is a constant."""
        return place < len(self.node.inputs) and self.node.inputs[place] in self.graph.constants

    def refused(self, reason: str) -> Unimportable:
        """Say that this node cannot be imported."""
        return self.node.refused(reason)

    def _found(self, place: int) -> Meaning:
        name = self.node.inputs[place] if place < len(self.node.inputs) else ""
        if name not in self.meanings:
            raise self.refused("it does not take the scores, or what was made of them, at its usual place")
        return self.meanings[name]


TailRule = Callable[[_Place], tuple[Meaning, ...]]


def _same(here: _Place) -> tuple[Meaning, ...]:
    if changes(here.graph, here.node):
        raise here.refused("it changes what passes through it")
    return (here.meaning(),)


def _cast(here: _Place) -> tuple[Meaning, ...]:
    if here.node.inputs[0] in here.meanings and here.meanings[here.node.inputs[0]].truth:
        return (replace(here.truth(), truth=False, names=("0", "1")),)
    found = here.meaning()
    if found.says is Says.CLASS and here.node.attribute("to", 0) in WHOLE_OR_TEXT:
        return (found,)
    return _same(here)


def _reshaped(here: _Place) -> tuple[Meaning, ...]:
    """Numbers stay in their rows: a column becomes a list, or the other way round."""
    found = here.meaning()
    match here.node.op:
        case "Flatten":
            fits = here.node.attribute("axis", 1) == 1
        case "Reshape":
            sizes = [int(one) for one in np.ravel(here.constant(1))]
            rows = (-1, 0, here.graph.batch)
            fits = (sizes == [-1] and found.columns == 1) or (
                len(sizes) == 2 and sizes[0] in rows and sizes[1] in (found.columns, -1) and sizes != [-1, -1]
            )
        case _:
            given = here.constant(1) if len(here.node.inputs) > 1 else np.array(here.node.attribute("axes", [1]))
            fits = found.columns == 1 and [int(one) for one in np.ravel(given)] in ([1], [-1])
    if not fits:
        raise here.refused("it moves numbers from row to row")
    return (found,)


def _softmax(here: _Place) -> tuple[Meaning, ...]:
    found = here.plain()
    default = -1 if here.graph.opset >= SOFTMAX_OF_ROWS else 1
    if here.node.attribute("axis", default) not in LAST:
        raise here.refused("its axis is not that of the classes")
    if found.says is not Says.SCORES or found.columns < 2:
        raise here.refused(f"it takes {found.says.quantity} of {found.columns} columns, not a score for each class")
    return (Meaning(Says.SHARES if here.node.op == "Softmax" else Says.LOG_SHARES, found.columns),)


def _sigmoid(here: _Place) -> tuple[Meaning, ...]:
    found = here.plain()
    if found.says is Says.VALUES:
        raise here.refused("it takes the value that a regression predicts")
    if found.says is not Says.SCORES:
        raise here.refused(f"it takes {found.says.quantity}, not a score")
    if found.columns != 1:
        raise here.refused(f"it makes {found.columns} labels a row, each with a sigmoid of its own; a row has one here")
    return (Meaning(Says.POSITIVE, 1),)


def _one_minus(here: _Place) -> tuple[Meaning, ...]:
    if not here.is_constant(0) or here.number(0) != 1.0:
        raise here.refused("it changes the scores")
    found = here.meaning(1)
    if found.says is not Says.POSITIVE:
        raise here.refused(f"it takes {found.says.quantity}, not the probability of one class")
    return (replace(found, flipped=not found.flipped),)


def _negated(here: _Place) -> tuple[Meaning, ...]:
    place = next((one for one in (0, 1) if not here.is_constant(one)), 0)
    found = here.meaning(place)
    score = Meaning(Says.SCORES, 1, flipped=found.flipped)
    if found != score or (here.node.op == "Mul" and here.number(1 - place) != -1.0):
        raise here.refused("it changes the scores")
    return (replace(found, flipped=not found.flipped),)


def _concat(here: _Place) -> tuple[Meaning, ...]:
    parts = [here.meaning(place) for place in range(len(here.node.inputs))]
    if here.node.attribute("axis", 0) in LAST:
        for single, both in ((Says.POSITIVE, Says.SHARES), (Says.SCORES, Says.OPPOSITES)):
            if parts == [Meaning(single, 1, flipped=True), Meaning(single, 1)]:
                return (Meaning(both, 2),)
    raise here.refused("it is not the first of two classes and the second that it joins, in this order")


def _normalized(here: _Place) -> tuple[Meaning, ...]:
    found = here.plain()
    if here.node.attribute("norm", "MAX") != "L1" or found.says not in (Says.SHARES, Says.EACH, Says.REST):
        raise here.refused("it changes the scores")
    return (replace(found, says=Says.REST if found.says is Says.EACH else found.says),)


def _arg_max(here: _Place) -> tuple[Meaning, ...]:
    found = here.plain()
    if here.node.attribute("axis", 0) not in LAST or here.node.attribute("select_last_index", 0):
        raise here.refused("its axis is not that of the classes, or it takes the last of equals")
    return (_winner(here, found),)


def _top(here: _Place) -> tuple[Meaning, ...]:
    found = here.plain()
    best = here.number(1) if len(here.node.inputs) > 1 else float(here.node.attribute("k", 0))
    if best != 1 or here.node.attribute("axis", -1) not in LAST or not here.node.attribute("largest", 1):
        raise here.refused("it is not the best of the classes that it takes")
    if here.node.outputs[0] and (here.node.outputs[0] in here.graph.exits or _followed(here, here.node.outputs[0])):
        raise here.refused("it gives the largest score, whichever class has it")
    return (Meaning(Says.CLASS, 1), _winner(here, found))


def _followed(here: _Place, name: str) -> bool:
    return bool(here.graph.followers(name))


def _winner(here: _Place, found: Meaning) -> Meaning:
    if found.says not in PER_CLASS or found.columns < 2:
        raise here.refused(f"it takes {found.says.quantity} of {found.columns} columns, not a score for each class")
    return Meaning(Says.CLASS, 1, tuple(str(one) for one in range(found.columns)))


def _above(here: _Place) -> tuple[Meaning, ...]:
    """Whether the second class is the likelier one."""
    greater = here.node.op.startswith("Greater")
    place = 0 if greater else 1
    found = here.meaning(place)
    even = {Says.POSITIVE: 0.5, Says.SCORES: 0.0}.get(found.says)
    if even is None or found.columns != 1 or found.flipped or here.number(1 - place) != even:
        raise here.refused("the threshold above which the second class is predicted is not the even one")
    return (Meaning(Says.CLASS, 1, truth=True),)


def _where(here: _Place) -> tuple[Meaning, ...]:
    here.truth()
    names = [_texts(here.constant(place)) for place in (1, 2)]
    if any(len(one) != 1 for one in names) or names[0] == names[1]:
        raise here.refused("it does not choose between two classes")
    return (Meaning(Says.CLASS, 1, (*names[1], *names[0])),)


def _chosen(here: _Place) -> tuple[Meaning, ...]:
    """Names of classes by their numbers, or the second of two opposites."""
    if here.is_constant(0):
        found, names = here.meaning(1), _texts(here.constant(0))
        numbers = tuple(str(one) for one in range(len(names)))
        if found.says is Says.CLASS and found.names == numbers and len({*names}) == len(names):
            return (replace(found, names=names),)
    elif here.node.op == "ArrayFeatureExtractor" and here.is_constant(1):
        found = here.meaning()
        if found.says is Says.OPPOSITES and here.number(1) == 1.0:
            return (Meaning(Says.SCORES, 1),)
    raise here.refused("it takes some of the scores, or puts them in another order")


def _encoded(here: _Place) -> tuple[Meaning, ...]:
    found = here.meaning()
    keys, values = (
        next((_texts(np.array(one)) for name, one in here.node.attributes.items() if name.startswith(part)), ())
        for part in ("keys_", "values_")
    )
    known = dict(zip(keys, values, strict=False))
    if found.says is not Says.CLASS or any(one not in known for one in found.names):
        raise here.refused("it encodes something else than the classes")
    return (replace(found, names=tuple(known[one] for one in found.names)),)


def _zipped(here: _Place) -> tuple[Meaning, ...]:
    found = here.plain()
    names = here.node.attributes.get("classlabels_int64s") or here.node.attribute("classlabels_strings", [])
    if found.says not in PER_CLASS or len(names) != found.columns:
        raise here.refused(f"it has {len(names)} names for {found.columns} columns of {found.says.quantity}")
    return (replace(found, names=tuple(str(one) for one in names)),)


RULES: Final[dict[str, TailRule]] = {
    **dict.fromkeys(("Identity", "Dropout"), _same),
    "Cast": _cast,
    **dict.fromkeys(("Flatten", "Reshape", "Squeeze", "Unsqueeze"), _reshaped),
    **dict.fromkeys(("Softmax", "LogSoftmax"), _softmax),
    "Sigmoid": _sigmoid,
    "Sub": _one_minus,
    **dict.fromkeys(("Mul", "Neg"), _negated),
    "Concat": _concat,
    "Normalizer": _normalized,
    "ArgMax": _arg_max,
    "TopK": _top,
    **dict.fromkeys(("Greater", "GreaterOrEqual", "Less", "LessOrEqual"), _above),
    "Where": _where,
    **dict.fromkeys(("Gather", "ArrayFeatureExtractor"), _chosen),
    "LabelEncoder": _encoded,
    "ZipMap": _zipped,
}
"""By operator: what becomes of what the scores mean."""


def _texts(values: Array) -> tuple[str, ...]:
    """Names of classes, whole numbers without a decimal point."""
    found = (one.decode(errors="replace") if isinstance(one, bytes) else one for one in np.ravel(values).tolist())
    return tuple(str(int(one) if isinstance(one, float | bool) and one == int(one) else one) for one in found)


def _exit(graph: Graph, name: str, meanings: dict[str, Meaning]) -> Exit:
    maker = next((node for node in graph.nodes if name in node.outputs), None)
    found = meanings.get(name)
    if maker is None or found is None:
        part = f"its output '{name[:60]}'" if maker is None else f"its output '{name[:60]}' of {maker.shown}"
        raise Unimportable(KIND, part, "it does not follow from the scores")
    if found.truth:
        found = replace(found, truth=False, names=("0", "1"))
    if found.flipped:
        raise maker.refused("the model's output is the opposite of the score")
    return Exit(name, found.says, found.names)


def _labels(exits: tuple[Exit, ...]) -> tuple[str, ...]:
    """What all outputs that name the classes call them."""
    named = list(dict.fromkeys(one.names for one in exits if one.names))
    numbers = [one for one in named if one == tuple(str(place) for place in range(len(one)))]
    others = [one for one in named if one not in numbers]
    if len(others) > 1 or (others and numbers and sorted(others[0]) == sorted(numbers[0])):
        raise Unimportable(KIND, "the names of its classes", "its outputs do not agree on their order")
    return (*others, *numbers, ())[0]


def _classifies(exits: tuple[Exit, ...]) -> bool | None:
    if any(one.says not in (Says.VALUES, Says.SCORES) or one.names for one in exits):
        return True
    return False if any(one.says is Says.VALUES for one in exits) else None


def _notes(exits: tuple[Exit, ...], chain: OperatorChain) -> Iterator[str]:
    said = {one.says for one in exits}
    told = _classifies(exits)
    margins = said & {Says.SCORES, Says.OPPOSITES}
    if said & {Says.EACH, Says.REST}:
        yield ONE_VS_REST
    elif margins and told and not said & {Says.SHARES, Says.LOG_SHARES, Says.POSITIVE}:
        yield MARGINS
    elif said == {Says.CLASS}:
        yield LABELS_ALONE
    columns = next((one.columns for one in chain.seeds.values() if one.says is Says.SCORES), 1)
    if told is None and columns > 1:
        yield LOGITS.format(columns=columns)
