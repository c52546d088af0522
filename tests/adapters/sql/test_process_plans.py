"""How each engine finds processes: by an index, and what a reload reads without sorting it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from attrs import evolve

from loyaltycore.processes import Process, ProcessState
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.helpers import statements
from tests.adapters.sql.test_plans import MANY, Look, Stock, _analyse, _read_whole
from tests.engines import ENGINES, bare_database
from tests.house import build_house
from tests.services.workflow import template

OPEN: Final = 20
"""So many open processes of the template; half of the rest has ended, the other half belongs to other templates."""


@pytest.fixture(scope="module", params=ENGINES)
def stock(request: pytest.FixtureRequest) -> Iterator[Stock]:
    """Many processes of many customers, on every engine; all of them began with the first version of the template."""
    with bare_database(request.param) as url:
        storage = SqlStorage(url)
        house = build_house(storage)
        template(house, "supply", "a", "b")
        process = house.desk.processes.start(house.customer().id, "supply").process
        with storage.transaction() as tx:
            tx.add(*(_copy(process, n) for n in range(MANY)))
        _analyse(request.param, storage)
        yield Stock(request.param, house, storage)
        storage.close()


def _copy(process: Process, n: int) -> Process:
    facts = {"id": f"p{n:06}", "customer_id": f"c{n:06}"}
    if n < OPEN:
        return evolve(process, **facts)
    if n % 2:
        return evolve(process, state=ProcessState.COMPLETED, **facts)
    return evolve(process, template=f"t{n:06}", **facts)


WAYS: Final[dict[str, Look]] = {
    "a process": lambda house: house.desk.processes.get("p000001"),
    "what may go on at an offer": lambda house: house.desk.processes.check_offer("p000001"),
    "who has a step open": lambda house: house.desk.processes.open_steps(
        template="supply", step="a", limit=5
    ),
    "in how many a step is open": lambda house: house.desk.processes.count_open_steps("supply"),
}


def _whole(stock: Stock, look: Look) -> set[str]:
    """How the processes and their lookup keys are read, where they are read from the beginning."""
    read = {plan for plans in _read_whole(stock, look).values() for plan in plans}
    return {plan for plan in read if plan.startswith("loyalty_processes")}


@pytest.mark.parametrize("way", WAYS)
def test_processes_are_found_by_an_index(stock: Stock, way: str) -> None:
    """F97: whatever is asked about processes, no query reads all of them."""
    assert _whole(stock, WAYS[way]) == set()


def test_a_list_of_all_that_is_open_is_read_as_far_as_its_page(stock: Stock) -> None:
    """F97: a page of everything that is open neither reads the whole table nor sorts it."""
    read = _whole(stock, lambda house: house.desk.processes.open_steps(limit=5))
    assert read <= {"loyalty_processes in the order of an index"}


def test_the_processes_of_a_customer_are_found_by_an_index(stock: Stock) -> None:
    """F11: opening a customer reads that customer's processes alone."""
    owner = stock.house.desk.customers.find(name="muster").items[0].id
    assert _whole(stock, lambda house: house.desk.processes.of_customer(owner)) == set()


def test_a_reload_reads_its_processes_in_order(stock: Stock) -> None:
    """F117: each portion of a reload is a range of one index: nothing else is read, and nothing is sorted."""
    house = stock.house
    house.desk.processes.templates.add_step("supply", "task", name="New")
    with statements(stock.storage) as seen:
        report = house.desk.processes.reload_open_processes("supply", batch_size=10)
    assert report.changed == OPEN + 1
    portions = [each for each in seen if each[0].startswith("SELECT") and "template_version <" in each[0]]
    assert len(portions) == OPEN // 10 + 1
    with stock.storage._database.engine.connect() as connection:
        for statement, values in portions:
            explain = "EXPLAIN QUERY PLAN " if stock.engine == "sqlite" else "EXPLAIN "
            rows = connection.exec_driver_sql(explain + statement, values).all()
            plan = " ".join(str(tuple(row)) for row in rows)
            assert "template_state" in plan or "ix_" in plan, plan
            for sign in ("SCAN ", "Seq Scan", "TEMP B-TREE", "Sort", "filesort"):
                assert sign not in plan, plan
        connection.rollback()
