"""How often a booking goes to the server and back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore_sql import SqlStorage
from tests.adapters.sql.helpers import statements
from tests.engines import ENGINES, fresh_database
from tests.house import build_house
from tests.services.test_booking_online import ERIKA, TEN, plan

MOST = {"postgresql": 8, "sqlite": 12, "mariadb": 12}
"""Where new records of several kinds go together, one statement writes them all."""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_booking_takes_few_statements(engine: str) -> None:
    """Whatever stands on the sheet already: kinds, resources, one sheet, the counter of the address, and what is written."""
    with fresh_database(engine) as url:
        storage = SqlStorage(url)
        planner = plan(build_house(storage))
        for hour in (-1, 0, 1):
            with statements(storage) as seen:
                planner.book(TEN + timedelta(hours=hour), **{**ERIKA, "email": f"e{hour}@example.org"})
            sent = [each for each, _ in seen if each.startswith(("SELECT", "INSERT", "UPDATE", "WITH"))]
            assert len(sent) <= MOST[engine]
        storage.close()
