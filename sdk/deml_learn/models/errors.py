"""What can be wrong with a model that is brought in or taken out."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml_sdk.errors import NoConsent


@dataclass(eq=False)
class UnknownSource(DemlError):
    path: str
    known: str
    what = "{path}: the name does not show what kind of model this is."
    fix = "Give it with --from, one of: {known}."


@dataclass(eq=False)
class OtherBoosterFile(DemlError):
    path: str
    found: str
    save: str
    what = "{path} is {found}, which is not supported."
    fix = "Where the model was trained, run {save}, and import the result."


@dataclass(eq=False)
class MalformedSource(DemlError):
    kind: str
    reason: str
    what = "The file is not a readable {kind} model: {reason}."
    fix = "Save the model again with the library that made it; docs/models.md shows how for each kind."


@dataclass(eq=False)
class Unimportable(DemlError):
    kind: str
    part: str
    reason: str
    what = "The {kind} model cannot be imported because of {part}: {reason}."
    fix = "docs/models.md lists what can be imported; change that part of the model and train it again."


@dataclass(eq=False)
class TaskDisagrees(DemlError):
    kind: str
    found: str
    said: str
    what = "According to its file, the {kind} model does {found}; --task says {said}."
    fix = "Omit --task. A model's task is never changed from what it was trained for."


@dataclass(eq=False)
class ImportDiffers(DemlError):
    judge: str
    quantity: str
    largest: str
    allowed: str
    differing: int
    rows: str
    first: int
    what = (
        "What would be imported does not say what the original says ({judge}): {quantity} differs by {largest}, where "
        "{allowed} is allowed, in {differing} of {rows}, the first of them row {first}. Nothing was written."
    )
    fix = (
        "If features differ much in size, standardise them within the model and train it again; else it does something "
        "that this program does not know: please report it."
    )


@dataclass(eq=False)
class ExportDiffers(DemlError):
    target: str
    judge: str
    quantity: str
    largest: str
    allowed: str
    what = (
        "What would be written as {target} does not say what the model says ({judge}): {quantity} differs by "
        "{largest}, where {allowed} is allowed. Nothing was written."
    )
    fix = "Export it as safetensors, which holds the model as it is, and please report this."


@dataclass(eq=False)
class Unexportable(DemlError):
    target: str
    part: str
    reason: str
    what = "The model cannot be written as {target} because of {part}: {reason}."
    fix = "Export it as safetensors, which takes every model."


@dataclass(eq=False)
class ArchitectureNeeded(DemlError):
    kind: str
    reason: str
    what = "The {kind} file does not contain the model's architecture: {reason}."
    fix = 'Give it: --architecture \'{{"family": "mlp", ...}}\', or a file with it; docs/scoring.md lists the families.'


@dataclass(eq=False)
class OrderNeeded(DemlError):
    kind: str
    reason: str
    likely: str
    what = "The {kind} file does not contain the order of its modules: {reason}."
    fix = "Give it with --order: modules and activations in order of execution, separated by commas, such as {likely}."


@dataclass(eq=False)
class DoesNotFit(DemlError):
    part: str
    found: str
    expected: str
    what = "The model does not fit the architecture: {part} is {found}, but the architecture has {expected}."
    fix = "Train within the architecture's bounds, or omit --architecture to use the model's own."


@dataclass(eq=False)
class ExternalData(DemlError):
    tensor: str
    what = "The ONNX file keeps the tensor '{tensor}' in another file, which is not followed."
    fix = "Save it in one file: onnx.save(model, path, save_as_external_data=False)."


@dataclass(eq=False)
class PickleRefused(DemlError):
    path: str
    what = "{path} is a PyTorch pickle. Loading one runs whatever code it contains, so it is refused."
    fix = "Where you trained it: safetensors.torch.save_file(model.state_dict(), 'model.safetensors'). Import that."


@dataclass(eq=False)
class PickleNotTrusted(NoConsent):
    path: str
    what = "{path} is a pickle: loading it runs whatever code it contains. Nothing was loaded."
    fix = "Save it with skops, which needs no trust; or, if you made this file yourself, add --trust-pickle."


@dataclass(eq=False)
class UntrustedTypes(NoConsent):
    path: str
    types: str
    what = "{path} holds objects of types that are not known to be harmless: {types}. Nothing was loaded."
    fix = "If you trust them, name each with --trust-type. Plain scikit-learn models never need this."


@dataclass(eq=False)
class LoaderFailed(DemlError):
    path: str
    reason: str
    what = "{path} could not be loaded: {reason}."
    fix = "Use the versions of scikit-learn and Python that saved it, and save it again if they are old."


@dataclass(eq=False)
class NoArchitecture(DemlError):
    path: str
    what = "{path} contains only tensors, and their architecture is not given."
    fix = "Give the architecture: --architecture FILE, or JSON. 'deml model import' writes it beside the model."
