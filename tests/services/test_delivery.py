"""The outbox worker: leases, back-off, dead letters, several workers, crashes at every point."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from loyaltycore import Loyalty, NotFound, Refused
from loyaltycore.kernel.messages import Email
from loyaltycore.kernel.outbox import MessageState, RetryPolicy
from loyaltycore.outbox.handler import HANDLERS, Outcome, Verdict
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.bounded import all_at_once, join, start
from tests.house import House, dump
from tests.services.steps import outbox, with_orders

pytestmark = pytest.mark.every_engine


def test_what_cannot_be_sent_waits_and_comes_again(house: House) -> None:
    """A mail that the server does not take now is put back with the reason and sent later."""
    with_orders(house, 1)
    house.mailer.answers.append(DeliveryStatus.NOT_SENT)
    report = house.loyalty.deliver()
    assert (report.done, report.again) == (1, 1)
    (waiting,) = [message for message in outbox(house) if message.state is MessageState.PENDING]
    assert (waiting.code, waiting.attempts, waiting.leased_by) == ("told_to", 1, "")
    assert waiting.due_at > house.clock.now()
    assert house.loyalty.deliver().tried == 0
    house.clock.advance(minutes=5)
    assert house.loyalty.deliver().done == 1
    assert len(house.mailer.sent) == 1


def test_a_rejected_mail_is_given_up_and_can_be_requeued(house: House) -> None:
    """Rejected for good: a dead letter with its reason; a person gives it a new life, which is recorded."""
    with_orders(house, 1)
    house.mailer.answers.append(DeliveryStatus.REJECTED)
    assert house.loyalty.deliver().dead == 1
    outbox = house.loyalty.session("boss").outbox
    (dead,) = outbox.messages().items
    assert (dead.kind, dead.code) == ("email.send", "told_to")
    revived = outbox.requeue(dead.id)
    assert (revived.state, revived.attempts) == (MessageState.PENDING, 1)
    assert house.loyalty.deliver().done == 1
    with pytest.raises(Refused) as refusal:
        outbox.requeue(dead.id)
    assert refusal.value.code == "outbox.not_dead"
    with pytest.raises(NotFound):
        outbox.requeue("nothing")


def test_after_too_many_tries_a_message_is_given_up(memory_house: House) -> None:
    """The policy bounds the tries; the last reason stays with the message."""
    house = memory_house
    house.loyalty.retry = RetryPolicy(max_attempts=3)
    with_orders(house, 1)
    house.mailer.answers.extend([DeliveryStatus.UNKNOWN] * 3)
    for _ in range(3):
        house.loyalty.deliver()
        house.clock.advance(hours=1)
    assert [message.state for message in outbox(house) if message.kind == "email.send"] == [MessageState.DEAD]


def test_without_an_adapter_messages_wait(memory_house: House) -> None:
    """A house without a mailer keeps its mails; they leave as soon as there is one."""
    silent = Loyalty(memory_house.loyalty.storage, clock=memory_house.clock)
    with_orders(memory_house, 1)
    assert silent.deliver().tried == 0
    assert memory_house.loyalty.deliver().done == 2


def test_what_has_been_due_longest_goes_first(house: House) -> None:
    """Not the oldest message: one that was put back waits its turn among those that came due meanwhile."""
    old, new = (house.customer(email=f"{name}@example.org") for name in ("old", "new"))
    house.set_up_cards()
    house.desk.cards.order(old.id)
    house.mailer.answers.append(DeliveryStatus.NOT_SENT)
    house.loyalty.deliver()
    house.clock.advance(seconds=1)
    house.desk.cards.order(new.id)
    house.clock.advance(hours=1)
    house.loyalty.deliver()
    assert [mail.to for mail in house.mailer.sent] == [("new@example.org",), ("old@example.org",)]


def test_a_crashed_workers_messages_come_due_again(house: House) -> None:
    """A worker that dies between taking and delivering loses nothing: its lease runs out."""
    with_orders(house, 2)
    worker = house.loyalty.worker()
    assert len(worker._claim("email.send", 10)) == 2
    assert house.mailer.sent == []
    other = house.loyalty.worker()
    other.run_pass()
    assert house.mailer.sent == []
    house.clock.advance(seconds=301)
    other.run_pass()
    assert len(house.mailer.sent) == 2


def test_a_worker_that_lost_its_lease_writes_nothing(house: House) -> None:
    """What another worker has taken over meanwhile is left alone by the slow one."""
    with_orders(house, 1)
    slow, fast = house.loyalty.worker(), house.loyalty.worker()
    (held,) = slow._claim("email.send", 10)
    house.clock.advance(seconds=301)
    fast.run_pass()
    before = dump(house.loyalty)
    handler = next(h for h in house.loyalty.each(HANDLERS) if h.kind == "email.send")
    slow._settle(handler, held, Outcome(Verdict.DEAD, code="too_slow"))
    assert dump(house.loyalty) == before


def test_stopping_gives_back_what_is_held(house: House) -> None:
    """A stop after the first message: the rest is due at once, unleased, with its try given back."""
    with_orders(house, 5)
    stop = threading.Event()
    house.loyalty.worker().run_pass(stop=stop, on_message=lambda *_: stop.set())
    waiting = [m for m in outbox(house) if m.state is MessageState.PENDING]
    assert len(waiting) == 9
    assert {(m.leased_by, m.attempts) for m in waiting} == {("", 0)}
    assert all(m.due_at <= house.clock.now() for m in waiting)


def test_a_slow_worker_gives_back_what_it_cannot_finish_within_its_lease(memory_house: House) -> None:
    """When half of the lease is used up, the rest of the batch is given back instead of being sent without a lease."""
    house = memory_house
    with_orders(house, 3)
    send = house.mailer.send

    def slow(email: Email) -> tuple[Receipt, ...]:
        house.clock.advance(seconds=160)
        return send(email)

    house.mailer.send = slow  # the same mailer, only slower
    worker = house.loyalty.worker()
    handler = next(h for h in worker._handlers if h.kind == "email.send")
    from loyaltycore.outbox.worker import _Tally

    tally = _Tally()
    worker._work(handler, worker._claim("email.send", 3), tally, None, None)
    assert tally.tried == 1
    waiting = [m for m in outbox(house) if m.kind == "email.send" and m.state is MessageState.PENDING]
    assert {(m.leased_by, m.attempts) for m in waiting} == {("", 0)}


def test_several_workers_share_the_outbox_and_send_nothing_twice(house: House) -> None:
    """Four workers at once: every message leaves exactly once."""
    with_orders(house, 25)
    all_at_once(4, lambda _: house.loyalty.worker().run_pass())
    house.loyalty.deliver()
    assert len(house.mailer.sent) == len({mail.message_id for mail in house.mailer.sent}) == 25
    assert len(house.printer.orders) == 25
    assert {message.state for message in outbox(house)} == {MessageState.DONE}


def test_nothing_leaves_inside_a_transaction_block(house: House) -> None:
    """While a block may still be taken back, delivering, catching up and pruning are refused."""
    house.set_up_cards()
    erika = house.customer()
    works = (
        house.loyalty.deliver,
        house.loyalty.catch_up,
        lambda: house.loyalty.prune(older_than=timedelta(days=9)),
    )
    with pytest.raises(RuntimeError), house.desk.transaction():
        house.desk.cards.order(erika.id)
        for work in works:
            with pytest.raises(Refused) as refusal:
                work()
            assert refusal.value.code == "outbox.inside_transaction"
        raise RuntimeError
    assert (house.printer.orders, house.mailer.sent) == ({}, [])


def test_watching_ends_when_told(memory_house: House) -> None:
    """The watch loop delivers what comes, and ends cleanly."""
    with_orders(memory_house, 1)
    stop = threading.Event()
    thread = start(memory_house.loyalty.worker().watch, stop, poll_seconds=0.01)
    for _ in range(500):
        if memory_house.mailer.sent:
            break
        stop.wait(0.01)
    stop.set()
    join(thread, patience=5)
    assert len(memory_house.mailer.sent) == 1


def test_a_cancellation_waits_for_the_submission_in_hand(memory_house: House) -> None:
    """While a worker may be submitting, the wish to cancel waits, so that it cannot overtake the order."""
    house = memory_house
    with_orders(house, 1)
    order = house.desk.cards.orders_of(house.desk.customers.find().items[0].id)[0]
    slow = house.loyalty.worker()
    (held,) = slow._claim("card_print.submit", 1)
    house.desk.cards.cancel_order(order.id)
    house.loyalty.deliver()
    (wish,) = [m for m in outbox(house) if m.kind == "card_print.cancel"]
    assert (wish.state, wish.code, wish.attempts) == (MessageState.PENDING, "submission_pending", 0)
    handler = next(h for h in house.loyalty.each(HANDLERS) if h.kind == "card_print.submit")
    slow._settle(handler, held, handler.deliver(held))
    house.clock.advance(minutes=6)
    house.loyalty.deliver()
    assert house.desk.cards.get_order(order.id).cancellation.value == "confirmed"
    assert house.printer.orders == {}


def test_the_status_counts_messages_and_orders(memory_house: House) -> None:
    """The figures of the house by state."""
    with_orders(memory_house, 2)
    status = memory_house.loyalty.session("outbox").outbox.status()
    assert (status.messages[MessageState.PENDING], status.overdue) == (4, 4)
    assert {state.value: count for state, count in status.records["Card orders"].items() if count} == {
        "placed": 2
    }


def test_what_waits_or_is_done_is_not_overdue(memory_house: House) -> None:
    """Overdue is what could be handed over now: neither what was, nor what was put back until later."""
    house = memory_house
    with_orders(house, 1)
    house.mailer.answers.append(DeliveryStatus.NOT_SENT)
    house.loyalty.deliver()
    status = house.loyalty.session("outbox").outbox.status()
    assert (status.messages[MessageState.DONE], status.messages[MessageState.PENDING]) == (1, 1)
    assert status.overdue == 0


@given(attempts=st.integers(1, 200), chance=st.floats(0, 1, exclude_max=True))
def test_the_pause_doubles_with_jitter_up_to_a_ceiling(attempts: int, chance: float) -> None:
    """Between half of and the whole of the doubled first delay, never beyond the longest."""
    policy = RetryPolicy()
    pause = policy.delay(attempts, chance)
    ceiling = min(policy.longest_delay, policy.first_delay * 2 ** min(attempts - 1, 40))
    assert ceiling / 2 <= pause <= ceiling
    assert pause <= timedelta(hours=1)
