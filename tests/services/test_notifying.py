"""The staff tell customers what became of their appointments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from loyaltycore import Address, InvalidInput, Phone, Refused
from loyaltycore.booking import Appointment, NoticeAbout
from loyaltycore.booking.rules.message_options import BOOKED_TEMPLATE, CONFIRMED_TEMPLATE
from loyaltycore.booking.rules.options import CANCEL_LINK
from loyaltycore.customers import Customer
from loyaltycore.kernel.contact import PhoneKind
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.ports import from_json
from loyaltycore.templates import Channel, MessageText
from tests.house import House, dump
from tests.services.test_booking_online import ERIKA, LINK, MONDAY, TEN, plan

AN_HOUR: Final = timedelta(hours=1)
MOBILE: Final = Phone("+491701234567", PhoneKind.MOBILE, sms_allowed=True)
LANDLINE: Final = Phone("+49301234567")


def booked(house: House, *phones: Phone, **fields: Any) -> tuple[Appointment, Customer]:
    """An appointment that Erika has asked for, and that the staff have given to her."""
    plan(house).book(TEN, **ERIKA)
    (found,) = house.desk.appointments.on("berlin", MONDAY)
    erika = house.customer(phones=[each.number for each in phones], **fields)
    if phones:
        erika = house.desk.customers.change(erika.id, phones=list(phones))
    return house.loyalty.session("anna", "berlin").appointments.assign(found.id, erika.id), erika


def desk(house: House) -> Any:
    """The appointments of a desk that was opened after the settings were made."""
    return house.loyalty.session("anna", "berlin").appointments


def queued(house: House) -> list[Any]:
    """The mails and texts in the outbox, those about notices alone, in their order."""
    return [each for each in _queued(house) if "confirmation" not in each[0]]


def _queued(house: House) -> Iterator[tuple[str, Any]]:
    with house.loyalty.storage.transaction(read_only=True) as tx:
        for message in tx.find(OutboxMessage, Query(order_by=("id",))):
            kind = _KINDS.get(message.kind)
            if kind is not None:
                yield message.key, from_json(message.payload, kind)


_KINDS: Final = {
    "email.send": Email,
    "sms.send": SmsText,
    "appointment.tell_by_email": Email,
    "appointment.tell_by_sms": SmsText,
}


def refused(act: Any) -> str:
    """The code with which something is refused."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


@pytest.mark.every_engine
def test_a_confirmed_appointment_is_told_by_a_text(house: House) -> None:
    """F153, F154: with the time on the wall and a link by which it can be cancelled; twice is once."""
    appointment, erika = booked(house, LANDLINE, MOBILE)
    appointments = desk(house)
    appointments.confirm(appointment.id)
    notice = appointments.notify(appointment.id, by="sms")
    assert (notice.about, notice.way, notice.customer_id) == (NoticeAbout.CONFIRMED, Channel.SMS, erika.id)
    assert (notice.told_by, notice.template, notice.sequence) == ("anna", "", 0)
    ((key, sms),) = queued(house)
    assert key.startswith(f"appointment/{appointment.id}/0/confirmed/sms/")
    assert sms.to == "+491701234567"
    begin = f"Ihr Termin am 19.01.2026 um 10:00 Uhr ist bestätigt. Absagen: {LINK}"
    assert sms.text.startswith(begin)
    assert sms.text.endswith(" Optik Berlin")
    token = sms.text.removeprefix(begin).split()[0]
    assert appointments.notify(appointment.id, by=Channel.SMS) == notice
    assert len(queued(house)) == 1
    assert house.loyalty.planner("berlin").cancel(token).state.value == "cancelled"


@pytest.mark.every_engine
def test_a_moved_appointment_is_told_by_a_mail(house: House) -> None:
    """F155, F157: the move suggests it; the mail has a new link, and the one in the older mail is dead."""
    appointment, _ = booked(house, MOBILE)
    house.loyalty.deliver()
    old = next(word for word in house.mailer.sent[-1].text.split() if word.startswith(LINK)).removeprefix(
        LINK
    )
    appointments = desk(house)
    appointments.move(appointment.id, TEN + AN_HOUR)
    offer = appointments.notice_offer(appointment.id)
    assert (offer.about, offer.ways) == (NoticeAbout.MOVED, (Channel.SMS, Channel.EMAIL, Channel.PHONE))
    appointments.notify(appointment.id, by="email")
    assert appointments.notice_offer(appointment.id).told == (Channel.EMAIL,)
    assert appointments.notice_offer(appointment.id).ways == ()
    house.loyalty.deliver()
    mail = house.mailer.sent[-1]
    assert (mail.to, mail.subject) == (("erika@example.org",), "Ihr Termin ist verlegt")
    assert "Er ist jetzt am 19.01.2026 um 11:00 Uhr in Ladenweg 1, Berlin." in mail.text
    new = next(word for word in mail.text.split() if word.startswith(LINK)).removeprefix(LINK)
    planner = house.loyalty.planner("berlin")
    assert refused(lambda: planner.show(old)) == "booking.bad_link"
    assert planner.show(new).starts_at == TEN + AN_HOUR


@pytest.mark.every_engine
def test_a_call_is_written_down(house: House) -> None:
    """F159: nothing leaves the house; who called, when, and what was said is known."""
    appointment, erika = booked(house, LANDLINE, email="")
    appointments = desk(house)
    appointments.cancel(appointment.id, reason="ill")
    assert appointments.notice_offer(appointment.id).ways == (Channel.PHONE,)
    notice = appointments.notify(appointment.id, by="phone", comment="will call back")
    assert (notice.about, notice.comment) == (NoticeAbout.CANCELLED, "will call back")
    assert queued(house) == []
    assert appointments.notices(appointment.id) == (notice,)
    feed = house.desk.activities.of_customer(erika.id).items
    assert [(each.action, each.comment) for each in feed if each.action == "appointment.told"] == [
        ("appointment.told", "will call back")
    ]


def test_every_call_is_written_down(memory_house: House) -> None:
    """F159: the second one too, with what was said, though it tells the same."""
    appointment, erika = booked(memory_house, LANDLINE)
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    first = appointments.notify(appointment.id, by="phone", comment="nobody answers")
    memory_house.clock.instant += AN_HOUR
    ben = memory_house.loyalty.session("ben", "berlin").appointments
    assert ben.notify(appointment.id, by="phone", comment="her son will tell her") == first
    appointments.delete(appointment.id, notify="phone")
    feed = [
        each
        for each in memory_house.desk.activities.of_customer(erika.id).items
        if each.action == "appointment.told"
    ]
    assert [(each.actor, each.comment) for each in reversed(feed)] == [
        ("anna", "nobody answers"),
        ("ben", "her son will tell her"),
        ("anna", ""),
    ]
    assert feed[1].at - feed[2].at == AN_HOUR


def test_nobody_is_told_without_a_customer(memory_house: House) -> None:
    """F156: also of somebody who has booked online, until the staff know who it is; and nothing changes."""
    plan(memory_house).book(TEN, **ERIKA)
    (appointment,) = memory_house.desk.appointments.on("berlin", MONDAY)
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    state = dump(memory_house.loyalty)
    for way in ("sms", "email", "phone"):
        assert (
            refused(lambda way=way: appointments.notify(appointment.id, by=way)) == "appointment.no_customer"
        )
    offer = appointments.notice_offer(appointment.id)
    assert (offer.about, offer.ways, offer.why_not) == (NoticeAbout.CONFIRMED, (), "appointment.no_customer")
    assert dump(memory_house.loyalty) == state


@pytest.mark.parametrize(
    ("phones", "email", "ways"),
    [
        ((), "", ()),
        ((LANDLINE,), "", ("phone",)),
        ((Phone("+491701234567", PhoneKind.MOBILE),), "", ("phone",)),
        ((MOBILE,), "", ("sms", "phone")),
        ((Phone("+49301234567", PhoneKind.FAX),), "", ()),
        ((), "erika@example.org", ("email",)),
        ((LANDLINE, MOBILE), "erika@example.org", ("sms", "email", "phone")),
    ],
)
def test_ways_are_those_that_lead_to_the_customer(
    memory_house: House, phones: tuple[Phone, ...], email: str, ways: tuple[str, ...]
) -> None:
    """F154, F155, F156: the others are refused with the reason, and with those that are left."""
    appointment, _ = booked(memory_house, *phones, email=email)
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    offer = appointments.notice_offer(appointment.id)
    assert tuple(way.value for way in offer.ways) == ways
    assert offer.why_not == ("" if ways else "appointment.not_reachable")
    for way in {"sms", "email", "phone"} - {*ways}:
        with pytest.raises(Refused) as caught:
            appointments.notify(appointment.id, by=way)
        assert caught.value.code == "appointment.not_reachable"
        assert tuple(each.value for each in caught.value.facts["ways"]) == ways


def test_the_preferred_way_comes_first(memory_house: House) -> None:
    """If it leads to the customer."""
    appointment, erika = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    memory_house.desk.customers.change(erika.id, preferred_channel="phone")
    assert appointments.notice_offer(appointment.id).ways[0] is Channel.PHONE
    memory_house.desk.customers.change(erika.id, preferred_channel="letter")
    assert appointments.notice_offer(appointment.id).ways[0] is Channel.SMS


def test_what_is_only_asked_for_is_not_told(memory_house: House) -> None:
    """Nothing is said before somebody has looked at it; and a missed one needs no message."""
    appointment, _ = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    assert refused(lambda: appointments.notify(appointment.id, by="sms")) == "appointment.nothing_to_tell"
    assert appointments.notice_offer(appointment.id).why_not == "appointment.nothing_to_tell"
    memory_house.clock.instant = TEN
    desk(memory_house).miss(appointment.id)
    assert refused(lambda: appointments.notify(appointment.id, by="sms")) == "appointment.nothing_to_tell"


def test_everything_is_told_once_and_each_thing_is(memory_house: House) -> None:
    """Confirmed, moved, moved again and cancelled are four messages by one way, whatever is repeated."""
    appointment, _ = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    for act in (
        lambda: None,
        lambda: appointments.move(appointment.id, TEN + AN_HOUR),
        lambda: appointments.move(appointment.id, TEN),
        lambda: appointments.cancel(appointment.id),
    ):
        act()
        for _ in range(3):
            appointments.notify(appointment.id, by="sms")
    told = [(each.about.value, each.sequence) for each in appointments.notices(appointment.id)]
    assert told == [("confirmed", 0), ("moved", 1), ("moved", 2), ("cancelled", 3)]
    assert len(queued(memory_house)) == 4
    assert LINK not in queued(memory_house)[-1][1].text


def test_a_confirmation_after_a_move_is_told(memory_house: House) -> None:
    """Who asked online and was told of the move still waits for it; then there is nothing more to tell."""
    appointment, _ = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    appointments.move(appointment.id, TEN + AN_HOUR)
    appointments.notify(appointment.id, by="sms")
    assert appointments.notice_offer(appointment.id).ways == ()
    appointments.confirm(appointment.id)
    offer = appointments.notice_offer(appointment.id)
    assert (offer.about, offer.ways[0]) == (NoticeAbout.CONFIRMED, Channel.SMS)
    for _ in range(3):
        appointments.notify(appointment.id, by="sms")
    assert [each.about.value for each in appointments.notices(appointment.id)] == ["moved", "confirmed"]
    offer = appointments.notice_offer(appointment.id)
    assert (offer.about, offer.ways) == (NoticeAbout.MOVED, ())


@pytest.mark.parametrize("about", ["confirmed", "moved"])
def test_what_is_so_can_be_told(memory_house: House, about: str) -> None:
    """Also if something else is suggested: of a confirmed appointment that was moved, either."""
    appointment, _ = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    code = refused(lambda: appointments.notify(appointment.id, by="sms", about="moved"))
    assert code == "appointment.nothing_to_tell"
    appointments.move(appointment.id, TEN + AN_HOUR)
    notice = appointments.notify(appointment.id, by="sms", about=about)
    assert (notice.about.value, notice.sequence) == (about, 1)
    assert appointments.notify(appointment.id, by="sms", about=about) == notice


def test_another_customer_is_told_too(memory_house: House) -> None:
    """An appointment that was given to the wrong one is told to the right one, and to each once."""
    appointment, erika = booked(memory_house, MOBILE)
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    appointments.notify(appointment.id, by="email")
    ben = memory_house.customer(first_name="Ben", email="ben@example.org")
    appointments.assign(appointment.id, ben.id)
    assert appointments.notice_offer(appointment.id).ways == (Channel.EMAIL,)
    for _ in range(2):
        appointments.notify(appointment.id, by="email")
    assert [mail.to for _, mail in queued(memory_house)] == [("erika@example.org",), ("ben@example.org",)]
    assert [each.customer_id for each in appointments.notices(appointment.id)] == [erika.id, ben.id]


def test_one_key_tells_once(memory_house: House) -> None:
    """The same call under one key gives the same notice."""
    appointment, _ = booked(memory_house, MOBILE)
    memory_house.desk.appointments.confirm(appointment.id)
    keyed = memory_house.loyalty.session("anna", "berlin").keyed("till-1").appointments
    assert keyed.notify(appointment.id, by="sms") == keyed.notify(appointment.id, by="sms")


@pytest.mark.every_engine
def test_a_notice_is_worded_by_the_shops_template(house: House) -> None:
    """F160: the option names it, and notice and message say which version it was."""
    text = MessageText(Channel.SMS, "de", "Bis {{ appointment.day }}, {{ customer.name }}!")
    house.desk.templates.save("see-you", purpose="appointment.confirmed", texts=[text])
    house.desk_after(CONFIRMED_TEMPLATE, "see-you")
    appointment, _ = booked(house, MOBILE)
    appointments = desk(house)
    appointments.confirm(appointment.id)
    notice = appointments.notify(appointment.id, by="sms")
    ((_, sms),) = queued(house)
    assert sms.text == "Bis 19.01.2026, Erika Mustermann!"
    assert notice.template == sms.template == "see-you/1"


@pytest.mark.every_engine
def test_a_booking_is_confirmed_in_the_shops_words(house: House) -> None:
    """The mail to whoever has booked online, in the language of the branch's country."""
    texts = [
        MessageText(Channel.EMAIL, language, "{{ customer.name }}: {{ link|default('-') }}", "Termin")
        for language in ("de", "en")
    ]
    with pytest.raises(InvalidInput):
        house.desk.templates.save("ours", purpose="appointment.booked", texts=texts)
    texts = [
        MessageText(
            Channel.EMAIL, language, "{{ customer.name }}{% if link %}: {{ link }}{% endif %}", "Termin"
        )
        for language in ("de", "en")
    ]
    house.desk.templates.save("ours", purpose="appointment.booked", texts=texts)
    house.desk_after(BOOKED_TEMPLATE, "ours")
    plan(house).book(TEN, **ERIKA)
    house.loyalty.deliver()
    (mail,) = house.mailer.sent
    assert (mail.subject, mail.template) == ("Termin", "ours/1")
    assert mail.text.startswith(f"Erika Mustermann: {LINK}")


def test_an_english_customer_reads_english(memory_house: House) -> None:
    """Everybody in the own language, who says none in that of the branch; a company is greeted as one."""
    appointment, erika = booked(memory_house, language="en")
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    appointments.notify(appointment.id, by="email")
    ((_, mail),) = queued(memory_house)
    assert mail.text.startswith(
        "Dear Erika Mustermann,\n\nyour appointment “Consultation” on 19 January 2026 at 10:00 at Ladenweg 1, Berlin"
    )
    assert erika.addresses == (Address("Lindenstraße 5", "10969", "Berlin", "DE"),)


def test_without_a_page_no_link_is_sent(memory_house: House) -> None:
    """A token that leads nowhere helps nobody."""
    appointment, _ = booked(memory_house, MOBILE)
    memory_house.desk_after(CANCEL_LINK, "{token}")
    appointments = desk(memory_house)
    appointments.confirm(appointment.id)
    appointments.notify(appointment.id, by="sms")
    ((_, sms),) = queued(memory_house)
    assert sms.text == "Ihr Termin am 19.01.2026 um 10:00 Uhr ist bestätigt. Optik Berlin"


@pytest.mark.every_engine
def test_a_customer_is_reminded(house: House) -> None:
    """Of what is still to come, also after it was confirmed by the same way; and told nothing else than what is so."""
    appointment, _ = booked(house, MOBILE)
    appointments = desk(house)
    appointments.confirm(appointment.id)
    appointments.notify(appointment.id, by="sms")
    notice = appointments.notify(appointment.id, by="sms", about="reminder")
    assert notice.about is NoticeAbout.REMINDER
    assert appointments.notify(appointment.id, by="sms", about="reminder") == notice
    assert queued(house)[-1][1].text.startswith(
        "Erinnerung: Ihr Termin am 19.01.2026 um 10:00 Uhr. Absagen: "
    )
    for about in ("moved", "cancelled"):
        code = refused(lambda about=about: appointments.notify(appointment.id, by="email", about=about))
        assert code == "appointment.nothing_to_tell"
    house.clock.instant = TEN
    code = refused(lambda: desk(house).notify(appointment.id, by="email", about="reminder"))
    assert code == "appointment.nothing_to_tell"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"by": "letter"}, ["by"]),
        ({"by": "pigeon"}, ["by"]),
        ({"by": None}, ["by"]),
        ({"by": ""}, ["by"]),
        ({"by": 7, "about": "lost", "comment": "x" * 501}, ["by", "about", "comment"]),
    ],
)
def test_odd_ways_are_named(memory_house: House, given: Any, fields: list[str]) -> None:
    """With every other fault."""
    appointment, _ = booked(memory_house, MOBILE)
    with pytest.raises(InvalidInput) as caught:
        desk(memory_house).notify(appointment.id, **given)
    assert [fault.field for fault in caught.value.faults] == fields
