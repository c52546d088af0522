"""Rivals at one step, one process and one template; all of them meet before the first one writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from loyaltycore.errors import NotFound, Refused
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from loyaltycore.processes import Process, ProcessState, ReloadReport, StepState
from loyaltycore_sql import SqlStorage
from tests.bounded import at_once
from tests.conftest import STORAGES
from tests.engines import fresh_database
from tests.faults.meeting import MeetingStorage
from tests.house import House, build_house
from tests.services.workflow import CLASSIFY, running, template, with_origin

pytestmark = pytest.mark.every_engine

RIVALS = 4
CARD = {"step": "card", "type": "order_card"}


@pytest.fixture(params=STORAGES)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house with cards set up, on each storage, whose rivals can be made to meet."""
    if request.param == "memory":
        yield _open(MemoryStorage())
        return
    with fresh_database(request.param) as url:
        storage = SqlStorage(url)
        yield _open(storage)
        storage.close()


def _open(storage: Storage) -> House:
    house = build_house(MeetingStorage(storage))
    house.set_up_cards()
    return house


def _meet(house: House, count: int) -> None:
    storage: Any = house.loyalty.storage
    storage.meet(count)


def _refusals(outcomes: list[Any]) -> Counter[str]:
    return Counter(outcome.code for outcome in outcomes if isinstance(outcome, Refused))


def test_a_step_that_orders_a_card_is_done_once(house: House) -> None:
    """F12: of several who do one order step at once exactly one orders; the others are told that it is done."""
    process = running(house, CARD)
    _meet(house, RIVALS)
    outcomes = at_once(RIVALS, lambda _: house.desk.processes.execute_step(process.id, "card"))
    assert _refusals(outcomes) == {"process_step.already_done": RIVALS - 1}, outcomes
    [card] = house.desk.cards.of_customer(process.customer_id)
    assert house.desk.processes.get(process.id).step("card").result["card"] == card.id


def test_different_steps_at_once_are_all_done(house: House) -> None:
    """Nobody's step is lost when several work in one process at the same moment."""
    process = running(house, *"abcd")
    _meet(house, RIVALS)
    done = at_once(RIVALS, lambda n: house.desk.processes.execute_step(process.id, "abcd"[n], note=f"by {n}"))
    assert all(isinstance(outcome, Process) for outcome in done), done
    stored = house.desk.processes.get(process.id)
    assert [step.result for step in stored.steps] == [{"note": f"by {n}"} for n in range(RIVALS)]


def test_a_classification_at_once_leaves_one_value(house: House) -> None:
    """F119: of several values at once the customer has that of the step's result, and one alone."""
    with_origin(house)
    process = running(house, CLASSIFY)
    _meet(house, RIVALS)
    values = ["own", "third-party"]
    at_once(RIVALS, lambda n: house.desk.processes.execute_step(process.id, "classify", value=values[n % 2]))
    [held] = house.desk.properties.of_customer(process.customer_id)
    step = house.desk.processes.get(process.id).step("classify")
    assert (step.result["value"], step.result["assignment"]) == (held.value, held.id)


def test_a_process_ends_once_and_takes_no_step_afterwards(house: House) -> None:
    """F118: of several who end it one succeeds; a step that comes too late leaves no trace."""
    process = running(house, "a")
    processes = house.desk.processes
    acts = [
        lambda: processes.complete_offer(process.id),
        lambda: processes.close(process.id),
        lambda: processes.execute_step(process.id, "a"),
        lambda: processes.complete_offer(process.id),
    ]
    _meet(house, len(acts))
    outcomes = at_once(len(acts), lambda n: acts[n]())
    ended = [each for each in outcomes if isinstance(each, Process) and not each.is_open]
    stored = processes.get(process.id)
    assert [each.state for each in ended] == [stored.state]
    assert stored.state is not ProcessState.OPEN
    executed = isinstance(outcomes[2], Process)
    assert (stored.step("a").state is StepState.DONE) == executed
    assert _refusals(outcomes) == {"process.ended": 3 - executed}


def test_a_template_is_deleted_or_started(house: House) -> None:
    """A deletion and first starts at the same moment never leave a process without its template."""
    template(house, "supply", "a")
    erika = house.customer()
    acts = [
        lambda: house.desk.processes.templates.delete("supply"),
        *[lambda: house.desk.processes.start(erika.id, "supply")] * (RIVALS - 1),
    ]
    _meet(house, RIVALS)
    outcomes = at_once(RIVALS, lambda n: acts[n]())
    started = house.desk.processes.of_customer(erika.id)
    if started:
        assert len(started) == RIVALS - 1
        assert _refusals(outcomes) == {"process_template.in_use": 1}
        assert house.desk.processes.templates.get("supply").used
    else:
        assert sum(isinstance(outcome, NotFound) for outcome in outcomes) == RIVALS - 1


def test_steps_that_are_done_during_a_reload_keep_their_results(house: House) -> None:
    """F117: a reload and people at work in the same processes lose nothing of each other."""
    template(house, "supply", "a", "b")
    erika = house.customer()
    processes = house.desk.processes
    started = [processes.start(erika.id, "supply").process for _ in range(RIVALS)]
    processes.templates.add_step("supply", "task", name="C", step="c", position=1)
    _meet(house, RIVALS)

    def work(n: int) -> Any:
        if n == 0:
            return processes.reload_open_processes("supply", batch_size=2)
        return processes.execute_step(started[n].id, "a", note=f"by {n}")

    outcomes = at_once(RIVALS, work)
    assert isinstance(outcomes[0], ReloadReport), outcomes
    for n, process in enumerate(started):
        stored = processes.get(process.id)
        assert [step.id for step in stored.steps] == ["a", "c", "b"]
        assert stored.step("a").result == ({"note": f"by {n}"} if n else {})
