"""One name, one thing: no public class, alias or new type has the name of another, in a package or in the page."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tests.architecture.rules import PAGE, ROOT, SOURCES

MODULES = sorted(path for source in (*SOURCES, PAGE) for path in source.rglob("*.py"))

CAMEL_CASE = re.compile(r"[A-Z]\w*[a-z]\w*")

ARRAYS = {"Array", "Integers", "Tensors"}
"""Each module says by these names what its arrays hold."""


def names_of_types(source: str) -> list[str]:
    """Public classes at the top of a module, and what else is spelt like one there: new types and aliases."""
    found = []
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name):
                found.append(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if CAMEL_CASE.fullmatch(name) is not None:
                    found.append(name)
            case _:
                pass
    return [one for one in found if not one.startswith("_") and one not in ARRAYS]


def taken_twice(sources: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Where each name is given that more than one type has."""
    places = defaultdict(list)
    for place, source in sources:
        for name in names_of_types(source):
            places[name].append(place)
    return {name: where for name, where in places.items() if len(where) > 1}


def test_no_name_of_a_type_is_given_twice():
    assert taken_twice((str(path.relative_to(ROOT)), path.read_text()) for path in MODULES) == {}


def test_a_name_given_twice_is_noticed():
    one = "class Job:\n    class Inner: ...\nLIMIT = 1\nStep = Callable[[int], int]"
    two = "Job = NewType('Job', int)\nclass _Private: ...\nLIMIT = 2\nStep: TypeAlias = int | str"
    places = taken_twice([("a", one), ("b", two), ("c", "class _Private: ...")])
    assert places == {"Job": ["a", "b"], "Step": ["a", "b"]}
