"""Finding one customer among many: flat from 10,000 to 1,000,000."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

from benchmarks.databases import ENGINES, database
from benchmarks.people import customer, customers
from benchmarks.timing import Result, seconds
from loyaltycore import Loyalty
from loyaltycore.desk import Desk
from loyaltycore_sql import SqlStorage

FEW, MANY = 10_000, 1_000_000
PORTION = 10_000
LOOKS = 60
FLAT = 2.0
"""How much longer a search may take among a hundred times as many: deeper index trees and colder pages are not growth."""


def run() -> Iterator[Result]:
    """Each engine: the same searches among few and among many."""
    for name in ENGINES:
        with database(name) as url:
            storage = SqlStorage(url)
            desk = Loyalty(storage).session("bench")
            _grow(storage, 0, FEW)
            few = _measure(desk, FEW)
            _grow(storage, FEW, MANY)
            many = _measure(desk, MANY)
            for what in few:
                ratio = many[what] / few[what]
                yield Result(
                    f"find one customer by {what}, {name}",
                    f"{many[what] * 1e3:.2f} ms among {MANY:,}",
                    f"{few[what] * 1e3:.2f} ms among {FEW:,}",
                    f"{ratio:.2f}",
                    f"flat: at most {FLAT:g} times",
                    ratio <= FLAT,
                )
            storage.close()


def _grow(storage: SqlStorage, start: int, end: int) -> None:
    for first in range(start, end, PORTION):
        people = list(customers(PORTION, first))
        with storage.transaction() as tx:
            tx.add(*people)


def _measure(desk: Desk, among: int) -> dict[str, float]:
    wanted = [customer(n * 7919 % among) for n in range(LOOKS)]
    ways: dict[str, Callable[[int], object]] = {
        "name prefix": lambda n: desk.customers.find(
            name=f"{wanted[n].last_name} {wanted[n].first_name[:-1]}", limit=10
        ),
        "phone": lambda n: desk.customers.find(phone=wanted[n].phones[0].number),
        "e-mail": lambda n: desk.customers.find(email=wanted[n].email),
        "number": lambda n: desk.customers.by_number(wanted[n].number),
    }
    return {
        what: statistics.median(seconds(lambda n=n, look=look: look(n)) for n in range(LOOKS))
        for what, look in ways.items()
    }  # type: ignore[misc]  # a loop variable bound as default
