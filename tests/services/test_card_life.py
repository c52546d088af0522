"""The life of a card after the order: vendor's news, presenting, cancelling, invalidating, replacing."""

from __future__ import annotations

from datetime import date

import pytest

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.domain.cards import (
    Cancellation,
    CardOrder,
    CardStanding,
    CardState,
    CustomerCard,
    OrderState,
)
from loyaltycore.domain.cards.printing import PrintState
from loyaltycore.domain.outbox import MessageState
from loyaltycore.ports.messaging import DeliveryStatus
from tests.house import House, dump


def _ordered(house: House, **wishes: object) -> tuple[CardOrder, CustomerCard]:
    house.set_up_cards()
    order = house.desk.cards.order(house.customer().id, **wishes)  # type: ignore[arg-type]  # test data
    return order, house.desk.cards.get(order.card_id)


def _active(house: House, **wishes: object) -> tuple[CardOrder, CustomerCard]:
    order, card = _ordered(house, **wishes)
    house.loyalty.deliver()
    _report(house, order, PrintState.DISPATCHED)
    return house.desk.cards.get_order(order.id), house.desk.cards.get(card.id)


def _report(house: House, order: CardOrder, state: PrintState, **facts: str) -> None:
    house.printer.move(order.id, state, **facts)
    house.loyalty.catch_up()


def test_delivering_hands_the_order_to_the_vendor_and_the_mail_to_the_mailer(house: House) -> None:
    """The outbox holds both after the order; one pass hands both over, a second one finds nothing."""
    order, card = _ordered(house)
    assert house.printer.orders == {}
    report = house.loyalty.deliver()
    assert (report.done, report.tried) == (2, 2)
    assert set(house.printer.orders) == {order.id}
    assert [mail.to for mail in house.mailer.sent] == [("erika@example.org",)]
    assert "16.01.2026" in house.mailer.sent[0].text
    assert card.number not in house.mailer.sent[0].text
    assert house.loyalty.deliver().tried == 0
    assert house.desk.cards.get_order(order.id).production is PrintState.RECEIVED


@pytest.mark.parametrize(
    ("reported", "state"),
    [
        (PrintState.ACCEPTED, OrderState.PLACED),
        (PrintState.ON_HOLD, OrderState.PLACED),
        (PrintState.IN_PRODUCTION, OrderState.IN_PRODUCTION),
        (PrintState.PRODUCED, OrderState.IN_PRODUCTION),
        (PrintState.DISPATCHED, OrderState.DISPATCHED),
        (PrintState.DELIVERED, OrderState.DELIVERED),
        (PrintState.RETURNED, OrderState.RETURNED),
        (PrintState.REJECTED, OrderState.REJECTED),
        (PrintState.FAILED, OrderState.FAILED),
        (PrintState.CANCELLED, OrderState.CANCELLED),
    ],
)
def test_the_vendors_word_moves_the_order(
    memory_house: House, reported: PrintState, state: OrderState
) -> None:
    """Every state of production has its state of the order, and the change is recorded under the vendor's name."""
    house = memory_house
    order, _ = _ordered(house)
    house.loyalty.deliver()
    _report(house, order, reported)
    after = house.desk.cards.get_order(order.id)
    assert (after.production, after.state) == (reported, state)
    actions = {a.action: a.actor for a in house.desk.activities.expand(order.customer_id)}
    assert actions[f"card_order.{reported.value}"] == "card vendor"


def test_dispatch_activates_the_card(house: House) -> None:
    """An ordered card becomes active when the vendor has sent it, since many couriers never report delivery."""
    order, card = _active(house)
    assert (order.state, card.state) == (OrderState.DISPATCHED, CardState.ACTIVE)
    assert order.dispatched_at is not None
    assert card.activated_at == house.clock.now()


def test_a_card_that_is_never_made_is_invalid(memory_house: House) -> None:
    """A rejected or failed order leaves a card that nobody can use."""
    for state in (PrintState.FAILED, PrintState.REJECTED):
        order, card = _ordered(memory_house)
        memory_house.loyalty.deliver()
        _report(memory_house, order, state, reason_code="card_defect")
        assert memory_house.desk.cards.get(card.id).state is CardState.INVALID
        assert memory_house.desk.cards.get_order(order.id).reason_code == "card_defect"


def test_a_rejected_submission_ends_the_order(house: House) -> None:
    """The vendor refuses the order: it is rejected with the reason, costs nothing, the message is given up."""
    order, card = _ordered(house)
    house.printer.answers.append(DeliveryStatus.REJECTED)
    assert house.loyalty.deliver().dead == 1
    after = house.desk.cards.get_order(order.id)
    assert (after.state, after.reason_code, str(after.costs_due)) == (
        OrderState.REJECTED,
        "told_to",
        "0.00 EUR",
    )
    assert house.desk.cards.get(card.id).state is CardState.INVALID
    dead = house.loyalty.outbox.messages(MessageState.DEAD).items
    with pytest.raises(Refused) as refusal:
        house.loyalty.outbox.requeue(dead[0].id)
    assert refusal.value.code == "outbox.order_closed"


def test_repeated_and_late_news_change_nothing(house: House) -> None:
    """The same event twice is taken in once; an older revision that arrives later is outvoted."""
    order, card = _ordered(house)
    house.loyalty.deliver()
    early = house.printer.move(order.id, PrintState.ACCEPTED)
    house.printer.move(order.id, PrintState.DISPATCHED)
    first = house.loyalty.catch_up()
    assert (first.taken, first.repeated) == (3, 0)
    before = dump(house.loyalty)
    news = house.loyalty._news()
    assert news._take(early).repeated == 1
    assert dump(house.loyalty) == before
    assert house.desk.cards.get(card.id).state is CardState.ACTIVE


def test_news_about_a_strange_order_are_counted_and_dropped(memory_house: House) -> None:
    """An event about an order that is not ours is remembered as seen and touches nothing else."""
    memory_house.printer.move("stranger", PrintState.DISPATCHED)
    assert memory_house.loyalty.catch_up().unknown == 1
    assert memory_house.loyalty.catch_up().unknown == 0


def test_presenting_an_active_card_finds_the_customer(house: House) -> None:
    """F19 the other way round: a good card leads to its customer, blanks and hyphens in the number do not matter."""
    _, card = _active(house)
    number = f"{card.number[:4]} {card.number[4:8]}-{card.number[8:]}"
    presented = house.desk.cards.present(number)
    assert presented.accepted
    assert presented.require().id == card.customer_id


def test_presenting_says_why_not(house: House) -> None:
    """Unknown, not yet active, invalid, cancelled: each has a word of its own, and no customer is given away."""
    order, ordered = _ordered(house)
    assert house.desk.cards.present("1234567890123452").standing is CardStanding.UNKNOWN
    assert house.desk.cards.present(ordered.number).standing is CardStanding.NOT_ACTIVE
    house.desk.cards.cancel_order(order.id)
    cancelled = house.desk.cards.present(ordered.number)
    assert (cancelled.standing, cancelled.customer) == (CardStanding.CANCELLED, None)
    with pytest.raises(Refused) as refusal:
        cancelled.require()
    assert refusal.value.code == "card.cancelled"
    _, active = _active(house)
    house.desk.cards.invalidate(active.id, reason="lost")
    assert house.desk.cards.present(active.number).standing is CardStanding.INVALID


def test_an_expired_card_is_refused_the_day_after_its_last_day(house: House) -> None:
    """F19: the last day is included by the branch's own calendar date; the day after the card is refused."""
    _, card = _active(house, valid_until=date(2026, 1, 20))
    house.clock.instant = house.clock.instant.replace(day=20, hour=22, minute=59)
    assert house.desk.cards.present(card.number).accepted
    house.clock.advance(minutes=1)  # midnight in Berlin
    assert house.desk.cards.present(card.number).standing is CardStanding.EXPIRED


def test_presenting_changes_nothing(house: House) -> None:
    """F20, the half that concerns cards: expiry changes nothing that is stored, so it limits nothing but the card."""
    _, card = _active(house, valid_until=date(2026, 1, 20))
    house.clock.advance(days=30)
    before = dump(house.loyalty)
    assert house.desk.cards.present(card.number).standing is CardStanding.EXPIRED
    assert dump(house.loyalty) == before


def test_cancelling_before_delivery_withdraws_everything_at_once(house: House) -> None:
    """F42: before the vendor has the order it is cancelled at once, the card with it, and no print order leaves."""
    order, card = _ordered(house)
    after = house.desk.cards.cancel_order(order.id, reason="falscher Kunde")
    assert (after.state, after.cancellation) == (OrderState.CANCELLED, Cancellation.CONFIRMED)
    assert (after.cancelled_by, after.cancel_reason, after.cancelled_at) == (
        "anna",
        "falscher Kunde",
        house.clock.now(),
    )
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    assert str(after.costs_due) == "0.00 EUR"
    house.loyalty.deliver()
    assert house.printer.orders == {}


def test_cancelling_before_production_asks_the_vendor_and_counts_at_once(house: House) -> None:
    """The vendor has the order but has made nothing: cancelled here now, confirmed when the vendor has answered."""
    order, card = _ordered(house)
    house.loyalty.deliver()
    after = house.desk.cards.cancel_order(order.id)
    assert (after.state, after.cancellation) == (OrderState.CANCELLED, Cancellation.REQUESTED)
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    house.loyalty.deliver()
    after = house.desk.cards.get_order(order.id)
    assert (after.cancellation, after.production) == (Cancellation.CONFIRMED, PrintState.CANCELLED)


def test_cancelling_in_production_is_a_request_that_may_be_refused(house: House) -> None:
    """In production the order goes on until the vendor answers; the card is out of use here whatever the answer."""
    order, card = _ordered(house)
    house.loyalty.deliver()
    _report(house, order, PrintState.IN_PRODUCTION)
    after = house.desk.cards.cancel_order(order.id)
    assert (after.state, after.cancellation) == (OrderState.IN_PRODUCTION, Cancellation.REQUESTED)
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    house.loyalty.deliver()
    assert house.desk.cards.get_order(order.id).cancellation is Cancellation.REFUSED
    _report(house, order, PrintState.DISPATCHED)
    after = house.desk.cards.get_order(order.id)
    assert (after.state, str(after.costs_due)) == (OrderState.DISPATCHED, "2.95 EUR")
    assert house.desk.cards.get(card.id).state is CardState.CANCELLED
    assert house.desk.cards.present(card.number).standing is CardStanding.CANCELLED


def test_after_dispatch_only_the_card_can_be_invalidated(house: House) -> None:
    """F42: too late to cancel; the refusal says what is possible instead."""
    order, card = _active(house)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.cancel_order(order.id)
    assert refusal.value.code == "card_order.already_dispatched"
    assert "invalidate" in refusal.value.remedy
    assert house.desk.cards.invalidate(card.id).state is CardState.INVALID


def test_cancelling_twice_is_refused(house: House) -> None:
    """F42: a second cancellation is an error and changes nothing."""
    order, _ = _ordered(house)
    house.desk.cards.cancel_order(order.id)
    before = dump(house.loyalty)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.cancel_order(order.id)
    assert refusal.value.code == "card_order.already_cancelled"
    assert dump(house.loyalty) == before


def test_cancelling_an_order_whose_submission_got_no_answer_asks_the_vendor(house: House) -> None:
    """A message that was tried may have arrived: it is withdrawn here, and the vendor is asked to cancel."""
    order, _ = _ordered(house)
    house.printer.answers.append(DeliveryStatus.UNKNOWN)
    house.loyalty.deliver()
    house.desk.cards.cancel_order(order.id)
    house.clock.advance(hours=2)
    house.loyalty.deliver()
    assert house.printer.statuses[order.id].state is PrintState.CANCELLED
    assert house.desk.cards.get_order(order.id).cancellation is Cancellation.CONFIRMED


def test_an_unknown_answer_is_repeated_and_prints_once(house: House) -> None:
    """The vendor took the order, its answer was lost: the repetition under the same key finds the same order."""
    order, _ = _ordered(house)
    house.printer.answers.append(DeliveryStatus.UNKNOWN)
    assert house.loyalty.deliver().again == 1
    house.clock.advance(hours=2)
    assert house.loyalty.deliver().done == 1
    assert list(house.printer.orders) == [order.id]
    assert house.printer.statuses[order.id].revision == 1


def test_invalidating_twice_is_refused(house: House) -> None:
    """A card that is out of use cannot be taken out of use again."""
    _, card = _active(house)
    house.desk.cards.invalidate(card.id, reason="gestohlen")
    assert house.desk.cards.get(card.id).end_reason == "gestohlen"
    with pytest.raises(Refused) as refusal:
        house.desk.cards.invalidate(card.id)
    assert refusal.value.code == "card.already_ended"


def test_replacing_a_lost_card_ends_it_now(house: House) -> None:
    """A new order follows the old card; a lost card is out of use from now on."""
    _, old = _active(house)
    order = house.desk.cards.replace(old.id, reason="verloren")
    new = house.desk.cards.get(order.card_id)
    assert (order.replaces, new.replaces, order.template) == (old.id, old.id, "gold")
    assert new.number != old.number
    assert house.desk.cards.get(old.id).state is CardState.INVALID


def test_replacing_a_worn_card_keeps_it_until_the_new_one_is_active(house: House) -> None:
    """The old card stays in use until the vendor has dispatched its follower."""
    _, old = _active(house)
    order = house.desk.cards.replace(old.id, keep_until_active=True)
    assert house.desk.cards.present(old.number).accepted
    house.loyalty.deliver()
    _report(house, order, PrintState.DISPATCHED)
    assert house.desk.cards.present(old.number).standing is CardStanding.INVALID
    assert house.desk.cards.get(order.card_id).state is CardState.ACTIVE


def test_a_card_is_replaced_once(house: House) -> None:
    """A card that has a follower on its way cannot be replaced again; one not yet active cannot be replaced."""
    _, old = _active(house)
    order = house.desk.cards.replace(old.id)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.replace(old.id)
    assert refusal.value.code == "card.already_replaced"
    with pytest.raises(Refused) as refusal:
        house.desk.cards.replace(order.card_id)
    assert refusal.value.code == "card.not_replaceable"


def test_a_card_can_be_activated_by_hand(house: House) -> None:
    """A shop without a reporting vendor puts the card into use itself, once."""
    _, card = _ordered(house)
    assert house.desk.cards.activate(card.id).state is CardState.ACTIVE
    assert house.desk.cards.present(card.number).accepted
    with pytest.raises(Refused) as refusal:
        house.desk.cards.activate(card.id)
    assert refusal.value.code == "card.not_ordered"


def test_every_step_is_recorded_with_before_and_after(house: House) -> None:
    """F220, F221, F222: the feed shows the latest first, in portions, and expands to the whole list."""
    order, card = _active(house)
    house.desk.cards.invalidate(card.id, reason="lost")
    feed = house.desk.activities.of_customer(order.customer_id, limit=1)
    (latest,) = feed.items
    assert (latest.action, latest.actor, latest.comment) == ("card.invalidated", "anna", "lost")
    assert {c.field: (c.before, c.after) for c in latest.changes}["state"] == ("active", "invalid")
    whole = list(house.desk.activities.expand(order.customer_id))
    assert whole[0] == latest
    assert [a.id for a in whole] == sorted((a.id for a in whole), reverse=True)
    assert whole[-1].action == "customer.created"
    assert len(house.desk.activities.of_customer(order.customer_id, limit=1, after=feed.next).items) == 1


@pytest.mark.parametrize(
    "verb", ["get", "get_order", "of_customer", "orders_of", "activate", "invalidate", "replace"]
)
@pytest.mark.parametrize("key", ["nobody", "", None, 7, "x" * 500, "a\r\nb"])
def test_unknown_ids_are_not_found(memory_house: House, verb: str, key: object) -> None:
    """Whatever is no id of ours is not found, and nothing changes."""
    memory_house.set_up_cards()
    before = dump(memory_house.loyalty)
    with pytest.raises(NotFound):
        getattr(memory_house.desk.cards, verb)(key)
    assert dump(memory_house.loyalty) == before


@pytest.mark.parametrize(
    ("wishes", "codes"),
    [
        ({"valid_until": "2028-12-31"}, {"wrong_type"}),
        ({"valid_until": date(3000, 1, 1)}, {"out_of_range"}),
        ({"valid_for": 24}, {"wrong_type"}),
        ({"comment": "x" * 501, "valid_until": 5}, {"too_long", "wrong_type"}),
        ({"comment": "a\x00b"}, {"control_character"}),
        ({"comment": 7, "target": "moon"}, {"wrong_type", "unknown_choice"}),
        ({"target": 3}, {"unknown_choice"}),
        ({"template": 3}, {"wrong_type"}),
        ({"template": ""}, {"required"}),
        ({"template": "x" * 41}, {"too_long"}),
        ({"template": "a\r\nBcc: x"}, {"control_character"}),
    ],
)
def test_bad_wishes_are_one_error_that_names_every_fault(
    memory_house: House, wishes: dict[str, object], codes: set[str]
) -> None:
    """Every field of an order with every kind of wrong value: one InvalidInput, nothing changed."""
    memory_house.set_up_cards()
    erika = memory_house.customer()
    before = dump(memory_house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        memory_house.desk.cards.order(erika.id, **wishes)  # type: ignore[arg-type]  # wrong on purpose
    assert fault.value.codes == codes
    assert dump(memory_house.loyalty) == before


@pytest.mark.parametrize("reason", ["x" * 501, 7, "a\r\nb", "a\x00"])
def test_a_bad_reason_is_refused_everywhere(memory_house: House, reason: object) -> None:
    """The reason of a cancellation, invalidation or replacement is checked like any text."""
    order, card = _active(memory_house)
    before = dump(memory_house.loyalty)
    for verb, key in (("cancel_order", order.id), ("invalidate", card.id), ("replace", card.id)):
        with pytest.raises(InvalidInput):
            getattr(memory_house.desk.cards, verb)(key, reason=reason)
    assert dump(memory_house.loyalty) == before


@pytest.mark.parametrize("number", [7, None, "", "x" * 61, "12\x0034"])
def test_a_bad_number_is_refused(memory_house: House, number: object) -> None:
    """What cannot be read from a card is an input error, not an unknown card."""
    with pytest.raises(InvalidInput):
        memory_house.desk.cards.present(number)  # type: ignore[arg-type]  # wrong on purpose
