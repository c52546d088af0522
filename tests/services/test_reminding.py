"""Customers are reminded of their appointments: in time, once, and never of what does not take place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore import Phone
from loyaltycore.booking import Appointment, AppointmentState, AppointmentTemplate, NoticeAbout
from loyaltycore.booking.rules.reminding import is_due
from loyaltycore.kernel.contact import PhoneKind
from loyaltycore.memory import MemorySmsGateway, MemoryStorage
from tests.house import House, build_house
from tests.services.test_booking_online import ERIKA, LINK, MONDAY, TEN, plan

SUNDAY = TEN - timedelta(days=1)
MOBILE = Phone("+491701234567", PhoneKind.MOBILE, sms_allowed=True)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kathmandu"]
)
INSTANTS = st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: TEN + timedelta(minutes=minutes))


def given_to_erika(house: House, **template: Any) -> str:
    """An appointment that was booked on a Thursday for the Monday after it, and given to Erika."""
    plan(house, remind=2, **template).book(TEN, **ERIKA)
    (found,) = house.desk.appointments.on("berlin", MONDAY)
    house.desk.appointments.assign(found.id, house.customer().id)
    house.loyalty.deliver()
    house.mailer.sent.clear()
    return found.id


def reminded(house: House) -> int:
    """How many the job reminds; it answers 0 when all are."""
    appointments = house.loyalty.session("reminders", "berlin").appointments
    count = appointments.remind()
    assert appointments.remind() == 0
    return int(count)


@pytest.mark.every_engine
def test_a_customer_is_reminded_once(house: House) -> None:
    """From two days before, by a mail with time and a link by which the appointment can be cancelled."""
    appointment = given_to_erika(house)
    assert reminded(house) == 0, "four days before is too early"
    house.clock.instant = SUNDAY - timedelta(days=1)
    assert reminded(house) == 1
    house.loyalty.deliver()
    (mail,) = house.mailer.sent
    assert mail.to == ("erika@example.org",)
    assert "am 19.01.2026 um 10:00 Uhr" in mail.text
    token = mail.text.split(LINK)[1].split()[0]
    (notice,) = house.desk.appointments.notices(appointment)
    assert (notice.about, notice.told_by) == (NoticeAbout.REMINDER, "reminders")
    house.clock.advance(hours=12)
    assert reminded(house) == 0
    assert house.loyalty.planner("berlin").cancel(token).state is AppointmentState.CANCELLED


def test_a_text_is_preferred_where_it_is(memory_house: House) -> None:
    """The way that the customer prefers, if it is open."""
    sms = MemorySmsGateway()
    house = build_house(MemoryStorage(), sms=sms)
    given_to_erika(house)
    (erika,) = house.desk.customers.find(email="erika@example.org").items
    house.desk.customers.change(erika.id, phones=[MOBILE], preferred_channel="sms")
    house.clock.instant = SUNDAY
    assert reminded(house) == 1
    house.loyalty.deliver()
    (text,) = sms.sent
    assert "Erinnerung: Ihr Termin am 19.01.2026 um 10:00 Uhr." in text.text
    assert house.mailer.sent == []


@pytest.mark.every_engine
@pytest.mark.parametrize("change", ["cancelled", "moved", "deleted", "missed", "late", "assigned"])
def test_what_has_changed_since_is_not_sent(house: House, change: str) -> None:
    """It is decided when the reminder leaves: a server that was down over the weekend sends none on Monday."""
    appointment = given_to_erika(house)
    appointments = house.desk.appointments
    house.clock.instant = SUNDAY
    assert reminded(house) == 1
    acts: dict[str, Callable[[], object]] = {
        "cancelled": lambda: appointments.cancel(appointment),
        "moved": lambda: appointments.move(appointment, TEN + timedelta(hours=1)),
        "deleted": lambda: appointments.delete(appointment),
        "missed": lambda: (house.clock.advance(days=1), appointments.miss(appointment)),
        "late": lambda: house.clock.advance(hours=14),
        "assigned": lambda: appointments.assign(appointment, house.customer(email="max@example.org").id),
    }
    acts[change]()
    report = house.loyalty.deliver()
    assert (report.withdrawn, house.mailer.sent) == (1, [])
    if change == "moved":
        assert reminded(house) == 1, "of the new time"
        house.loyalty.deliver()
        assert "um 11:00 Uhr" in house.mailer.sent[0].text
    if change == "assigned":
        assert reminded(house) == 1, "the right one"
        house.loyalty.deliver()
        assert house.mailer.sent[0].to == ("max@example.org",)


def test_nobody_else_is_reminded(memory_house: House) -> None:
    """Not of a kind without reminders, nor without a customer, nor without a way, nor on the day of booking."""
    house = memory_house
    planner = plan(house, "quiet", "loud")
    house.desk.appointments.setup.save_template("loud", remind=5)
    planner.book(TEN, template="loud", **ERIKA)
    made = house.desk.appointments.make
    erika, nobody = house.customer(), house.customer(first_name="Max", email="")
    made("room", TEN + timedelta(days=1), template="quiet", customer_id=erika.id)
    made("room", TEN + timedelta(days=1, hours=2), minutes=30, customer_id=erika.id)
    made("room", TEN + timedelta(days=2), template="loud", customer_id=nobody.id)
    house.clock.instant = SUNDAY
    made("room", TEN + timedelta(days=3), template="loud", customer_id=erika.id)
    assert reminded(house) == 0
    house.clock.advance(hours=15)
    assert reminded(house) == 1, "the day after booking it is reminded of"


def test_many_are_reminded_in_portions(memory_house: House) -> None:
    """A hundred at a time, so that no unit of work grows with the shop."""
    house = memory_house
    plan(house, remind=2)
    house.desk.appointments.setup.save_resource("room", branch_id="berlin", capacity=150)
    erika = house.customer()
    for _ in range(130):
        house.desk.appointments.make("room", TEN, template="consultation", customer_id=erika.id)
    house.clock.instant = SUNDAY
    appointments = house.loyalty.session("reminders", "berlin").appointments
    assert [appointments.remind() for _ in range(3)] == [100, 30, 0]


@given(
    INSTANTS,
    st.integers(-72, 24 * 40),
    st.integers(0, 24 * 60),
    st.integers(0, 30),
    ZONES,
    st.sampled_from(AppointmentState),
)
def test_reminders_are_due_on_days_before(
    now: datetime, ahead: int, booked: int, days: int, zone: str, state: AppointmentState
) -> None:
    """Never on the day itself or the day of booking as the branch counts days, never too early, and for open ones alone."""
    starts_at, booked_at = now + timedelta(hours=ahead), now - timedelta(hours=booked)
    appointment = Appointment(
        "1", "b", "r", "t", starts_at, starts_at + timedelta(hours=1), state=state, booked_at=booked_at
    )
    template = AppointmentTemplate("t", "T", 60, remind=days)
    local = [each.astimezone(ZoneInfo(zone)).date() for each in (now, starts_at, booked_at)]
    left = (local[1] - local[0]).days
    expected = (
        0 < left <= days
        and local[2] != local[0]
        and state in {AppointmentState.REQUESTED, AppointmentState.CONFIRMED}
    )
    assert is_due(appointment, template, zone, now) == expected
    if expected:
        assert is_due(appointment, evolve(template, remind=days + 1), zone, now), (
            "more days never remind of less"
        )
