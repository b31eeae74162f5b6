"""The process in which libraries run their models: ``python -m deml_learn.models.judge_process REQUEST MODEL OUT``.

They read a stranger's file with code that is not ours, so that a crash must not be the command line's (ADR 37).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.apart import ANSWER, OUTPUTS, REQUEST, ROWS

Array = NDArray[Any]
JudgeFields = dict[str, Any]
Judgement = tuple[str, list[Array]]
"""Who computed it, and the model's outputs."""

RUNTIME: Final = "run by ONNX Runtime"
REFERENCE: Final = "run by ONNX's reference implementation"


def main(asked: Path, model: Path, out: Path) -> None:
    """Run the file `model` as the request in the folder `asked` says; leave what it predicts in the folder `out`."""
    request = json.loads((asked / REQUEST).read_text())
    rows = np.load(asked / ROWS, allow_pickle=False)
    judge, outputs = LIBRARIES[request["library"]](model.read_bytes(), request, rows)
    arrays: JudgeFields = {str(place): one for place, one in enumerate(outputs)}
    np.savez(out / OUTPUTS, **arrays)
    (out / ANSWER).write_text(json.dumps({"judge": judge}))


def run_onnx(data: bytes, request: JudgeFields, x: Array) -> Judgement:
    """Run a graph by ONNX Runtime, or by ONNX's own code where that is not installed or does not know the file."""
    exits = request["exits"]
    rows: Array = x.astype(np.float64 if request["double"] else np.float32)
    if len(request["shape"]) == 4:
        rows = rows.reshape(-1, *(one or 1 for one in request["shape"][1:]))
    names = [one["name"] for one in exits]
    judge, run = _runner(data, request["entrance"], names)
    size = request["shape"][0] if request["shape"] else None
    parts = [run(batch) for batch in _batches(rows, size)]
    joined = [[part[place] for part in parts] for place in range(len(exits))]
    return judge, [_numbers(one, found, len(x)) for one, found in zip(exits, joined, strict=True)]


def _runner(data: bytes, entrance: str, names: list[str]) -> tuple[str, Callable[[Array], Any]]:
    if find_spec("onnxruntime") is not None:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except (state.Fail, state.InvalidGraph, state.NotImplemented, state.InvalidArgument, state.RuntimeException):
            pass
        else:
            return RUNTIME, lambda batch: session.run(names, {entrance: batch})
    from onnx import ModelProto
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(ModelProto.FromString(data))

    def evaluated(batch: Array) -> Any:
        with np.errstate(all="ignore"):
            return evaluator.run(names, {entrance: batch})

    return REFERENCE, evaluated


def _batches(rows: Array, size: int | None) -> Iterator[Array]:
    """All rows at once, or as many as the graph takes; the last of those is filled up."""
    if size is None:
        yield rows
        return
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        yield np.concatenate([batch, np.repeat(batch[-1:], size - len(batch), axis=0)])


def _numbers(wanted: JudgeFields, parts: list[Any], rows: int) -> Array:
    """An output in numbers: rows by columns; of a predicted class its place among the names."""
    names = wanted["names"]
    if isinstance(parts[0], list):
        lines = [{_name(key): one for key, one in line.items()} for part in parts for line in part]
        found = np.array([[line.get(name, np.nan) for name in names] for line in lines])
    else:
        found = np.concatenate([np.asarray(part).reshape(len(part), -1) for part in parts])
        if wanted["classes"] and names:
            places = {name: place for place, name in enumerate(names)}
            found = np.array([places.get(_name(one), -1) for one in found[:, 0].tolist()])[:, None]
    return np.asarray(found[:rows], np.float64)


def _name(value: Any) -> str:
    """A class's name as the file's other parts write it: whole numbers without a point."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, bool | float) and value == int(value):
        return str(int(value))
    return str(value)


def run_xgboost(data: bytes, request: JudgeFields, x: Array) -> Judgement:
    """Run a booster by XGBoost: what its trees add up to, and what it predicts."""
    import xgboost

    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(data))
    matrix = xgboost.DMatrix(x.astype(np.float32), nthread=1)
    rounds = (0, int(request["rounds"]))
    found = [
        booster.predict(matrix, output_margin=margin, iteration_range=rounds, validate_features=False)
        for margin in (True, False)
    ]
    return f"XGBoost {xgboost.__version__} itself", _columns(found, len(x))


def run_lightgbm(data: bytes, _request: JudgeFields, x: Array) -> Judgement:
    """Run a booster by LightGBM."""
    import lightgbm

    booster = lightgbm.Booster(model_str=data.decode())
    return f"LightGBM {lightgbm.__version__} itself", _columns([booster.predict(x, num_threads=1)], len(x))


def _columns(found: Iterable[Any], rows: int) -> list[Array]:
    return [np.asarray(one, np.float64).reshape(rows, -1) for one in found]


LIBRARIES: Final[dict[str, Callable[[bytes, JudgeFields, Array], Judgement]]] = {
    "onnx": run_onnx,
    "xgboost": run_xgboost,
    "lightgbm": run_lightgbm,
}
"""By the name that a request gives."""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
