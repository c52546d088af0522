"""The life of a card after the order: vendor's news, presenting, cancelling, invalidating, replacing."""

from __future__ import annotations

from datetime import date

import pytest

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.cards import (
    CardStanding,
    CardState,
    CardTemplate,
    OrderState,
    Slot,
    SlotSource,
)
from loyaltycore.cards.vendor_news import VendorNews
from loyaltycore.errors import Fault
from loyaltycore.kernel.outbox import MessageState
from loyaltycore.kernel.printing import EncodingKind, PrintState
from loyaltycore.memory import MemoryCardPrinter
from loyaltycore.ports.card_printing import CardSlot, PrinterCapabilities
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.work.session import own_session
from tests.house import House, build_house, dump
from tests.services.steps import active, ordered, report


def test_delivering_hands_the_order_to_the_vendor_and_the_mail_to_the_mailer(house: House) -> None:
    """The outbox holds both after the order; one pass hands both over, a second one finds nothing."""
    order, card = ordered(house)
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
def test_the_vendors_word_moves_the_order(house: House, reported: PrintState, state: OrderState) -> None:
    """Every state of production has its state of the order, and the change is recorded under the vendor's name."""
    order, _ = ordered(house)
    house.loyalty.deliver()
    report(house, order, reported)
    after = house.desk.cards.get_order(order.id)
    assert (after.production, after.state) == (reported, state)
    actions = {a.action: a.actor for a in house.desk.activities.expand(order.customer_id)}
    assert actions[f"card_order.{reported.value}"] == "card vendor"


def test_dispatch_activates_the_card(house: House) -> None:
    """An ordered card becomes active when the vendor has sent it, since many couriers never report delivery."""
    order, card = active(house)
    assert (order.state, card.state) == (OrderState.DISPATCHED, CardState.ACTIVE)
    assert order.dispatched_at is not None
    assert card.activated_at == house.clock.now()


def test_a_card_that_is_never_made_is_invalid(house: House) -> None:
    """A rejected or failed order leaves a card that nobody can use."""
    for state in (PrintState.FAILED, PrintState.REJECTED):
        order, card = ordered(house)
        house.loyalty.deliver()
        report(house, order, state, reason_code="card_defect")
        assert house.desk.cards.get(card.id).state is CardState.INVALID
        assert house.desk.cards.get_order(order.id).reason_code == "card_defect"


def test_a_rejected_submission_ends_the_order(house: House) -> None:
    """The vendor refuses the order: it is rejected with the reason, costs nothing, the message is given up."""
    order, card = ordered(house)
    house.printer.answers.append(DeliveryStatus.REJECTED)
    assert house.loyalty.deliver().dead == 1
    after = house.desk.cards.get_order(order.id)
    assert (after.state, after.reason_code, str(after.costs_due)) == (
        OrderState.REJECTED,
        "told_to",
        "0.00 EUR",
    )
    assert house.desk.cards.get(card.id).state is CardState.INVALID
    dead = house.loyalty.session("outbox").outbox.messages(MessageState.DEAD).items
    with pytest.raises(Refused) as refusal:
        house.loyalty.session("outbox").outbox.requeue(dead[0].id)
    assert refusal.value.code == "outbox.order_closed"


def test_repeated_and_late_news_change_nothing(house: House) -> None:
    """The same event twice is taken in once; an older revision that arrives later is outvoted."""
    order, card = ordered(house)
    house.loyalty.deliver()
    early = house.printer.move(order.id, PrintState.ACCEPTED)
    house.printer.move(order.id, PrintState.DISPATCHED)
    first = house.loyalty.catch_up()
    assert (first.taken, first.repeated) == (3, 0)
    before = dump(house.loyalty)
    news = VendorNews(own_session(house.loyalty, "card vendor"))
    assert news._take(early).repeated == 1
    assert dump(house.loyalty) == before
    assert house.desk.cards.get(card.id).state is CardState.ACTIVE


def test_news_about_a_strange_order_are_counted_and_dropped(house: House) -> None:
    """An event about an order that is not ours is remembered as seen and touches nothing else."""
    house.printer.move("stranger", PrintState.DISPATCHED)
    assert house.loyalty.catch_up().unknown == 1
    assert house.loyalty.catch_up().unknown == 0


def test_after_dispatch_only_the_card_can_be_invalidated(house: House) -> None:
    """F42: too late to cancel; the refusal says what is possible instead."""
    order, card = active(house)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.cancel_order(order.id)
    assert refusal.value.code == "card_order.already_dispatched"
    assert "invalidate" in refusal.value.remedy
    assert house.desk.cards.invalidate(card.id).state is CardState.INVALID


def test_an_unknown_answer_is_repeated_and_prints_once(house: House) -> None:
    """The vendor took the order, its answer was lost: the repetition under the same key finds the same order."""
    order, _ = ordered(house)
    house.printer.answers.append(DeliveryStatus.UNKNOWN)
    assert house.loyalty.deliver().again == 1
    house.clock.advance(hours=2)
    assert house.loyalty.deliver().done == 1
    assert list(house.printer.orders) == [order.id]
    assert house.printer.statuses[order.id].revision == 1


def test_invalidating_twice_is_refused(house: House) -> None:
    """A card that is out of use cannot be taken out of use again."""
    _, card = active(house)
    house.desk.cards.invalidate(card.id, reason="gestohlen")
    assert house.desk.cards.get(card.id).end_reason == "gestohlen"
    with pytest.raises(Refused) as refusal:
        house.desk.cards.invalidate(card.id)
    assert refusal.value.code == "card.already_ended"


def test_replacing_a_lost_card_ends_it_now(house: House) -> None:
    """A new order follows the old card; a lost card is out of use from now on."""
    _, old = active(house)
    order = house.desk.cards.replace(old.id, reason="verloren")
    new = house.desk.cards.get(order.card_id)
    assert (order.replaces, new.replaces, order.template) == (old.id, old.id, "gold")
    assert new.number != old.number
    assert house.desk.cards.get(old.id).state is CardState.INVALID


def test_replacing_a_worn_card_keeps_it_until_the_new_one_is_active(house: House) -> None:
    """The old card stays in use until the vendor has dispatched its follower."""
    _, old = active(house)
    order = house.desk.cards.replace(old.id, keep_until_active=True)
    assert house.desk.cards.present(old.number).accepted
    house.loyalty.deliver()
    report(house, order, PrintState.DISPATCHED)
    assert house.desk.cards.present(old.number).standing is CardStanding.INVALID
    assert house.desk.cards.get(order.card_id).state is CardState.ACTIVE


def test_a_card_is_replaced_once(house: House) -> None:
    """A card that has a follower on its way cannot be replaced again; one not yet active cannot be replaced."""
    _, old = active(house)
    order = house.desk.cards.replace(old.id)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.replace(old.id)
    assert refusal.value.code == "card.already_replaced"
    with pytest.raises(Refused) as refusal:
        house.desk.cards.replace(order.card_id)
    assert refusal.value.code == "card.not_replaceable"


def test_a_card_that_never_came_cannot_be_replaced(house: House) -> None:
    """The follower of a kept card was rejected: it is ordered again from the old card, not from the one that never was."""
    _, old = active(house)
    follower = house.desk.cards.replace(old.id, keep_until_active=True)
    house.loyalty.deliver()
    report(house, follower, PrintState.REJECTED)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.replace(follower.card_id)
    assert refusal.value.code == "card.not_replaceable"
    again = house.desk.cards.replace(old.id, keep_until_active=True)
    house.loyalty.deliver()
    report(house, again, PrintState.DISPATCHED)
    good = [card for card in house.desk.cards.of_customer(old.customer_id) if card.state is CardState.ACTIVE]
    assert [card.order_id for card in good] == [again.id]


def test_a_flag_is_true_or_false(house: House) -> None:
    """A word is no flag: a lost card must not stay in use because somebody wrote "no"."""
    _, card = active(house)
    with pytest.raises(InvalidInput):
        house.desk.cards.replace(card.id, keep_until_active="no")  # wrong on purpose


def test_long_words_of_the_vendor_are_shortened_and_hold_nothing_up(house: House) -> None:
    """A word, reason or tracking number of any length is kept as far as it fits, and the news behind it arrive."""
    first, _ = ordered(house)
    second, _ = ordered(house)
    house.loyalty.deliver()
    house.printer.move(first.id, PrintState.FAILED, reason_code="x" * 300, tracking="y" * 2000)
    house.printer.move(second.id, PrintState.DISPATCHED)
    house.loyalty.catch_up()
    assert house.desk.cards.get_order(first.id).reason_code == "x" * 60
    assert house.desk.cards.get_order(second.id).state is OrderState.DISPATCHED


def test_what_the_vendor_cannot_make_is_refused_when_it_is_ordered(house: House) -> None:
    """Nothing is promised to the customer that the printer knows to be impossible."""
    house.set_up_cards()
    erika = house.customer()
    house.printer.faults = (
        Fault("encodings[0].value", "unprintable", "holds a character that cannot be printed"),
    )
    before = dump(house.loyalty)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.order(erika.id)
    assert refusal.value.code == "card_order.not_printable"
    assert refusal.value.facts["faults"] == house.printer.faults
    assert dump(house.loyalty) == before


class _Embosser(MemoryCardPrinter):
    """A vendor with two places on its cards."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        text = frozenset({EncodingKind.TEXT})
        slots = (CardSlot("number", text, 40), CardSlot("name", text, 5))
        return PrinterCapabilities(text | {EncodingKind.CODE128}, slots=slots)


@pytest.mark.parametrize(
    ("slots", "faults"),
    [
        ([Slot("number")], set()),
        ([Slot("number"), Slot("back")], {("encodings[1].slot", "unsupported")}),
        ([Slot("number", EncodingKind.CODE128)], {("encodings[0].kind", "unsupported")}),
        ([Slot("name", source=SlotSource.CUSTOMER_NAME)], {("encodings[0].value", "too_long")}),
    ],
)
def test_a_value_without_a_place_is_refused_when_it_is_ordered(
    slots: list[Slot], faults: set[tuple[str, str]]
) -> None:
    """A vendor's fixed places are respected by name, kind and length, whether or not its printer names them."""
    house = build_house(card_printer=_Embosser())
    house.set_up_cards(templates=[CardTemplate("gold", slots=slots)])
    erika, found = house.customer(), ()
    try:
        house.desk.cards.order(erika.id)
    except Refused as refusal:
        found = refusal.facts["faults"]
    assert {(fault.field, fault.code) for fault in found} == faults


def test_a_card_can_be_activated_by_hand(house: House) -> None:
    """A shop without a reporting vendor puts the card into use itself, once."""
    _, card = ordered(house)
    assert house.desk.cards.activate(card.id).state is CardState.ACTIVE
    assert house.desk.cards.present(card.number).accepted
    with pytest.raises(Refused) as refusal:
        house.desk.cards.activate(card.id)
    assert refusal.value.code == "card.not_ordered"


def test_every_step_is_recorded_with_before_and_after(house: House) -> None:
    """F220, F221, F222: the feed shows the latest first, in portions, and expands to the whole list."""
    order, card = active(house)
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
def test_unknown_ids_are_not_found(house: House, verb: str, key: object) -> None:
    """Whatever is no id of ours is not found, and nothing changes."""
    house.set_up_cards()
    before = dump(house.loyalty)
    with pytest.raises(NotFound):
        getattr(house.desk.cards, verb)(key)
    assert dump(house.loyalty) == before


@pytest.mark.parametrize(
    ("wishes", "codes"),
    [
        ({"valid_until": "31.12.2028"}, {"bad_date"}),
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
    house: House, wishes: dict[str, object], codes: set[str]
) -> None:
    """Every field of an order with every kind of wrong value: one InvalidInput, nothing changed."""
    house.set_up_cards()
    erika = house.customer()
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        house.desk.cards.order(erika.id, **wishes)  # wrong on purpose
    assert fault.value.codes == codes
    assert dump(house.loyalty) == before


@pytest.mark.parametrize("reason", ["x" * 501, 7, "a\r\nb", "a\x00"])
def test_a_bad_reason_is_refused_everywhere(house: House, reason: object) -> None:
    """The reason of a cancellation, invalidation or replacement is checked like any text."""
    order, card = active(house)
    before = dump(house.loyalty)
    for verb, key in (("cancel_order", order.id), ("invalidate", card.id), ("replace", card.id)):
        with pytest.raises(InvalidInput):
            getattr(house.desk.cards, verb)(key, reason=reason)
    assert dump(house.loyalty) == before
