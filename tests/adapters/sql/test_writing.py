"""Adding, saving and removing: versions, unique keys, and which record is to blame."""

from __future__ import annotations

import pytest
from attrs import evolve, frozen

from loyaltycore.errors import DuplicateKey, RegistrationError, StaleRecord
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.helpers import statements, undone
from tests.adapters.sql.samples import Counter, Part, Thing


def test_save_raises_the_version(sql: SqlStorage) -> None:
    """The stored record equals the saved one with its version increased by one, and an old version is stale."""
    with sql.transaction() as tx:
        tx.add(Counter("a", 1))
    with sql.transaction() as tx:
        tx.save(Counter("a", 2))
        assert tx.get(Counter, "a") == Counter("a", 2, 2)
        tx.save(Counter("a", 3, 2))
    with sql.transaction() as tx:
        assert tx.get(Counter, "a") == Counter("a", 3, 3)
    with pytest.raises(StaleRecord) as caught, sql.transaction() as tx:
        tx.save(Counter("a", 9, 2))
    assert (caught.value.table, caught.value.key) == ("counters", "a")


@pytest.mark.parametrize("verb", ["save", "remove"])
@pytest.mark.parametrize("stale", [Counter("c3", 7), Counter("gone"), Counter("c5", 7, 99)])
def test_the_stale_one_of_many_is_named(sql: SqlStorage, verb: str, stale: Counter) -> None:
    """Of many records in one call, the one that is stale, gone or wrong is named, and none is written."""
    counters = [Counter(f"c{number}") for number in range(10)]
    with sql.transaction() as tx:
        tx.add(*counters)
    with sql.transaction() as tx:
        tx.save(Counter("c3", 7))  # one step further, with the very content that the stale one has
    current = [evolve(counter, value=5) for counter in counters if counter.id not in {"c3", stale.id}]
    with pytest.raises(StaleRecord) as caught, sql.transaction() as tx:
        getattr(tx, verb)(*current, stale)
    assert caught.value.key == stale.id
    with sql.transaction(read_only=True) as tx:
        assert tx.count(Counter, Query(stored("value") == 0)) == 9


def test_stale_after_own_saves(sql: SqlStorage) -> None:
    """What this transaction itself had saved before is not taken for the stale one."""
    with sql.transaction() as tx:
        tx.add(Counter("a"), Counter("b"), Counter("c"))
    with sql.transaction() as tx:
        tx.save(Counter("c"))
    with pytest.raises(StaleRecord) as caught, sql.transaction() as tx:
        tx.save(Counter("a"))
        tx.save(Counter("a", version=2), Counter("b"), Counter("c"))
    assert caught.value.key == "c"


def test_same_record_twice(sql: SqlStorage) -> None:
    """A record given twice in one call is stale the second time, and new the first time only."""
    with sql.transaction() as tx:
        tx.add(Counter("a"))
    with pytest.raises(StaleRecord), sql.transaction() as tx:
        tx.save(Counter("a"), Counter("a"))
    with pytest.raises(StaleRecord), sql.transaction() as tx:
        tx.remove(Counter("a"), Counter("a"))
    with pytest.raises(DuplicateKey), sql.transaction() as tx:
        tx.add(Counter("b"), Counter("b"))


@pytest.mark.parametrize(
    "taken", [Counter("a"), Part(code="p"), Part(code="q", serial="s"), Thing("t", name="Erika")]
)
def test_new_records_of_several_kinds_go_together(sql: SqlStorage, taken: Counter | Part | Thing) -> None:
    """As far as the engine can, in one statement with their lookup keys; if one of them is taken, it is named, and none is kept."""
    first = (Counter("a"), Part(code="p", serial="s"), Thing("t", name="Erika"))
    with statements(sql) as seen, sql.transaction() as tx:
        tx.add(*first)
    inserts = [statement for statement, _ in seen if "INSERT" in statement]
    assert len(inserts) == (1 if sql._database.dialect == "postgresql" else 4)
    others = (Counter("b"), Part(code="o"), Thing("u"))
    many = [taken if type(each) is type(taken) else each for each in others]
    with pytest.raises(DuplicateKey) as caught, sql.transaction() as tx:
        tx.add(*many)
    assert caught.value.table == {Counter: "counters", Part: "parts", Thing: "things"}[type(taken)]
    with sql.transaction(read_only=True) as tx:
        assert [tx.get(type(each), each.code if isinstance(each, Part) else each.id) for each in others] == [
            None
        ] * 3
        assert tx.get(Thing, "t") == first[2]
        assert tx.count(Part, Query()) == 1


def test_duplicates_are_named(sql: SqlStorage) -> None:
    """A taken key or unique tuple is named by table and fields, in the order of its declaration."""
    with sql.transaction() as tx:
        tx.add(Part(code="p", serial="s", batch="b", order=1, thing_id="t"))
    taken = {
        ("code",): Part(code="p"),
        ("serial",): Part(code="q", serial="s"),
        ("batch", "order", "thing_id"): Part(code="q", batch="b", order=1, thing_id="t"),
    }
    for fields, part in taken.items():
        for others in ([], [Part(code="x"), Part(code="y")]):
            with pytest.raises(DuplicateKey) as caught, sql.transaction() as tx:
                tx.add(*others, part)
            assert (caught.value.table, caught.value.fields) == ("parts", fields)


def test_duplicate_by_saving(sql: SqlStorage) -> None:
    """A save may take no unique tuple that another record has."""
    with sql.transaction() as tx:
        tx.add(Part(code="p", serial="s"), Part(code="q", serial="t"))
    with pytest.raises(DuplicateKey) as caught, sql.transaction() as tx:
        tx.save(Part(code="q", serial="s"))
    assert caught.value.fields == ("serial",)


def test_confusing_values(sql: SqlStorage) -> None:
    """A value that looks like the name of a key leads nobody astray."""
    serial = "x' for key 'uq_loyalty_parts_batch_order_thing_id"
    with sql.transaction() as tx:
        tx.add(Part(code="p", serial=serial))
    with pytest.raises(DuplicateKey) as caught, sql.transaction() as tx:
        tx.add(Part(code="q", serial=serial))
    assert caught.value.fields == ("serial",)


def test_texts_are_distinct_by_code_point(sql: SqlStorage) -> None:
    """Keys and unique values that differ by case, accent, form or blanks are different."""
    spellings = ["a", "A", "ä", "a ", " a", "a\u0308", "\u00e4 ", "\uff41", ""]
    with sql.transaction() as tx:
        tx.add(*(Part(code=spelling, serial=spelling) for spelling in spellings))
    with sql.transaction(read_only=True) as tx:
        for spelling in spellings:
            found = tx.get(Part, spelling)
            assert found is not None
            assert found.serial == spelling
            assert tx.count(Part, Query(stored("serial") == spelling)) == 1


def test_none_shares_nothing(sql: SqlStorage) -> None:
    """Records with None in a unique tuple do not collide."""
    with sql.transaction() as tx:
        tx.add(*(Part(code=f"p{number}", batch="b", order=1) for number in range(3)))


def test_value_changes_hands_in_order(sql: SqlStorage) -> None:
    """In one call a record may let go a unique value that a later one takes."""
    with sql.transaction() as tx:
        tx.add(Part(code="z", serial="s"), Part(code="a", serial=None))
    with sql.transaction() as tx:
        tx.save(Part(code="z", serial="t"), Part(code="a", serial="s"))
    with sql.transaction(read_only=True) as tx:
        assert {part.code: part.serial for part in tx.find(Part, Query())} == {"a": "s", "z": "t"}


def test_many_records_are_one_statement_per_table(shared: SqlStorage) -> None:
    """Many records of several classes cost one statement per table, whatever order they come in."""
    pairs = [(Counter(f"k{number}"), Thing(f"k{number}", words=("w",))) for number in range(50)]
    records = [record for pair in pairs for record in pair]
    with undone(shared) as tx:
        with statements(shared) as seen:
            tx.add(*records)
        assert len(seen) == 3
        with statements(shared) as seen:
            tx.save(*records)
        assert len(seen) == 3
        assert tx.count(Counter, Query(stored("version") == 2)) == 50
        with statements(shared) as seen:
            tx.remove(*(evolve(record, version=2) for record in records))
        assert len(seen) == 3


def test_very_many_records(shared: SqlStorage) -> None:
    """Thousands of records are written and read back whole."""
    things = [Thing(f"k{number:04}", name=f"n{number}", words=(f"w{number}",)) for number in range(3000)]
    with undone(shared) as tx:
        tx.add(*things)
        assert list(tx.find(Thing, Query())) == things
        tx.save(*things)
        assert tx.count(Thing, Query(stored("version") == 2)) == 3000
        tx.remove(*(evolve(thing, version=2) for thing in things))
        assert tx.count(Thing, Query()) == 0


def test_nothing_to_write(shared: SqlStorage) -> None:
    """A verb without records does nothing."""
    with statements(shared) as seen, undone(shared) as tx:
        tx.add()
        tx.save()
        tx.remove()
    assert [statement for statement, _ in seen if not statement.startswith("BEGIN")] == []


def test_strangers_are_refused(shared: SqlStorage) -> None:
    """A class that was never registered is refused by every verb."""

    @frozen
    class Stranger:
        id: str
        version: int = 1

    for use in (
        lambda tx: tx.get(Stranger, "a"),
        lambda tx: tx.add(Stranger("a")),
        lambda tx: tx.save(Stranger("a")),
        lambda tx: tx.remove(Stranger("a")),
        lambda tx: tx.find(Stranger, Query()),
        lambda tx: tx.count(Stranger, Query()),
    ):
        with pytest.raises(RegistrationError), shared.transaction() as tx:
            use(tx)
