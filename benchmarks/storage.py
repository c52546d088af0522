"""The storage beside hand-written SQLAlchemy Core that does the same: get, add, save, find, and adding many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from attrs import evolve
from sqlalchemy import Engine, func, select, text

from benchmarks import by_hand
from benchmarks.databases import ENGINES, database
from benchmarks.people import card, customer, customers
from benchmarks.timing import Result, at_most, duel, seconds
from loyaltycore.capabilities import core_record_types
from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage

STORED = 5000
CALLS = 300
MANY = 100_000
LIMIT = 1.5


def run() -> Iterator[Result]:
    """Each engine, each verb."""
    for name in ENGINES:
        with database(name) as url:
            storage = SqlStorage(url)
            storage.bind(Registry(core_record_types()))
            bare = by_hand.engine(url)
            _fill(storage, bare)
            for verb, ours, peer in _verbs(storage, bare):
                yield at_most(f"{verb}, {name}", *duel(ours, peer), LIMIT, CALLS)
            yield from _many(name, storage, bare)
            storage.close()
            bare.dispose()


def _fill(storage: SqlStorage, bare: Engine) -> None:
    cards, people = [card(n) for n in range(STORED)], list(customers(STORED))
    with storage.transaction() as tx:
        tx.add(*cards, *people)
    with bare.begin() as connection:
        by_hand.add_cards(connection, cards)
        by_hand.add_customers(connection, people)
    _compare(storage, bare)


def _compare(storage: SqlStorage, bare: Engine) -> None:
    """Both ways give the same records, and keep as many lookup keys."""
    with storage.transaction(read_only=True) as tx, bare.begin() as connection:
        if tx.get(Customer, "c000000007") != by_hand.get_customer(connection, "c000000007"):
            raise AssertionError("the customers differ")
        if tx.get(CustomerCard, "k000000007") != by_hand.get_card(connection, "k000000007"):
            raise AssertionError("the cards differ")
        keys = connection.execute(text("SELECT COUNT(*) FROM loyalty_customers_keys")).scalar()
        if keys != connection.execute(select(func.count()).select_from(by_hand.KEYS)).scalar():
            raise AssertionError("the lookup keys differ")


def _verbs(
    storage: SqlStorage, bare: Engine
) -> Iterator[tuple[str, Callable[[], object], Callable[[], object]]]:
    keys = [f"{n * 13 % STORED:09d}" for n in range(CALLS)]
    yield (
        "get a card",
        *_pair(
            storage,
            bare,
            lambda tx: [tx.get(CustomerCard, f"k{key}") for key in keys],
            lambda c: [by_hand.get_card(c, f"k{key}") for key in keys],
        ),
    )
    yield (
        "get a customer",
        *_pair(
            storage,
            bare,
            lambda tx: [tx.get(Customer, f"c{key}") for key in keys],
            lambda c: [by_hand.get_customer(c, f"c{key}") for key in keys],
        ),
    )
    queries = [Query(stored("customer_id") == f"c{key}") for key in keys]
    yield (
        "find the cards of a customer",
        *_pair(
            storage,
            bare,
            lambda tx: [list(tx.find(CustomerCard, query)) for query in queries],
            lambda c: [by_hand.cards_of(c, f"c{key}") for key in keys],
        ),
    )
    ours, theirs = count(1_000_000), count(1_000_000)
    yield (
        "add a card",
        *_pair(
            storage,
            bare,
            lambda tx: [tx.add(card(next(ours))) for _ in keys],
            lambda c: [by_hand.add_cards(c, [card(next(theirs))]) for _ in keys],
        ),
    )
    yield (
        "add a customer",
        *_pair(
            storage,
            bare,
            lambda tx: [tx.add(customer(next(ours))) for _ in keys],
            lambda c: [by_hand.add_customers(c, [customer(next(theirs))]) for _ in keys],
        ),
    )
    mine, others = ({n: card(n) for n in range(CALLS)} for _ in range(2))
    yield (
        "save a card",
        *_pair(storage, bare, lambda tx: _save(mine, tx.save), lambda c: _save(others, _by(c))),
    )


def _by(connection: Any) -> Callable[[CustomerCard], None]:
    return lambda changed: by_hand.save_card(connection, changed)


def _save(held: dict[int, CustomerCard], save: Callable[[CustomerCard], None]) -> None:
    for n, old in held.items():
        save(evolve(old, end_reason=f"change {old.version}"))
        held[n] = evolve(old, end_reason=f"change {old.version}", version=old.version + 1)


def _pair(
    storage: SqlStorage, bare: Engine, ours: Callable[[Any], object], peer: Callable[[Any], object]
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Both ways as a unit of work of `CALLS` calls."""

    def mine() -> None:
        with storage.transaction() as tx:
            ours(tx)

    def theirs() -> None:
        with bare.begin() as connection:
            peer(connection)

    return mine, theirs


def _many(name: str, storage: SqlStorage, bare: Engine) -> Iterator[Result]:
    """Adding 100,000 customers in one unit of work, beside the bare executemany of the same records and of ready rows."""
    starts = count(10_000_000, MANY)
    people: list[Customer] = []
    ready: list[tuple[Any, list[dict[str, Any]]]] = []

    def prepare() -> None:
        people[:] = customers(MANY, next(starts))
        ready[:] = by_hand.customer_rows(people)

    def mine() -> None:
        with storage.transaction() as tx:
            tx.add(*people)

    def theirs() -> None:
        with bare.begin() as connection:
            by_hand.add_customers(connection, people)

    def rows_alone() -> None:
        with bare.begin() as connection:
            by_hand.add_rows(connection, ready)

    what = f"add {MANY:,} customers at once"
    ours, peer = duel(mine, theirs, 2, prepare)
    yield at_most(f"{what}, {name}", ours, peer, LIMIT, MANY)
    prepare()
    yield at_most(f"{what}, beside inserting finished rows, {name}", ours, seconds(rows_alone), None, MANY)
