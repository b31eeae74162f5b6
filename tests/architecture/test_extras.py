"""What an installation has: few libraries, and what extras add; each is said to be missing in one sentence."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from deml_sdk.extras import EXTRAS, LibraryMissing, needed_to
from tests.architecture.rules import ROOT, SOURCES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

BROUGHT_BY_OTHERS = {"google": "import", "python_multipart": "devnet"}
"""protobuf comes with onnx; starlette imports python-multipart by itself, to read forms."""

OF_ETHEREUM = {"eth_typing", "eth_keys", "hexbytes", "rlp"}
"""Required by eth-account and eth-utils, whose functions take these libraries' types and raise their errors."""

JUDGES = {"xgboost", "lightgbm"}
"""What a user's own models come from: they are asked where they are installed, and nothing needs them."""

NUMPY_ALONE = ("deml", "deml_sdk", "deml_learn")
NEEDS_MORE = {
    "deml.wire": {"eth_abi"},
    "deml.shell": {"eth_abi", "requests"},
    "deml_sdk.campaigns": {"eth_abi", "pydantic"},
    "deml_sdk.chain": {"eth_abi", "requests"},
    "deml_sdk.chain.outputs_tree": {"eth_utils"},
    "deml_sdk.client": {"eth_abi", "pydantic"},
    "deml_sdk.compute": {"eth_abi", "eth_utils"},
    "deml_sdk.deploy": {"eth_abi"},
    "deml_sdk.ipfs": {"requests", "urllib3"},
    "deml_sdk.jobspec": {"pydantic"},
    "deml_sdk.market": {"eth_abi", "pydantic"},
    "deml_sdk.node": {"eth_abi", "requests"},
    "deml_sdk.operate": {"eth_abi", "eth_utils", "prometheus_client"},
    "deml_sdk.roles": {"eth_abi", "pydantic", "requests", "urllib3"},
    "deml_sdk.rpc": {"requests"},
    "deml_sdk.wallet.remote": {"requests"},
    "deml_learn.compute": {"eth_abi", "sklearn"},
    "deml_learn.models.estimator_process": {"joblib"},
    "deml_learn.models.scikit": {"sklearn"},
    "deml_learn.privacy.attack": {"scipy"},
    "deml_learn.trainers.audit": {"scipy"},
    "deml_learn.privacy.plot": {"scipy"},
    "deml_learn.privacy.words": {"scipy"},
    "deml_learn.trainers": {"packaging", "pydantic", "sklearn"},
    "deml_learn.training.forests": {"sklearn"},
    "deml_learn.training.improve": {"sklearn"},
    "deml_learn.training.trainer": {"sklearn"},
}
"""Modules, by the beginning of their names, that need more than numpy to be imported. A web page installs the wheel's
packages without the libraries that they name: whatever is not here, it can import."""

WALK = """
import importlib, json, pkgutil, sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("numpy", "deml", "deml_sdk", "deml_learn"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nothing())
found = {}
def walk(name):
    try:
        module = importlib.import_module(name)
    except Exception as error:
        found[name] = getattr(error, "library", None) or (getattr(error, "name", None) or repr(error)).partition(".")[0]
        return
    found[name] = ""
    for one in pkgutil.iter_modules(getattr(module, "__path__", []), name + "."):
        if not one.name.endswith("__main__"):
            walk(one.name)
for name in json.loads(sys.argv[1]):
    walk(name)
print(json.dumps(found))
"""


def imported() -> Iterator[tuple[str, Path]]:
    """Libraries that our packages import, wherever in a module."""
    for source in SOURCES:
        for path in source.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Import(names=names):
                        yield from ((one.name.partition(".")[0], path) for one in names)
                    case ast.ImportFrom(module=str(module), level=0):
                        yield module.partition(".")[0], path
                    case _:
                        pass


def distributions(requirements: list[str]) -> set[str]:
    """Names of what is required, as PyPI normalises them."""
    names = (re.match(r"[A-Za-z0-9._-]+", one) for one in requirements)
    return {re.sub(r"[-_.]+", "-", one[0]).lower() for one in names if one}


def test_every_library_comes_with_the_install_or_an_extra_that_is_named_where_it_is_missing():
    base = distributions(PROJECT["dependencies"])
    extras = {name: distributions(listed) for name, listed in PROJECT["optional-dependencies"].items()}
    known = packages_distributions()
    ours = {"deml", "deml_sdk", "deml_learn", "deml_flower", "deml_cli", "deml_devnet"}
    used = {(name, path) for name, path in imported() if name not in sys.stdlib_module_names and name not in ours}
    assert used
    for library, path in used:
        # Flower is not installed here; it is called as it is imported.
        names = distributions(known.get(library, [library]))
        extra = EXTRAS.get(library) or BROUGHT_BY_OTHERS.get(library)
        if library in JUDGES or library in OF_ETHEREUM or library == "google":  # See `BROUGHT_BY_OTHERS`.
            continue
        assert names & (base if extra is None else extras[extra]), f"{library} in {path}"
    assert set(EXTRAS) <= {library for library, _ in used} | set(BROUGHT_BY_OTHERS)


def test_the_base_is_light():
    assert distributions(PROJECT["dependencies"]) == {
        *("requests", "urllib3", "numpy", "web3", "eth-abi", "eth-account", "eth-keyfile", "eth-utils", "pydantic")
    }


def test_with_numpy_alone_everything_imports_that_is_not_listed():
    arguments = [sys.executable, "-c", WALK, json.dumps(NUMPY_ALONE)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    assert len(found) > 200
    missed = {}
    for name, library in found.items():
        allowed = [needs for prefix, needs in NEEDS_MORE.items() if f"{name}.".startswith(f"{prefix}.")]
        if library and not any(library in needs for needs in allowed):
            missed[name] = library
    assert missed == {}
    for prefix in NEEDS_MORE:
        assert any(library for name, library in found.items() if f"{name}.".startswith(f"{prefix}.")), prefix


def without(library: str, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program where a library is not installed."""
    text = f"import sys; sys.modules[{library!r}] = None\n{program}"
    return subprocess.run([sys.executable, "-c", text, *arguments], capture_output=True, text=True)


COMMAND = "from deml_cli.__main__ import main; main()"


@pytest.mark.parametrize(
    ("library", "words"),
    [
        ("typer", ["--help"]),
        ("rich", ["cid", __file__]),
        ("tomlkit", ["config", "set", "devnet.wallet", "me"]),
        ("uvicorn", ["devnet", "up"]),
        ("packaging", ["trainer", "publish", __file__]),
    ],
)
def test_a_command_says_which_extra_is_missing(library: str, words: list[str]):
    done = without(library, COMMAND, *words)
    assert done.returncode == 1
    assert f"pip install 'deml[{EXTRAS[library]}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_scripts_read_it_as_json():
    done = without("uvicorn", COMMAND, "devnet", "up", "--json")
    report = json.loads(done.stdout)["error"]
    assert (report["code"], report["values"]["extra"]) == ("LIBRARY_MISSING", "devnet")


@pytest.mark.parametrize(
    ("library", "program"),
    [
        ("pyarrow", "from pathlib import Path; from deml_sdk.data.columns import read_columns as f; f(Path('x.csv'))"),
        ("sklearn", "import deml_learn.training.trainer"),
        ("sklearn", "import deml_learn.models.scikit.estimators"),
        ("scipy", "import deml_learn.privacy.attack"),
        ("dp_accounting", "from deml_learn.privacy.accounting import epsilon_of as f; f(1.0, 0.1, 1, 1e-5)"),
        ("packaging", "import deml_learn.trainers.script"),
        ("keyring", "from deml_sdk.ipfs.credentials import find_token as f; f('https://pins.example', None)"),
        ("onnx", "from deml_learn.models.onnx.graph import read_graph as f; f(b'')"),
        ("prometheus_client", "import deml_sdk.operate.exposition"),
        ("matplotlib", "from deml_learn.privacy.plot import plot_form as f; f(None)"),
        ("starlette", "import deml_devnet.http_server"),
    ],
)
def test_a_program_is_told_by_an_error_of_ours(library: str, program: str):
    told = "from deml.base.errors import DemlError\ntry:\n    " + program.replace("; ", "\n    ")
    done = without(library, told + "\nexcept DemlError as error:\n    print(error, error.advice())")
    assert f"The library {library} is needed to" in done.stdout, done.stderr
    assert f"pip install 'deml[{EXTRAS[library]}]'" in done.stdout


def test_a_token_that_is_given_needs_no_keyring():
    program = "from deml_sdk.ipfs.credentials import find_token; print(find_token('https://pins.example', 'mine'))"
    assert without("keyring", program).stdout == "mine\n"


def test_a_library_of_nobodys_is_a_bug():
    with pytest.raises(ModuleNotFoundError), needed_to("see"):
        import deml_has_no_such_library  # type: ignore[import-not-found]  # noqa: F401
    with pytest.raises(LibraryMissing, match="needed to see"), needed_to("see"):
        raise ModuleNotFoundError("none", name="onnx.reference")
