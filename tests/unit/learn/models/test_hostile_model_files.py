"""Files made to harm: every one ends in an error with a name, none in a traceback, and none reads other files."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto
from onnx.helper import make_graph, make_model, make_node, make_tensor_value_info
from onnx.numpy_helper import from_array

from deml.base.errors import DemlError
from deml_learn.models.boosters.lightgbm_json import read_lightgbm
from deml_learn.models.boosters.xgboost_json import read_xgboost
from deml_learn.models.document import Document
from deml_learn.models.errors import ExternalData, LoaderFailed, MalformedSource, PickleRefused, UntrustedTypes
from deml_learn.models.estimator_file import read_estimator
from deml_learn.models.onnx.file import read_onnx
from deml_learn.models.pytorch.state_dict import read_state_dict
from deml_learn.models.reading import kind_of
from deml_sdk.advice import advice_of
from tests.unit.learn.models.imports import model_of

XGBOOST: dict[str, Any] = {
    "learner": {
        "objective": {"name": "reg:squarederror"},
        "learner_model_param": {"num_feature": "2", "num_class": "0", "base_score": "[5E-1]", "num_target": "1"},
        "gradient_booster": {
            "name": "gbtree",
            "model": {
                "tree_info": [0],
                "trees": [
                    {
                        "tree_param": {"size_leaf_vector": "1"},
                        "left_children": [1, -1, -1],
                        "right_children": [2, -1, -1],
                        "split_indices": [0, 0, 0],
                        "split_conditions": [0.5, 1, 2],
                        "split_type": [0, 0, 0],
                    }
                ],
            },
        },
    }
}
LEAF = {"leaf_value": 1.0}
SPLIT = {"split_feature": 0, "threshold": 0.5, "decision_type": "<=", "missing_type": "None"}
LIGHTGBM: dict[str, Any] = {
    "objective": "regression",
    "max_feature_idx": 1,
    "num_tree_per_iteration": 1,
    "average_output": False,
    "tree_info": [{"tree_structure": SPLIT | {"left_child": LEAF, "right_child": LEAF}}],
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(2**80),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for name, inner in steps for path in paths(inner, (*here, name)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def outcome(attempt: Callable[[], Any]) -> str:
    """What an attempt comes to; errors without a name pass through."""
    try:
        attempt()
    except DemlError as error:
        return f"{error} {advice_of(error)}"
    return "read"


@pytest.mark.parametrize(("document", "read"), [(XGBOOST, read_xgboost), (LIGHTGBM, read_lightgbm)])
def test_the_untouched_documents_are_read(document: Any, read: Any):
    assert read(Document("test", document)).form.fields()["nodes"] == 3


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
@pytest.mark.parametrize(("document", "read"), [(XGBOOST, read_xgboost), (LIGHTGBM, read_lightgbm)])
def test_any_value_anywhere_is_read_or_refused_by_name(document: Any, read: Any, data: st.DataObject):
    changed = replaced(document, data.draw(st.sampled_from(paths(document))), data.draw(JSON))
    assert outcome(lambda: model_of(read(Document("test", changed)).form))


@pytest.mark.parametrize("children", [[[0, -1, -1], [2, -1, -1]], [[1, 0, -1], [2, 0, -1]], [[9, -1, -1], [2, -1, -1]]])
def test_trees_that_lead_in_circles_or_nowhere(children: list[list[int]]):
    tree = ("learner", "gradient_booster", "model", "trees", 0)
    document = replaced(XGBOOST, (*tree, "left_children"), children[0])
    with pytest.raises(MalformedSource, match="circle"):
        read_xgboost(Document("XGBoost", replaced(document, (*tree, "right_children"), children[1])))


def test_json_nested_without_end():
    with pytest.raises(MalformedSource, match="nested too deeply"):
        Document.parse("LightGBM", b"[" * 200_000)


def a_graph(weight: Any) -> bytes:
    graph = make_graph(
        [make_node("MatMul", ["x", "w"], ["y"])],
        "test",
        [make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 4])],
        [make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [weight],
    )
    return make_model(graph).SerializeToString()


@pytest.mark.parametrize("location", ["../../../../etc/passwd", "/etc/passwd", "weights.bin"])
def test_onnx_tensors_in_other_files_are_not_followed(location: str):
    weight = from_array(np.ones((4, 2), np.float32), "w")
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    entry = weight.external_data.add()
    entry.key, entry.value = "location", location
    with pytest.raises(ExternalData):
        read_onnx(a_graph(weight), None)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_onnx_files_with_changed_bytes(data: st.DataObject):
    good = a_graph(from_array(np.ones((4, 2), np.float32), "w"))
    changed = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(good), len(good) // 2, 3]))
    assert outcome(lambda: model_of(read_onnx(bytes(changed[:cut]), None).form))


def test_a_file_of_another_kind_is_no_state_dict():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x04.")
    with pytest.raises(DemlError):
        read_state_dict(buffer.getvalue(), None, None)


@pytest.mark.parametrize("name", ["model.pt", "model.pth"])
def test_pickles_of_torch_are_never_opened(name: str, tmp_path: Path):
    with pytest.raises(PickleRefused, match="runs whatever code"):
        kind_of(tmp_path / name)


class Writes:
    """Leaves a mark when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"env > {self.path}",)


def test_what_a_pickle_runs_sees_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEML_PASSWORD", "opensesame")
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Writes(tmp_path / "mark")))
    with pytest.raises(DemlError):
        read_estimator(tmp_path / "model.pkl", None, ())
    mark = tmp_path / "mark"
    assert not mark.exists() or "opensesame" not in mark.read_text()


def test_a_pickle_that_breaks_is_reported(tmp_path: Path):
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04cno_such_module\nthing\n.")
    with pytest.raises(LoaderFailed, match="no_such_module"):
        read_estimator(tmp_path / "model.pkl", None, ())


def test_skops_files_with_strange_types_are_not_loaded(tmp_path: Path):
    import skops.io

    skops.io.dump({"model": Writes(tmp_path / "mark")}, tmp_path / "model.skops")
    with pytest.raises(UntrustedTypes, match="Writes"):
        read_estimator(tmp_path / "model.skops", None, ())
    assert not (tmp_path / "mark").exists()


def test_documents_survive_json(tmp_path: Path):
    for document, read in ((XGBOOST, read_xgboost), (LIGHTGBM, read_lightgbm)):
        read(Document.parse("test", json.dumps(document).encode()))
