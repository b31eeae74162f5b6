"""Integers whose type depends on the platform: numpy's own has 32 bits in a browser and 64 elsewhere.

`deml.scoring.indexing` has what numpy insists on them for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_TYPED = {"arange", "sum", "cumsum", "prod", "cumprod", "full", "fromiter"}
"""Calls whose result has the platform's integers unless they are told otherwise."""
_INDICES = {
    *("nonzero", "flatnonzero", "argwhere", "argsort", "argpartition", "lexsort", "argmax", "argmin", "count_nonzero"),
    *("searchsorted", "digitize", "unravel_index", "ravel_multi_index", "unique_inverse"),
}
"""Calls whose result has them in any case."""
_CONVERSIONS = {"astype", "tolist", "item"}


_MADE = _TYPED - {"sum"}
"""Those whose very numbers are the platform's: places, offsets and counters of ours that are computed with."""


def made_integers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The same for code that runs in a tab besides the engine: what it makes has a type, what it adds up is its own.

    There sums are of floats, and numpy's indices are used as such, which numbers of 32 bits are good for.
    """
    for node in ast.walk(tree):
        yield from _named(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name)) if name in _MADE:
                if not _says_type(node):
                    yield node.lineno, f"{name} without a type"
            case ast.BinOp(left=ast.Call(func=ast.Attribute(attr=name))) if name in _INDICES:
                if not isinstance(node.op, ast.Div):
                    yield node.lineno, f"{name} whose integers depend on the platform"
            case ast.Call(func=ast.Attribute(attr="where"), args=[_, ast.Constant(), ast.Constant()]) if all(
                isinstance(one, ast.Constant) and isinstance(one.value, int) for one in node.args[1:]
            ):
                yield node.lineno, "where without a type"
            case _:
                pass


def _named(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Types that depend on the platform, by name, and functions that take no others."""
    match node:
        case ast.Attribute(value=ast.Name(id="np"), attr="intp" | "uintp" | "int_" | "uint" | "long" | "ulong"):
            yield node.lineno, f"np.{node.attr} depends on the platform"
        case ast.Call(func=ast.Attribute(attr="astype" | "view"), args=[ast.Name(id="int"), *_]):
            yield node.lineno, "int as a type depends on the platform"
        case ast.keyword(arg="dtype", value=ast.Name(id="int")):
            yield node.value.lineno, "int as a type depends on the platform"
        case ast.Call(func=ast.Attribute(attr="bincount")):
            yield node.lineno, "bincount takes no int64 on every platform"
        case ast.Call(func=ast.Attribute(attr="take"), keywords=words) if any(one.arg == "out" for one in words):
            yield node.lineno, "take takes no int64 on every platform"
        case _:
            pass


def platform_integers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Lines with such numbers, and what is wrong there."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        yield from _named(node)
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in _TYPED and not _says_type(node):
                yield node.lineno, f"{name} without a type"
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="add" | "multiply"), attr="reduce" | "accumulate" as name)
            ) if not _says_type(node):
                yield node.lineno, f"{name} without a type"
            case ast.Call(func=ast.Attribute(attr=name)) if name in _INDICES and not _converted(node, parents):
                yield node.lineno, f"{name} whose integers depend on the platform"
            case ast.Call(func=ast.Attribute(attr="where"), args=[_, ast.Constant(), ast.Constant()]):
                yield node.lineno, "where without a type"
            case _:
                pass


def _says_type(call: ast.Call) -> bool:
    """Whether a type is named: by `dtype`, by where the result goes, or as an argument."""
    if any(one.arg in ("dtype", "out") for one in call.keywords):
        return True
    return any(isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) for one in call.args[1:])


def _converted(call: ast.Call, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether the result is at once made Python's, or given a type, or only compared or counted."""
    around = parents[call]
    while isinstance(around, ast.Subscript | ast.Attribute) and getattr(around, "attr", "") not in _CONVERSIONS:
        around = parents[around]
    match around:
        case ast.Call(func=ast.Name(id="int")):
            return True
        case ast.Call(func=ast.Attribute(attr="asarray")):
            return _says_type(around)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _INDICES
        case _:
            return isinstance(around, ast.Attribute | ast.Compare)
