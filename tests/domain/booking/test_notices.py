"""Laws of what customers are told about their appointments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.booking import Appointment, AppointmentState, BookingRequest, NoticeAbout
from loyaltycore.booking.rules.messages import CANCELLED, PLACEHOLDERS, PURPOSES
from loyaltycore.booking.rules.notices import (
    PURPOSE_OF,
    WAYS,
    Notice,
    Telling,
    news_of,
    notice_key,
    offer,
    require_news,
    require_way,
    tell,
    ways_to,
)
from loyaltycore.cards.rules.letters import CARD_ORDERED
from loyaltycore.customers import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Address, Channel, Phone, PhoneKind
from loyaltycore.kernel.rendering import MessageText
from loyaltycore.kernel.texting import segments_of
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.templates.rules.purposes import samples
from loyaltycore.templates.rules.trying import MOST_SEGMENTS
from loyaltycore.templates.rules.wording import Wording
from loyaltycore.work.records import OUTBOX
from loyaltycore_templates import TemplateRenderer

NOW: Final = datetime(2026, 1, 15, 9, tzinfo=UTC)
LINK: Final = "https://shop.example/appointments/t0k3n"
NAMES: Final = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Co"]), min_size=1, max_size=40)

PHONES: Final = st.builds(
    Phone,
    st.sampled_from(["+491701234567", "+49301234567"]),
    st.sampled_from(PhoneKind),
    st.booleans(),
)
CUSTOMERS: Final = st.builds(
    lambda first, last, email, phones, language, preferred: Customer(
        "c1",
        first_name=first,
        last_name=last,
        email=email,
        phones=tuple(phones),
        language=language,
        preferred_channel=preferred,
    ),
    NAMES,
    NAMES,
    st.sampled_from(["", "erika@example.org"]),
    st.lists(PHONES, max_size=3),
    st.sampled_from(["", "de", "en", "fr"]),
    st.sampled_from([None, *Channel]),
)
APPOINTMENTS: Final = st.builds(
    lambda state, sequence, start, kind: Appointment(
        "a1",
        "berlin",
        "room",
        "",
        start,
        start + timedelta(hours=1),
        state=state,
        sequence=sequence,
        type=kind,
    ),
    st.sampled_from(AppointmentState),
    st.integers(0, 3),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  the strategy adds the zone
    st.one_of(st.just(""), NAMES),
)
BRANCHES: Final = st.builds(
    lambda name, zone, country, address: Branch("berlin", name, zone, country, address=address),
    st.one_of(st.just(""), NAMES),
    st.sampled_from(sorted(available_timezones())),
    st.sampled_from(["DE", "AT", "FR"]),
    st.sampled_from([None, Address(), Address("Ladenweg 1", "10115", "Berlin", "DE")]),
)


def telling(
    appointment: Appointment, customer: Customer, branch: Branch, way: Channel, link: str = LINK
) -> Telling:
    """What a notice needs."""
    about = news_of(appointment)
    is_open = appointment.is_open and way is not Channel.PHONE
    return Telling(
        appointment,
        customer,
        about,
        way,
        branch,
        Wording(PURPOSE_OF[about]),
        "n1",
        NOW,
        "anna",
        token="t0k3n" if is_open and link else "",
        link=link if is_open else "",
    )


@given(customer=CUSTOMERS)
def test_a_way_is_open_if_something_leads_there(customer: Customer) -> None:
    """And every other one is refused; the preferred one comes first if it is open."""
    ways = ways_to(customer)
    assert (Channel.SMS in ways) == any(phone.sms_allowed for phone in customer.phones)
    assert (Channel.EMAIL in ways) == (customer.email != "")
    assert (Channel.PHONE in ways) == any(phone.kind is not PhoneKind.FAX for phone in customer.phones)
    if customer.preferred_channel in ways:
        assert ways[0] is customer.preferred_channel
    for way in WAYS:
        if way in ways:
            require_way(customer, way)
        else:
            with pytest.raises(Refused):
                require_way(customer, way)


@given(appointment=APPOINTMENTS, customer=st.one_of(st.none(), CUSTOMERS))
def test_an_offer_says_what_would_be_refused(appointment: Appointment, customer: Customer | None) -> None:
    """It names a way or the reason why there is none, and never both."""
    found = offer(appointment, customer, ())
    assert bool(found.ways) != bool(found.why_not)
    if found.about is None:
        with pytest.raises(Refused) as caught:
            news_of(appointment)
        assert caught.value.code == found.why_not
    else:
        assert news_of(appointment) is found.about


@given(
    appointment=APPOINTMENTS,
    told=st.lists(st.tuples(st.sampled_from(NoticeAbout), st.integers(0, 3)), max_size=3),
    wanted=st.sampled_from([None, *NoticeAbout]),
)
def test_nothing_is_told_that_is_not_so(
    appointment: Appointment, told: list[tuple[NoticeAbout, int]], wanted: NoticeAbout | None
) -> None:
    """Whatever was told before, and whatever somebody wants to tell."""
    notices = [
        Notice(f"n{place}", "a1", "c1", about, Channel.SMS, sequence, NOW, "anna")
        for place, (about, sequence) in enumerate(told)
    ]
    so = {
        NoticeAbout.CONFIRMED: appointment.state is AppointmentState.CONFIRMED,
        NoticeAbout.MOVED: appointment.is_open and appointment.sequence > 0,
        NoticeAbout.CANCELLED: appointment.state is AppointmentState.CANCELLED,
        NoticeAbout.REMINDER: appointment.is_open and appointment.starts_at > NOW,
    }
    try:
        found = require_news(appointment, wanted, notices, NOW)
    except Refused:
        assert not so[wanted] if wanted else not any(list(so.values())[:3])
    else:
        assert so[found]
        assert found is (wanted or news_of(appointment, notices))


@given(
    customer=CUSTOMERS.filter(ways_to),
    branch=BRANCHES,
    acts=st.lists(st.sampled_from(["confirm", "move", "tell"]), max_size=8),
)
def test_nobody_is_told_twice_that_it_is_confirmed(
    customer: Customer, branch: Branch, acts: list[str]
) -> None:
    """Whatever is told once the staff have confirmed a request confirms it, too; before that nothing does."""
    request = BookingRequest("Erika", "Mustermann", "erika@example.org", "+491701234567")
    start = NOW + timedelta(days=2)
    appointment = Appointment("a1", "berlin", "room", "", start, start + timedelta(hours=1), request=request)
    told: list[Notice] = []
    knows = False
    for act in acts:
        if act == "confirm":
            appointment = evolve(appointment, state=AppointmentState.CONFIRMED)
        elif act == "move":
            appointment = evolve(appointment, sequence=appointment.sequence + 1)
        elif appointment.sequence or appointment.state is AppointmentState.CONFIRMED:
            about = news_of(appointment, told)
            if about is NoticeAbout.CONFIRMED and appointment.sequence:
                assert not knows, "and of the move the customer was told before"
            asked = evolve(telling(appointment, customer, branch, ways_to(customer)[0]), about=about)
            told.append(tell(evolve(asked, wording=Wording(PURPOSE_OF[about]))).result)
            knows = knows or appointment.state is AppointmentState.CONFIRMED
            assert told[-1].confirmed == (appointment.state is AppointmentState.CONFIRMED)


@given(
    appointment=APPOINTMENTS.filter(lambda each: each.state is not AppointmentState.NO_SHOW),
    customer=CUSTOMERS,
    branch=BRANCHES,
    data=st.data(),
)
def test_what_is_told_is_true(
    appointment: Appointment, customer: Customer, branch: Branch, data: Any
) -> None:
    """Day and time on the wall of the branch, a link if and only if it can still be cancelled, to that customer."""
    if appointment.state is AppointmentState.REQUESTED and not appointment.sequence:
        return
    ways = ways_to(customer)
    if not ways:
        return
    way = data.draw(st.sampled_from(ways))
    decision = tell(telling(appointment, customer, branch, way))
    notice = decision.result
    assert (notice.about, notice.sequence) == (news_of(appointment), appointment.sequence)
    if way is Channel.PHONE:
        assert decision.dispatch == ()
        assert decision.add == (notice,)
        return
    (sent,) = decision.dispatch
    local = appointment.starts_at.astimezone(ZoneInfo(branch.time_zone))
    assert f"{local:%H:%M}" in sent.payload.text
    assert str(local.year) in sent.payload.text
    assert (LINK in sent.payload.text) == appointment.is_open
    assert len(decision.add) == 1 + appointment.is_open
    assert "{" not in sent.payload.text.replace(customer.display_name, "").replace(
        branch.name or "\0", ""
    ).replace(appointment.type or "\0", "").replace(customer.last_name, "")
    if way is Channel.SMS:
        assert any(phone.number == sent.payload.to and phone.sms_allowed for phone in customer.phones)
    else:
        assert sent.payload.to == (customer.email,)
        assert "\n" not in sent.payload.subject


MADE: Final = Appointment("a1", "berlin", "room", "", NOW, NOW + timedelta(hours=1))
LONGEST_IDS: Final = st.sampled_from(["a", "b", "a/1", "x" * 64, "y" * 64, "\U0001f600" * 64])


@given(
    told=st.lists(
        st.tuples(
            LONGEST_IDS,
            LONGEST_IDS,
            st.integers(0, 10**9),
            st.sampled_from(NoticeAbout),
            st.sampled_from(WAYS),
        ),
        unique=True,
    )
)
def test_each_thing_has_a_key_of_its_own(told: list[tuple[str, str, int, NoticeAbout, Channel]]) -> None:
    """By appointment, customer, change, what is told and by which way; and the outbox has room for it."""
    keys = [
        notice_key(evolve(MADE, id=appointment, sequence=sequence), customer, about, way)
        for appointment, customer, sequence, about, way in told
    ]
    assert len(set(keys)) == len(told)
    assert all(len(key) <= OUTBOX.lengths["key"] for key in keys)


@pytest.mark.parametrize(
    "text", [text for purpose in (*PURPOSES, CARD_ORDERED) for text in purpose.shipped], ids=str
)
def test_what_ships_can_be_saved(text: MessageText) -> None:
    """With either renderer: a shop begins with what ships, and a text takes few messages."""
    (purpose,) = [each for each in (*PURPOSES, CARD_ORDERED) if text in each.shipped]
    for renderer in (PLAIN, TemplateRenderer()):
        assert renderer.check(text, purpose.placeholders) == ()
        for _, values in samples(purpose.placeholders):
            message = renderer.render(text, values, "Europe/Berlin")
            assert "  " not in message.text
            if text.channel is Channel.SMS:
                assert segments_of(message.text).count <= MOST_SEGMENTS
    usual = PLAIN.render(text, dict(samples(purpose.placeholders))["usual"], "Europe/Berlin")
    if text.channel is Channel.SMS:
        assert segments_of(usual.text).count <= 2


def test_every_purpose_ships_in_both_languages() -> None:
    """On each of its channels; and whoever writes templates can take one for another."""
    for purpose in PURPOSES:
        assert {(each.channel, each.language) for each in purpose.shipped} == {
            (channel, language) for channel in purpose.channels for language in ("de", "en")
        }
        assert purpose.placeholders == PLACEHOLDERS
    assert PURPOSE_OF[NoticeAbout.CANCELLED] is CANCELLED
