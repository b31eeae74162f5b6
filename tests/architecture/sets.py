"""Code that depends on the order in which a set yields its elements.

A set is recognised where it is made, annotated or assigned in the same module: enough for the mistake people make,
which is iterating over a set they have just built.
"""

from __future__ import annotations

import ast

_IN_ORDER = {"list", "tuple", "iter", "enumerate", "map", "filter", "zip", "reversed", "next"}
_SET_TYPES = {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}


def iterations_over_sets(tree: ast.AST) -> list[int]:
    """Lines where one is gone through."""
    return _Sets().search(tree)


class _Sets(ast.NodeVisitor):
    """Finds code that depends on the order in which a set yields its elements."""

    def __init__(self) -> None:
        self._scopes: list[set[str]] = [set()]
        self._attributes: set[str] = set()
        self._found: list[int] = []

    def search(self, tree: ast.AST) -> list[int]:
        self._remember(tree)
        self.visit(tree)
        return self._found

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.Lambda) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self._scopes.append({one.arg for one in arguments if one.annotation and _is_set_type(one.annotation)})
        self._remember(node)
        self.generic_visit(node)
        self._scopes.pop()

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_FunctionDef(node)

    def visit_For(self, node: ast.For) -> None:
        self._check(node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._check(node.iter)
        self.generic_visit(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        """A set made from a set depends on no order."""
        for generator in node.generators:
            self.generic_visit(generator)
        self.visit(node.elt)

    def visit_Starred(self, node: ast.Starred) -> None:
        self._check(node.value)
        self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> None:
        """Unpacking a set into a set depends on no order."""
        for element in node.elts:
            self.generic_visit(element) if isinstance(element, ast.Starred) else self.visit(element)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name(id=name) if name in _IN_ORDER:
                for argument in node.args:
                    self._check(argument)
            case ast.Attribute(attr="join" | "fromkeys" | "extend"):
                for argument in node.args:
                    self._check(argument)
            case ast.Attribute(attr="pop", value=owner) if not node.args:
                self._check(owner)
            case _:
                pass
        self.generic_visit(node)

    def _check(self, node: ast.expr) -> None:
        if self._is_set(node):
            self._found.append(node.lineno)

    def _remember(self, scope: ast.AST) -> None:
        """Note the names that this scope's own statements make sets."""
        pending = list(ast.iter_child_nodes(scope))
        while pending:
            node = pending.pop(0)
            match node:
                case ast.FunctionDef() | ast.Lambda():
                    continue
                case ast.ClassDef(body=body):
                    self._attributes |= {
                        ast.unparse(one.target)
                        for one in body
                        if isinstance(one, ast.AnnAssign) and _is_set_type(one.annotation)
                    }
                case ast.AnnAssign(target=target, annotation=annotation) if _is_set_type(annotation):
                    self._learn(target)
                case ast.Assign(targets=targets, value=value) if self._is_set(value):
                    for target in targets:
                        self._learn(target)
                case _:
                    pass
            pending += ast.iter_child_nodes(node)

    def _learn(self, target: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self._scopes[-1].add(name)
            case ast.Attribute(attr=name):
                self._attributes.add(name)
            case _:
                pass

    def _is_set(self, node: ast.expr) -> bool:
        match node:
            case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
                return True
            case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
                return self._is_set(left) or self._is_set(right)
            case ast.Call(func=ast.Attribute(attr="union" | "intersection" | "difference" | "symmetric_difference")):
                return True
            case ast.Call(func=ast.Attribute(attr="copy", value=owner)):
                return self._is_set(owner)
            case ast.Name(id=name):
                return any(name in scope for scope in self._scopes)
            case ast.Attribute(attr=name):
                return name in self._attributes
            case _:
                return False


def _is_set_type(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    return _outermost(annotation) in _SET_TYPES


def _outermost(annotation: ast.expr) -> str:
    match annotation:
        case ast.Subscript(value=ast.Name(id="Final" | "ClassVar"), slice=inner):
            return _outermost(inner)
        case ast.Subscript(value=outer):
            return _outermost(outer)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
