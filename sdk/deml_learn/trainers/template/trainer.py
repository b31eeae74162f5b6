# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6"]
# [tool.deml.hashes]
# "numpy==2.4.6" = [
#     "sha256:0ab0a9c4ffb1a6d95ef519fe4247dba8eb6b18ad93999f76b7f657039acabd47",
#     "sha256:40fdc1ae7125e518ea98e53e69a4ebc27e1fd50510c47b7ea130cf21e5e1d42b",
#     "sha256:5f9fb9157b4ce2971008323afe46053787b526ef624fea915b261468a8421a0f",
#     "sha256:72fbe16c6fac95aedf5937fa873445cec2110be35d8a4e9433d7501fd98dae6b",
#     "sha256:89cd468399cfd2504718f0ba50e410dca55a170b61a02ad92bb18c8a65186e93",
#     "sha256:90f9849678c75fe7afa2d348ac842c168b0a4d3d61919687216dfc547976d853",
#     "sha256:a2c306dea656c12c68f51f4cea133cbe78ca7435eb28c735eac1d3ebe73be6e8",
#     "sha256:a7830bab239b79cda9c08c2da014761cafb48da6150e1da17ac06283f43b6089",
# ]
# ///
"""A trainer: it improves a logistic model of one output by gradient descent. Put your own method in `improve`.

It runs on each client's machine, in a sandbox without network, and sees three folders. DEML_JOB has spec.json,
architecture.json, hyperparameters.json and initial.safetensors; DEML_DATA has x.npy, y.npy and validation_x.npy and
validation_y.npy; what it writes to DEML_OUT as model.safetensors is checked, and is all that comes out.
"""

import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Tensors = dict[str, NDArray[np.float32]]
JOB, DATA, OUT = (Path(os.environ[name]) for name in ("DEML_JOB", "DEML_DATA", "DEML_OUT"))


def main() -> None:
    architecture = json.loads((JOB / "architecture.json").read_text())
    if architecture["family"] != "logistic" or architecture["outputs"] != 1:
        raise SystemExit("this trainer knows logistic models of one output")
    hyperparameters = json.loads((JOB / "hyperparameters.json").read_text())
    tensors = read((JOB / "initial.safetensors").read_bytes())
    x, y = np.load(DATA / "x.npy"), np.load(DATA / "y.npy")
    if architecture.get("standardize"):
        x = (x - tensors["standardize.mean"]) / tensors["standardize.scale"]
    improve(tensors, x, y, hyperparameters["epochs"], hyperparameters["learning_rate"])
    (OUT / "model.safetensors").write_bytes(write(tensors))


def improve(tensors: Tensors, x: NDArray[np.float64], y: NDArray[np.float64], epochs: int, rate: float) -> None:
    """Take one step down the mean log-loss an epoch. There is no chance in it: the same rows give the same model."""
    weight, bias = tensors["layers.0.weight"], tensors["layers.0.bias"]
    for epoch in range(1, epochs + 1):
        p = 1 / (1 + np.exp(-(x @ weight[0] + bias[0])))
        weight[0] -= rate * ((p - y) @ x) / len(y)
        bias[0] -= rate * np.mean(p - y)
        loss = -np.mean(np.log(np.where(y == 1, p, 1 - p) + 1e-12))
        print(json.dumps({"event": "progress", "epoch": epoch, "of": epochs, "loss": float(loss)}), flush=True)


def read(file: bytes) -> Tensors:
    """Read safetensors of float32: a header's length, the header, the numbers."""
    start = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        numbers = np.frombuffer(file[start + begin : start + end], np.float32)
        tensors[name] = numbers.reshape(entry["shape"]).copy()
    return tensors


def write(tensors: Tensors) -> bytes:
    """Write safetensors of float32."""
    header, body = {}, b""
    for name, tensor in sorted(tensors.items()):
        begin, body = len(body), body + tensor.astype(np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [begin, len(body)]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


if __name__ == "__main__":
    main()
