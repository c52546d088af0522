"""Customers book, look and cancel through the planner, and the staff learn of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.booking import (
    AppointmentState,
    DayException,
    Hours,
    OwnAppointment,
    Planner,
    Reason,
    ReminderKind,
    hours_on,
)
from loyaltycore.booking.rules.options import CANCEL_LINK
from tests.house import THURSDAY, House, dump

MONDAY: Final = date(2026, 1, 19)
TEN: Final = THURSDAY.replace(day=19)
"""Monday at ten, as the clock shows it in Berlin."""
ERIKA: Final[dict[str, Any]] = {
    "first_name": " Erika ",
    "last_name": "Mustermann",
    "email": "erika@Example.org",
    "phone": "0170 1234567",
}
LINK: Final = "https://shop.example/appointments/"


def plan(house: House, *templates: str, **facts: Any) -> Planner:
    """A room that is there from nine to twelve, and kinds of appointment that take an hour."""
    setup = house.desk.appointments.setup
    house.loyalty.session("admin").settings.change(CANCEL_LINK, LINK + "{token}")
    setup.save_resource(
        "room", branch_id="berlin", name="Room", week=hours_on(range(5), "09:00-12:00"), online=True
    )
    for each in templates or ("consultation",):
        given = {"name": each.title(), "length": 60, "step": 30, "online": True, **facts}
        setup.save_template(each, **given)
    return house.loyalty.planner("berlin")


def labels(planner: Planner, day: date = MONDAY) -> list[str]:
    """What the planner shows of a day."""
    (offered,) = planner.grid(day, 1)
    return [slot.label for slot in offered.slots]


def token(house: House) -> str:
    """The token in the last mail."""
    house.loyalty.deliver()
    (word,) = [word for word in house.mailer.sent[-1].text.split() if word.startswith(LINK)]
    return word.removeprefix(LINK)


@pytest.mark.every_engine
def test_a_booking_takes_its_time_at_once(house: House) -> None:
    """What was a time becomes an x, for everything that it overlaps."""
    planner = plan(house)
    assert labels(planner) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    booked = planner.book(TEN, **ERIKA)
    assert booked.state is AppointmentState.REQUESTED
    assert (booked.starts_at, booked.ends_at) == (TEN, TEN + timedelta(hours=1))
    assert labels(planner) == ["09:00", "x", "x", "x", "11:00"]
    assert [slot.reason for slot in planner.grid(MONDAY, 1)[0].slots][1] is Reason.BUSY


@pytest.mark.every_engine
def test_everything_that_follows_from_a_booking(house: House) -> None:
    """An appointment with type, status and comment; a reminder; a mail with a link; and no customer."""
    planner = plan(house, type="hearing test", status="booked online")
    planner.book(TEN, **ERIKA, remark="Please ring\ntwice", city="Potsdam")
    (found,) = house.desk.appointments.on("berlin", MONDAY)
    assert (found.type, found.status) == ("hearing test", "booked online")
    assert found.comment.splitlines() == [
        "First name: Erika",
        "Last name: Mustermann",
        "E-mail: erika@example.org",
        "Phone: +491701234567",
        "City: Potsdam",
        "Remark: Please ring",
        "twice",
    ]
    assert found.customer_id is None
    assert house.desk.customers.count() == 0
    (reminder,) = house.desk.appointments.reminders("berlin").items
    assert (reminder.kind, reminder.about) == (ReminderKind.BOOKED, found.id)
    assert reminder.says == "Erika Mustermann, 2026-01-19 10:00"
    house.loyalty.deliver()
    (mail,) = house.mailer.sent
    assert mail.to == ("erika@example.org",)
    assert "19.01.2026 um 10:00 Uhr" in mail.text
    assert LINK in mail.text


def test_a_form_is_answered_whatever_it_leaves_out_or_adds(memory_house: House) -> None:
    """What is missing and what nobody knows is named, like any other fault."""
    planner = plan(memory_house)
    with pytest.raises(InvalidInput) as caught:
        planner.book(TEN)
    assert {fault.field for fault in caught.value.faults} == {"first_name", "last_name", "email", "phone"}
    with pytest.raises(InvalidInput) as caught:
        planner.book(TEN, **ERIKA, colour="red")
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("colour", "unknown_field")]


def test_an_appointment_is_called_what_its_template_is(memory_house: House) -> None:
    """Without the group in which it stands, unless the template has a type of its own."""
    planner = plan(memory_house)
    memory_house.desk.appointments.setup.save_template("consultation", name="Hearing/First consultation")
    assert planner.book(TEN, **ERIKA).type == "First consultation"


@pytest.mark.parametrize(
    "link", ["{token}{token}", "https://shop.example/", "javascript:{token}", "//x/{token}"]
)
def test_a_link_is_an_address_with_one_token(memory_house: House, link: str) -> None:
    """Nothing else gets into a mail."""
    with pytest.raises(InvalidInput) as caught:
        memory_house.desk.settings.change(CANCEL_LINK, link)
    assert [fault.code for fault in caught.value.faults] == ["bad_link"]


@pytest.mark.parametrize("missing", ["first_name", "last_name", "email", "phone"])
def test_four_fields_are_required(memory_house: House, missing: str) -> None:
    """Whatever is missing is named, and nothing is booked, reminded of or sent."""
    planner = plan(memory_house)
    before = dump(memory_house.loyalty)
    with pytest.raises(InvalidInput) as caught:
        planner.book(TEN, **{**ERIKA, missing: " "})
    assert [fault.field for fault in caught.value.faults] == [missing]
    assert dump(memory_house.loyalty) == before


def test_a_time_that_was_taken_names_others(memory_house: House) -> None:
    """Whoever comes too late learns why, and which times of the day are left."""
    planner = plan(memory_house)
    planner.book(TEN, **ERIKA)
    before = dump(memory_house.loyalty)
    with pytest.raises(Refused) as caught:
        planner.book(TEN, **ERIKA)
    assert caught.value.code == "booking.slot_taken"
    assert caught.value.facts["reason"] is Reason.BUSY
    assert caught.value.facts["free"] == (TEN - timedelta(hours=1), TEN + timedelta(hours=1))
    assert dump(memory_house.loyalty) == before


@pytest.mark.every_engine
def test_a_double_click_books_once(house: House) -> None:
    """The page's key makes the second one the first."""
    planner = plan(house)
    first, second = (planner.book(TEN, **ERIKA, key="form-1") for _ in range(2))
    assert first == second
    assert len(house.desk.appointments.on("berlin", MONDAY)) == 1


def test_one_kind_needs_no_choice(memory_house: House) -> None:
    """Several do, and one that is not released cannot be chosen."""
    planner = plan(memory_house, "service", "consultation")
    memory_house.desk.appointments.setup.save_template("internal", name="Internal", length=30)
    assert [each.id for each in planner.templates()] == ["consultation", "service"]
    with pytest.raises(Refused, match="several kinds") as caught:
        planner.grid(MONDAY)
    assert caught.value.facts["templates"] == ("consultation", "service")
    assert planner.book(TEN, template="service", **ERIKA)
    with pytest.raises(NotFound):
        planner.grid(MONDAY, template="internal")


def test_every_x_has_a_reason(memory_house: House) -> None:
    """Holidays, closed days, breaks, too soon, too far."""
    planner = plan(memory_house, notice=60 * 24 * 2, ahead=10)
    memory_house.desk.appointments.setup.save_resource(
        "room",
        branch_id="berlin",
        breaks=hours_on([1], "10:00-10:15"),
        exceptions=[
            DayException(MONDAY),
            DayException(MONDAY + timedelta(days=5), (Hours("10:00", "11:00"),)),
        ],
    )
    days = planner.grid(date(2026, 1, 15), 14)
    reasons = {each.day.day: [slot.reason and slot.reason.value for slot in each.slots] for each in days}
    assert reasons[15] == ["past", "past", "notice", "notice", "notice"]
    assert reasons[16] == ["notice"] * 5
    assert reasons[19] == ["closed"] * 5
    assert reasons[20] == [None, "break", "break", None, None]
    assert reasons[24] == [None]
    assert reasons[26] == ["ahead"] * 5
    assert [each.reason for each in days if not each.slots] == [Reason.CLOSED] * 3


def test_a_limit_counts_per_day(memory_house: House) -> None:
    """One of its kind on a day, and another on the next."""
    planner = plan(memory_house, per_day=1)
    planner.book(TEN, **ERIKA)
    assert labels(planner) == ["x"] * 5
    assert labels(planner, MONDAY + timedelta(days=1)) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_two_resources_are_offered_as_one(memory_house: House) -> None:
    """A time is free as long as one of them is, and each takes one appointment."""
    planner = plan(memory_house)
    memory_house.desk.appointments.setup.save_resource(
        "second", branch_id="berlin", name="Second", week=hours_on(range(5), "10:00-12:00"), online=True
    )
    for _ in range(2):
        assert "10:00" in labels(planner)
        planner.book(TEN, **ERIKA)
    assert "10:00" not in labels(planner)
    booked = memory_house.desk.appointments.on("berlin", MONDAY)
    assert sorted(each.resource_id for each in booked) == ["room", "second"]


@pytest.mark.every_engine
def test_a_link_cancels_and_the_time_is_free_again(house: House) -> None:
    """The appointment stays, as cancelled; a second click changes nothing; the staff are told."""
    planner = plan(house)
    planner.book(TEN, **ERIKA)
    link = token(house)
    assert planner.show(link).state is AppointmentState.REQUESTED
    assert planner.cancel(link).state is AppointmentState.CANCELLED
    assert "10:00" in labels(planner)
    before = dump(house.loyalty)
    assert planner.cancel(link).state is AppointmentState.CANCELLED
    assert dump(house.loyalty) == before
    (kept,) = house.desk.appointments.on("berlin", MONDAY)
    assert (kept.state, kept.ended_by) == (AppointmentState.CANCELLED, "online")
    kinds = [each.kind for each in house.desk.appointments.reminders("berlin").items]
    assert kinds == [ReminderKind.CANCELLED, ReminderKind.BOOKED]


def test_looking_changes_nothing(memory_house: House) -> None:
    """Programs that check mails open every link."""
    planner = plan(memory_house)
    planner.book(TEN, **ERIKA)
    link = token(memory_house)
    before = dump(memory_house.loyalty)
    planner.show(link)
    planner.grid(MONDAY)
    planner.templates()
    assert dump(memory_house.loyalty) == before


def test_links_that_lead_nowhere_look_the_same(memory_house: House) -> None:
    """Wrong, of another branch, and from a mail that a move has overtaken."""
    planner = plan(memory_house)
    planner.book(TEN, **ERIKA)
    link = token(memory_house)
    memory_house.loyalty.session("admin").branches.create("bonn", name="Optik Bonn")
    with pytest.raises(Refused) as wrong:
        planner.show("0" * 32)
    with pytest.raises(Refused) as elsewhere:
        memory_house.loyalty.planner("bonn").show(link)
    (booked,) = memory_house.desk.appointments.on("berlin", MONDAY)
    memory_house.desk.appointments.move(booked.id, TEN + timedelta(hours=1))
    with pytest.raises(Refused) as overtaken:
        planner.cancel(link)
    assert wrong.value.code == "booking.bad_link"
    assert [wrong.value.args, wrong.value.facts] == [elsewhere.value.args, elsewhere.value.facts]
    assert [wrong.value.args, wrong.value.facts] == [overtaken.value.args, overtaken.value.facts]


def test_it_can_be_too_late_to_cancel(memory_house: House) -> None:
    """Until the template's limit, and not from then on."""
    planner = plan(memory_house, cancel_until=120)
    planner.book(TEN, **ERIKA)
    link = token(memory_house)
    memory_house.clock.instant = TEN - timedelta(hours=2)
    with pytest.raises(Refused) as caught:
        planner.cancel(link)
    assert caught.value.code == "booking.too_late"
    memory_house.clock.instant = TEN - timedelta(hours=2, seconds=1)
    assert planner.cancel(link).state is AppointmentState.CANCELLED


def test_only_a_hash_of_the_token_is_stored(memory_house: House) -> None:
    """Outside the mail that carries it."""
    planner = plan(memory_house)
    planner.book(TEN, **ERIKA)
    link = token(memory_house)
    stored = {table: rows for table, rows in dump(memory_house.loyalty).items() if table != "outbox"}
    assert link not in str(
        [[getattr(row, "__attrs_attrs__", ()) and _all(row) for row in rows] for rows in stored.values()]
    )


def _all(row: Any) -> list[Any]:
    return [getattr(row, each.name) for each in type(row).__attrs_attrs__]


def test_a_known_address_changes_no_customer(memory_house: House) -> None:
    """Whoever knows an e-mail address cannot rewrite a record: a match is a suggestion to the staff."""
    erika = memory_house.customer(phones=["0170 1234567"])
    planner = plan(memory_house)
    planner.book(TEN, **{**ERIKA, "last_name": "Somebody Else"})
    assert memory_house.desk.customers.get(erika.id) == erika
    (booked,) = memory_house.desk.appointments.on("berlin", MONDAY)
    assert memory_house.desk.appointments.suggestions(booked.id) == (erika,)
    assert memory_house.desk.appointments.get(booked.id).customer_id is None


@pytest.mark.parametrize("name", ["שלום", "Jörg 🎉", "x" * 80, "مرحبا", "<b>&{{7*7}}</b>"])
def test_any_name_arrives_as_text(memory_house: House, name: str) -> None:
    """Nothing in it becomes a header or a placeholder."""
    planner = plan(memory_house)
    planner.book(TEN, **{**ERIKA, "first_name": name})
    memory_house.loyalty.deliver()
    mail = memory_house.mailer.sent[-1]
    assert name in mail.text
    assert name not in mail.subject


@pytest.mark.parametrize("field", ["first_name", "email", "phone", "city"])
def test_line_breaks_are_refused(memory_house: House, field: str) -> None:
    """A header cannot be smuggled in."""
    planner = plan(memory_house)
    with pytest.raises(InvalidInput) as caught:
        planner.book(TEN, **{**ERIKA, field: "a\r\nBcc: <all@example.org>"})
    assert {fault.field for fault in caught.value.faults} == {field}


def test_the_planner_leads_to_nothing_else() -> None:
    """It has seven verbs and says what time it is, and a page can be given it without a second thought."""
    assert [name for name in vars(Planner) if not name.startswith("_")] == [
        "time_zone", "templates", "grid", "hold", "release", "book", "show", "cancel",
    ]  # fmt: skip
    assert {each.name for each in OwnAppointment.__attrs_attrs__} == {"starts_at", "ends_at", "state", "type"}


def test_times_are_whole_seconds_with_a_zone(memory_house: House) -> None:
    """Anything else is a fault of the page."""
    planner = plan(memory_house)
    for odd, code in (
        (datetime(2026, 1, 19, 10), "naive_datetime"),  # noqa: DTZ001  that is the point
        (TEN.replace(microsecond=1), "out_of_range"),
        (None, "required"),
    ):
        with pytest.raises(InvalidInput) as caught:
            planner.book(odd, **ERIKA)
        assert [fault.code for fault in caught.value.faults] == [code]
