"""What is kept for so many years is forgotten then, portion by portion; what is younger or needed stays."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore import Capability, Money
from loyaltycore.booking import hours_on
from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.links import AppointmentLink
from loyaltycore.customers.retaining import YEAR
from loyaltycore.errors import DuplicateKey, RegistrationError
from loyaltycore.kernel.criteria import Query, matches
from loyaltycore.merging.rules.merge import Merge, MergeMove
from loyaltycore.privacy import RETENTIONS, Forgotten, Retention
from loyaltycore.processes.rules.process import Process
from loyaltycore.programs import StoredValueTerms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.sales import OrderLine
from loyaltycore.sales.rules.settlement import Settlement
from loyaltycore.templates import Channel, MessageText
from loyaltycore.testing.strategies.records import record_of
from loyaltycore.work.journal import Activity
from tests.house import House, build_house
from tests.services.programs import define
from tests.services.sales import order


def actions(house: House) -> list[str]:
    """What stands in the feed."""
    return [each.action for each in stored(house, Activity)]


def stored(house: House, cls: type[Any]) -> list[Any]:
    """All records of a class."""
    with house.loyalty.storage.transaction(read_only=True) as tx:
        return list(tx.find(cls, Query()))


def put(house: House, *records: Any) -> None:
    """Store records behind the library's back."""
    with house.loyalty.storage.transaction() as tx:
        tx.add(*records)


def forgotten(house: House) -> dict[str, int]:
    """What was removed, by kind."""
    return {each.name: each.count for each in house.desk.privacy.forget_old() if each.count}


@pytest.mark.every_engine
def test_the_change_log_is_kept_three_years_and_history_ten(house: House) -> None:
    """Changes of branches go after three years, those of customers after ten; what is younger stays, on every engine."""
    house.customer()
    assert actions(house) == ["branch.created", "customer.created"]
    assert forgotten(house) == {}
    house.clock.advance(days=3 * 365.25 + 1)
    assert forgotten(house) == {"change log": 1}
    house.customer()
    house.clock.advance(days=7 * 365.25)
    assert forgotten(house) == {"customer history": 1}
    assert actions(house) == ["customer.created"]


def test_it_works_in_portions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is, each unit of work removes so much and no more."""
    monkeypatch.setattr("loyaltycore.privacy.retaining.PORTION", 2)
    for _ in range(5):
        house.customer()
    house.clock.advance(days=11 * 365.25)
    assert forgotten(house) == {"customer history": 5, "change log": 1}
    assert actions(house) == []


def test_a_host_says_how_long_its_records_are_kept() -> None:
    """A capability adds retentions of its own; a period that is none is refused."""
    kept = Retention("visits", Activity, "at", 1)
    house = build_house(capabilities=[Capability(name="own", adds=(RETENTIONS.by(lambda _: [kept]),))])
    house.clock.advance(days=400)
    assert house.desk.privacy.forget_old()[-1] == Forgotten("visits", 1)
    odd = Retention("visits", Activity, "at", 0)
    with pytest.raises(RegistrationError, match="no number of years"):
        build_house(capabilities=[Capability(name="own", adds=(RETENTIONS.by(lambda _: [odd]),))])


KINDS = {each.name: each for each in build_house().desk.house.added(RETENTIONS)}
"""How long the library keeps what."""


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@settings(max_examples=8)
def test_nothing_younger_goes(name: str, data: st.DataObject) -> None:
    """Of any records of any age: what is younger stays, and what is older goes, unless something may need it."""
    house, retention = build_house(), KINDS[name]
    record_type = house.loyalty.registry.of(retention.cls)
    ages = data.draw(st.lists(st.integers(0, 15 * 365), min_size=1, max_size=3))
    records = []
    for number, age in enumerate(sorted(ages, reverse=True) if retention.in_order else ages):
        own = {
            record_type.key: st.just(f"0-{number}"),
            retention.since: st.just(house.clock.now() - timedelta(days=age)),
        }
        record = data.draw(record_of(record_type, **own))
        with suppress(DuplicateKey):
            put(house, record)
            records.append(record)
    house.desk.privacy.forget_old()
    left = {record_type.key_of(each) for each in stored(house, retention.cls)}
    for record in records:
        if not _is_over(record, house.clock.now()):
            assert record_type.key_of(record) in left
        elif retention.needed is None:
            assert record_type.key_of(record) not in left


def _is_over(record: Any, now: datetime) -> bool:
    mine = [each for each in KINDS.values() if isinstance(record, each.cls)]
    return any(each.is_over(record, now) and matches(each.where, record) for each in mine)


def test_a_text_is_kept_for_a_year_after_another_took_its_place(house: House) -> None:
    """The text that is valid stays for ever, the one before it for a year from when it was replaced."""

    def save(body: str, days: int) -> None:
        text = MessageText(Channel.EMAIL, "de", body, "Ihre Karte")
        house.desk.templates.save("ours", purpose="card.ordered", texts=[text])
        house.clock.advance(days=days)

    def numbers() -> list[int]:
        house.desk.privacy.forget_old()
        return [each.number for each in house.desk.templates.versions("ours")]

    for number in range(11):
        save(f"{number}", 200)
    assert numbers() == [10, 11]
    house.clock.advance(days=YEAR.days)
    assert numbers() == [11]
    house.clock.advance(days=30 * YEAR.days)
    assert numbers() == [11]


@pytest.mark.parametrize("left", [0, 1])
def test_an_open_purse_needs_its_moves(house: House, left: int) -> None:
    """A program that is over goes with its history after ten years, but not while something is left in its purse."""
    desk = house.desk
    define(desk, "gift", StoredValueTerms("EUR"))
    row = desk.programs.assign(house.customer().id, "gift", value=Money(500, "EUR"))
    house.clock.advance(days=1)
    desk.programs.adjust(row.id, Money(left - 500, "EUR"), reason="paid out")
    desk.programs.end(row.id, reason="over")
    house.clock.advance(days=11 * YEAR.days)
    assert forgotten(house).get("ended programs", 0) == 1 - left
    assert len(stored(house, ProgramMove)) == (2 if left else 0)
    assert [each.balance for each in stored(house, ProgramAssignment)] == [1] * left


def test_what_came_back_lately_keeps_its_sale(house: House) -> None:
    """Ten years are counted from the last refund."""
    desk = house.desk
    desk.sales.settle(order(None, OrderLine("1", "frame", Money(900, "EUR"), 2)))
    house.clock.advance(days=9 * YEAR.days)
    desk.sales.refund("R-42", "G-1", {"1": 1})
    house.clock.advance(days=2 * YEAR.days)
    assert "settlements" not in forgotten(house)
    house.clock.advance(days=9 * YEAR.days)
    assert forgotten(house)["settlements"] == 1


@pytest.mark.every_engine
def test_what_is_over_goes_and_what_is_open_stays(house: House) -> None:
    """On every engine: an appointment with its link, a process, a sale, a merge with its journal; the merged id answers."""
    desk = house.desk
    erika, double = house.customer(), house.customer(first_name="Erica")
    setup = desk.appointments.setup
    setup.save_resource("room", branch_id=desk.branch.id, name="Room", week=hours_on(range(7), "00:00-24:00"))
    desk.appointments.make("room", house.clock.now() + timedelta(hours=2), minutes=30, customer_id=double.id)
    desk.processes.templates.create("sale", name="Sale")
    open_one, over = (desk.processes.start(erika.id, "sale").process for _ in range(2))
    desk.processes.close(over.id)
    desk.sales.settle(order(erika.id, OrderLine("1", "frame", Money(900, "EUR"))))
    desk.merging.execute(desk.merging.plan(survivor=erika.id, loser=double.id))
    put(house, AppointmentLink("hash", stored(house, Appointment)[0].id, "cancel", 0))
    house.clock.advance(days=11 * YEAR.days)
    gone = forgotten(house)
    assert {
        name: gone[name] for name in ("appointments", "processes", "settlements", "merges")
    } == dict.fromkeys(("appointments", "processes", "settlements", "merges"), 1)
    for cls in (Appointment, AppointmentLink, Settlement, Merge, MergeMove, Activity):
        assert stored(house, cls) == []
    assert [each.id for each in stored(house, Process)] == [open_one.id]
    assert desk.customers.get(double.id).id == erika.id
    assert forgotten(house) == {}
