"""What leaves this machine with a model: the whole of it, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deml.scoring.safetensors import dtype_name, read_tensors
from deml_learn.trainers.run import Trained
from deml_sdk.files.model_texts import read_texts


@dataclass(frozen=True, slots=True)
class Leaving:
    """Name, type and shape of each tensor; texts beside them; and what to know."""

    tensors: list[tuple[str, str, str]]
    metadata: Mapping[str, str]
    sentences: tuple[str, ...]


def leaving(made: Trained) -> Leaving:
    """Describe a model that the gate has let out."""
    tensors = read_tensors(made.file)
    rows = [
        (name, dtype_name(tensor), " x ".join(map(str, tensor.shape)) or "one number")
        for name, tensor in sorted(tensors.items())
    ]
    metadata = read_texts(made.file)
    sentences = [
        f"That is {sum(tensor.size for tensor in tensors.values()):,} numbers in {len(made.file):,} bytes. "
        "No row of your data is among them; but numbers learnt from rows can tell something about them."
    ]
    if made.spent is None:
        sentences.append("It was trained without differential privacy; 'deml privacy audit' measures what it tells.")
    else:
        sentences.append(
            "It was trained with differential privacy, and the file says so: "
            f"epsilon {made.spent.epsilon:.3g} at delta {made.spent.delta:.3g}."
        )
    return Leaving(rows, metadata, tuple(sentences))
