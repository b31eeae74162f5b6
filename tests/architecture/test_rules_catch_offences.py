"""The checker itself: every offence is caught, and what resembles one is not."""

from __future__ import annotations

import pytest

from tests.architecture.rules import layer_of, offences

OFFENCES = [
    ("deml.base.types", "from deml.market import rules", "deml.base must not import deml.market"),
    ("deml.base.types", "import deml.core.state", "deml.base must not import deml.core"),
    ("deml.base.types", "from deml import wire", "deml.base must not import deml.wire"),
    ("deml.base.types", "from ..wire import abi", "deml.base must not import deml.wire"),
    ("deml.wire.inputs", "from deml.ipld import cid", "deml.wire must not import deml.ipld"),
    ("deml.scoring.score", "from deml.market import rules", "deml.scoring must not import deml.market"),
    ("deml.market.rules", "from deml.ledger import credit", "deml.market must not import deml.ledger"),
    ("deml.core.state", "from deml.wire import inputs", "deml.core must not import deml.wire"),
    ("deml.core.state", "def f():\n    from deml.shell import loop", "deml.core must not import deml.shell"),
    ("deml_cli.job", "from deml.core import transition", "deml_cli must not import deml.core"),
    ("deml_cli.job", "import deml.shell.http", "deml_cli must not import deml.shell"),
    ("deml_devnet.node", "from deml.core import State", "deml_devnet.node must not import deml.core"),
    ("deml_devnet.node", "from deml.market import rules", "deml_devnet.node must not import deml.market"),
    ("deml_devnet.node", "import deml_cli", "deml_devnet.node must not import deml_cli"),
    ("deml_devnet.processes", "import deml_devnet.chain", "deml_devnet must not import deml_devnet.chain"),
    ("deml_devnet.blocks.kubo", "import deml_devnet.chain", "deml_devnet.blocks must not import deml_devnet.chain"),
    ("deml_devnet.chain.abi", "import deml_devnet.node", "deml_devnet.chain must not import deml_devnet.node"),
    (
        "deml_devnet.node.node",
        "from deml_devnet import supervisor",
        "deml_devnet.node must not import deml_devnet.supervisor",
    ),
    (
        "deml_devnet.supervisor",
        "from deml_devnet.demo.run import run",
        "deml_devnet.supervisor must not import deml_devnet.demo",
    ),
    ("deml_cli.context", "from deml_devnet import supervisor", "deml_cli must not import deml_devnet.supervisor"),
    ("deml_devnet.demo.story", "from deml.core import State", "deml_devnet.demo must not import deml.core"),
    ("deml_devnet.demo.story", "import deml_cli.context", "deml_devnet.demo must not import deml_cli"),
    (
        "deml_sdk.market.watching.watch",
        "from deml_sdk.client import Client",
        "deml_sdk.market.watching must not import deml_sdk.client",
    ),
    (
        "deml_sdk.market.due.planner",
        "from deml_sdk.market.words import text",
        "deml_sdk.market.due must not import deml_sdk.market.words",
    ),
    ("deml_sdk.roles.reader", "import deml_learn", "deml_sdk.roles must not import deml_learn"),
    *(
        ("deml_sdk.market.watching.watch", source, offence)
        for source, offence in (
            ("print(1)", "call of print()"),
            ("x = input()", "call of input()"),
            ("import typer", "import of typer"),
            ("from rich.console import Console", "import of rich"),
            ("from getpass import getpass", "import of getpass"),
            ("import sys\nsys.stdout.write('')", "use of sys.stdout"),
            ("import sys\nsys.stdin.isatty()", "use of sys.stdin"),
            ("import os\nos.environ['HOME']", "use of os.environ"),
            ("from os import environ", "import of os.environ"),
            ("import sys\nsys.__stderr__.write('')", "use of sys.__stderr__"),
            ("import logging", "import of logging"),
            ("from logging import getLogger", "import of logging"),
            ("open('/dev/tty', 'w')", "use of /dev/tty"),
        )
    ),
    ("deml_learn.models.kinds", "print(1)", "call of print()"),
    ("deml_flower.strategy", "import logging\nlogging.basicConfig()", "use of logging.basicConfig"),
    ("deml.shell.loop", "import deml_cli", "deml.shell must not import deml_cli"),
    ("deml.core.state", "import deml.helpers", "deml.helpers belongs to no layer"),
    ("deml.helpers", "", "deml.helpers belongs to no layer"),
    ("deml.market.rules", "import numpy as np", "deml.market must not import the library numpy"),
    ("deml.core.state", "from requests import get", "deml.core must not import the library requests"),
    ("deml.shell.http", "import web3", "deml.shell must not import the library web3"),
    *(
        ("deml.core.state", f"import {module}", f"import of {module}")
        for module in ("time", "datetime", "random", "os", "socket", "secrets", "threading", "pickle", "os.path")
    ),
    ("deml.scoring.score", "from random import choice", "import of random"),
    ("deml.core.state", "from urllib import request", "import of urllib.request"),
    *(("deml.core.state", f"{call}(x)", f"call of {call}()") for call in ("eval", "exec", "id", "hash", "open")),
    ("deml.ipld.car", "for one in {1, 2}: pass", "iteration over a set"),
    ("deml.ipld.car", "for one in set(x): pass", "iteration over a set"),
    ("deml.ipld.car", "[one for one in {y for y in x}]", "iteration over a set"),
    ("deml.ipld.car", "seen = set()\nlist(seen)", "iteration over a set"),
    ("deml.ipld.car", "seen = {1} | other\ntuple(seen)", "iteration over a set"),
    ("deml.ipld.car", "def f(seen: set[int]) -> None:\n    for one in seen: pass", "iteration over a set"),
    ("deml.ipld.car", "seen: frozenset[str]\n','.join(seen)", "iteration over a set"),
    ("deml.ipld.car", "KNOWN: Final[frozenset[int]] = f()\nx = [*KNOWN]", "iteration over a set"),
    ("deml.ipld.car", "a = set()\ndef f(): return next(iter(a))", "iteration over a set"),
    ("deml.ipld.car", "a = set()\na.pop()", "iteration over a set"),
    (
        "deml.ipld.car",
        "class A:\n    def f(self):\n        self.a = set()\n        for b in self.a: pass",
        "iteration over a set",
    ),
    ("deml.ipld.car", "for one in x.union(y): pass", "iteration over a set"),
    ("deml.core.state", "x = 0.5", "float literal"),
    ("deml.core.state", "x = 1e3", "float literal"),
    ("deml.core.state", "x = float(y)", "use of float"),
    ("deml.core.state", "def f(x: float): pass", "use of float"),
    ("deml.market.rules", "x = a / b", "true division"),
    ("deml.market.rules", "a /= b", "true division"),
    ("deml.market.rules", "a = 2 ** -3", "negative power"),
    ("deml.market.rules", "import math", "import of floating-point functions"),
    ("deml.market.rules", "from math import sqrt", "import of floating-point functions"),
    ("deml.core.state", "try: pass\nexcept: pass", "broad except"),
    ("deml.core.state", "try: pass\nexcept Exception: pass", "broad except"),
    ("deml.core.state", "try: pass\nexcept (ValueError, BaseException): pass", "broad except"),
    ("deml.core.state", "with suppress(Exception): pass", "broad except"),
    ("deml.shell.loop", "try: pass\nexcept Exception: raise", "broad except"),
    ("deml.shell.http", "with suppress(BaseException): pass", "broad except"),
    ("deml.scoring.score", "assert x", "assert"),
    ("deml.scoring.safetensors", "import json\njson.loads(x)", "json.loads"),
    ("deml.scoring.score", "x = np.arange(5)", "arange without a type"),
    ("deml.scoring.score", "x = y.sum()", "sum without a type"),
    ("deml.scoring.score", "x = np.cumsum(y, axis=1)", "cumsum without a type"),
    ("deml.scoring.score", "x = np.full(5, -1)", "full without a type"),
    ("deml.scoring.score", "x = np.add.reduce(y)", "reduce without a type"),
    ("deml.scoring.score", "x = np.where(y, 1, 0)", "where without a type"),
    ("deml.scoring.score", "x = y.astype(int)", "int as a type depends on the platform"),
    ("deml.scoring.score", "x = np.zeros(5, dtype=int)", "int as a type depends on the platform"),
    ("deml.scoring.score", "x = y.astype(np.intp)", "np.intp depends on the platform"),
    ("deml.scoring.score", "x = np.argsort(y) * 2", "argsort whose integers depend on the platform"),
    ("deml.scoring.score", "x = y.nonzero()[0] << 32", "nonzero whose integers depend on the platform"),
    ("deml.scoring.score", "x = np.searchsorted(a, b) + c", "searchsorted whose integers depend on the platform"),
    ("deml.scoring.score", "x = np.bincount(y).tolist()", "bincount takes no int64 on every platform"),
    ("deml.scoring.score", "x.take(y, axis=0, out=z)", "take takes no int64 on every platform"),
    ("deml_learn.models.encode", "x = np.cumsum(y)", "cumsum without a type"),
    ("deml_learn.privacy.attack", "x = np.arange(5)", "arange without a type"),
    ("deml_learn.training.split", "x = np.empty(0, np.intp)", "np.intp depends on the platform"),
    ("deml_learn.models.rows", "x = np.full(5, -1)", "full without a type"),
    ("deml_learn.models.rows", "x = np.where(y, 1, 0)", "where without a type"),
    ("deml_learn.models.encode", "x = np.argsort(y) * 2", "argsort whose integers depend on the platform"),
    ("deml_sdk.jobspec.check", "x = y.astype(int)", "int as a type depends on the platform"),
    ("deml_sdk.data.numbers", "x = np.bincount(y)", "bincount takes no int64 on every platform"),
    ("deml.shell.http", "import json\nread = json.load", "json.load"),
    ("deml.wire.inputs", "from json import loads", "import of a lenient JSON parser"),
    ("deml.core.state", "try: pass\nexcept (ValueError, RecursionError): raise", "use of RecursionError"),
]

INNOCENT = [
    ("deml_learn.privacy.attack", "x = y[np.argsort(z)]\na = b.sum()\nc = np.searchsorted(d, e) / 2"),
    ("deml_sdk.market.names", "x = names.full(y)\nz = np.full(5, -1.0, np.float64)\nw = np.where(y, 1.0, 0.5)"),
    ("deml.core.state", "from deml.market import rules\nfrom deml.ledger import credit\nfrom deml.ipld import car"),
    ("deml.wire.inputs", "from eth_abi import decode\nfrom deml.base.types import Address"),
    ("deml.scoring.score", "import numpy as np\nx = 0.5 / float(y)\nimport math"),
    ("deml.shell.loop", "import time, os, requests\nfrom deml.core import State\nassert True\nx = 1 / 2"),
    ("deml.shell.bugs", "try: pass\nexcept BaseException: pass"),
    ("deml_cli.job", "import time, web3\nfrom deml.scoring import score\nfor one in {1}: pass"),
    ("deml_devnet.demo.story", "import deml_sdk.client\nfrom deml.market import rules\nimport deml_devnet.node"),
    ("deml_devnet.operation", "from deml_devnet import supervisor\nfrom deml_devnet.node.store import NodeStore"),
    ("deml_flower.strategy", "import logging\nLOG = logging.getLogger('flwr')"),
    ("deml.core.state", "from math import isqrt\nx = a // b\nx = 2 ** 8"),
    ("deml.core.state", "for one in sorted({1, 2}): pass"),
    ("deml.core.state", "seen = set()\nif 1 in seen and len(seen) < 9: seen.add(1)"),
    ("deml.core.state", "seen = set(x)\nlargest = max(seen)\nboth = {*seen, 1}\nmore = {y + 1 for y in seen}"),
    ("deml.core.state", "def f():\n    a = set()\n    return len(a)\ndef g(a):\n    for b in a: pass"),
    ("deml.core.state", "job.id\nself.hash(x)\nitems = {}\nfor one in items: pass"),
    ("deml.core.state", "try: pass\nexcept (ValueError, KeyError) as error: raise"),
    ("deml.base.strict_json", "import json\njson.loads(x)"),
    (
        "deml.scoring.score",
        "x = np.arange(5, dtype=np.int64) + np.arange(1, 5, 2, np.int64) + np.full(5, -1, np.int64)",
    ),
    ("deml.scoring.score", "x = y.sum(axis=0, dtype=np.float64) + np.cumsum(y, out=z) + sum(w) + prod(v)"),
    ("deml.scoring.score", "x = y.nonzero()[0].astype(np.int64) + np.argsort(y, kind='stable').astype(np.int64)"),
    ("deml.scoring.score", "x = int(y.argmax()) + int(np.count_nonzero(y > 1))\nz = np.argsort(y).tolist()"),
    ("deml.scoring.score", "x = np.any(np.argsort(y) > 1)\nz = y.nonzero()[0].astype(np.int64)"),
    ("deml.scoring.score", "x = np.where(y < 0, z, 0) + np.zeros(5) + np.maximum.reduce(y)"),
    ("deml_cli.job", "x = np.arange(5)"),
    ("deml.wire.outputs", "import json\njson.dumps(x)"),
    ("deml_cli.job", "import json\njson.loads(x)"),
    ("deml.core.state", "import json, re, zlib\nfrom hashlib import sha256\nfrom urllib.parse import parse_qsl"),
]


@pytest.mark.parametrize(("module", "source", "expected"), OFFENCES)
def test_offence_is_caught(module: str, source: str, expected: str):
    assert expected in [one.text for one in offences(source, module)]


@pytest.mark.parametrize(("module", "source"), INNOCENT)
def test_innocent_code_passes(module: str, source: str):
    assert offences(source, module) == []


def test_offences_are_reported_with_their_lines():
    found = offences("x = 1\nassert x\ny = 0.5\n", "deml.core.state")
    assert [(one.line, one.text) for one in found] == [(2, "assert"), (3, "float literal")]


@pytest.mark.parametrize(
    ("module", "layer"),
    [
        ("deml", "deml"),
        ("deml.ledger", "deml.ledger"),
        ("deml.core.handlers.submit", "deml.core"),
        ("deml_cli.commands.job", "deml_cli.commands"),
        ("deml_devnet.node.rollup_http", "deml_devnet.node"),
        ("deml_devnet.processes", "deml_devnet"),
        ("deml_devnet.demo.story", "deml_devnet.demo"),
        ("deml.unheard_of", None),
        ("requests", None),
    ],
)
def test_layers_are_found_by_name(module: str, layer: str | None):
    assert layer_of(module) == layer
