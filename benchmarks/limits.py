"""Tills that settle orders under one limit: shared out over sixteen records, kept in one record, and without any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from time import perf_counter
from typing import Any, Final

from benchmarks.databases import database
from benchmarks.timing import Result, at_least, at_most
from loyaltycore import Loyalty, Money
from loyaltycore.desk import Desk
from loyaltycore.errors import Conflict, StorageBusy
from loyaltycore.sales import AmountOff, Limit, Order, OrderLine, PromotionTerms, Rule
from loyaltycore_sql import SqlStorage

TILLS: Final = 4
ORDERS: Final = 100
"""Of each till, and as many before them."""
ROUNDS: Final = 3
"""The best of each counts."""
SHARED: Final = [Limit(uses=1_000_000)]
ONE: Final = [Limit(uses=512)]
"""The highest that is kept in one record, and just high enough for all orders."""
PROMISED: Final = 1.4
LONG: Final = 300.0
"""Seconds after which nobody waits for the others any more."""


def run() -> Iterator[Result]:
    """Processes that settle at the same time, on PostgreSQL."""
    rounds = [(_took(SHARED), _took(ONE), _took([])) for _ in range(ROUNDS)]
    shared, one, free = map(min, zip(*rounds, strict=True))
    many = TILLS * ORDERS
    what = f"an order of {TILLS} tills under a limit, postgresql"
    yield at_least(f"{what}, beside one record", shared, one, PROMISED, many)
    yield at_most(f"{what}, beside none", shared, free, count=many)


def _took(limits: list[Limit]) -> float:
    """Seconds from the first order to the last one."""
    context = get_context("spawn")
    together = context.Barrier(TILLS + 1, timeout=LONG)
    with database("postgresql") as url:
        with closing(SqlStorage(url)) as storage:
            desk = Loyalty(storage).session("bench")
            off = Rule("frames", AmountOff(Money(500, "EUR")), limits=limits)
            desk.programs.define("spring", PromotionTerms([off]), name="Spring")
            desk.programs.publish("spring")
            _settle(desk, "before")
        running = [context.Process(target=_sell, args=(url, each, together)) for each in range(TILLS)]
        for each in running:
            each.start()
        together.wait()
        begun = perf_counter()
        together.wait()
        took = perf_counter() - begun
        for each in running:
            each.join()
    return took


def _sell(url: str, number: int, together: Any) -> None:
    with closing(SqlStorage(url)) as storage:
        desk = Loyalty(storage).session("bench")
        desk.sales.quote(_order("warm"))
        together.wait()
        _settle(desk, str(number))
        together.wait()


def _settle(desk: Desk, till: str) -> None:
    for place in range(ORDERS):
        order = _order(f"{till}-{place}")
        while True:
            try:
                sale = desk.sales.settle(order)
            except (Conflict, StorageBusy):
                continue
            break
        if not sale.discounts:
            raise RuntimeError("the limit was reached too early")


def _order(number: str) -> Order:
    return Order(number, None, [OrderLine("1", "frame", Money(3000, "EUR"))])
