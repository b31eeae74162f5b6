"""Try the trainer beside this file on made-up rows: ``python check_trainer.py``. It runs without a sandbox here."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ARCHITECTURE = {"family": "logistic", "inputs": 4, "outputs": 1}
TRAINER = Path(__file__).with_name("trainer.py")


def run() -> bytes:
    """Make the folders that a trainer is given, run it, and return what it leaves."""
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 4))
    y = (x[:, 0] > 0).astype(np.float64)
    with tempfile.TemporaryDirectory() as name:
        job, data, out = (Path(name, one) for one in ("job", "data", "out"))
        for folder in (job, data, out):
            folder.mkdir()
        (job / "architecture.json").write_text(json.dumps(ARCHITECTURE))
        (job / "hyperparameters.json").write_text(json.dumps({"seed": 0, "epochs": 50, "learning_rate": 0.5}))
        (job / "initial.safetensors").write_bytes(initial_model())
        for file, array in (("x", x), ("y", y), ("validation_x", x[:0]), ("validation_y", y[:0])):
            np.save(data / f"{file}.npy", array)
        folders = {"DEML_JOB": str(job), "DEML_DATA": str(data), "DEML_OUT": str(out)}
        subprocess.run([sys.executable, str(TRAINER)], check=True, env=os.environ | folders)
        left = [one.name for one in out.iterdir()]
        if left != ["model.safetensors"]:
            raise SystemExit(f"a trainer leaves model.safetensors and nothing else; this one left {left}")
        return (out / "model.safetensors").read_bytes()


def initial_model() -> bytes:
    """A model of zeros, in safetensors."""
    header = {
        "layers.0.bias": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
        "layers.0.weight": {"dtype": "F32", "shape": [1, 4], "data_offsets": [4, 20]},
    }
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(20)


if __name__ == "__main__":
    model = run()
    if run() != model:
        raise SystemExit("the same rows gave two different models: draw nothing from chance but by the seed")
    if model == initial_model():
        raise SystemExit("the model is the initial one still")
    print("The trainer works, and does the same thing twice. Next: deml trainer publish trainer.py")
