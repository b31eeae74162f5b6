"""Modules stay short enough to be read at once, and functions few enough parameters to be called without a look."""

from __future__ import annotations

import ast

from tests.architecture.rules import PAGE, ROOT, SOURCES

MAX_LINES = 400
MAX_PARAMETERS = 10

COMMANDS = ROOT / "frontend-cli" / "deml_cli" / "commands"
"""Typer makes a parameter of every option: functions of commands may have more."""

MODULES = sorted(
    path
    for source in (*SOURCES, PAGE, *(ROOT / one for one in ("tests", "benchmarks", "docker", "docs", "web/scripts")))
    for path in source.rglob("*.py")
    if "node_modules" not in path.parts
)


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    return len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)


def too_many(source: str) -> list[str]:
    """Functions with more parameters than anybody remembers."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    found = (one for one in ast.walk(ast.parse(source)) if isinstance(one, kinds))
    return [f"{one.lineno}: {one.name} has {parameters(one)}" for one in found if parameters(one) > MAX_PARAMETERS]


def test_no_module_is_too_long():
    long = {path: len(path.read_text().splitlines()) for path in MODULES}
    assert [f"{path}: {lines} lines" for path, lines in long.items() if lines > MAX_LINES] == []


def test_no_function_has_too_many_parameters():
    checked = [path for path in MODULES if path.parent != COMMANDS]
    assert [f"{path}:{one}" for path in checked for one in too_many(path.read_text())] == []


def test_one_parameter_more_is_noticed():
    names = ", ".join(f"p{number}" for number in range(MAX_PARAMETERS - 1))
    assert too_many(f"def f({names}, *, last): pass") == []
    assert too_many(f"def f({names}, *, last, more): pass") == ["1: f has 11"]
