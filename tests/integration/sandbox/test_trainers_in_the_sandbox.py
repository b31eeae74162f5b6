"""Trainers of every kind that runs here, through the sandbox and the gate, as `deml train` runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from deml.scoring import load_model, parse_architecture, parse_metric
from deml.scoring.safetensors import read_tensors
from deml_learn.privacy.budget import Privacy
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import Left, Limits, Sandbox
from deml_learn.trainers.contract import PrintedLine, TrainerEvent, TrainerProgress
from deml_learn.trainers.errors import OutputRefused, TrainerFailed, TrainerStopped
from deml_learn.trainers.gate import let_out
from deml_learn.trainers.kinds import Program, builtin
from deml_learn.trainers.leaves import leaving
from deml_learn.trainers.run import Trained, TrainingOrder, run_trainer
from deml_learn.trainers.scripts import local_script
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.model_file import fresh_trainable
from deml_learn.training.split import Split, validation_split
from tests.support.confinement import as_before, descendants_of

pytestmark = pytest.mark.sandbox

LOGISTIC = json.dumps({"family": "logistic", "inputs": 30, "outputs": 1, "standardize": True})
TREES = {"family": "trees", "task": "classification", "inputs": 30, "outputs": 2, "trees": 5, "nodes": 15, "depth": 3}
QUICK = Hyperparameters(epochs=5, learning_rate=1e-2)
LIMITS = Limits(wall_seconds=120, cpu_seconds=120)

COPIER = """
import json, os, shutil
job, out = os.environ["DEML_JOB"], os.environ["DEML_OUT"]
shutil.copy(f"{job}/initial.safetensors", f"{out}/model.safetensors")
"""


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return find_sandbox()


@pytest.fixture(autouse=True)
def machine_as_before(sandbox: Sandbox) -> Iterator[None]:
    with as_before():
        yield


@pytest.fixture(scope="module")
def rows() -> Split:
    data = load_breast_cancer()
    return validation_split(
        data.data[:300].astype(float), data.target[:300].astype(float), parse_architecture(LOGISTIC).task, 0.2, 0
    )


def order(rows: Split, architecture: str = LOGISTIC, initial: bool = True) -> TrainingOrder:
    parsed = parse_architecture(architecture)
    start = fresh_trainable(parsed, rows.x, 0).file() if initial else None
    return TrainingOrder(architecture, parse_metric("accuracy", parsed), rows, QUICK, start)


def train(
    sandbox: Sandbox, program: Program, wanted: TrainingOrder, heard: list[TrainerEvent] | None = None
) -> Trained:
    report = (lambda _event: None) if heard is None else heard.append
    return run_trainer(program, wanted, parse_architecture(wanted.architecture), sandbox, LIMITS, report)


def script(folder: Path, body: str) -> Program:
    path = folder / "trainer.py"
    path.write_text(f"# /// script\n# dependencies = []\n# ///\n{body}")
    return local_script(path, folder / "home", {})


def let_out_alone(model: bytes) -> bytes:
    """A model as the gate writes it: digits that scoring does not read are zero."""
    left = Left("model.safetensors", "file", 1, len(model), model)
    return let_out([left], parse_architecture(LOGISTIC), None, len(model), {})


def test_the_builtin_trainer_improves_and_does_the_same_thing_twice(sandbox: Sandbox, rows: Split):
    heard: list[TrainerEvent] = []
    made = train(sandbox, builtin(), order(rows), heard)
    assert made.before is not None
    assert made.after is not None
    assert made.after > made.before
    assert made.file == train(sandbox, builtin(), order(rows)).file
    progress = [one for one in heard if isinstance(one, TrainerProgress)]
    assert [one.number for one in progress] == list(range(QUICK.epochs + 1))
    assert all(one.loss is not None for one in progress[1:])


def test_another_seed_gives_another_model(sandbox: Sandbox, rows: Split):
    wanted = order(rows, initial=False)
    other = replace(wanted, hyperparameters=replace(QUICK, seed=1))
    assert train(sandbox, builtin(), wanted).file != train(sandbox, builtin(), other).file


def test_private_training_tells_what_it_spent_in_the_file(sandbox: Sandbox, rows: Split):
    privacy = Privacy(epsilon=4.0, delta=1e-4)
    settings = Hyperparameters(epochs=3, batch=80, learning_rate=0.03)
    made = train(sandbox, builtin(), replace(order(rows), hyperparameters=settings, privacy=privacy))
    assert made.spent is not None
    assert 0 < made.spent.epsilon <= 4.0
    header = json.loads(made.file[8 : 8 + int.from_bytes(made.file[:8], "little")])
    assert float(header["__metadata__"]["deml.privacy.epsilon"]) == 4.0
    assert float(header["__metadata__"]["deml.privacy.delta"]) == 1e-4
    load_model(parse_architecture(LOGISTIC), made.file)


@pytest.mark.parametrize("output", ["values", "probabilities"])
def test_the_builtin_trainer_grows_trees(sandbox: Sandbox, rows: Split, output: str):
    wanted = order(rows, json.dumps(TREES | {"output": output}), initial=False)
    made = train(sandbox, builtin(), wanted)
    assert made.after is not None
    assert made.after > 850_000
    assert made.file == train(sandbox, builtin(), wanted).file


def test_a_script_gets_the_job_and_the_rows(sandbox: Sandbox, rows: Split, tmp_path: Path):
    body = (
        COPIER
        + """
data = os.environ["DEML_DATA"]
settings = json.load(open(f"{job}/hyperparameters.json"))
found = [sorted(os.listdir(job)), sorted(os.listdir(data)), settings["seed"]]
print(json.dumps({"event": "log", "text": json.dumps(found)}))
print(json.dumps({"event": "progress", "epoch": 1, "of": 1, "loss": 0.5}))
"""
    )
    heard: list[TrainerEvent] = []
    wanted = order(rows)
    made = train(sandbox, script(tmp_path, body), wanted, heard)
    assert wanted.initial is not None
    assert made.file == let_out_alone(wanted.initial)
    assert made.spent is None
    said, progress = heard
    assert isinstance(said, PrintedLine)
    job, data, seed = json.loads(said.text)
    assert job == ["architecture.json", "hyperparameters.json", "initial.safetensors"]
    assert data == ["validation_x.npy", "validation_y.npy", "x.npy", "y.npy"]
    assert seed == 0
    assert progress == TrainerProgress(1, 1, 0.5)


def test_a_script_cannot_claim_privacy(sandbox: Sandbox, rows: Split, tmp_path: Path):
    claim = {"event": "privacy", "epsilon": 0.1, "delta": 1e-9, "noise": 9, "accountant": "a"}
    body = COPIER + f"print({json.dumps(claim)!r})"
    made = train(sandbox, script(tmp_path, body), order(rows))
    assert made.spent is None
    assert b"__metadata__" not in made.file


def test_a_script_that_fails_is_quoted(sandbox: Sandbox, rows: Split, tmp_path: Path):
    with pytest.raises(TrainerFailed, match=r"code 1.*no such measurement"):
        train(sandbox, script(tmp_path, "raise ValueError('no such measurement')"), order(rows))


def test_a_script_that_hangs_is_stopped(sandbox: Sandbox, rows: Split, tmp_path: Path):
    wanted, program = order(rows), script(tmp_path, "import time\ntime.sleep(1000)")
    with pytest.raises(TrainerStopped, match="out of time"):
        run_trainer(
            program,
            wanted,
            parse_architecture(LOGISTIC),
            sandbox,
            replace(LIMITS, wall_seconds=1),
            lambda _event: None,
        )


def test_rows_written_into_the_model_file_do_not_get_out(sandbox: Sandbox, rows: Split, tmp_path: Path):
    body = (
        COPIER
        + """
rows = open(os.environ["DEML_DATA"] + "/x.npy", "rb").read()[128:].hex()[:2000]
path = f"{out}/model.safetensors"
file = open(path, "rb").read()
length = int.from_bytes(file[:8], "little")
header = json.loads(file[8 : 8 + length])
text = json.dumps({"__metadata__": {"rows": rows}, **header}).encode() + b" " * 999
open(path, "wb").write(len(text).to_bytes(8, "little") + text + file[8 + length :])
"""
    )
    wanted = order(rows)
    assert train(sandbox, script(tmp_path, body), wanted).file == let_out_alone(wanted.initial)


def test_rows_in_nodes_that_no_row_comes_to_do_not_get_out(sandbox: Sandbox, rows: Split, tmp_path: Path):
    """A tree of one leaf, and 150 numbers of the first rows in the places of other nodes: all of them got out once."""
    body = """
import array, json, os
stored = open(os.environ["DEML_DATA"] + "/x.npy", "rb").read()[128:]
numbers = array.array("f", array.array("d", stored[: 8 * 150]))
idle, none = array.array("i", [-1] * 75), array.array("i", [0] * 75)
tensors = {"trees.base": ("F32", [2], array.array("f", [0, 1])), "trees.feature": ("I32", [5, 15], idle)}
tensors |= {f"trees.{side}": ("I32", [5, 15], none) for side in ("left", "right")}
tensors["trees.threshold"] = ("F32", [5, 15], numbers[:75])
tensors["trees.value"] = ("F32", [5, 15, 2], numbers)
header, content = {}, b""
for name, (kind, shape, values) in sorted(tensors.items(), key=lambda one: (one[1][0], one[0])):
    begin, content = len(content), content + values.tobytes()
    header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, len(content)]}
text = json.dumps(header).encode()
file = open(os.environ["DEML_OUT"] + "/model.safetensors", "wb")
file.write(len(text).to_bytes(8, "little") + text + content)
"""
    wanted = order(rows, json.dumps(TREES), initial=False)
    made = train(sandbox, script(tmp_path, body), wanted)
    left = read_tensors(made.file)
    private = set(rows.x.astype(np.float32).ravel()) - {0.0}
    for name, tensor in left.items():
        kept = tensor[:, 1:] if name == "trees.value" else tensor
        assert not private & set(kept.ravel().tolist()), name
    assert made.stranger
    assert not any("No row of your data" in one for one in leaving(made).sentences)


def test_rows_beside_the_model_file_are_refused(sandbox: Sandbox, rows: Split, tmp_path: Path):
    body = COPIER + 'shutil.copy(os.environ["DEML_DATA"] + "/x.npy", out)'
    with pytest.raises(OutputRefused, match=r"x\.npy"):
        train(sandbox, script(tmp_path, body), order(rows))


def test_a_folder_that_the_trainer_locks_is_no_obstacle(sandbox: Sandbox, rows: Split, tmp_path: Path):
    wanted = order(rows)
    assert train(sandbox, script(tmp_path, COPIER + "os.chmod(out, 0)"), wanted).file


def test_words_with_line_ends_stay_on_one_line(sandbox: Sandbox, rows: Split, tmp_path: Path):
    """Else a trainer could print lines that look like ours: that the model is safe, that epsilon was spent."""
    heard: list[TrainerEvent] = []
    body = (
        COPIER
        + r"""
print(json.dumps({"event": "log", "text": "done\nNo row of your data is among them.\r\u2028\u202e"}))
print("done\x0bNo row\x1b[2J")
"""
    )
    train(sandbox, script(tmp_path, body), order(rows), heard)
    said = [one.text for one in heard if isinstance(one, PrintedLine)]
    assert len(said) == 2
    assert all(one.isprintable() and "\\" in one for one in said)


def test_no_row_is_on_this_machine_while_it_trains_or_after_a_sudden_end(sandbox: Sandbox, tmp_path: Path):
    """Rows are memory of the sandbox's own: whoever kills us leaves none behind."""
    program = f"""
import json, sys
from pathlib import Path
import numpy as np
from tests.integration.sandbox import test_trainers_in_the_sandbox as there
rows = there.Split(np.full((40, 30), {MARK!r}), np.arange(40) % 2 * 1.0, np.zeros((0, 30)), np.zeros(0))
body = "import json, os, time\\nopen('/out/rows', 'wb').write(open('/data/x.npy', 'rb').read())\\n"
body += "print(json.dumps({{'event': 'log', 'text': 'ready'}}), flush=True)\\ntime.sleep(1000)"
program = there.script(Path({str(tmp_path)!r}), body)
there.run_trainer(
    program, there.order(rows), there.parse_architecture(there.LOGISTIC), there.find_sandbox(), there.LIMITS,
    lambda event: print("ready", flush=True),
)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
        inside = descendants_of(process.pid)
        assert len(inside) >= 3
        assert marked_files() == []
        process.kill()
        process.wait()
    deadline = time.monotonic() + 20
    while any(Path("/proc", str(pid)).exists() for pid in inside) and time.monotonic() < deadline:
        os.sched_yield()
    assert not any(Path("/proc", str(pid)).exists() for pid in inside)
    assert marked_files() == []


MARK = 1234.5678901234567


def marked_files() -> list[Path]:
    """Files in memory and in temporary folders that hold a row of the mark."""
    row = np.full(30, MARK).tobytes()
    found = [one for place in ("/dev/shm", tempfile.gettempdir()) for one in Path(place).glob("deml-*/**/*")]
    return [one for one in found if one.is_file() and row in one.read_bytes()]
