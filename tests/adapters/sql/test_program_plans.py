"""How each engine finds what customers have of programs, its history, and vouchers: by an index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve

from loyaltycore import Money
from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.kernel.criteria import EVERYTHING, Query
from loyaltycore.programs import ProgramAssignment, ProgramMove
from loyaltycore.sales import Order, OrderLine, Settlement
from loyaltycore.vouchers import DiscountVoucherTerms, Voucher
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.test_plans import MANY, Look, Stock, _analyse, _read_whole
from tests.engines import ENGINES, bare_database
from tests.faults.scene import CODE_KEYS
from tests.house import House, build_house
from tests.services.programs import BATTERIES, define

DUE: Final = 20
"""So many of the assignments have something that has expired."""


@pytest.fixture(scope="module", params=ENGINES)
def stock(request: pytest.FixtureRequest) -> Iterator[Stock]:
    """Many customers with a card, an assignment, a line of history and a voucher each, on every engine."""
    with bare_database(request.param) as url:
        storage = SqlStorage(url)
        house = build_house(storage, code_keys=CODE_KEYS)
        define(house.desk, "batteries", BATTERIES, on_card="count")
        define(house.desk, "autumn", DiscountVoucherTerms(percent=20))
        erika = house.customer()
        house.desk.cards.encode(erika.id, "4711")
        house.desk.programs.assign(erika.id, "batteries")
        house.desk.vouchers.issue("autumn", customer=erika.id, reason="x", code="SOMMER26")
        line = OrderLine("1", "case", Money(100, "EUR"))
        house.desk.sales.settle(Order("R-0", erika.id, [line]))
        _multiply(storage, house)
        _analyse(request.param, storage)
        yield Stock(request.param, house, storage)
        storage.close()


def _multiply(storage: SqlStorage, house: House) -> None:
    with storage.transaction() as tx:
        kinds: list[type[object]] = [CustomerCard, ProgramAssignment, ProgramMove, Settlement, Voucher]
        patterns = [next(iter(list(tx.find(kind, Query(EVERYTHING, limit=1))))) for kind in kinds]
    later = house.clock.now() + timedelta(days=100)
    earlier = house.clock.now() - timedelta(days=1)
    for pattern in patterns:
        with storage.transaction() as tx:
            tx.add(*(_copy(pattern, n, earlier if n < DUE else later) for n in range(MANY)))


def _copy(pattern: object, n: int, expiry: object) -> object:
    key, owner = f"k{n:06}", f"c{n:06}"
    facts: dict[type, dict[str, object]] = {
        CustomerCard: {"number": key},
        ProgramAssignment: {"card_id": key, "order_ref": key, "next_expiry": expiry},
        ProgramMove: {"holder_id": key, "fact": key, "order_ref": key, "reverses": n},
        Settlement: {"order_ref": key},
        Voucher: {"code_hash": key, "batch_id": key, "order_ref": key},
    }
    return evolve(pattern, id=key, customer_id=owner, **facts[type(pattern)])  # type: ignore[type-var]  # a record


WAYS: Final[dict[str, Look]] = {
    "an assignment": lambda house: house.desk.programs.assignment("k000001"),
    "what all have bought": lambda house: list(house.desk.sales.history()),
    "a history": lambda house: house.desk.programs.statement("k000001"),
    "a balance of the past": lambda house: house.desk.programs.balance(
        "k000001", at=house.clock.now() - timedelta(days=1)
    ),
    "a card at a reader": lambda house: house.desk.programs.present("4711", reading="r-1"),
    "the end of what an order sold": lambda house: house.desk.programs.cancel_sale("nothing"),
    "a voucher by its code": lambda house: house.desk.vouchers.check("SOMMER26"),
    "the history of a voucher": lambda house: house.desk.vouchers.statement("k000001"),
    "what a receipt has used": lambda house: house.desk.programs.use("k000002", order_ref="R-1"),
    "what was undone": lambda house: house.desk.programs.undo(
        house.desk.programs.use("k000003", order_ref="R-1").id
    ),
}


GREAT: Final = tuple(
    f"loyalty_{table}"
    for table in ("cards", "program_assignments", "program_moves", "settlements", "vouchers")
)


def _whole(stock: Stock, look: Look) -> set[str]:
    """How the great tables are read, where they are read from the beginning."""
    read = {plan for plans in _read_whole(stock, look).values() for plan in plans}
    return {plan for plan in read if plan.startswith(GREAT)}


@pytest.mark.parametrize("way", WAYS)
def test_programs_and_vouchers_are_found_by_an_index(stock: Stock, way: str) -> None:
    """F190: whatever a till asks, no query reads all of them."""
    assert _whole(stock, WAYS[way]) == set()


def test_what_a_customer_has_is_found_by_an_index(stock: Stock) -> None:
    """F190: assignments and vouchers of one customer."""
    owner = stock.house.desk.customers.find(name="muster").items[0].id
    assert _whole(stock, lambda house: house.desk.programs.of_customer(owner)) == set()
    assert _whole(stock, lambda house: house.desk.vouchers.of_customer(owner)) == set()


def test_a_sweep_goes_through_what_is_due_in_portions(stock: Stock) -> None:
    """What has expired is found by its index, or by going through the assignments in order, once."""
    read = _whole(stock, lambda house: house.desk.programs.sweep())
    assert read <= {"loyalty_program_assignments in the order of an index"}
