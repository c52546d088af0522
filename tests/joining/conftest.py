"""A shop of the host on every engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines import ENGINES
from tests.joining.hosts import Shop, open_shop


@pytest.fixture(params=ENGINES)
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A host and the library in one database."""
    with open_shop(request.param) as opened:
        yield opened
