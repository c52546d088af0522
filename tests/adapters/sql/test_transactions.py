"""A transaction keeps all or nothing, sees its own writes, and sees nothing of others that came later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.errors import DuplicateKey, InvalidInput, StaleRecord, StorageBusy, StorageError
from loyaltycore.kernel.criteria import Query, has_key, stored
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.transaction import SqlTransaction
from tests.adapters.sql.helpers import Undo, raw_rows, statements, tables_of, undone
from tests.adapters.sql.samples import REGISTRY, Counter, Part, Thing
from tests.bounded import at_once


def test_rollback_leaves_nothing(sql: SqlStorage) -> None:
    """An exception passes through, and nothing that was added, saved or removed is kept, lookup keys included."""
    with sql.transaction() as tx:
        tx.add(Thing("a", words=("x",)), Thing("b", words=("x",)))
    before = [raw_rows(sql, table) for table in tables_of(sql, Thing)]
    with pytest.raises(Undo), sql.transaction() as tx:
        tx.add(Thing("c", words=("x",)))
        tx.save(Thing("a", words=("y",)))
        tx.remove(Thing("b"))
        raise Undo
    assert [raw_rows(sql, table) for table in tables_of(sql, Thing)] == before


def test_it_sees_its_own_writes(shared: SqlStorage) -> None:
    """What was written is read at once, by key, by query and by lookup key."""
    with undone(shared) as tx:
        tx.add(Thing("a", name="n", words=("x",)))
        assert tx.get(Thing, "a") == Thing("a", name="n", words=("x",))
        tx.save(Thing("a", name="m", words=("y",)))
        assert tx.count(Thing, Query(stored("name") == "m")) == 1
        assert tx.count(Thing, Query(has_key("word", "x"))) == 0
        tx.remove(Thing("a", version=2))
        assert tx.get(Thing, "a") is None


def test_others_see_nothing_before_the_commit(sql: SqlStorage) -> None:
    """A reader beside an open transaction sees the state before it."""
    with sql.transaction() as tx:
        tx.add(Counter("a"))
    with sql.transaction() as writer:
        writer.save(Counter("a", 1))
        with sql.transaction(read_only=True) as reader:
            assert reader.get(Counter, "a") == Counter("a")
    with sql.transaction(read_only=True) as reader:
        assert reader.get(Counter, "a") == Counter("a", 1, 2)


@pytest.mark.parametrize("read_only", [True, False])
def test_several_reads_see_one_state(sql: SqlStorage, *, read_only: bool) -> None:
    """What others commit between two reads of a transaction is seen by neither: all or nothing of it."""
    if sql._database.dialect == "sqlite" and not read_only:
        pytest.skip("SQLite lets no writer in beside an open writing transaction")
    with sql.transaction() as tx:
        tx.add(Counter("a"), Counter("b"))
    with sql.transaction(read_only=read_only) as reader:
        assert reader.get(Counter, "a") == Counter("a")
        with sql.transaction() as tx:
            tx.save(Counter("a", 1), Counter("b", 1))
            tx.add(Counter("c"))
        assert reader.get(Counter, "b") == Counter("b")
        assert reader.count(Counter, Query()) == 2


def test_portions_are_of_one_state(sql: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later portions of an iterator show the same state as the first one."""
    monkeypatch.setattr("loyaltycore_sql.transaction.FIRST_PORTION", 2)
    with sql.transaction() as tx:
        tx.add(*(Counter(f"c{number}") for number in range(6)))
    with sql.transaction(read_only=True) as reader:
        found = reader.find(Counter, Query())
        with sql.transaction() as tx:
            tx.remove(Counter("c4"))
            tx.add(Counter("c45"))
        assert [counter.id for counter in found] == ["c0", "c1", "c2", "c3", "c4", "c5"]


@pytest.mark.parametrize("for_update", [True, False])
def test_nobody_overwrites_what_was_not_seen(sql: SqlStorage, *, for_update: bool) -> None:
    """Who read before another's commit cannot save what it changed: stale or busy, on every engine."""
    if sql._database.dialect == "sqlite":
        pytest.skip("SQLite lets no writer in beside an open writing transaction")
    with sql.transaction() as tx:
        tx.add(Counter("a"), Counter("b"))
    with pytest.raises((StaleRecord, StorageBusy)), sql.transaction() as slow:
        slow.get(Counter, "a")
        with sql.transaction() as tx:
            tx.save(Counter("b", 1))
        stale = slow.get(Counter, "b", for_update=for_update)
        assert stale == Counter("b")
        slow.save(evolve(stale, value=2))


def test_a_lost_race_is_not_lost_again(sql: SqlStorage) -> None:
    """After a lost race the next unit of the thread begins by locking the row, so it reads the newest state."""
    if sql._database.dialect == "sqlite":
        pytest.skip("SQLite lets no writer in beside an open writing transaction")
    with sql.transaction() as tx:
        tx.add(Counter("a"), Counter("b"))
    with pytest.raises((StaleRecord, StorageBusy)), sql.transaction() as slow:
        slow.get(Counter, "a")
        with sql.transaction() as tx:
            tx.save(Counter("b", 1))
        slow.save(Counter("b", 2))
    with statements(sql) as seen, sql.transaction() as again:
        again.get(Counter, "a")
    assert "FOR UPDATE" in seen[0][0]
    with statements(sql) as seen, sql.transaction() as again:
        again.get(Counter, "a")
    assert "FOR UPDATE" not in seen[0][0]


FAILING: list[Callable[[SqlTransaction], Any]] = [
    lambda tx: tx.add(Counter("a")),
    lambda tx: tx.save(Counter("a", version=7)),
    lambda tx: tx.remove(Counter("gone")),
    lambda tx: tx.find(Counter, Query(order_by=("nothing",))),
    lambda tx: tx.add(Thing("t", name="x" * 99)),
]


@pytest.mark.parametrize("fail", FAILING)
def test_after_a_failed_verb_it_can_only_be_left(
    sql: SqlStorage, fail: Callable[[SqlTransaction], Any]
) -> None:
    """Who swallows a verb's error can do nothing more, and is told that nothing was kept."""
    with sql.transaction() as tx:
        tx.add(Counter("a"))
    with pytest.raises(StorageError, match="nothing was kept"), sql.transaction() as tx:
        tx.add(Counter("b"))
        with pytest.raises((DuplicateKey, StaleRecord, InvalidInput)):
            fail(tx)
        with pytest.raises(StorageError, match="can only be left"):
            tx.get(Counter, "a")
    with sql.transaction(read_only=True) as tx:
        assert tx.count(Counter, Query()) == 1


def test_after_the_end_nothing_works(sql: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that has ended refuses its verbs, and its iterators read no further portion."""
    monkeypatch.setattr("loyaltycore_sql.transaction.FIRST_PORTION", 1)
    with sql.transaction() as tx:
        tx.add(Counter("a"), Counter("b"))
        found = tx.find(Counter, Query())
    with pytest.raises(StorageError, match="has ended"):
        tx.get(Counter, "a")
    with pytest.raises(StorageError, match="has ended"):
        list(found)


@pytest.mark.parametrize("verb", ["add", "save", "remove"])
def test_read_only(sql: SqlStorage, verb: str) -> None:
    """A transaction that only reads refuses to write on every engine alike."""
    with sql.transaction() as tx:
        tx.add(Counter("a"))
    with pytest.raises(StorageError, match="only reads"), sql.transaction(read_only=True) as tx:
        getattr(tx, verb)(Counter("a"))
    with sql.transaction(read_only=True) as tx:
        assert tx.get(Counter, "a", for_update=True) == Counter("a")
        assert list(tx.find(Counter, Query(skip_locked=True))) == [Counter("a")]
    with sql.transaction() as tx:
        tx.save(Counter("a", 1))


def test_readers_do_not_lock(sql: SqlStorage) -> None:
    """The hints to lock are not heeded in a transaction that only reads."""
    with statements(sql) as seen, sql.transaction(read_only=True) as tx:
        tx.get(Counter, "a", for_update=True)
        list(tx.find(Counter, Query(skip_locked=True)))
    assert not [statement for statement, _ in seen if "FOR UPDATE" in statement]


def test_skip_locked(sql: SqlStorage) -> None:
    """Of a queue, an engine with row locks hands two workers different records."""
    if sql._database.dialect == "sqlite":
        pytest.skip("SQLite has no row locks")
    with sql.transaction() as tx:
        tx.add(*(Counter(f"c{number}") for number in range(4)))
    query = Query(limit=2, skip_locked=True)
    with sql.transaction() as first, sql.transaction() as second:
        assert [counter.id for counter in first.find(Counter, query)] == ["c0", "c1"]
        assert [counter.id for counter in second.find(Counter, query)] == ["c2", "c3"]


def test_missing_records(shared: SqlStorage) -> None:
    """A key that is not there is None, also one that no engine could hold."""
    with shared.transaction(read_only=True) as tx:
        for key in ("gone", "", "x" * 500, "a\x00", "\ud800"):
            assert tx.get(Part, key) is None


def test_unbound_storage() -> None:
    """A storage that was never bound says so."""
    with pytest.raises(StorageError, match="bind"), SqlStorage("sqlite:///:memory:").transaction():
        pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_in_memory(url: str) -> None:
    """A database in memory serves several threads, one transaction at a time."""
    storage = SqlStorage(url, timeout=5)
    storage.bind(REGISTRY)
    with storage.transaction() as tx:
        tx.add(Counter("a"))

    def increment(_: int) -> None:
        with storage.transaction() as tx:
            counter = tx.get(Counter, "a")
            assert counter is not None
            tx.save(evolve(counter, value=counter.value + 1))

    assert at_once(8, increment) == [None] * 8
    with pytest.raises(Undo), storage.transaction() as tx:
        tx.add(Counter("b"))
        raise Undo
    with storage.transaction(read_only=True) as tx:
        assert list(tx.find(Counter, Query())) == [Counter("a", 8, 9)]
    storage.close()


def test_in_memory_waits_in_turn() -> None:
    """Who waits too long for the only connection is told that the storage is busy."""
    storage = SqlStorage("sqlite:///:memory:", timeout=0.05)
    storage.bind(REGISTRY)
    with storage.transaction(), pytest.raises(StorageBusy), storage.transaction():
        pass
    with storage.transaction() as tx:
        tx.add(Counter("a"))
    storage.close()
