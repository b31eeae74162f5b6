"""What leaves this machine with a model: the whole of it, in plain words, and none that is not known to be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    count = sum(tensor.size for tensor in tensors.values())
    return Leaving(rows, read_texts(made.file), tuple(_sentences(made, count)))


def _sentences(made: Trained, count: int) -> Iterator[str]:
    size = f"That is {count:,} numbers in {len(made.file):,} bytes, and zeros where scoring reads none."
    if made.stranger:
        yield (
            f"{size} They were computed by a program that is not ours: they can carry rows of your data in a code of "
            "its own, and nothing here would find them. Read the script before you submit what it made."
        )
    elif made.no_row_among:
        yield f"{size} No row of your data is among them; but numbers learnt from rows can tell something about them."
    else:
        yield f"{size} Numbers learnt from rows can tell something about them, and a single row may be found in them."
    if made.spent is None:
        yield "It was trained without differential privacy; 'deml privacy audit' measures what it tells."
    else:
        yield (
            "It was trained with differential privacy, and the file says so: "
            f"epsilon {made.spent.epsilon:.3g} at delta {made.spent.delta:.3g}."
        )
