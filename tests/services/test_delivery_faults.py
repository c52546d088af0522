"""Delivery when adapters, vendors or displays misbehave."""

from __future__ import annotations

import pytest
from attrs import evolve

from loyaltycore.cards import Cancellation
from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.decisions import Decision, Dispatch
from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.kernel.outbox import MessageState, OutboxMessage, RetryPolicy
from loyaltycore.kernel.printing import EncodingKind, PrintOrder, PrintState
from loyaltycore.memory import MemoryCardPrinter, MemoryMailer, MemorySmsGateway
from loyaltycore.outbox.handler import Outcome
from loyaltycore.ports.card_printing import PrinterCapabilities, PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.work.unit import Unit
from tests.house import House, build_house
from tests.services.steps import outbox, with_orders

pytestmark = pytest.mark.every_engine


class _BrokenMailer:
    """A mailer that is set up wrongly."""

    def __init__(self) -> None:
        self.calls = 0

    def send(self, email: Email) -> tuple[Receipt, ...]:
        self.calls += 1
        raise DeliveryFailed("bad_credentials", "535 authentication failed", permanent=True)


def test_a_wrong_set_up_pauses_the_kind_and_burns_no_tries() -> None:
    """One failing adapter: tried once per pass, no try counted, the others' messages still leave."""
    mailer = _BrokenMailer()
    house = build_house(mailer=mailer)
    with_orders(house, 3)
    report = house.loyalty.deliver()
    assert report.done == 3
    assert mailer.calls == 1
    assert report.paused == (("email.send", "bad_credentials: 535 authentication failed"),)
    assert {m.attempts for m in outbox(house) if m.kind == "email.send"} == {0}


class _CrashingMailer(MemoryMailer):
    """Raises what no adapter should."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        super().send(email)
        raise ZeroDivisionError


def test_a_fault_in_an_adapter_is_a_try_with_a_reason() -> None:
    """An exception that is no error of ours is caught, counted and kept as the reason."""
    house = build_house(mailer=_CrashingMailer())
    with_orders(house, 1)
    assert house.loyalty.deliver().again == 1
    (mail,) = [m for m in outbox(house) if m.kind == "email.send"]
    assert (mail.code, mail.detail, mail.attempts) == ("error", "ZeroDivisionError: ", 1)


class _Choosy:
    """Refuses one recipient for good, and takes another one only the second time."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, ...]] = []

    def send(self, email: Email) -> tuple[Receipt, ...]:
        self.seen.append(email.to)
        words = {
            "good@example.org": DeliveryStatus.ACCEPTED,
            "bad@example.org": DeliveryStatus.REJECTED,
            "slow@example.org": DeliveryStatus.ACCEPTED if len(self.seen) > 1 else DeliveryStatus.NOT_SENT,
        }
        return tuple(
            Receipt(words[address], recipient=address, code=address.split("@")[0]) for address in email.to
        )


def test_a_mail_to_several_reaches_each_once_and_loses_no_refusal() -> None:
    """Who has the mail is not sent it again; a refusal decides in the end although somebody else had to wait."""
    mailer = _Choosy()
    house = build_house(mailer=mailer)
    mail = Email("m1", ("good@example.org", "bad@example.org", "slow@example.org"), "Hello", "Text")
    with house.desk.transaction() as unit:
        unit.apply(Decision(None, dispatch=(Dispatch("email.send", mail, "m1", house.desk.branch),)))
        unit.apply(
            Decision(None, dispatch=(Dispatch("email.send", evolve(mail, to=()), "m2", house.desk.branch),))
        )
    house.loyalty.deliver()
    house.clock.advance(hours=1)
    house.loyalty.deliver()
    assert mailer.seen == [mail.to, ("slow@example.org", "bad@example.org")]
    assert {(m.key, m.state, m.code) for m in outbox(house)} == {
        ("m1", MessageState.DEAD, "bad"),
        ("m2", MessageState.DEAD, "no_recipient"),
    }


class _Forgetful(MemoryCardPrinter):
    """A vendor that recognises no keys: whoever repeats without asking gets a second card."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted: list[str] = []

    @property
    def capabilities(self) -> PrinterCapabilities:
        return PrinterCapabilities(encodings=frozenset(EncodingKind), idempotent=False)

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        self.submitted.append(order.reference)
        return super().submit(order, key)


def test_a_requeued_order_is_looked_up_before_it_is_submitted_again() -> None:
    """That a message was tried is not forgotten when it is requeued: the vendor is asked first, and prints once."""
    printer = _Forgetful()
    house = build_house(card_printer=printer, retry=RetryPolicy(max_attempts=1))
    with_orders(house, 1)
    printer.answers.append(DeliveryStatus.UNKNOWN)
    house.loyalty.deliver()
    (dead,) = house.loyalty.session("outbox").outbox.messages().items
    house.loyalty.session("outbox").outbox.requeue(dead.id)
    assert house.loyalty.deliver().done == 1
    assert len(printer.submitted) == 1


def test_a_requeued_order_is_cancelled_at_the_vendor_too() -> None:
    """A message that was given up and requeued may have arrived: cancelling asks the vendor."""
    house = build_house(retry=RetryPolicy(max_attempts=1))
    with_orders(house, 1)
    order = house.desk.cards.orders_of(house.desk.customers.find().items[0].id)[0]
    house.printer.answers.append(DeliveryStatus.UNKNOWN)
    house.loyalty.deliver()
    (dead,) = house.loyalty.session("outbox").outbox.messages().items
    house.loyalty.session("outbox").outbox.requeue(dead.id)
    assert house.desk.cards.cancel_order(order.id).cancellation is Cancellation.REQUESTED
    house.loyalty.deliver()
    assert house.printer.statuses[order.id].state is PrintState.CANCELLED


def test_a_text_that_may_have_been_sent_is_not_sent_again() -> None:
    """A worker died while it was sending a text that must not come twice: a person decides, by requeueing it."""
    gateway = MemorySmsGateway()
    house = build_house(sms=gateway)
    text = Dispatch("sms.send", SmsText("s1", "+491713920000", "Ihre Karte ist da"), "s1", house.desk.branch)
    with house.desk.transaction() as unit:
        unit.apply(Decision(None, dispatch=(text,)))
    assert len(house.loyalty.worker()._claim("sms.send", 1)) == 1
    house.clock.advance(minutes=6)
    assert house.loyalty.deliver().dead == 1
    assert gateway.sent == []
    (dead,) = house.loyalty.session("outbox").outbox.messages().items
    house.loyalty.session("outbox").outbox.requeue(dead.id)
    assert house.loyalty.deliver().done == 1
    assert len(gateway.sent) == 1


class _Wordy(MemoryMailer):
    """Answers with codes and ids of any length."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        super().send(email)
        return (Receipt(DeliveryStatus.ACCEPTED, recipient=email.to[0], vendor_id="v" * 999, code="c" * 999),)


def test_a_wordy_receipt_is_shortened(house: House) -> None:
    """What the other side says never keeps a message from being written down."""
    house.loyalty.mailer = _Wordy()
    with_orders(house, 2)
    assert house.loyalty.deliver().done == 4
    assert house.loyalty.deliver().tried == 0


def test_one_message_that_cannot_be_written_down_does_not_hold_up_the_others(memory_house: House) -> None:
    """A fault in one message's effects is logged, comes again after its lease, and ends as a dead letter."""
    house = memory_house
    house.loyalty.retry = RetryPolicy(max_attempts=2)
    with_orders(house, 3)
    worker = house.loyalty.worker()
    handler = next(h for h in worker._handlers if h.kind == "card_print.submit")
    victim = house.desk.cards.orders_of(house.desk.customers.find().items[0].id)[0].id
    settle = type(handler).settle

    def failing(self: object, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        if message.about_key == victim:
            raise ZeroDivisionError
        settle(self, unit, message, outcome)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(handler), "settle", failing)
        assert worker.run_pass().done == 5
        for _ in range(3):
            house.clock.advance(minutes=6)
            worker.run_pass()
    assert [m.state for m in outbox(house) if m.about_key == victim and m.kind == handler.kind] == [
        MessageState.DEAD
    ]


def test_a_display_that_fails_gives_back_what_is_held(memory_house: House) -> None:
    """An error in `on_message` ends the pass and leaves nothing under a lease."""
    with_orders(memory_house, 3)

    def show(*_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        memory_house.loyalty.deliver(on_message=show)
    waiting = [m for m in outbox(memory_house) if m.state is MessageState.PENDING]
    assert {m.leased_by for m in waiting} == {""}
