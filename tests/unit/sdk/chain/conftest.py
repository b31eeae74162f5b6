from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fake_chain import FakeChain
from tests.support.fake_services import Services, serving


@pytest.fixture
def services() -> Iterator[Services]:
    with serving() as found:
        yield found


@pytest.fixture
def fake(services: Services) -> FakeChain:
    return FakeChain(services)
