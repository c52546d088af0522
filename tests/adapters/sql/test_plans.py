"""How each engine finds things: by an index, whatever the shop has grown to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve, frozen
from sqlalchemy import text

from loyaltycore.booking import Appointment, Notice, WaitingEntry
from loyaltycore.booking.freeing import waiting_for
from loyaltycore.booking.rules.waiting import FreedTime
from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.cards.rules.order import CardOrder, OrderState
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.finding import CustomerFilters
from loyaltycore.kernel.contact import Address, Phone
from loyaltycore.kernel.criteria import EVERYTHING, Query
from loyaltycore.kernel.fates import FateState, MessageFate, Reported
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.merging import NotDuplicate
from loyaltycore.outbox.following import take_reports
from loyaltycore.sales import Order, OrderLine, Reservation, Settlement
from loyaltycore.selections import AllOf, FieldCondition, RelatedCondition
from loyaltycore.work.journal import Activity, Alias, CommandTrace, InboxEvent
from loyaltycore.work.paging import mark_of, write_cursor
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.naming import index_name, table_name
from tests.adapters.sql.helpers import statements
from tests.engines import ENGINES, bare_database
from tests.house import House, build_house

MANY: Final = 3000
"""So many that reading all of a table costs any planner more than its index does."""

WANTED: Final = 1234
OPEN: Final = 20
"""So many of the orders and messages are still open: the usual state of a shop."""

Look = Callable[[House], object]


@frozen
class Stock:
    """A shop that has been open for a while."""

    engine: str
    house: House
    storage: SqlStorage


@pytest.fixture(scope="module", params=ENGINES)
def stock(request: pytest.FixtureRequest) -> Iterator[Stock]:
    """Many customers with a card, an order, a message and an activity each, on every engine."""
    with bare_database(request.param) as url:
        storage = SqlStorage(url)
        house = build_house(storage)
        house.set_up_cards()
        customer = house.customer()
        house.desk.cards.order(customer.id)
        _tell(house, customer.id)
        _sell(house, customer.id)
        _multiply(storage)
        _analyse(request.param, storage)
        yield Stock(request.param, house, storage)
        storage.close()


def _tell(house: House, customer_id: str) -> None:
    """Make an appointment, and tell its customer."""
    house.desk.appointments.setup.save_resource("room", branch_id="berlin", name="Room")
    made = house.desk.appointments.make(
        "room", house.clock.now() + timedelta(days=1), minutes=30, customer_id=customer_id
    )
    house.desk.appointments.notify(made.id, by="email")
    day = made.starts_at.date()
    house.desk.appointments.waiting.add("berlin", first=day, last=day, customer_id=customer_id)


def _sell(house: House, customer_id: str) -> None:
    """Settle an order, and reserve for another."""
    lines = [OrderLine("1", "frame", Money(100, "EUR"))]
    house.desk.sales.settle(Order("R-1", customer_id, lines))
    house.desk.sales.reserve(Order("R-2", customer_id, lines))


def _multiply(storage: SqlStorage) -> None:
    """Make `MANY` of every record that there is one of."""
    with storage.transaction() as tx:
        kinds: list[type[Any]] = [Customer, CustomerCard, CardOrder, OutboxMessage, Activity, CommandTrace]
        kinds += [Appointment, Notice, WaitingEntry, Settlement, Reservation]
        patterns = [next(iter(list(tx.find(kind, Query(EVERYTHING, limit=1))))) for kind in kinds]
    at = patterns[0].created_at
    patterns.append(Alias("a", "a", "f", "", at))
    patterns.append(NotDuplicate("n", "n", "n", "anna"))
    patterns.append(InboxEvent("i", "vendor", "e", at))
    patterns.append(MessageFate("f", "m", "", FateState.SENT, (), "v", None, "cards", "c", at))
    for pattern in patterns:
        with storage.transaction() as tx:
            tx.add(*(_copy(pattern, n) for n in range(MANY)))


def _copy(pattern: Any, n: int) -> Any:
    """The same record for the customer of that number."""
    owner, closed = f"c{n:06}", n >= OPEN
    facts: dict[type, dict[str, Any]] = {
        Customer: {
            "number": f"N{n:06}",
            "number_key": f"n{n:06}",
            "external_number": f"X{n:06}",
            "last_name": f"Name{n:06}",
            "sort_name": f"name{n:06} erika",
            "email": f"k{n}@example.org",
            "phones": (Phone(f"+4930{n:07}"),),
            "addresses": (Address(f"Weg {n}", "10115", "Berlin", "DE"),),
            "birth_date": date(1940, 1, 1) + timedelta(days=n * 7),
        },
        CustomerCard: {"number": f"{n:016}", "customer_id": owner, "order_id": f"c{n:06}"},
        Settlement: {"order_ref": owner, "customer_id": owner},
        Reservation: {"order_ref": owner, "open_order": owner, "customer_id": owner},
        CardOrder: {
            "customer_id": owner,
            "card_id": owner,
            "state": OrderState.DELIVERED if closed else OrderState.PLACED,
        },
        OutboxMessage: {
            "key": f"{owner}.submit",
            "about_key": owner,
            "customer_id": owner,
            "state": MessageState.PENDING
            if not closed
            else MessageState.DEAD
            if n < 2 * OPEN
            else MessageState.DONE,
            "finished_at": datetime(2026, 1, 15, tzinfo=UTC) + timedelta(hours=n) if closed else None,
        },
        Activity: {"customer_id": owner, "subject_id": owner, "place": n - OPEN + 1 if closed else 0},
        CommandTrace: {"at": pattern.at + timedelta(hours=n)} if isinstance(pattern, CommandTrace) else {},
        Appointment: {"customer_id": owner},
        Notice: {"customer_id": owner, "appointment_id": owner},
        WaitingEntry: {
            "customer_id": owner,
            "done_at": datetime(2026, 1, 15, tzinfo=UTC) if closed else None,
        },
        Alias: {"customer_id": owner, "number_key": f"f{n:06}", "external_number": f"F{n:06}"},
        NotDuplicate: {"customer_id": owner, "other_id": f"d{n:06}"},
        InboxEvent: {"event_id": f"e{n:06}"},
        MessageFate: {"message_id": f"m{n:06}", "vendor_id": f"v{n:06}", "customer_id": owner},
    }
    return evolve(pattern, id=owner, **facts[type(pattern)])


def _analyse(engine: str, storage: SqlStorage) -> None:
    """Let a server count now what it would count by itself after a while; a SQLite file is never counted."""
    if engine == "sqlite":
        return
    layouts = storage._layouts
    assert layouts is not None
    for table in (table for target in layouts for table in target.tables):
        with storage._database.engine.connect() as connection:
            connection.execute(text(f"ANALYZE {'TABLE ' if engine == 'mariadb' else ''}{table.name}"))
            connection.commit()


FILTERS: Final[dict[str, object]] = {
    "number": f"N{WANTED:06}",
    "name": f"name{WANTED:06} er",
    "email": f"k{WANTED}@example.org",
    "phone": f"+4930{WANTED:07}",
    "birth_date": date(1940, 1, 1) + timedelta(days=WANTED * 7),
}
ID: Final = f"c{WANTED:06}"

CSV: Final = f"Nummer;Nachname;Vorname\nN{WANTED:06};Name;Erika\n;Name{WANTED:06};Erika\n".encode()

WAYS: Final[dict[str, Look]] = {
    **{
        f"customers by {name}": lambda house, given={name: value}: house.desk.customers.find(**given)
        for name, value in FILTERS.items()
    },
    **{
        f"count customers by {name}": lambda house, given={name: value}: house.desk.customers.count(**given)
        for name, value in FILTERS.items()
    },
    "a customer by two filters": lambda house: house.desk.customers.find(
        name=f"name{WANTED:06}", birth_date=FILTERS["birth_date"]
    ),
    "a customer": lambda house: house.desk.customers.get(ID),
    "a customer by number": lambda house: house.desk.customers.by_number(f"N{WANTED:06}"),
    "a later page of customers": lambda house: house.desk.customers.find(
        after=write_cursor((mark_of(Customer, ("sort_name",)), f"name{WANTED:06} erika", ID))
    ),
    "customers of a table file": lambda house: house.desk.customers.import_file([CSV], dry_run=True),
    "who may be the same": lambda house: house.desk.merging.duplicates_of(ID),
    "somebody merged by number": lambda house: house.desk.customers.find(number=f"F{WANTED:06}"),
    "a card by its number": lambda house: house.desk.cards.present(f"{WANTED:016}"),
    "a card": lambda house: house.desk.cards.get(ID),
    "an order": lambda house: house.desk.cards.get_order(ID),
    "the cards of a customer": lambda house: house.desk.cards.of_customer(ID),
    "the orders of a customer": lambda house: house.desk.cards.orders_of(ID),
    "an order to cancel, with its message": lambda house: house.desk.cards.cancel_order(f"c{1:06}"),
    "the activities of a customer": lambda house: list(house.desk.activities.expand(ID)),
    "the activities of a record": lambda house: house.desk.activities.of_record("card_orders", ID),
    "a page of the feed": lambda house: house.desk.activities.since(write_cursor(("feed", WANTED)), limit=10),
    "what is new in the feed": lambda house: house.desk.activities.since(
        write_cursor(("feed", MANY - OPEN)), limit=10
    ),
    "the messages of a state": lambda house: house.loyalty.session("outbox").outbox.messages(
        MessageState.DEAD
    ),
    "a later page of messages": lambda house: house.loyalty.session("outbox").outbox.messages(
        after=write_cursor((mark_of(OutboxMessage, ("id",)), *(f"c{OPEN:06}",) * 2))
    ),
    "what became of a message": lambda house: house.desk.outbox.fate_of(f"m{WANTED:06}"),
    "what became of a customer's messages": lambda house: house.desk.outbox.fates(ID),
    "a report by the other side's id": lambda house: _report(house, vendor_id=f"v{WANTED:06}"),
    "a report by our own id": lambda house: _report(house, message_id=f"m{WANTED:06}"),
    "what a customer was told about an appointment": lambda house: house.desk.appointments.notices(ID),
    "what an appointment offers to tell": lambda house: house.desk.appointments.notice_offer(ID),
    "who waits": lambda house: house.desk.appointments.waiting.entries("berlin", limit=10),
    "for whom a time got free": lambda house: _get_free(house),  # noqa: PLW0108  it stands below
    "an order that was settled": lambda house: house.desk.sales.settlement(f"c{WANTED:06}"),
    "the settlements of a customer": lambda house: house.desk.sales.of_customer(ID),
    "the reservation of an order": lambda house: house.desk.sales.quote(
        Order(f"c{WANTED:06}", None, [OrderLine("1", "frame", Money(100, "EUR"))])
    ),
    "the messages that are due": lambda house: house.loyalty.worker().run_pass(limit=1),
}


def _report(house: House, message_id: str = "", vendor_id: str = "") -> None:
    """Take a report in."""
    with house.desk.transaction() as unit:
        told = [Reported(FateState.DELIVERED, "1", None)]
        assert take_reports(unit, message_id, told, vendor_id=vendor_id) is not None


def _get_free(house: House) -> None:
    """A time gets free on a day that suits nobody."""
    begin = house.clock.now() + timedelta(days=99)
    with house.desk.transaction() as unit:
        assert (
            waiting_for(unit, FreedTime("room", begin, begin + timedelta(hours=1)), house.desk.branch) == ()
        )


# A list without a condition is read in the order of an index, as far as the page goes.
LISTS: Final[dict[str, Look]] = {
    "the first page of customers": lambda house: house.desk.customers.find(),
}


@pytest.mark.parametrize("way", WAYS)
def test_everything_is_found_by_an_index(stock: Stock, way: str) -> None:
    """Whatever the library looks for, every query enters an index at the place where the answer stands."""
    assert _read_whole(stock, WAYS[way]) == {}


def test_old_traces_are_found_by_their_age(stock: Stock) -> None:
    """Pruning looks through neither the commands nor the events of vendors that have to stay."""
    read = _read_whole(stock, lambda house: house.loyalty.prune(older_than=timedelta(days=2)))
    assert not [statement for statement in read if re.search(r"\.(at|finished_at|known_at) <", statement)]


def test_old_messages_are_found_by_their_age(stock: Stock) -> None:
    """However many messages were delivered lately, pruning enters an index where the old ones end."""
    name = index_name(table_name("loyalty_", "outbox"), ("state", "finished_at"))
    with statements(stock.storage) as seen:
        stock.house.loyalty.prune(older_than=timedelta(days=2))
    # Delivered messages are asked for first; there are no others that are old.
    statement, values = next(each for each in seen if "finished_at <" in each[0])
    explain = "EXPLAIN QUERY PLAN " if stock.engine == "sqlite" else "EXPLAIN "
    with stock.storage._database.engine.connect() as connection:
        plan = connection.exec_driver_sql(explain + statement, values).all()
        connection.rollback()
    assert name in str(plan)


def test_a_selection_begins_with_what_fits(stock: Stock) -> None:
    """A selection by a card's state enters the indexes there, and reads neither all customers nor all cards."""
    active = RelatedCondition("cards", where=FieldCondition("state", "is", "active"))
    where = AllOf(active, FieldCondition("birth_date", "at_least", date(1950, 1, 1)))
    for look in (
        lambda house: house.desk.selections.count(where),
        lambda house: list(house.desk.selections.stream(where)),
    ):
        read = _read_whole(stock, look)
        assert not [statement for statement in read if "customers" in statement]


@pytest.mark.parametrize("way", LISTS)
def test_a_list_is_read_as_far_as_its_page(stock: Stock, way: str) -> None:
    """A page of everything neither reads the whole table nor sorts it."""
    assert {plan for plans in _read_whole(stock, LISTS[way]).values() for plan in plans} <= {IN_ORDER}


def test_every_filter_has_its_plan_looked_at() -> None:
    """A filter of customers that is added later cannot be forgotten here."""
    assert set(FILTERS) == set(CustomerFilters.__annotations__)


@pytest.mark.parametrize("ending", ["", " ORDER BY id LIMIT 5"])
def test_a_search_without_an_index_is_seen(stock: Stock, ending: str) -> None:
    """The check itself sees a query that no index can answer, also where it is read in the order of one."""

    def look(_: House) -> None:
        with stock.storage._database.engine.connect() as connection:
            connection.exec_driver_sql(
                f"SELECT * FROM loyalty_customers WHERE first_name = 'Nobody'{ending}"  # noqa: S608  our own words
            ).all()
            connection.rollback()

    assert len(_read_whole(stock, look)) == 1


IN_ORDER: Final = "loyalty_customers in the order of an index"
"""The table is read from the beginning of an index; where a condition must hold, perhaps to its end."""


def _read_whole(stock: Stock, look: Look) -> dict[str, set[str]]:
    """The statements of a look that read a great table from its beginning, and which ones they read, and how."""
    with statements(stock.storage) as seen:
        look(stock.house)
    selects = [(statement, values) for statement, values in seen if statement.startswith("SELECT")]
    assert selects
    plan = {"sqlite": _sqlite_plan, "postgresql": _postgresql_plan, "mariadb": _mariadb_plan}[stock.engine]
    found: dict[str, set[str]] = {}
    with stock.storage._database.engine.connect() as connection:
        for statement, values in selects:
            rows = plan(
                lambda explain, wanted=statement, given=values: connection.exec_driver_sql(
                    explain + wanted, given
                ).all()
            )
            if great := {row for row in rows if not row.startswith(SMALL)}:
                found[statement] = great
        connection.rollback()
    return found


SMALL: Final = tuple(
    f"loyalty_{name}"
    for name in ("branches", "settings", "card_order_services", "number_ranges", "cursors", "programs")
)
"""A shop has a handful of these: reading all of them is the best way."""

Explain = Callable[[str], Any]


def _sqlite_plan(explain: Explain) -> set[str]:
    lines = [str(row[-1]) for row in explain("EXPLAIN QUERY PLAN ")]
    sorting = " sorted" if "USE TEMP B-TREE FOR ORDER BY" in lines else ""
    scans = [line.removeprefix("SCAN ").split() for line in lines if line.startswith("SCAN ")]
    return {
        f"{scan[0]} {'in the order of an index' if 'USING' in scan else 'whole'}{sorting}" for scan in scans
    }


def _postgresql_plan(explain: Explain) -> set[str]:
    answer = explain("EXPLAIN (FORMAT JSON) ")[0][0]
    plans = json.loads(answer) if isinstance(answer, str) else answer
    return {name for plan in plans for name in _unconditional(plan["Plan"], "")}


def _unconditional(node: dict[str, Any], sorting: str) -> Iterator[str]:
    kind = node["Node Type"]
    if kind in {"Sort", "Incremental Sort"}:
        # An incremental sort puts in order only what shares the first value.
        sorting = " sorted" if kind == "Sort" else sorting
    if kind == "Seq Scan":
        yield f"{node['Relation Name']} whole{sorting}"
    elif kind in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node:
        yield f"{node['Relation Name']} in the order of an index{sorting}"
    for child in node.get("Plans", ()):
        yield from _unconditional(child, sorting)


def _mariadb_plan(explain: Explain) -> set[str]:
    words = {"ALL": "whole", "index": "in the order of an index"}
    return {
        f"{row.table} {words[row.type]}{' sorted' if 'filesort' in (row.Extra or '') else ''}"
        for row in explain("EXPLAIN ")
        if row.type in words and not row.table.startswith("<")
    }
