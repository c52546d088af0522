"""What is lost with a connection: before the COMMIT everything, at the COMMIT nobody can know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attrs import evolve, frozen
from sqlalchemy import make_url, text

from loyaltycore.errors import CommitUnknown, StorageBusy, StorageError, StorageUnreachable
from loyaltycore.kernel.criteria import Query
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import REGISTRY, Counter
from tests.adapters.sql.wire import Wire
from tests.engines import bare_database


@frozen
class Line:
    """A storage behind a wire that can be cut, and one that goes straight."""

    wire: Wire
    far: SqlStorage
    near: SqlStorage

    def counters(self) -> list[Counter]:
        """What is really stored."""
        with self.near.transaction(read_only=True) as tx:
            return list(tx.find(Counter, Query()))


@pytest.fixture(params=["postgresql", "mariadb"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """A line to each server."""
    with bare_database(request.param) as address:
        url = make_url(address)
        assert url.host
        assert url.port
        if request.param == "postgresql":
            url = url.update_query_dict({"sslmode": "disable"})  # the wire must be able to read along
        with Wire(url.host, url.port) as wire:
            far = SqlStorage(url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False))
            near = SqlStorage(address)
            for storage in (near, far):
                storage.bind(REGISTRY)
            yield Line(wire, far, near)
            for storage in (near, far):
                storage.close()


def test_answer_to_the_commit_is_lost(line: Line) -> None:
    """The server commits, nobody hears of it: unknown, and the record is there."""
    line.wire.cut_at(b"COMMIT", delivered=True)
    with pytest.raises(CommitUnknown), line.far.transaction() as tx:
        tx.add(Counter("a"))
    assert line.counters() == [Counter("a")]


def test_commit_is_lost(line: Line) -> None:
    """The server never hears of the commit: unknown just the same, and the record is not there."""
    line.wire.cut_at(b"COMMIT", delivered=False)
    with pytest.raises(CommitUnknown), line.far.transaction() as tx:
        tx.add(Counter("a"))
    assert line.counters() == []


@pytest.mark.parametrize("delivered", [True, False])
def test_statement_is_lost(line: Line, *, delivered: bool) -> None:
    """A connection lost before the commit has kept nothing, so the unit may simply run again."""
    with pytest.raises(StorageBusy) as caught, line.far.transaction() as tx:
        tx.add(Counter("a"))
        line.wire.cut_at(b"UPDATE", delivered=delivered)
        tx.save(Counter("a", 1))
    assert not isinstance(caught.value, StorageUnreachable)
    assert line.counters() == []
    with line.far.transaction() as tx:
        tx.add(Counter("a"))
    assert line.counters() == [Counter("a")]


@pytest.mark.parametrize("delivered", [True, False])
def test_first_statement_is_lost(line: Line, *, delivered: bool) -> None:
    """A unit that has seen nothing yet begins afresh on another connection, and acts once."""
    line.wire.cut_at(b"INSERT", delivered=delivered)
    with line.far.transaction() as tx:
        tx.add(Counter("a"))
    assert line.counters() == [Counter("a")]


def test_commit_of_a_unit_that_wrote_nothing(line: Line) -> None:
    """A unit that only read has nothing that could be unknown: its end cannot fail."""
    for read_only in (True, False):
        with line.far.transaction(read_only=read_only) as tx:
            assert tx.count(Counter, Query()) == 0
            line.wire.cut_at(b"ROLLBACK", delivered=False)
    with line.far.transaction() as tx:
        tx.add(Counter("a"))


def test_rollback_is_lost(line: Line) -> None:
    """An exception passes through even where the connection breaks at the rollback, and nothing is kept."""
    with pytest.raises(KeyError), line.far.transaction() as tx:
        tx.add(Counter("a"))
        line.wire.cut_at(b"ROLLBACK", delivered=False)
        raise KeyError
    assert line.counters() == []


def test_unreachable(line: Line) -> None:
    """Where no connection can be opened, nothing was sent."""
    line.far.close()
    line.wire.break_down()
    with pytest.raises(StorageUnreachable), line.far.transaction():
        pass


def test_unreachable_for_a_fresh_start(line: Line) -> None:
    """The first statement is lost and no new connection to be had: unreachable, not unknown."""
    line.wire.cut_at(b"INSERT", delivered=True)
    with pytest.raises(StorageUnreachable), line.far.transaction() as tx:
        line.wire.break_down()
        tx.add(Counter("a"))
    with pytest.raises(StorageError, match="has ended"):
        tx.get(Counter, "a")
    assert line.counters() == []


def test_connections_that_died_in_the_pool(line: Line) -> None:
    """Connections that the server closed while nobody used them are replaced, and nobody notices."""
    with line.near.transaction() as tx:
        tx.add(Counter("a"))
    for _ in range(3):
        _kill_all(line)
        with line.near.transaction() as tx:
            counter = tx.get(Counter, "a")
            assert counter is not None
            tx.save(evolve(counter, value=counter.value + 1))
    assert line.counters() == [Counter("a", 3, 4)]


def _kill_all(line: Line) -> None:
    """Close the near storage's pooled connections from the server's side."""
    with line.near._database.engine.connect() as connection:
        dialect = connection.dialect.name
        own = "pg_backend_pid()" if dialect == "postgresql" else "CONNECTION_ID()"
        number = connection.execute(text(f"SELECT {own}")).scalar_one()
        connection.rollback()
    with line.far._database.engine.connect() as connection:
        kill = f"SELECT pg_terminate_backend({number})" if dialect == "postgresql" else f"KILL {number}"
        connection.execute(text(kill))
        connection.rollback()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", StorageUnreachable),
        ("mariadb://nobody@127.0.0.1:1/x", StorageUnreachable),
    ],
)
def test_nobody_answers(url: str, expected: type) -> None:
    """An address at which nobody answers is unreachable, from the first use on."""
    storage = SqlStorage(url, timeout=1)
    with pytest.raises(expected):
        storage.bind(REGISTRY)
