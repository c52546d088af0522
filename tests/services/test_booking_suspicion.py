"""A request that looks like a program's is kept for the staff: nothing leaves until they trust it, and nobody notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore import InvalidInput, Refused
from loyaltycore.booking import SUSPICIONS, AppointmentState, Filling, ReminderKind, Submission
from loyaltycore.booking.rules.suspicion import SOONEST
from loyaltycore.errors import RegistrationError
from loyaltycore.work.capability import Capability
from tests.house import House, build_house, dump
from tests.services.test_booking_online import ERIKA, MONDAY, TEN, labels, plan, token


def suspicion(house: House) -> str:
    """What is suspicious about the one appointment there is."""
    (found,) = house.desk.appointments.on("berlin", MONDAY)
    return found.suspicion


@pytest.mark.every_engine
def test_a_suspicious_request_waits_for_the_staff(house: House) -> None:
    """It takes its time and is answered like any other, but no mail leaves before the staff trust it, and then once."""
    planner = plan(house)
    answer = planner.book(TEN, Filling("https://pills.example"), **ERIKA)
    assert labels(planner) == ["09:00", "x", "x", "x", "11:00"]
    house.loyalty.deliver()
    assert house.mailer.sent == []
    (reminder,) = house.desk.appointments.reminders("berlin").items
    assert reminder.kind is ReminderKind.SUSPICIOUS
    assert suspicion(house) == "trap"
    desk = house.loyalty.session("anna", "berlin")  # it knows the address of the page
    assert desk.appointments.trust(reminder.about).suspicion == ""
    link = token(house)
    assert planner.show(link) == answer
    before = dump(house.loyalty)
    house.desk.appointments.trust(reminder.about)
    assert dump(house.loyalty) == before
    house.loyalty.deliver()
    assert len(house.mailer.sent) == 1
    assert planner.cancel(link).state is AppointmentState.CANCELLED


def test_nobody_learns_whether_a_request_is_suspicious(memory_house: House) -> None:
    """Not by the answer, not by a repetition, not by what is refused."""
    planner = plan(memory_house)
    plain = planner.book(TEN, **ERIKA)
    odd = planner.book(TEN + timedelta(days=1), Filling("x"), **ERIKA, key="form-1")
    assert evolve(odd, starts_at=plain.starts_at, ends_at=plain.ends_at) == plain
    again = planner.book(TEN + timedelta(days=1), Filling(took=timedelta(hours=1)), **ERIKA, key="form-1")
    assert again == odd, "how the form was filled in says nothing about what is booked"
    with pytest.raises(Refused) as caught:
        planner.book(TEN, Filling("x"), **ERIKA)
    assert caught.value.code == "booking.slot_taken"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (Filling(took=SOONEST - timedelta(microseconds=1)), "too_fast"),
        (Filling(took=SOONEST), ""),
        (Filling("0"), "trap"),
        ({"last_name": "http://pills.example"}, "links"),
        ({"remark": "see WWW.pills.example"}, "links"),
        ({"remark": "<a href=x>"}, "links"),
        ({"remark": "pills.top/buy"}, "links"),
        ({"remark": "at 10.30 or so, z.B. Dr.Meier, Tel. 030/123"}, ""),
        ({"last_name": "O'Brien-Müller", "remark": "erika@example.org is my other address"}, ""),
        ({"email": "x@MailInator.com"}, "domain"),
        ({"email": "x@eu.mailinator.com"}, "domain"),
        ({"email": "x@notmailinator.com"}, ""),
    ],
)
def test_what_is_suspicious(memory_house: House, given: Filling | dict[str, str], word: str) -> None:
    """A word for each sign, and nothing for what people write."""
    filling, fields = (given, {}) if isinstance(given, Filling) else (Filling(), given)
    plan(memory_house).book(TEN, filling, **{**ERIKA, **fields})
    assert suspicion(memory_house) == word
    memory_house.loyalty.deliver()
    assert len(memory_house.mailer.sent) == (not word)


def test_all_that_is_suspicious_is_said(memory_house: House) -> None:
    """In the order of the rules."""
    plan(memory_house).book(TEN, Filling("x", timedelta(0)), **ERIKA, remark="https://x.example")
    assert suspicion(memory_house) == "trap too_fast links"


def test_the_domains_are_the_shops(memory_house: House) -> None:
    """The option replaces those that ship; an empty one asks for nothing."""
    settings = memory_house.loyalty.session("admin").settings
    settings.change(settings.option("booking.suspicious_domains"), " Example.org ,, ")
    plan(memory_house).book(TEN, **ERIKA)
    assert suspicion(memory_house) == "domain"
    settings.change(settings.option("booking.suspicious_domains"), "")
    planner = memory_house.loyalty.planner("berlin")
    planner.book(TEN + timedelta(days=1), **ERIKA)
    (found,) = memory_house.desk.appointments.on("berlin", MONDAY + timedelta(days=1))
    assert found.suspicion == ""


def test_a_host_has_rules_of_its_own() -> None:
    """Beside the library's; what answers no word is refused before anything is stored."""
    answers: list[Any] = ["competitor"]
    seen: list[Submission] = []

    def rule(submission: Submission) -> Any:
        seen.append(submission)
        return answers[-1]

    own = Capability(name="own", adds=(SUSPICIONS.by(lambda _: [rule]),))
    house = build_house(capabilities=[own])
    planner = plan(house)
    planner.book(TEN, Filling("x"), **ERIKA)
    assert suspicion(house) == "trap competitor"
    assert (seen[0].request.last_name, seen[0].filling) == ("Mustermann", Filling("x"))
    before = dump(house.loyalty)
    for odd in ("two words", 7, "x" * 41):
        answers.append(odd)
        with pytest.raises(RegistrationError):
            planner.book(TEN + timedelta(days=1), **ERIKA)
    assert dump(house.loyalty) == before


def test_without_a_kind_the_staff_still_learn_of_what_is_suspicious(memory_house: House) -> None:
    """Otherwise nobody would look at it."""
    planner = plan(memory_house)
    memory_house.desk.appointments.setup.save_template("consultation", online=False)
    planner.book(TEN - timedelta(hours=1), Filling("x"), **ERIKA)
    (reminder,) = memory_house.desk.appointments.reminders("berlin").items
    assert reminder.kind is ReminderKind.SUSPICIOUS
    memory_house.loyalty.session("anna", "berlin").appointments.trust(reminder.about)
    assert planner.show(token(memory_house)).state is AppointmentState.REQUESTED


def test_what_is_over_is_not_trusted(memory_house: House) -> None:
    """A request that was turned down stays without a mail."""
    plan(memory_house).book(TEN, Filling("x"), **ERIKA)
    (found,) = memory_house.desk.appointments.on("berlin", MONDAY)
    memory_house.desk.appointments.cancel(found.id, reason="a program")
    with pytest.raises(Refused) as caught:
        memory_house.desk.appointments.trust(found.id)
    assert caught.value.code == "appointment.over"
    memory_house.loyalty.deliver()
    assert memory_house.mailer.sent == []


@pytest.mark.parametrize(
    ("odd", "fields"),
    [
        ("x", ["filling"]),
        (None, ["filling"]),
        (Filling(7, 3), ["filling.trap", "filling.took"]),  # type: ignore[arg-type]  that is the point
    ],
)
def test_what_the_page_has_seen_is_checked(memory_house: House, odd: Any, fields: list[str]) -> None:
    """Anything else is a fault of the page."""
    with pytest.raises(InvalidInput) as caught:
        plan(memory_house).book(TEN, odd, **ERIKA)
    assert [each.field for each in caught.value.faults] == fields


@given(st.text(max_size=80), st.text(max_size=200))
def test_no_trap_can_break_it(trap: str, remark: str) -> None:
    """Whatever a program writes, it is answered, and what stands in the trap is stored nowhere."""
    house = build_house()
    planner = plan(house)
    try:
        planner.book(TEN, Filling(trap), **ERIKA, remark=remark)
    except InvalidInput:
        return  # the remark was none
    assert suspicion(house).startswith("trap") == bool(trap)
