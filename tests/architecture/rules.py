"""The layers of the code base and what each may do, checked on the syntax tree (docs/adr, CONTRIBUTING.md)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.integers import made_integers, platform_integers
from tests.architecture.sets import iterations_over_sets

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "dapp", ROOT / "sdk", ROOT / "frontend-cli", ROOT / "devnet")
PAGE = ROOT / "web" / "src" / "python"
"""The Python that the page runs, files beside each other and no package."""

INDEXING = "deml.scoring.indexing"
"""The one module that turns integers into the platform's, where numpy insists on them."""

_LEVEL_1 = {"deml.wire", "deml.ipld", "deml.scoring", "deml.market", "deml.ledger"}
_FOR_CLIENTS = {"deml.base", "deml.wire", "deml.ipld", "deml.scoring", "deml.market"}

_SDK = (
    ("deml_sdk",),
    ("deml_sdk.files", "deml_sdk.chain", "deml_sdk.wallet", "deml_sdk.ipfs"),
    ("deml_sdk.data", "deml_sdk.node"),
    ("deml_sdk.jobspec",),
    ("deml_sdk.market",),
    ("deml_sdk.market.due",),
    ("deml_sdk.market.judging",),
    ("deml_sdk.market.posting",),
    ("deml_sdk.market.words",),
    ("deml_sdk.market.acting",),
    ("deml_sdk.market.watching",),
    ("deml_sdk.campaigns",),
    ("deml_sdk.roles", "deml_sdk.deploy", "deml_sdk.operate"),
    ("deml_sdk.compute",),
    ("deml_sdk.client",),
)
_LEARN = (
    ("deml_learn",),
    ("deml_learn.sandbox",),
    ("deml_learn.models",),
    ("deml_learn.training",),
    ("deml_learn.privacy",),
    ("deml_learn.trainers",),
    ("deml_learn.compute",),
)
_DEVNET = (
    ("deml_devnet",),
    ("deml_devnet.chain", "deml_devnet.blocks"),
    ("deml_devnet.node", "deml_devnet.options"),
    ("deml_devnet.supervisor",),
    ("deml_devnet.operation",),
)
"""Packages of a distribution, the lowest first; those beside each other do not know one another."""


def _packages(stack: tuple[tuple[str, ...], ...]) -> set[str]:
    return {one for level in stack for one in level}


def _stack(levels: tuple[tuple[str, ...], ...], below: set[str]) -> dict[str, set[str]]:
    """Let every package import itself, those of the levels below its own, and `below`."""
    allowed: dict[str, set[str]] = {}
    for number, level in enumerate(levels):
        for one in level:
            allowed[one] = {one, *below, *_packages(levels[:number])}
    return allowed


MAY_IMPORT: dict[str, set[str]] = {
    "deml": set(),
    "deml_flower": {"deml_flower", *_FOR_CLIENTS, *_packages(_SDK)},
    "deml.base": {"deml.base"},
    **{one: {"deml.base", one} for one in _LEVEL_1},
    "deml.core": {"deml.base", "deml.core", *_LEVEL_1} - {"deml.wire"},
    "deml.shell": {"deml.base", "deml.core", "deml.shell", *_LEVEL_1},
    "deml.__main__": {"deml.base", "deml.shell", "deml.scoring", "deml.wire"},
    **_stack(_SDK, _FOR_CLIENTS),
    **_stack(_LEARN, {*_FOR_CLIENTS, *_packages(_SDK)}),
    **_stack(_DEVNET, {"deml.base", "deml.wire", "deml.ipld", "deml_sdk", "deml_sdk.chain"}),
    "deml_devnet.demo": {"deml_devnet.demo", *_packages(_DEVNET), *_FOR_CLIENTS, *_packages(_SDK), *_packages(_LEARN)},
    "deml_cli": {"deml_cli", *_FOR_CLIENTS, *_packages(_SDK), *_packages(_LEARN)},
    "deml_cli.commands": {"deml_cli", "deml_cli.commands", "deml_devnet.demo", *_packages(_DEVNET)}
    | {*_FOR_CLIENTS, *_packages(_SDK), *_packages(_LEARN)},
}
"""For each layer, our own layers that it may import; the longest name that fits a module is its layer."""

for one in ("deml_sdk.operate", "deml_sdk.compute"):  # They run the dapp whole, as a validator does.
    MAY_IMPORT[one] |= {"deml.core", "deml.shell"}

FRONT_DOORS = {"deml_sdk": _packages(_SDK)}
"""Packages whose ``__init__`` names, for those outside, what lies in the layers above it."""

WITHOUT_TERMINAL = {*_packages(_SDK), *_packages(_LEARN), "deml_flower"}
"""Layers for programs, which may have no terminal, no environment of ours, and nobody to ask."""

_PROGRAMS = {
    "deml_learn.compute.program",
    "deml_learn.models.estimator_process",
    "deml_learn.models.judge_process",
    "deml_learn.sandbox.launcher",
    "deml_learn.sandbox.probe",
    "deml_learn.sandbox.unconfined",
    "deml_learn.trainers.builtin",
    "deml_learn.trainers.template.check_trainer",
    "deml_learn.trainers.template.trainer",
}
"""Programs of their own, which run in the sandbox or without one, and what passes them an environment."""

_TERMINAL_MODULES = {"typer", "click", "rich", "getpass", "readline", "curses", "argparse"}
_TERMINAL_NAMES = {
    *("sys.stdin", "sys.stdout", "sys.stderr", "sys.__stdin__", "sys.__stdout__", "sys.__stderr__", "sys.argv"),
    *("os.environ", "os.environb", "os.getenv"),
    *("logging.basicConfig", "logging.StreamHandler", "logging.lastResort"),
}
_TERMINAL_CALLS = {"print", "input"}
_TERMINAL_FILES = {"/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr"}

IN_THE_TAB = {*_packages(_SDK), *_packages(_LEARN)}
"""Layers that the page's Python holds besides the engine, where numpy's own integers have 32 bits."""

MAY_LOG = {"deml_flower"}
"""Layers for programs that may log, in Flower's own log: what nobody handles of a log goes to the terminal."""

MACHINE_LIBRARIES: dict[str, set[str]] = {
    "deml.scoring": {"numpy"},
    "deml.wire": {"eth_abi"},
    "deml.shell": {"requests"},
}
"""Which part of the dapp may import which library; the machine has no others."""

PURE = {"deml", "deml.base", "deml.core", *_LEVEL_1}
"""Layers 0 to 2: the same bytes in, the same bytes out, on any machine."""

STRICT_JSON = "deml.base.strict_json"
"""The one place of the dapp that may call the library's JSON parser, whose limits depend on the interpreter."""

CATCH_ALL = {"deml.shell.bugs", "deml.shell.supervisor"}
"""Where the dapp catches everything: once to reject the input, once so that no child goes on in its parent's code."""

_IMPURE_MODULES = {
    *(
        "time",
        "datetime",
        "zoneinfo",
        "random",
        "secrets",
        "uuid",
        "os",
        "sys",
        "platform",
        "locale",
        "pathlib",
        "tempfile",
    ),
    *("shutil", "glob", "socket", "ssl", "select", "selectors", "http", "urllib.request", "asyncio", "threading"),
    *("multiprocessing", "concurrent", "subprocess", "signal", "ctypes", "gc", "weakref", "importlib", "logging"),
    *("pickle", "marshal", "shelve", "copyreg"),
}
_IMPURE_CALLS = {"eval", "exec", "compile", "__import__", "id", "hash", "open", "input", "print", "globals", "vars"}
_FLOAT_MODULES = {"statistics", "cmath", "decimal"}
_INTEGER_MATH = {"isqrt", "gcd", "lcm", "prod", "comb", "perm", "factorial"}
_BROAD = {"Exception", "BaseException"}


@dataclass(frozen=True)
class Offence:
    line: int
    text: str


def module_name(path: Path, source_root: Path) -> str:
    """Dotted name of a file below one of `SOURCES`."""
    parts = path.relative_to(source_root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str | None:
    """Name of the layer that `module` belongs to; None for modules that are not ours."""
    parts = module.split(".")
    known = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((one for one in known if one in MAY_IMPORT and (one != "deml" or module == "deml")), None)


def offences(source: str, module: str, *, is_package: bool = False) -> list[Offence]:
    """Everything in `source` that `module` must not do."""
    layer = layer_of(module)
    if layer is None:
        return [Offence(1, f"{module} belongs to no layer")]
    tree = ast.parse(source)
    package = module if is_package else module.rpartition(".")[0]
    found = list(_imports(tree, layer, package, FRONT_DOORS.get(module, set())))
    if layer in WITHOUT_TERMINAL and module not in _PROGRAMS:
        found += _terminal(tree, _TERMINAL_MODULES | (set() if layer in MAY_LOG else {"logging"}))
    if module.split(".")[0] == "deml" and module != STRICT_JSON:
        found += _lenient_json(tree)
    if module.split(".")[0] == "deml" and module not in CATCH_ALL:
        found += _broad_excepts(tree)
    if layer in PURE:
        found += _impurities(tree)
        found += [Offence(line, "iteration over a set") for line in iterations_over_sets(tree)]
        if module != INDEXING:
            found += [Offence(line, text) for line, text in platform_integers(tree)]
        if layer != "deml.scoring":
            found += _floats(tree)
    if layer in IN_THE_TAB:
        found += [Offence(line, text) for line, text in made_integers(tree)]
    return sorted(found, key=lambda offence: offence.line)


def _imports(tree: ast.AST, layer: str, package: str, besides: set[str]) -> Iterator[Offence]:
    for node in ast.walk(tree):
        for target in _targets(node, package):
            top = target.split(".")[0]
            ours = layer_of(target)
            if ours is not None:
                if ours not in MAY_IMPORT[layer] | besides:
                    yield Offence(node.lineno, f"{layer} must not import {ours}")
            elif top == "deml":
                yield Offence(node.lineno, f"{target} belongs to no layer")
            elif (
                layer.startswith("deml.")
                and top not in MACHINE_LIBRARIES.get(layer, set())
                and top not in sys.stdlib_module_names
            ):
                yield Offence(node.lineno, f"{layer} must not import the library {top}")
            if layer in PURE and any(target == one or target.startswith(one + ".") for one in _IMPURE_MODULES):
                yield Offence(node.lineno, f"import of {target}")


def _targets(node: ast.AST, package: str) -> list[str]:
    """Modules that an import statement names; ``from a import b`` may mean the module a.b, so both count."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, *([base] if base else [])])
    if base in ("deml", "deml_devnet", "urllib"):
        return [f"{base}.{alias.name}" for alias in node.names]
    return [base]


def _terminal(tree: ast.AST, modules: set[str]) -> Iterator[Offence]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _TERMINAL_CALLS:
                yield Offence(node.lineno, f"call of {name}()")
            case ast.Attribute(attr=attribute, value=ast.Name(id=owner)) if f"{owner}.{attribute}" in _TERMINAL_NAMES:
                yield Offence(node.lineno, f"use of {owner}.{attribute}")
            case ast.Import(names=names):
                for name in {one.name.split(".")[0] for one in names} & modules:
                    yield Offence(node.lineno, f"import of {name}")
            case ast.ImportFrom(module=str(module), names=names):
                top = module.split(".")[0]
                if top in modules:
                    yield Offence(node.lineno, f"import of {top}")
                for one in names:
                    if f"{module}.{one.name}" in _TERMINAL_NAMES:
                        yield Offence(node.lineno, f"import of {module}.{one.name}")
            case ast.Constant(value=str(text)) if text in _TERMINAL_FILES:
                yield Offence(node.lineno, f"use of {text}")
            case _:
                pass


def _impurities(tree: ast.AST) -> Iterator[Offence]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _IMPURE_CALLS:
                yield Offence(node.lineno, f"call of {name}()")
            case ast.Assert():
                yield Offence(node.lineno, "assert")
            case _:
                pass


def _broad_excepts(tree: ast.AST) -> Iterator[Offence]:
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=caught) if caught is None or _names(caught) & _BROAD:
                yield Offence(node.lineno, "broad except")
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=caught_types):
                if any(_names(one) & _BROAD for one in caught_types):
                    yield Offence(node.lineno, "broad except")
            case _:
                pass


def _lenient_json(tree: ast.AST) -> Iterator[Offence]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="json"), attr="loads" | "load" | "JSONDecoder" as name):
                yield Offence(node.lineno, f"json.{name}")
            case ast.ImportFrom(module="json", names=names) if any(one.name != "dumps" for one in names):
                yield Offence(node.lineno, "import of a lenient JSON parser")
            case ast.Name(id="RecursionError"):
                yield Offence(node.lineno, "use of RecursionError")
            case _:
                pass


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _floats(tree: ast.AST) -> Iterator[Offence]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                yield Offence(node.lineno, "float literal")
            case ast.Name(id="float" | "complex" as name):
                yield Offence(node.lineno, f"use of {name}")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield Offence(node.lineno, "true division")
            case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
                yield Offence(node.lineno, "negative power")
            case ast.Import(names=names) if any(one.name in {"math", *_FLOAT_MODULES} for one in names):
                yield Offence(node.lineno, "import of floating-point functions")
            case ast.ImportFrom(module=str(module), names=names) if module in {"math", *_FLOAT_MODULES}:
                if module != "math" or any(one.name not in _INTEGER_MATH for one in names):
                    yield Offence(node.lineno, "import of floating-point functions")
            case _:
                pass
