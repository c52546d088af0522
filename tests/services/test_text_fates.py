"""What becomes of a text: reports come forged, late, twice and in any order, and the end is a function of their set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from loyaltycore import Decision, Dispatch, Loyalty, WebhookRejected
from loyaltycore.kernel.fates import MOST_REPORTS, FateState, MessageFate, Reported, most_telling
from loyaltycore.memory import FixedClock, MemorySmsGateway, MemoryStorage
from loyaltycore.outbox.rules.fates import undelivered, with_reports
from loyaltycore.ports import SmsText
from loyaltycore.testing.trouble import Trouble
from loyaltycore_sms import SevenSms
from loyaltycore_sms.references import short_reference
from loyaltycore_sms.seven_reports import STATES
from tests.adapters.sms.seven_hook import SECRET, URL, hook
from tests.adapters.sms.seven_server import SevenServer, running_seven
from tests.adapters.sms.texts import KEY
from tests.faults.texting import dispatch_texts
from tests.house import THURSDAY, dump

WORDS = [*STATES, "UNKNOWN"]
REPORTS = st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 3)), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def server() -> Iterator[SevenServer]:
    with running_seven() as server:
        yield server


def open_house(server: SevenServer) -> Loyalty:
    seven = SevenSms(api_key=KEY, base_url=server.url, webhook_url=URL, signing_secrets=[SECRET])
    return Loyalty(MemoryStorage(), clock=FixedClock(THURSDAY), sms=seven)


def report(
    loyalty: Loyalty, word: str, minute: int = 0, own_id: str = "text-0", **more: str
) -> tuple[int, int, int]:
    """Report as the gateway does; answers how much was taken, repeated and unknown."""
    foreign_id = short_reference(own_id, KEY, 64) if own_id in {"text-0", "text-1"} else own_id
    call = hook(THURSDAY, foreign_id=foreign_id, status=word, timestamp=f"2026-07-01 10:0{minute}:00", **more)
    found = loyalty.receive_webhook("sms", call.headers, call.body)
    return found.taken, found.repeated, found.unknown


def fates(loyalty: Loyalty) -> list[MessageFate]:
    return [record for record in dump(loyalty)["message_fates"] if isinstance(record, MessageFate)]


@given(told=REPORTS, data=st.data())
@settings(max_examples=40)
def test_the_end_depends_on_no_order(
    server: SevenServer, told: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Any reports, any of them repeated, in any order, before or after the text is marked as handed over: one end."""
    ends = []
    for _ in range(2):
        again = data.draw(st.lists(st.sampled_from(told), max_size=2))
        order = data.draw(st.permutations(told + again))
        handed_over = data.draw(st.integers(0, len(order)))
        loyalty = open_house(server)
        dispatch_texts(loyalty.session("anna"), 1, at_most_once=True)
        for place, (word, minute) in enumerate(order):
            if place == handed_over:
                loyalty.deliver()
            report(loyalty, word, minute)
        loyalty.deliver()
        (fate,) = fates(loyalty)
        assert fate.about_table == "branches"
        ends.append((fate.state, fate.reports))
    assert ends[0] == ends[1]
    known = [STATES[word] for word, _ in told if word in STATES]
    assert ends[0][0] is most_telling([FateState.SUBMITTED, *known])
    assert {each.raw for each in ends[0][1]} == {word for word, _ in told}


def test_a_text_is_followed_from_its_hand_over(server: SevenServer) -> None:
    """Before any report it is known that the gateway has the text, and under which id."""
    loyalty = open_house(server)
    dispatch_texts(loyalty.session("anna"), 2, at_most_once=True)
    loyalty.deliver()
    found = fates(loyalty)
    assert [fate.message_id for fate in found] == ["text-0", "text-1"]
    assert {fate.state for fate in found} == {FateState.SUBMITTED}
    assert all(fate.vendor_id and fate.about_table == "branches" for fate in found)


def test_what_was_taken_in_is_counted(server: SevenServer) -> None:
    """A report is news once, and nothing is made up for a text that is not ours."""
    loyalty = open_house(server)
    dispatch_texts(loyalty.session("anna"), 1, at_most_once=True)
    assert report(loyalty, "DELIVERED") == (1, 0, 0)
    assert report(loyalty, "DELIVERED") == (0, 1, 0)
    assert report(loyalty, "DELIVERED", own_id="of-another-shop") == (0, 0, 1)
    assert [fate.message_id for fate in fates(loyalty)] == ["text-0"]


def test_a_report_may_name_the_text_by_the_id_of_the_gateway(server: SevenServer) -> None:
    """A report without our id finds the text by the id that the gateway gave it."""
    loyalty = open_house(server)
    dispatch_texts(loyalty.session("anna"), 2, at_most_once=True)
    loyalty.deliver()
    first, second = fates(loyalty)
    assert report(loyalty, "EXPIRED", own_id="", msg_id=second.vendor_id) == (1, 0, 0)
    assert report(loyalty, "EXPIRED", own_id="", msg_id="no-such-id") == (0, 0, 1)
    assert [fate.state for fate in fates(loyalty)] == [first.state, FateState.EXPIRED]


def test_a_text_in_doubt_is_cleared_up(server: SevenServer) -> None:
    """A text that was given up because no answer came is followed when it is reported after all."""
    loyalty = open_house(server)
    dispatch_texts(loyalty.session("anna"), 1, at_most_once=True)
    server.answers.append((500, {}, b""))
    assert loyalty.deliver().dead == 1
    (doubtful,) = fates(loyalty)
    assert (doubtful.state, doubtful.about_table) == (FateState.UNKNOWN, "branches")
    report(loyalty, "DELIVERED")
    assert [(fate.id, fate.state) for fate in fates(loyalty)] == [(doubtful.id, FateState.DELIVERED)]


@pytest.mark.parametrize(
    ("word", "sent"),
    [("DELIVERED", 1), ("TRANSMITTED", 1), ("BUFFERED", 1), ("FAILED", 2), ("UNKNOWN", 2), ("", 2)],
)
def test_a_text_that_was_reported_does_not_leave_again(server: SevenServer, word: str, sent: int) -> None:
    """Where a second try was asked for, a report that the operator has the text makes it needless; nothing else does."""
    server.calls.clear()
    loyalty = open_house(server)
    clock = loyalty.clock
    assert isinstance(clock, FixedClock)
    dispatch_texts(loyalty.session("anna"), 1, at_most_once=False)
    with server.in_trouble(Trouble.LOSE_ANSWER):
        assert loyalty.deliver().again == 1
    if word:
        report(loyalty, word)
    clock.advance(days=1)
    assert loyalty.deliver().done == 1
    assert len(server.calls) == sent


def test_a_forged_report_changes_nothing(server: SevenServer) -> None:
    """A call that proves nothing is refused, and leaves no trace."""
    loyalty = open_house(server)
    dispatch_texts(loyalty.session("anna"), 1, at_most_once=True)
    loyalty.deliver()
    before = dump(loyalty)
    call = hook(THURSDAY, secret="guessed", foreign_id="text-0", status="DELIVERED")
    with pytest.raises(WebhookRejected):
        loyalty.receive_webhook("sms", call.headers, call.body)
    with pytest.raises(WebhookRejected):
        loyalty.receive_query("sms", "ref=text-0&type=1")
    assert dump(loyalty) == before


def test_the_desk_sees_what_became_of_a_text(server: SevenServer) -> None:
    """By the id of the message, by the customer, and counted by state."""
    loyalty = open_house(server)
    desk = loyalty.session("anna")
    dispatch_texts(desk, 2, at_most_once=True)
    loyalty.deliver()
    report(loyalty, "DELIVERED", own_id="text-1")
    (found,) = desk.outbox.fate_of("text-1")
    assert (found.state, [each.raw for each in found.reports]) == (FateState.DELIVERED, ["DELIVERED"])
    assert desk.outbox.fate_of("never-sent") == ()
    counted = desk.outbox.status().records["Followed messages"]
    assert {state: count for state, count in counted.items() if count} == {
        FateState.SUBMITTED: 1,
        FateState.DELIVERED: 1,
    }


def test_what_is_long_past_is_removed(server: SevenServer) -> None:
    """Pruning removes what became of old texts, and keeps the rest."""
    loyalty = open_house(server)
    clock = loyalty.clock
    assert isinstance(clock, FixedClock)
    dispatch_texts(loyalty.session("anna"), 1, at_most_once=True)
    loyalty.deliver()
    assert loyalty.prune(older_than=timedelta(days=90)).fates == 0
    clock.advance(days=91)
    assert loyalty.prune(older_than=timedelta(days=90)).fates == 1
    assert fates(loyalty) == []


def test_an_id_that_cannot_be_kept_stops_no_text() -> None:
    """A host's id may be longer than a record holds: the text leaves, and is not followed."""
    loyalty = Loyalty(MemoryStorage(), sms=MemorySmsGateway())
    desk = loyalty.session("anna")
    with desk.transaction() as unit:
        text = SmsText("x" * 129, "+491701234567", "Hello")
        unit.apply(Decision(None, dispatch=(Dispatch("sms.send", text, "key", desk.branch),)))
    assert loyalty.deliver().done == 1
    assert fates(loyalty) == []


FRESH = MessageFate(
    "f", "m", "", FateState.SUBMITTED, (), "", None, "branches", "b", datetime(2026, 1, 1, tzinfo=UTC)
)
AT = datetime(2026, 7, 1, tzinfo=UTC)
WEST = timezone(timedelta(hours=-12))
MANY = st.lists(
    st.builds(
        Reported,
        st.none() | st.sampled_from(FateState),
        st.text("ab", max_size=2),
        st.none() | st.integers(0, 30).map(lambda hour: AT + timedelta(hours=hour)),
    ),
    max_size=60,
)


@given(MANY, MANY)
def test_reports_may_come_in_portions(one: list[Reported], other: list[Reported]) -> None:
    """Also beyond the number that is kept, taking in some and then others equals taking in all, whichever come first."""
    fate = FRESH
    whole = with_reports(fate, one + other)
    assert with_reports(with_reports(fate, one), other) == whole
    assert with_reports(with_reports(fate, other), one) == whole
    assert with_reports(whole, one) == whole
    assert len(whole.reports) <= MOST_REPORTS


@pytest.mark.parametrize("at", [datetime(2026, 1, 1), datetime(9999, 12, 31, 23, tzinfo=WEST)])  # noqa: DTZ001  an odd one
def test_a_time_that_is_none_is_left_out(at: datetime) -> None:
    """Without a zone, or after the last year in UTC: what became of the text is known all the same."""
    fate = with_reports(FRESH, [Reported(FateState.DELIVERED, "1", at)])
    assert (fate.state, fate.reports) == (FateState.DELIVERED, (Reported(FateState.DELIVERED, "1", None),))


@given(MANY, st.integers(0, 60))
def test_a_failure_is_told_once(reports: list[Reported], belongs: int) -> None:
    """As soon as it is known whose message it is, in whatever order reports come; never what was delivered before."""
    fate, lines = FRESH, 0
    for place, each in enumerate([*reports, None]):
        after = evolve(fate, customer_id="c1") if place == min(belongs, len(reports)) else fate
        after = with_reports(after, [each]) if each else after
        notes = undelivered(fate, after)
        fate, lines = after, lines + len(notes)
        assert all(note.comment in {"", *(told.raw for told in after.reports)} for note in notes)
    failed = {FateState.REJECTED, FateState.EXPIRED, FateState.UNDELIVERABLE}
    assert lines <= 1
    assert lines == 1 or fate.state not in failed
