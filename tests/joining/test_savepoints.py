"""Savepoints of the host: what it has rolled back neither counts as written nor spoils the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from attrs import define, field
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, NestedTransaction
from sqlalchemy.orm import Session

from loyaltycore import Refused, StorageError
from tests.bounded import join, start
from tests.engines import ENGINES
from tests.joining.hosts import Broken, Sale, Shop, open_shop


@define
class _Level:
    """What stands since a savepoint, as it ought to be."""

    sales: list[str] = field(factory=list)
    names: list[str] = field(factory=list)
    spoiled: bool = False


STEPS = st.lists(
    st.sampled_from(["sell", "verb", "stumble", "trip", "block fails", "set", "release", "roll back"]),
    max_size=12,
)


@pytest.fixture(scope="module", params=ENGINES)
def stage(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A shop for many stories."""
    with open_shop(request.param) as opened:
        yield opened


class _Story:
    """A transaction of the host, and beside it what it ought to have done."""

    def __init__(self, shop: Shop, connection: Connection) -> None:
        self.shop = shop
        self.connection = connection
        self.levels = [_Level()]
        self.savepoints: list[NestedTransaction] = []
        self.count = 0

    @property
    def spoiled(self) -> bool:
        return any(level.spoiled for level in self.levels)

    def name(self) -> str:
        self.count += 1
        return f"n{self.count:02}"

    def run(self, step: str) -> None:
        getattr(self, f"_{step.replace(' ', '_')}")()

    def _sell(self) -> None:
        self.shop.sell(self.connection, number := self.name())
        self.levels[-1].sales.append(number)

    def _verb(self) -> None:
        name = self.name()
        if self.spoiled:
            with pytest.raises(StorageError), self.shop.house.loyalty.joined(self.connection):
                pytest.fail("a spoiled transaction was joined")
            return
        with self.shop.house.loyalty.joined(self.connection):
            self.shop.till.greet(name)
        self.levels[-1].names.append(name)

    def _fails(self) -> Any:
        """How a block of verbs that breaks ends: the host's error, or at its beginning the refusal to join."""
        return pytest.raises(StorageError if self.spoiled else Broken)

    def _stumble(self) -> None:
        with self._fails(), self.shop.house.loyalty.joined(self.connection):
            self.shop.till.stumble(self.name())
        self.levels[-1].spoiled = not self.spoiled or self.levels[-1].spoiled

    def _trip(self) -> None:
        with self._fails(), self.shop.house.loyalty.joined(self.connection):
            self.shop.till.trip()

    def _block_fails(self) -> None:
        """An exception leaves a block in which all that was written has been rolled back."""
        with self._fails(), self.shop.house.loyalty.joined(self.connection):
            with suppress(Refused), self.connection.begin_nested():
                self.shop.till.greet(self.name())
                raise Refused("undone", "by the host")
            raise Broken

    def _set(self) -> None:
        self.savepoints.append(self.connection.begin_nested())
        self.levels.append(_Level())

    def _release(self) -> None:
        if not self.savepoints:
            return
        savepoint, level = self.savepoints.pop(), self.levels.pop()
        if level.spoiled:
            with pytest.raises(StorageError, match="half way"):
                savepoint.commit()
            savepoint.rollback()
            return
        savepoint.commit()
        self.levels[-1].sales += level.sales
        self.levels[-1].names += level.names

    def _roll_back(self) -> None:
        if self.savepoints:
            self.savepoints.pop().rollback()
            self.levels.pop()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_stands_is_kept_and_what_is_spoiled_is_not(stage: Shop, steps: list[str]) -> None:
    """Any story of sales, verbs, failures and savepoints: the commit keeps exactly what stands, or fails and keeps nothing."""
    shop = stage
    before = shop.kept()
    with shop.engine.connect() as connection:
        transaction = connection.begin()
        story = _Story(shop, connection)
        for step in steps:
            story.run(step)
        while story.savepoints:
            story.run("release")
        (level,) = story.levels
        if level.spoiled:
            with pytest.raises(StorageError, match="half way"):
                transaction.commit()
            connection.rollback()
            assert shop.kept() == before
            return
        transaction.commit()
    _compare_and_clear(shop, level)


def _compare_and_clear(shop: Shop, level: _Level) -> None:
    from sqlalchemy import delete, text

    from tests.joining.hosts import SALES

    assert shop.kept() == (sorted(level.sales), sorted(level.names))
    with shop.engine.begin() as connection:
        connection.execute(delete(SALES))
        for table in ("customers", "customers_keys", "activities", "commands"):
            connection.execute(text(f"DELETE FROM loyalty_{table}"))  # noqa: S608  our own names


def test_a_session_sets_its_savepoint_for_a_verb_alone(shop: Shop) -> None:
    """SQLAlchemy sets a session's savepoint when the connection is next used, and a verb is such a use."""
    with Session(shop.engine) as session, session.begin(), shop.house.loyalty.joined(session):
        session.add(Sale(number="1"))
        with suppress(Broken), session.begin_nested():
            shop.house.customer(last_name="undone")
            raise Broken
        with session.begin_nested():
            shop.house.customer(last_name="kept")
    assert shop.kept() == (["1"], ["kept"])


def test_a_savepoint_makes_a_failed_verb_harmless(shop: Shop) -> None:
    """The way for a host that wants to go on without the card."""
    with shop.engine.begin() as connection:
        shop.sell(connection, "1")
        with suppress(Broken), connection.begin_nested(), shop.house.loyalty.joined(connection):
            shop.till.stumble("half")
        with shop.house.loyalty.joined(connection):
            shop.house.customer(last_name="whole")
    assert shop.kept() == (["1"], ["whole"])


def test_a_savepoint_that_the_engine_has_given_up_saves_nothing() -> None:
    """After a deadlock MariaDB has rolled back everything: going back to a savepoint fails, and so does the commit."""
    import threading

    from loyaltycore import StorageBusy

    with open_shop("mariadb") as shop:
        first, second = (shop.house.customer(last_name=name) for name in ("A", "B"))
        turn = threading.Barrier(2)
        failed: list[BaseException] = []

        def work(mine: str, other: str, number: str) -> None:
            with shop.engine.connect() as connection:
                transaction = connection.begin()
                shop.sell(connection, number)
                try:
                    savepoint: Any = connection.begin_nested()
                    with shop.house.loyalty.joined(connection):
                        shop.house.desk.customers.change(mine, notes=number)
                        turn.wait(20)
                        shop.house.desk.customers.change(other, notes=number)
                    savepoint.commit()
                except StorageBusy as error:
                    failed.append(error)
                    with pytest.raises(Exception, match="SAVEPOINT"):
                        savepoint.rollback()
                    with pytest.raises(StorageError):
                        transaction.commit()
                    return
                transaction.commit()

        join(start(work, first.id, second.id, "1"), start(work, second.id, first.id, "2"))
        assert len(failed) == 1
        sales, _ = shop.kept()
        notes = {shop.house.desk.customers.get(each.id).notes for each in (first, second)}
        assert set(sales) == notes
