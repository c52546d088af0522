"""The hook after the commit: told once of what was kept, and of nothing else."""

from __future__ import annotations

import contextvars
from collections import deque
from typing import Any

import pytest
from hypothesis import given, strategies as st

from loyaltycore import Committed, CommitUnknown, Refused
from loyaltycore.activities import Activity
from loyaltycore.errors import Conflict, StorageBusy
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from tests.house import House, build_house, dump
from tests.services.test_running import Faulty, faults

pytestmark = pytest.mark.usefixtures("no_pauses")


def watched(storage: Storage | None = None) -> tuple[House, list[Committed]]:
    """A house with cards set up, and what its hook is told from then on."""
    told: list[Committed] = []
    house = build_house(storage, after_commit=told.append)
    house.set_up_cards()
    told.clear()
    return house, told


def stored(house: House) -> list[Activity]:
    """All activities that are stored."""
    found: Any = dump(house.loyalty)["activities"]
    return list(found)


@given(sequence=faults, keyed=st.booleans())
def test_the_hook_hears_each_commit_once(sequence: list[str], *, keyed: bool) -> None:
    """Whatever breaks and however often a verb is tried: what is stored was told, nothing else, and nothing twice."""
    storage = Faulty(MemoryStorage())
    house, told = watched(storage)
    erika = house.customer()
    told.clear()
    before = len(stored(house))
    desk = house.desk.keyed("till-1") if keyed else house.desk
    storage.faults.extend(sequence)
    desk.cards.order(erika.id)
    storage.faults.clear()
    assert [each.commands for each in told] == [("cards.order",)]
    assert list(told[0].activities) == stored(house)[before:]


@pytest.mark.parametrize("fault", ["kept", "lost"])
def test_a_commit_that_nobody_knows_of_is_not_told(fault: str) -> None:
    """If it stays unknown whether there was a commit the hook is silent: the feed is what misses nothing."""
    storage = Faulty(MemoryStorage())
    house, told = watched(storage)
    storage.faults = deque([fault, *["busy"] * 11])
    with pytest.raises(CommitUnknown):
        house.customer()
    assert told == []


@pytest.mark.every_engine
def test_a_block_is_told_as_a_whole(house: House) -> None:
    """The commands of a block in their order with all their activities, at its end; verbs that write nothing are no part."""
    told: list[Committed] = []
    house.loyalty.after_commit = told.append
    with house.desk.transaction():
        erika = house.customer()
        with house.desk.transaction():
            house.desk.customers.change(erika.id, notes="neu")
        house.desk.customers.change(erika.id, notes="neu")
        house.desk.customers.get(erika.id)
        assert told == []
    (block,) = told
    assert block.commands == ("customers.create", "customers.change")
    assert [each.customer_id for each in block.activities] == [erika.id] * 2
    house.loyalty.after_commit = None


@pytest.mark.every_engine
def test_what_is_not_kept_is_not_told(house: House) -> None:
    """Rolled back, refused, doomed, only read, repeated under a key: the hook hears nothing."""
    told: list[Committed] = []
    keyed = house.desk.keyed("k")
    erika = keyed.customers.create(last_name="Mustermann")
    house.loyalty.after_commit = told.append
    with pytest.raises(KeyError), house.desk.transaction():
        house.customer()
        raise KeyError
    with pytest.raises(Refused):
        house.desk.cards.order(erika.id)
    with pytest.raises(Conflict):
        house.desk.customers.change(erika.id, notes="x", expected_version=7)
    house.desk.customers.find()
    house.desk.activities.since()
    assert keyed.customers.create(last_name="Mustermann") == erika
    with house.desk.transaction():
        house.desk.customers.get(erika.id)
    assert told == []
    house.loyalty.after_commit = None


def test_work_of_the_house_is_told_if_it_shows(memory_house: House) -> None:
    """Delivering tells of the activities that it writes, not of its own bookkeeping."""
    told: list[Committed] = []
    memory_house.set_up_cards()
    order = memory_house.desk.cards.order(memory_house.customer().id)
    memory_house.loyalty.after_commit = told.append
    memory_house.loyalty.deliver()
    actions = [each.action for done in told for each in done.activities]
    assert actions
    assert all(done.commands == () for done in told)
    assert {each.subject_id for done in told for each in done.activities} == {order.id}


def test_the_hook_may_call_verbs() -> None:
    """It runs outside any unit: what it does is committed by itself, and told as well."""
    told: list[tuple[str, ...]] = []

    def follow(done: Committed) -> None:
        told.append(done.commands)
        if done.commands == ("customers.create",):
            house.desk.customers.change(done.activities[0].subject_id, notes="welcome")

    house = build_house(after_commit=follow)
    told.clear()
    with house.desk.transaction():
        erika = house.customer()
    assert told == [("customers.create",), ("customers.change",)]
    assert house.desk.customers.get(erika.id).notes == "welcome"


@pytest.mark.parametrize("error", [RuntimeError("secret of Erika"), StorageBusy("busy")])
def test_a_hook_that_fails_undoes_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The verb answers as always, it is not tried again, and the log says what failed without its words."""
    calls = []

    def fail(done: Committed) -> None:
        calls.append(done)
        raise error

    house = build_house()
    house.loyalty.after_commit = fail
    erika = house.customer()
    with house.desk.transaction():
        house.desk.customers.change(erika.id, notes="neu")
    assert house.desk.customers.get(erika.id).notes == "neu"
    assert len(calls) == 2
    (first, _) = caplog.records
    assert first.levelname == "ERROR"
    assert f"after_commit failed: commands=customers.create error={type(error).__name__}" in first.message
    assert "Erika" not in caplog.text


def test_what_ends_a_program_passes_through() -> None:
    """A hook that wants to end the program is heard; the commit stands."""

    def stop(_: Committed) -> None:
        raise KeyboardInterrupt

    house = build_house()
    house.loyalty.after_commit = stop
    with pytest.raises(KeyboardInterrupt):
        house.customer()
    house.loyalty.after_commit = None
    assert house.desk.customers.count() == 1


def test_the_hook_runs_where_the_verb_runs() -> None:
    """It sees the caller's context, for example the number of the request."""
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request")
    seen: list[str] = []
    house = build_house()
    house.loyalty.after_commit = lambda _: seen.append(request.get())
    contextvars.copy_context().run(lambda: (request.set("r1"), house.customer()))
    assert seen == ["r1"]


def test_without_a_hook_nothing_is_kept_for_it() -> None:
    """A block may write very much, and who is told of nothing need not remember it."""
    house = build_house()
    with house.desk.transaction() as unit:
        house.customer()
        assert unit.wrote
        assert unit.progress.activities == ()
