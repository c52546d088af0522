"""Work on all matching rows by one statement comes to the same as record by record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final

import pytest
from attrs import frozen

from loyaltycore.errors import DuplicateKey, InvalidInput, StorageError
from loyaltycore.kernel.criteria import Criterion, Exists, Query, has_key, stored
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.bulk import FIRST_NUMBER, SupportsBulk
from loyaltycore.ports.storage import Storage
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore.work.bulk import Bulk
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.helpers import statements
from tests.engines import ENGINES, fresh_database


class Colour(Enum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


@frozen
class Row:
    """A record with a field of each kind."""

    id: str
    owner: str | None
    text: str = "t"
    long: str = "l"
    number: int = 7
    flag: bool = False
    day: date | None = date(2026, 1, 2)
    at: datetime | None = datetime(2026, 1, 2, tzinfo=UTC)
    colour: Colour = Colour.RED
    parts: tuple[str, ...] = ("a",)
    version: int = 1


@frozen
class Named:
    """A record with lookup keys."""

    id: str
    name: str
    version: int = 1


@frozen
class Entry:
    """An entry of a list of rows."""

    id: str
    row: str
    remark: str = ""
    version: int = 1


ROWS: Final = RecordType(
    cls=Row,
    table="bulk_rows",
    unique=(("owner", "text"),),
    indexes=(("owner",),),
    lengths={"owner": 64, "long": 0},
)
NAMED: Final = RecordType(
    cls=Named, table="bulk_named", lookups=("name",), lookup_keys=lambda each: {"name": (each.name,)}
)
ENTRIES: Final = RecordType(cls=Entry, table="bulk_entries", lengths={"row": 64, "remark": 20})
REGISTRY: Final = Registry((ROWS, NAMED, ENTRIES))

MINE: Final = stored("owner") == "me"
CHANGES: Final[dict[str, Any]] = {
    "long": "",
    "number": -1,
    "flag": True,
    "day": None,
    "at": datetime(1999, 1, 1, tzinfo=UTC),
    "colour": Colour.BLUE,
    "parts": (),
}


@pytest.fixture(params=ENGINES)
def storage(request: pytest.FixtureRequest) -> Iterator[SqlStorage]:
    """A fresh database of each engine, filled."""
    with fresh_database(request.param) as url:
        sql = SqlStorage(url)
        _fill(sql)
        yield sql
        sql.close()


def _fill(storage: Storage) -> None:
    storage.bind(REGISTRY)
    with storage.transaction() as tx:
        tx.add(*(Row(f"r{n:03}", "me" if n % 3 else None, text=f"t{n}") for n in range(12)))
        tx.add(Row("x", "you"), Named("n1", "anna"), Named("n2", "ben"))


def _all(storage: Storage) -> list[list[Any]]:
    with storage.transaction(read_only=True) as tx:
        return [list(tx.find(each.cls, Query())) for each in REGISTRY]


def _both(storage: SqlStorage, work: Any) -> None:
    """The same work on the engine and in memory: the same answer, and the same records."""
    model = MemoryStorage()
    _fill(model)
    answers = []
    for each in (storage, model):
        with each.transaction() as tx:
            assert isinstance(tx, SupportsBulk) == (each is storage)
            answers.append(work(Bulk(tx, REGISTRY)))
    assert answers[0] == answers[1]
    assert _all(storage) == _all(model)


def test_changes_reach_what_matches_alone(storage: SqlStorage) -> None:
    """Every kind of field gets its new value, and the version grows by one; the count is right."""
    _both(storage, lambda bulk: bulk.change_all(Row, MINE & (stored("number") == 7), CHANGES))
    assert {each.version for each in _all(storage)[0]} == {1, 2}


@pytest.mark.parametrize("where", [MINE, ~stored("owner").is_null(), stored("id") > "r005"])
def test_what_matches_is_removed(storage: SqlStorage, where: Criterion) -> None:
    """Nothing else is."""
    _both(storage, lambda bulk: bulk.remove_all(Row, where))


def test_lookup_keys_go_too(storage: SqlStorage) -> None:
    """A record that is removed is not found by its keys either."""
    _both(storage, lambda bulk: bulk.remove_all(Named, stored("name") == "anna"))
    with storage.transaction() as tx:
        tx.add(Named("n1", "carl"))
        assert list(tx.find(Named, Query(has_key("name", "anna")))) == []


def test_matching_records_are_listed(storage: SqlStorage) -> None:
    """One entry each, numbered in the order of the keys; and the list is a criterion."""

    def work(bulk: Bulk) -> tuple[int, int]:
        listed = bulk.list_all(Row, MINE, Entry("list", "", "why"), "row")
        of_list = Exists("bulk_entries", "row", stored("remark") == "why")
        return listed, bulk.change_all(Row, of_list & (stored("text") != "t1"), {"long": "listed"})

    _both(storage, work)
    assert _all(storage)[2][0] == Entry(f"list-{FIRST_NUMBER}", "r001", "why")


def test_each_is_one_statement(storage: SqlStorage) -> None:
    """However many records match."""
    with statements(storage) as seen, storage.transaction() as tx:
        assert isinstance(tx, SupportsBulk)
        tx.list_all(Row, MINE, Entry("list", ""), "row")
        tx.change_all(Row, MINE, {"number": 1})
        tx.remove_all(Row, MINE)
    writes = [each for each, _ in seen if each.split(" ")[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert len(writes) == 3


def test_what_cannot_be_is_refused(storage: SqlStorage) -> None:
    """A taken tuple, a value that does not fit, and a reader that writes: nothing is kept."""
    before = _all(storage)
    for changes, error in (({"text": "same"}, DuplicateKey), ({"text": "x" * 999}, InvalidInput)):
        with pytest.raises(error), storage.transaction() as tx:
            tx.change_all(Row, MINE, changes)
    with pytest.raises(StorageError), storage.transaction(read_only=True) as tx:
        tx.remove_all(Row, MINE)
    assert _all(storage) == before
