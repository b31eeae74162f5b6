"""DeML for programs: read the marketplace, sponsor jobs, take part in them.

Names are imported when they are first asked for, so that ``import deml_sdk`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deml_sdk.client import Client as Client
    from deml_sdk.market.intent import Answer as Answer
    from deml_sdk.market.intent import Intent as Intent
    from deml_sdk.marketplace import Marketplace as Marketplace
    from deml_sdk.wallet.wallets import open_wallet as open_wallet

_MODULES = {
    "Answer": "deml_sdk.market.intent",
    "Client": "deml_sdk.client",
    "Intent": "deml_sdk.market.intent",
    "Marketplace": "deml_sdk.marketplace",
    "open_wallet": "deml_sdk.wallet.wallets",
}

__all__ = ["Answer", "Client", "Intent", "Marketplace", "open_wallet"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'deml_sdk' has no attribute '{name}'")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return __all__
