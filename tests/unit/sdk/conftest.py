from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fake_services import serving
from tests.support.served_world import ServedWorld


@pytest.fixture
def served() -> Iterator[ServedWorld]:
    with serving() as services:
        yield ServedWorld(services)
