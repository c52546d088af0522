"""Selecting among 1,000,000 customers by a property, a card and a date, beside SQL written by hand for these rows alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Connection, Engine, MetaData, Table, insert, literal, select, text

from benchmarks import by_hand
from benchmarks.databases import ENGINES, database, settle
from benchmarks.people import NOW, card, customer
from benchmarks.timing import Result, duel, processor
from loyaltycore import Loyalty
from loyaltycore.cards.rules.card import CardState
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.desk import Desk
from loyaltycore.properties.rules.assignment import CustomerProperty
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.selections import AllOf, Condition, FieldCondition, RelatedCondition
from loyaltycore_sql import SqlStorage

MANY: Final = 1_000_000
SEEDS: Final = 1000
ROUNDS: Final = 3
LIMIT: Final = 1.3

BORN: Final = date(1990, 1, 1)
WHERE: Final[Condition] = AllOf(
    FieldCondition("property.origin", "is", "third"),
    RelatedCondition("cards", where=FieldCondition("state", "is", "active")),
    FieldCondition("birth_date", "at_least", BORN),
)
SQL: Final = """
FROM loyalty_customers c
WHERE c.id IN (SELECT p.customer_id FROM loyalty_customer_properties p
               WHERE p.property = 'origin' AND p.value = 'third' AND p.slot = '')
  AND c.id IN (SELECT k.customer_id FROM loyalty_cards k WHERE k.state = 'active')
  AND c.birth_date >= :born
"""


def run() -> Iterator[Result]:
    """Each engine: the customers themselves, and how many they are."""
    for name in ENGINES:
        with database(name) as url:
            storage = SqlStorage(url)
            desk = Loyalty(storage).session("bench")
            bare = by_hand.engine(url)
            fill(storage, bare)
            yield from _times(name, desk, bare)
            storage.close()
            bare.dispose()


def fill(storage: SqlStorage, bare: Engine) -> None:
    """A thousand customers with what they have, copied inside the database."""
    values = tuple(PropertyValue(f"v{n}") for n in range(9))
    kind = PropertyType(
        "origin", PropertyCategory.CUSTOMER, "Origin", values=(*values, PropertyValue("third"))
    )
    with storage.transaction() as tx:
        tx.add(kind)
        for n in range(SEEDS):
            tx.add(*_seed(n, kind))
    with bare.begin() as connection:
        for table in ("customers", "customer_properties", "cards"):
            _copy(connection, Table(f"{storage.prefix}{table}", MetaData(), autoload_with=connection))
    settle(bare)


def _seed(n: int, kind: PropertyType) -> Iterator[Any]:
    """A customer; one in ten has the value, two in three have a card, of which half are active."""
    who = with_derived(evolve(customer(n), birth_date=date(1940 + n * 7 % 80, 1 + n % 12, 1 + n % 28)))
    yield who
    value = kind.values[n * 3 % 10].key
    yield CustomerProperty(f"p{n:06d}", who.id, kind.id, value, "", NOW, "anna")
    if n % 3:
        state = CardState.ACTIVE if n % 2 else CardState.INVALID
        yield evolve(card(n), state=state)


def _copy(connection: Connection, table: Table) -> None:
    """Copy the seeds under further keys."""
    marked = {"id", "number", "customer_id", "order_id"} & set(table.columns.keys())
    rest = [column for column in table.columns if column.name not in marked]
    names = [*sorted(marked), *(column.name for column in rest)]
    connection.execute(text(f"CREATE TEMPORARY TABLE seeds_{table.name} AS SELECT * FROM {table.name}"))  # noqa: S608  our own names
    copied = table.to_metadata(MetaData(), name=f"seeds_{table.name}")
    for copy in range(1, MANY // SEEDS):
        mark = literal(f"d{copy:03d}")
        columns = [(mark + copied.c[name]).label(name) for name in sorted(marked)]
        connection.execute(
            insert(table).from_select(names, select(*columns, *(copied.c[each.name] for each in rest)))
        )


def _times(name: str, desk: Desk, bare: Engine) -> Iterator[Result]:
    clock = processor if name == "sqlite" else time.perf_counter
    found: dict[str, Any] = {}

    def keep(side: str, work: Callable[[], Any]) -> Callable[[], None]:
        def act() -> None:
            found[side] = work()

        return act

    ours = keep("ours", lambda: list(desk.selections.stream(WHERE)))
    theirs = keep("theirs", lambda: _people(bare))
    times = duel(ours, theirs, ROUNDS, clock=clock)
    if sorted(each.id for each in found["ours"]) != sorted(each.id for each in found["theirs"]):
        raise AssertionError("the customers differ")
    yield _within(f"the {len(found['ours']):,} customers who fit, {name}", *times)
    ours = keep("ours", lambda: desk.selections.count(WHERE))
    theirs = keep("theirs", lambda: _count(bare))
    times = duel(ours, theirs, ROUNDS, clock=clock)
    if found["ours"] != found["theirs"]:
        raise AssertionError("the numbers differ")
    yield _within(f"how many they are, {name}", *times)


def _people(bare: Engine) -> list[Any]:
    columns = ", ".join(f"c.{name}" for name in by_hand.CUSTOMERS.columns.keys())  # noqa: SIM118  a column collection
    statement = text(f"SELECT {columns} {SQL} ORDER BY c.id").columns(*by_hand.CUSTOMERS.columns)
    with bare.connect() as connection:
        return [by_hand.customer_of(row) for row in connection.execute(statement, {"born": BORN})]


def _count(bare: Engine) -> int:
    with bare.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) {SQL}"), {"born": BORN}).scalar_one())


def _within(subject: str, ours: float, peer: float) -> Result:
    ratio = ours / peer
    return Result(
        subject, f"{ours:.2f} s", f"{peer:.2f} s", f"{ratio:.2f}", f"at most {LIMIT:g} times", ratio <= LIMIT
    )
