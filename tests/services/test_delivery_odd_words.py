"""What the other side says can be anything: a message leaves at most once for it, and its outcome is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings, strategies as st

from loyaltycore.errors import DeliveryFailed, Fault
from loyaltycore.kernel.decisions import Decision, Dispatch
from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.kernel.outbox import MessageState, OutboxMessage, RetryPolicy
from loyaltycore.kernel.words import is_storable
from loyaltycore.memory import MemoryCardPrinter
from loyaltycore.outbox.handler import HANDLERS, Outcome, Verdict
from loyaltycore.ports import PrintCancellation, PrintOrder
from loyaltycore.ports.card_printing import CancelReceipt, PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.work.capability import Capability
from loyaltycore.work.unit import Unit
from tests.house import House, build_house
from tests.services.steps import outbox, with_orders


class Sulky:
    """Cannot be written, asked, compared or counted."""

    def _no(self, *_: object) -> Any:
        raise ZeroDivisionError

    __str__ = __repr__ = __bool__ = __len__ = __format__ = __eq__ = __getitem__ = __float__ = _no
    __hash__ = None


class Shouting(str):
    """A text that is no plain text."""

    __slots__ = ()

    def __str__(self) -> str:
        raise ZeroDivisionError

    def __getitem__(self, _: object) -> str:
        raise ZeroDivisionError


ODD: Final[tuple[Any, ...]] = (
    "a\x00b",
    "half \ud83d",
    "\udfff",
    "x" * 3_000_000,
    "\U0001f600" * 1000,
    Shouting("loud"),
    b"bytes \xff\x00",
    b"x" * 3_000_000,
    None,
    0,
    -1,
    10**5000,
    float("nan"),
    float("inf"),
    True,
    ["list"],
    {"a": 1},
    object(),
    Sulky(),
)

anything = st.one_of(
    st.text(st.characters(codec=None), max_size=700),
    st.integers(),
    st.floats(),
    st.binary(max_size=300),
    st.none(),
    st.booleans(),
    st.sampled_from(ODD),
)


class OddMailer:
    """Takes every mail, and answers what it is told."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.answer: Callable[[Email], Any] = lambda _: ()

    def send(self, email: Email) -> Any:
        self.sent.append(email.message_id)
        return self.answer(email)


def give(house: House, *dispatches: tuple[str, Any, str]) -> None:
    """Put messages into the outbox."""
    with house.desk.transaction() as unit:
        for kind, payload, key in dispatches:
            unit.apply(Decision(None, dispatch=(Dispatch(kind, payload, key, house.desk.branch),)))


def message(house: House, key: str) -> OutboxMessage:
    """A message by its key; its words can be stored."""
    (found,) = [each for each in outbox(house) if each.key == key]
    assert all(map(is_storable, (found.code, found.detail, found.vendor_id)))
    return found


def deliver_often(house: House) -> None:
    """Pass after pass, each after every lease has run out."""
    for _ in range(3):
        house.loyalty.deliver()
        house.clock.advance(hours=2)


@pytest.fixture
def mailer() -> OddMailer:
    return OddMailer()


@pytest.fixture
def mail_house(storage: Any, mailer: OddMailer) -> House:
    return build_house(storage, mailer=mailer)


def _one_mail(house: House, mailer: OddMailer, number: int, answer: Callable[[Email], Any]) -> OutboxMessage:
    key = f"mail-{number}"
    mailer.answer = answer
    give(house, ("email.send", Email(key, ("a@example.org",), "Hello", "Text"), key))
    deliver_often(house)
    return message(house, key)


def test_a_taken_mail_leaves_once_whatever_the_mailer_says(mail_house: House, mailer: OddMailer) -> None:
    """Any id, code, detail, raw, time or name in a receipt: the mail is done after one try."""
    for number, odd in enumerate(ODD):
        receipt = Receipt(
            DeliveryStatus.ACCEPTED,
            recipient=odd,
            vendor_id=odd,
            code=odd,
            detail=odd,
            raw=odd,
            retry_after=odd,
        )
        found = _one_mail(mail_house, mailer, number, lambda _, receipt=receipt: (receipt,))
        assert (found.state, found.attempts) == (MessageState.DONE, 1)
    assert len(mailer.sent) == len(set(mailer.sent))


def test_a_refused_mail_leaves_once_whatever_the_mailer_says(mail_house: House, mailer: OddMailer) -> None:
    """A refusal in odd words is a refusal."""
    for number, odd in enumerate(ODD):
        receipt = Receipt(DeliveryStatus.REJECTED, recipient=odd, code=odd, detail=odd, raw=odd)
        found = _one_mail(mail_house, mailer, number, lambda _, receipt=receipt: (receipt,))
        assert (found.state, found.attempts) == (MessageState.DEAD, 1)
    assert len(mailer.sent) == len(set(mailer.sent))


@pytest.mark.parametrize(
    "answer", [*ODD[:9], *ODD[15:], (), ("x",), (None,)], ids=lambda each: type(each).__name__
)
def test_what_is_no_receipt_is_for_a_person_to_decide(
    mail_house: House, mailer: OddMailer, answer: Any
) -> None:
    """An answer that says nothing may mean that the mail left, so it does not leave again by itself."""
    found = _one_mail(mail_house, mailer, 1, lambda _: answer)
    assert (found.state, found.code, len(mailer.sent)) == (MessageState.DEAD, "no_outcome", 1)


def test_who_has_the_mail_is_known_by_place_too(mail_house: House, mailer: OddMailer) -> None:
    """Receipts that name nobody stand in the order of the recipients: who has the mail gets no second one."""
    seen: list[tuple[str, ...]] = []

    def answer(email: Email) -> Any:
        seen.append(email.to)
        words = (
            [DeliveryStatus.ACCEPTED, DeliveryStatus.NOT_SENT]
            if len(seen) == 1
            else [DeliveryStatus.ACCEPTED]
        )
        return tuple(Receipt(word, recipient=ODD[-1]) for word in words)

    mailer.answer = answer
    give(mail_house, ("email.send", Email("m", ("a@example.org", "b@example.org"), "Hello", "Text"), "m"))
    deliver_often(mail_house)
    assert seen == [("a@example.org", "b@example.org"), ("b@example.org",)]
    assert message(mail_house, "m").state is MessageState.DONE


def test_a_receipt_with_a_status_of_its_own(mail_house: House, mailer: OddMailer) -> None:
    """A status outside the shared words says nothing either."""
    for number, odd in enumerate((*ODD, "accepted")):
        found = _one_mail(mail_house, mailer, number, lambda _, odd=odd: (Receipt(odd),))
        assert (found.state, found.code) == (MessageState.DEAD, "no_outcome")
    assert len(mailer.sent) == len(set(mailer.sent))


class _OddError(Exception):
    def __init__(self, words: Any) -> None:
        self.words = words

    def __str__(self) -> str:
        return self.words


class _OddFault(DeliveryFailed):
    def __init__(self, words: Any) -> None:
        self.code, self.words = words, words

    def __str__(self) -> str:
        return self.words


@pytest.mark.every_engine
@pytest.mark.parametrize("kind", [_OddError, _OddFault])
def test_an_exception_with_odd_words_is_written_down(
    mail_house: House, mailer: OddMailer, kind: type[Exception]
) -> None:
    """Each pass tries once, says why, and waits: the words of an exception do not stop the worker."""

    def fail(_: Email) -> Any:
        raise kind(ODD[number])

    for number in range(len(ODD)):
        key = f"mail-{number}"
        mailer.answer, before = fail, len(mailer.sent)
        give(mail_house, ("email.send", Email(key, ("a@example.org",), "Hello", "Text"), key))
        report = mail_house.loyalty.deliver()
        assert report.again == len(mailer.sent) - before == 1
        found = message(mail_house, key)
        assert (found.state, found.leased_by, found.attempts) == (
            MessageState.PENDING,
            "",
            int(kind is _OddError),
        )
        mailer.answer = lambda _: (Receipt(DeliveryStatus.REJECTED),)
        deliver_often(mail_house)


class OddHandler:
    """Hands nothing over, and answers what it is told."""

    kind = "shop.odd"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.answer: Any = None

    def deliver(self, message: OutboxMessage) -> Any:
        self.seen.append(message.key)
        return self.answer

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Nothing."""


@pytest.fixture
def handler() -> OddHandler:
    return OddHandler()


@pytest.fixture
def handler_house(storage: Any, handler: OddHandler) -> House:
    shop = Capability(name="shop", adds=(HANDLERS.by(lambda _: (handler,)),))
    return build_house(storage, capabilities=[shop])


def test_a_handler_may_answer_anything(handler_house: House, handler: OddHandler) -> None:
    """Outcomes with any words are written down after one try, and what is no outcome is given up."""
    numbers = iter(range(10**6))

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.sampled_from([Verdict.DONE, Verdict.DEAD, Verdict.WITHDRAWN]) | anything,
        anything,
        anything,
        anything,
    )
    def holds(verdict: Any, code: Any, detail: Any, other: Any) -> None:
        key = f"odd-{next(numbers)}"
        handler.answer = Outcome(
            verdict, code=code, detail=detail, vendor_id=other, retry_after=other, counts=True, answer=other
        )
        give(handler_house, (handler.kind, {"a": 1}, key))
        deliver_often(handler_house)
        found = message(handler_house, key)
        assert handler.seen.count(key) == found.attempts == 1
        assert found.state.value == (verdict.value if isinstance(verdict, Verdict) else "dead")

    holds()


def test_a_handler_may_answer_no_outcome(handler_house: House, handler: OddHandler) -> None:
    """Nothing, a receipt, a text: given up after one try."""
    answers = (
        *ODD,
        Receipt(DeliveryStatus.ACCEPTED),
        Outcome(Verdict.AGAIN, payload="\x00"),
        Outcome(Verdict.DONE, counts=Sulky()),
    )
    for number, answer in enumerate(answers):
        handler.answer = answer
        give(handler_house, (handler.kind, {}, f"odd-{number}"))
        deliver_often(handler_house)
        found = message(handler_house, f"odd-{number}")
        assert (found.state, found.code, found.attempts) == (MessageState.DEAD, "no_outcome", 1)


def test_a_time_that_is_none_is_left_out(handler_house: House, handler: OddHandler) -> None:
    """A message waits for its usual pause if the other side names a time that is no time."""
    for number, odd in enumerate(ODD):
        handler.answer = Outcome(Verdict.AGAIN, code="later", retry_after=odd)
        give(handler_house, (handler.kind, {}, f"odd-{number}"))
        assert handler_house.loyalty.deliver().again == 1
        assert message(handler_house, f"odd-{number}").leased_by == ""
        handler.answer = Outcome(Verdict.DONE)
        deliver_often(handler_house)


class _Keeper(OddHandler):
    """Tries to keep what no storage takes."""

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Write it."""
        unit.save(evolve(message, detail="\x00"))


@pytest.mark.every_engine
def test_an_effect_that_cannot_be_stored_does_not_repeat_the_message(storage: Any) -> None:
    """The handler's own record refuses: the message is given up with the reason and the other side's id."""
    handler = _Keeper()
    handler.answer = Outcome(Verdict.DONE, vendor_id="v-1")
    house = build_house(
        storage, capabilities=[Capability(name="shop", adds=(HANDLERS.by(lambda _: (handler,)),))]
    )
    give(house, (handler.kind, {}, "k"))
    report = house.loyalty.deliver()
    deliver_often(house)
    found = message(house, "k")
    assert (found.state, found.code, found.vendor_id) == (MessageState.DEAD, "not_recorded", "v-1")
    assert (handler.seen, report.dead) == (["k"], 1)


class _OddGateway:
    def __init__(self) -> None:
        self.sent: list[str] = []
        self.answer: Any = None

    def send(self, sms: SmsText) -> Any:
        self.sent.append(sms.message_id)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_text_is_sent_once_whatever_the_gateway_says(storage: Any) -> None:
    """Odd receipts, no receipts and exceptions: nobody gets a text twice."""
    gateway = _OddGateway()
    house = build_house(storage, sms=gateway)
    answers = [Receipt(DeliveryStatus.ACCEPTED, vendor_id=odd) for odd in ODD]
    answers += [Receipt(DeliveryStatus.UNKNOWN, code=odd) for odd in ODD]
    for number, answer in enumerate((*answers, *ODD, *map(_OddError, ODD))):
        gateway.answer, key = answer, f"s-{number}"
        give(house, ("sms.send", SmsText(key, "+491713920000", "Hallo"), key))
        deliver_often(house)
        done = isinstance(answer, Receipt) and answer.status is DeliveryStatus.ACCEPTED
        assert message(house, key).state is (MessageState.DONE if done else MessageState.DEAD)
    assert len(gateway.sent) == len(set(gateway.sent))


class _OddPrinter(MemoryCardPrinter):
    def __init__(self, words: Any, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__()
        self.words = words
        self.refusal = faults
        self.tries = 0

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        self.tries += 1
        words = self.words
        receipt = Receipt(DeliveryStatus.REJECTED, vendor_id=words, code=words, detail=words, raw=words)
        return PrintReceipt(receipt, faults=self.refusal)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        return self.words


@pytest.mark.parametrize("number", range(len(ODD)))
def test_a_vendors_refusal_in_odd_words_is_recorded(number: int) -> None:
    """The order is rejected after one try, with words that can be stored; faults count more than the receipt."""
    odd = [Fault("city\ud800", "bad", "\x00 no such town \udfff")] if number % 2 else []
    printer = _OddPrinter(ODD[number], tuple(odd))
    house = build_house(card_printer=printer, retry=RetryPolicy(max_attempts=3))
    with_orders(house, 1)
    deliver_often(house)
    order = house.desk.cards.orders_of(house.desk.customers.find().items[0].id)[0]
    assert (order.state.value, printer.tries) == ("rejected", 1)
    assert is_storable(order.reason)
