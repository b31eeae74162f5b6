"""DeML for Flower: the rounds of a federation are paid by a market (docs/flower.md).

Names are imported when they are first asked for: a node's own program does without Flower.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deml_flower.keeper import NodeKeeper as NodeKeeper
    from deml_flower.keeper import Policy as Policy
    from deml_flower.mod import deml_mod as deml_mod
    from deml_flower.strategy import DemlStrategy as DemlStrategy

_MODULES = {
    "DemlStrategy": "deml_flower.strategy",
    "NodeKeeper": "deml_flower.keeper",
    "Policy": "deml_flower.keeper",
    "deml_mod": "deml_flower.mod",
}

__all__ = ["DemlStrategy", "NodeKeeper", "Policy", "deml_mod"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'deml_flower' has no attribute '{name}'")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return __all__
