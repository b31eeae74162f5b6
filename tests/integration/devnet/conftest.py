"""Worlds for the devnet's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.devnet.world import World, world


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[World]:
    """A chain with the contracts and no node yet."""
    with world(tmp_path) as made:
        yield made
