"""A live chain for the devnet's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.devnet.live_chain import LiveChain, live_chain


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[LiveChain]:
    """A chain with the contracts and no node yet."""
    with live_chain(tmp_path) as made:
        yield made
