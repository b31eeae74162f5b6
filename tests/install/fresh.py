"""Install the wheel into an empty environment, as strangers do, and try what needs no npm: ``make test-install``.

First the distribution alone, the SDK; then the extra "cli"; then the packages of the image for compute networks, in
which its program must find what it finds here. The versions are those of requirements.lock, so that it is
our list of what is needed that is tried, and not the newest of everything.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

SDK = """
from deml_sdk import Client, Intent, Marketplace, open_wallet
from deml_sdk.chain.connection import connect
from deml_sdk.errors import ServiceUnreachable

client = Client(Marketplace(rpc_url="http://127.0.0.1:9", node_url="http://127.0.0.1:9", app_address="0x" + "a9" * 20))
for ask in (client.chain.latest_block, lambda: client.job(7)):
    try:
        ask()
    except ServiceUnreachable as error:
        print(error.code())
"""

LIST = "from importlib.metadata import distributions; print(*(one.name.lower() for one in distributions()))"

LEARN = """
import numpy as np
from importlib.util import find_spec
from deml_sdk.extras import EXTRAS
import pkgutil
from importlib import import_module
import deml_cli.commands
import deml_learn.models.scikit.estimators, deml_learn.training.forests
import deml_learn.privacy.attack, deml_learn.trainers.script
from deml_learn.privacy.accounting import epsilon_of

missing = [name for name, extra in EXTRAS.items() if extra in ("tables", "learn", "cli") and find_spec(name) is None]
assert not missing, missing
for one in pkgutil.iter_modules(deml_cli.commands.__path__, "deml_cli.commands."):
    import_module(one.name)
assert 0 < epsilon_of(2.0, 0.1, 10, 1e-5) < 10
"""

TABLE = "size,ward,diagnosis\n" + "".join(
    f"{number % 7 + 0.5},{'ab'[number % 2]},{('benign', 'malignant')[number % 3 == 0]}\n" for number in range(90)
)

COMPUTATIONS = """
import sys
from pathlib import Path
from tests.support.computations import Published, honest, to_train_on_rows
from deml_sdk.compute.request import request_text

place = Path(sys.argv[1])
published = Published(place / "home")
for name, prepared in (
    ("score", published.to_score()), ("replay", published.to_replay()), ("forest", to_train_on_rows("trees"))
):
    expected = place / name / "expected"
    expected.mkdir(parents=True)
    for file, content in honest(prepared, place / name).items():
        (expected / file).write_bytes(content)
    (place / name / "argument").write_text(request_text(prepared.request))
"""


class Failed(Exception):
    """Something does not do what it should in a fresh environment."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wheel = build(place)
        python = place / "venv" / "bin" / "python"
        run([sys.executable, "-m", "venv", place / "venv"])
        constraints = place / "constraints.txt"
        constraints.write_text("\n".join(re.findall(r"^([a-z0-9._-]+==[^ ]+(?: ;[^\\]+)?) \\$", lock(), re.MULTILINE)))
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", constraints]
        run([*install, wheel])
        the_sdk_alone(python, place)
        run([*install, f"{wheel}[cli]"])
        the_command_line(python, place)
        the_compute_image(wheel, place)
    print("A fresh environment does what it should.")


def lock() -> str:
    return (ROOT / "requirements.lock").read_text()


def build(place: Path) -> Path:
    """Make the wheel with the backend that is installed here, which is the pinned one."""
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", place, ROOT])
    (wheel,) = place.glob("deml-*.whl")
    return wheel


def the_sdk_alone(python: Path, place: Path) -> None:
    heavy = {*run([python, "-c", LIST]).split()} & {
        "scikit-learn",
        "scipy",
        "pyarrow",
        "typer",
        "rich",
        "starlette",
        "uvicorn",
        "keyring",
        "pandas",
        "flwr",
        "grpcio",
    }
    require(not heavy, f"the base brings {heavy}")
    require(run([python, "-c", SDK], place).split() == ["SERVICE_UNREACHABLE"] * 2, "the SDK asks chain and node")
    said = run([python.with_name("deml"), "--help"], place, status=1)
    require("pip install 'deml[cli]'" in said and "Traceback" not in said, f"the command says what it lacks: {said}")


def the_command_line(python: Path, place: Path) -> None:
    run([python, "-c", LEARN], place)
    home = place / "home"

    def deml(*words: object, status: int = 0) -> str:
        return run([python.with_name("deml"), *words], place, status, DEML_HOME=str(home))

    require("  shrink " in deml("--help"), "help lists the commands")
    (place / "table.csv").write_text(TABLE)
    (place / "password").write_text("correct horse\n")
    deml("wallet", "new", "me", "--password-file", "password", "--json")
    require("me" in deml("wallet", "list"), "a wallet is kept")
    deml("config", "set", "devnet.wallet", "me")
    deml("cid", "table.csv")
    deml("encode", "settle", "--job-id", "7")
    deml("job", "new", "job.toml", "--data", "table.csv", "--label", "diagnosis", "--title", "Tumours", "--quick")
    deml("data", "check", "job.spec.json", "--data", "table.csv", "--json")
    deml("trainer", "init", "mine")
    estimator(python, place)
    deml("model", "import", "model.joblib", "--trust-pickle", "--yes", "--data", "table.npz", "--label", "y")
    refused = deml("model", "export", "model.safetensors", "--as", "onnx", "--out", "model.onnx", status=1)
    require("pip install 'deml[import]'" in refused, f"export says what it lacks: {refused}")
    refused = deml("devnet", "up", status=1)
    require("pip install 'deml[devnet]'" in refused, f"the devnet says what it lacks: {refused}")
    nowhere = ("--rpc-url", "http://127.0.0.1:9", "--node-url", "http://127.0.0.1:9", "--app-address", "0x" + "a9" * 20)
    for words in (("job", "show", "7"), ("wallet", "balance", "--token", "0x" + "b0" * 20)):
        require("SERVICE_UNREACHABLE" in deml(*words, *nowhere, status=3), f"{words} ask chain and node")


def the_compute_image(wheel: Path, place: Path) -> None:
    """Install what docker/compute/Dockerfile does, hashes and all, and have its program compute."""
    packages, folder = place / "image", ROOT / "docker" / "compute"
    listed = run([sys.executable, folder / "locked.py", folder / "packages.txt", ROOT / "requirements.lock"])
    (place / "image.txt").write_text(listed)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    hashed = ["--require-hashes", "--only-binary", ":all:", "-r", place / "image.txt"]
    run([*install, "--target", packages, *hashed])
    run([*install, "--target", packages, wheel])
    run([sys.executable, "-m", "venv", "--without-pip", place / "bare"])
    here = ":".join(str(ROOT / one) for one in ("dapp", "sdk", ""))
    run([sys.executable, "-c", COMPUTATIONS, place / "asked"], PYTHONPATH=here)
    place.chmod(0o755)
    for one in sorted((place / "asked").glob("*/expected")):
        outputs = one.with_name("outputs")
        outputs.mkdir()
        folders = {"DEML_INPUTS": str(one.with_name("inputs")), "DEML_OUTPUTS": str(outputs)}
        argument = one.with_name("argument").read_text()
        program = [place / "bare/bin/python", "-m", "deml_learn.compute.program", argument]
        run(program, place, PYTHONPATH=str(packages), **folders)
        for file in one.iterdir():
            require(
                (outputs / file.name).read_bytes() == file.read_bytes(), f"{one.parent.name}: {file.name} is the same"
            )


def estimator(python: Path, place: Path) -> None:
    """Leave a model of scikit-learn, and rows to compare it on."""
    run(
        [
            python,
            "-c",
            "import joblib, numpy as np; from sklearn.linear_model import LogisticRegression\n"
            "x = np.random.default_rng(1).normal(size=(80, 3)); y = (x[:, 0] > 0).astype(float)\n"
            "joblib.dump(LogisticRegression().fit(x, y), 'model.joblib')\n"
            "np.savez('table.npz', x0=x[:, 0], x1=x[:, 1], x2=x[:, 2], y=y)",
        ],
        place,
    )


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(what)


def run(command: list[object], folder: Path = ROOT, status: int = 0, **environment: str) -> str:
    """Run a program; return what it writes, stdout and stderr."""
    words = [str(one) for one in command]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DEML_"))}
    done = subprocess.run(
        words,
        cwd=folder,
        env=clean | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    require(done.returncode == status, f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
