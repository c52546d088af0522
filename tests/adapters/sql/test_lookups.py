"""Lookup keys are kept in step with the records, and found exactly and by prefix."""

from __future__ import annotations

from attrs import evolve
from hypothesis import example, given, settings, strategies as st

from loyaltycore.kernel.criteria import Query, has_key, key_starts
from loyaltycore.storing.registry import LOOKUP_LENGTH
from loyaltycore_sql import SqlStorage
from tests.adapters.sql import samples
from tests.adapters.sql.helpers import raw_rows, statements, tables_of, undone
from tests.adapters.sql.samples import Thing

WORD = st.text(st.sampled_from(samples.AWKWARD), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORD, max_size=8), WORD)
@example(["\U0010ffff", "\U0010ffffb", "\uffff"], "\U0010ffff")
@example(["a\U0010ffff\U0010ffffz", "b"], "a\U0010ffff\U0010ffff")
@example(["a\ud7ffx", "a\ue000"], "a\ud7ff")
@example(["50%", "500", "50_"], "50%")
@example(['"', "\\", "{a,b}", "NULL", "null", " a ", "%s"], "NULL")
def test_prefix_is_startswith(shared: SqlStorage, words: list[str], prefix: str) -> None:
    """A prefix finds exactly the records with a key that `startswith` it, an exact key those that have it."""
    things = [Thing(f"k{number}", words=(word, "other")) for number, word in enumerate(words)]
    with undone(shared) as tx:
        tx.add(*things)
        found = [thing.words[0] for thing in tx.find(Thing, Query(key_starts("word", prefix)))]
        assert found == [word for word in words if word.startswith(prefix)]
        found = [thing.words[0] for thing in tx.find(Thing, Query(has_key("word", prefix)))]
        assert found == [word for word in words if word == prefix]


@settings(max_examples=60, deadline=None)
@given(st.lists(samples.words, min_size=1, max_size=4))
def test_keys_follow_the_record(shared: SqlStorage, histories: list[tuple[str, ...]]) -> None:
    """After each save a record is found by the keys that it has now, and by no other."""
    everything = sorted({word for words in histories for word in words if word})
    with undone(shared) as tx:
        thing = Thing("k", words=histories[0])
        tx.add(thing)
        for words in histories:
            tx.save(evolve(thing, words=words))
            thing = evolve(thing, words=words, version=thing.version + 1)
            for word in everything:
                found = list(tx.find(Thing, Query(has_key("word", word))))
                assert found == ([thing] if word in words else [])
        tx.remove(thing)
        assert not tx.count(Thing, Query(key_starts("word", "a")))


def test_only_the_difference_is_written(sql: SqlStorage) -> None:
    """A save that leaves the keys as they are writes none; one that changes a key touches that one alone."""
    with sql.transaction() as tx:
        tx.add(Thing("k", name="Ann", words=("a", "b", "c")))
    with statements(sql) as seen, sql.transaction() as tx:
        tx.save(Thing("k", name="Ann", words=("c", "b", "a")))
    assert not [statement for statement, _ in seen if statement.startswith(("INSERT", "DELETE"))]
    with statements(sql) as seen, sql.transaction() as tx:
        tx.save(Thing("k", name="Ann", words=("a", "b", "d"), version=2))
    assert [statement[:6] for statement, _ in seen if statement.startswith(("INSERT", "DELETE"))] == [
        "DELETE",
        "INSERT",
    ]
    assert raw_rows(sql, tables_of(sql, Thing)[1]) == [
        ("name", "ann", "k"),
        ("word", "a", "k"),
        ("word", "b", "k"),
        ("word", "d", "k"),
    ]


def test_nothing_is_left_behind(sql: SqlStorage) -> None:
    """With its records, all lookup keys go."""
    things = [Thing(f"k{number}", words=("a", str(number))) for number in range(20)]
    with sql.transaction() as tx:
        tx.add(*things)
    with sql.transaction() as tx:
        tx.remove(*things)
    assert raw_rows(sql, tables_of(sql, Thing)[1]) == []


def test_long_keys_are_cut_alike(shared: SqlStorage) -> None:
    """A key longer than the column is stored cut, and a search for more than that finds nothing, as in Python."""
    with undone(shared) as tx:
        tx.add(Thing("k", words=("x" * 200,)))
        assert tx.count(Thing, Query(has_key("word", "x" * LOOKUP_LENGTH))) == 1
        assert tx.count(Thing, Query(key_starts("word", "x" * LOOKUP_LENGTH))) == 1
        assert tx.count(Thing, Query(key_starts("word", "x" * (LOOKUP_LENGTH + 1)))) == 0


PLANS = {
    "sqlite": ("EXPLAIN QUERY PLAN ", "(lookup=? AND value>? AND value<?)"),
    "postgresql": ("EXPLAIN ", "Index Cond: ((lookup = 'word'::text) AND (value >= "),
    "mariadb": ("EXPLAIN ", "range"),
}


def test_prefix_search_is_a_range_of_the_index(sql: SqlStorage) -> None:
    """Every engine searches the primary key of the lookup table by a range, and does not read all of it."""
    with sql.transaction() as tx:
        tx.add(*(Thing(f"k{number}", words=(f"w{number:04}",)) for number in range(300)))
    with statements(sql) as seen, sql.transaction(read_only=True) as tx:
        list(tx.find(Thing, Query(key_starts("word", "w0007"))))
    explain, expected = PLANS[sql._database.dialect]
    statement, parameters = seen[-1]
    with sql._database.engine.connect() as connection:
        if sql._database.dialect == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a small table it would rather read
        plan = connection.exec_driver_sql(explain + statement, parameters).all()
        connection.rollback()
    assert expected in " ".join(str(part) for row in plan for part in row)


def test_alternative_keys_are_looked_up_together(shared: SqlStorage) -> None:
    """Names that fold in two ways cost one subquery: by two, PostgreSQL would go through a large table row by row."""
    things = [Thing("a", words=("muller",)), Thing("b", words=("mueller",)), Thing("c", words=("miller",))]
    where = key_starts("word", "mull") | key_starts("word", "muel") | has_key("word", "nobody")
    with undone(shared) as tx, statements(shared) as seen:
        tx.add(*things)
        seen.clear()
        assert [thing.id for thing in tx.find(Thing, Query(where))] == ["a", "b"]
        assert [thing.id for thing in tx.find(Thing, Query(~where))] == ["c"]
    assert [statement.count("_keys AS ") for statement, _ in seen] == [1, 1]
