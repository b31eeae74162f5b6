"""Models that scikit-learn does not train, by PyTorch: MLPs with any activation, and CNNs; with Opacus, in private.

PyTorch and Opacus are an extra: ``pip install deml[torch]``. They are imported here and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch
from torch import nn

from deml.scoring import Architecture, Model, load_model
from deml.scoring.families.cnn import Cnn
from deml.scoring.families.dense import Dense
from deml.scoring.families.layers import Conv2d, Flatten, Layer, Pool, Units
from deml.scoring.families.standardizer import MEAN, SCALE
from deml.scoring.safetensors import write_tensors
from deml.scoring.task import Task
from deml_learn.privacy.budget import Privacy, Spent
from deml_learn.training.errors import TrainingDiverged
from deml_learn.training.network import Array
from deml_learn.training.settings import Epoch, Settings

_ACTIVATIONS: Final[dict[str, Callable[[], nn.Module]]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "none": nn.Identity,
}


def module_of(model: Model) -> nn.Sequential:
    """Build the network of a model, with its weights; it takes rows that are standardised already."""
    architecture = model.architecture
    if isinstance(architecture, Cnn):
        parts = [nn.Unflatten(1, architecture.shape), *_cnn(architecture)]
    elif isinstance(architecture, Dense):
        parts = _dense(architecture)
    else:
        raise TypeError("only MLPs and CNNs are networks of PyTorch's")
    module = nn.Sequential(*parts)
    with torch.no_grad():
        for name, parameter in _named(module, architecture):
            parameter.copy_(torch.from_numpy(model.tensors[name].astype(np.float32)))
    return module


def train_by_torch(
    architecture: Architecture,
    initial: bytes,
    x: Array,
    y: Array,
    settings: Settings,
    privacy: Privacy | None,
    report: Callable[[Epoch], None],
) -> tuple[bytes, Spent | None]:
    """Improve the initial model by Adam on minibatches; return safetensors, and what was spent of privacy.

    The same rows, settings and seed give the same file, except in private: then noise and batches come from a
    generator that the system's own has seeded, and the last epoch is returned, whatever its loss.

    Raises
    ------
    TrainingDiverged
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed if privacy is None else int.from_bytes(os.urandom(8), "little"))
    start = load_model(architecture, initial)
    module = module_of(start)
    if MEAN in start.tensors:
        x = (x - start.tensors[MEAN]) / start.tensors[SCALE]
    rows = torch.utils.data.TensorDataset(torch.from_numpy(x.astype(np.float32)), _targets(architecture, y))
    loader = torch.utils.data.DataLoader(rows, batch_size=min(settings.batch, len(y)), shuffle=True)
    optimizer = torch.optim.Adam(module.parameters(), lr=settings.learning_rate, weight_decay=settings.l2)
    trained: nn.Module = module
    engine = None
    if privacy is not None:
        privacy.check_rows(len(y))
        engine, trained, optimizer, loader = _made_private(trained, optimizer, loader, privacy, settings)
    _descend(architecture, trained, optimizer, loader, settings, report)
    tensors = {name: value.detach().numpy() for name, value in _named(module, architecture)}
    kept = {name: start.tensors[name].astype(np.float32) for name in (MEAN, SCALE) if name in start.tensors}
    return write_tensors({**tensors, **kept}), _spent(engine, privacy, optimizer, loader, settings)


def _descend(
    architecture: Architecture,
    module: nn.Module,
    optimizer: Any,
    loader: Any,
    settings: Settings,
    report: Callable[[Epoch], None],
) -> None:
    judge = _loss(architecture)
    for number in range(1, settings.epochs + 1):
        losses = []
        for some, targets in loader:
            if not len(some):
                continue
            optimizer.zero_grad()
            loss = judge(module(some), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        mean = float(np.mean(losses)) if losses else None
        if mean is not None and not np.isfinite(mean):
            raise TrainingDiverged(number)
        report(Epoch(number, settings.epochs, mean, None))


def _made_private(module: nn.Module, optimizer: Any, loader: Any, privacy: Privacy, settings: Settings) -> Any:
    """Clip and add noise as Opacus does (Yousefpour et al., 2021), as much as epsilon asks for."""
    from opacus import PrivacyEngine

    engine = PrivacyEngine(accountant="prv")
    made = engine.make_private_with_epsilon(
        module=module,
        optimizer=optimizer,
        data_loader=loader,
        target_epsilon=privacy.epsilon,
        target_delta=privacy.delta,
        epochs=settings.epochs,
        max_grad_norm=privacy.clip,
    )
    return (engine, *made)


def _spent(engine: Any, privacy: Privacy | None, optimizer: Any, loader: Any, settings: Settings) -> Spent | None:
    if engine is None or privacy is None:
        return None
    return Spent(
        epsilon=float(engine.get_epsilon(privacy.delta)),
        delta=privacy.delta,
        noise_multiplier=float(optimizer.noise_multiplier),
        steps=settings.epochs * len(loader),
        sampling_rate=1 / len(loader),
        accountant="Opacus, privacy random variables, one row added or left out",
    )


def _dense(architecture: Dense) -> list[nn.Module]:
    parts: list[nn.Module] = []
    widths = architecture.widths
    for index, (fan_in, fan_out) in enumerate(pairwise(widths)):
        parts.append(nn.Linear(fan_in, fan_out))
        if index < len(widths) - 2:
            parts.append(_ACTIVATIONS[architecture.activation]())
    return parts


def _cnn(architecture: Cnn) -> list[nn.Module]:
    return [part for layer in architecture.layers for part in _layer(layer)]


def _layer(layer: Layer) -> list[nn.Module]:
    match layer:
        case Conv2d():
            channels = layer.before[0], layer.after[0]
            shape = {"stride": layer.stride, "padding": layer.padding, "groups": layer.groups}
            return [nn.Conv2d(*channels, layer.kernel, **shape), _ACTIVATIONS[layer.activation]()]
        case Pool():
            return [(nn.AvgPool2d if layer.mean else nn.MaxPool2d)(layer.kernel, layer.stride)]
        case Flatten():
            return [nn.Flatten()]
        case Units():
            return [nn.Linear(layer.before[0], layer.after[0]), _ACTIVATIONS[layer.activation]()]
    raise TypeError(f"there is no layer of PyTorch's for {type(layer).__name__}")


def _named(module: nn.Sequential, architecture: Architecture) -> list[tuple[str, nn.Parameter]]:
    """Parameters under the names that the architecture gives them, which stand in the same order."""
    names = [name for name in architecture.tensor_specs() if name not in (MEAN, SCALE)]
    return list(zip(names, module.parameters(), strict=True))


def _targets(architecture: Architecture, y: Array) -> torch.Tensor:
    several = architecture.task is Task.CLASSIFICATION and architecture.outputs > 1
    return torch.from_numpy(y.astype(np.int64 if several else np.float32))


def _loss(architecture: Architecture) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    if architecture.task is Task.REGRESSION:
        return lambda outputs, targets: nn.functional.mse_loss(outputs[:, 0], targets)
    if architecture.outputs > 1:
        return lambda outputs, targets: nn.functional.cross_entropy(outputs, targets)
    return lambda outputs, targets: nn.functional.binary_cross_entropy_with_logits(outputs[:, 0], targets)
