"""One name, one thing: no public class of the packages has the name of another."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tests.architecture.rules import ROOT, SOURCES

MODULES = sorted(path for source in SOURCES for path in source.rglob("*.py"))


def names_of_types(source: str) -> list[str]:
    """Public classes at the top of a module, and what is made with `NewType` there."""
    found = []
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name):
                found.append(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="NewType"))):
                found.append(name)
            case _:
                pass
    return [one for one in found if not one.startswith("_")]


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
    one, two = "class Job:\n    class Inner: ...", "Job = NewType('Job', int)\nclass _Private: ..."
    assert taken_twice([("a", one), ("b", two), ("c", "class _Private: ...")]) == {"Job": ["a", "b"]}
