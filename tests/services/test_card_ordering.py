"""Ordering a card, as the domain tells it, on every storage."""

from __future__ import annotations

from datetime import date

import pytest

from loyaltycore import (
    Address,
    DeliveryTarget,
    DispatchCycle,
    InvalidInput,
    NotFound,
    Refused,
    ValidityPeriod,
)
from loyaltycore.cards import CardOrder, CardState, CustomerCard, OrderState
from loyaltycore.cards.rules.information import InformationRequest
from loyaltycore.kernel.messages import Email
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.kernel.printing import PrintOrder
from loyaltycore.storing.codec import from_json
from loyaltycore.work.journal import Activity
from tests.house import BASIC, COSTS, GOLD, HOME, House, dump


def _messages(house: House, kind: str) -> list[OutboxMessage]:
    return [m for m in dump(house.loyalty)["outbox"] if isinstance(m, OutboxMessage) and m.kind == kind]


def test_an_order_without_a_service_is_refused(house: House) -> None:
    """F6: no order service, no order; the refusal says what to do and nothing is stored."""
    erika = house.customer()
    before = dump(house.loyalty)
    with pytest.raises(Refused) as refusal:
        house.desk.cards.order(erika.id)
    assert refusal.value.code == "card_order.no_service"
    assert "request information" in refusal.value.remedy
    assert dump(house.loyalty) == before


def test_a_service_carries_provider_and_contact(house: House) -> None:
    """F8: what was arranged with the vendor stands on the service."""
    house.set_up_cards(
        contact_email="service@kartendruck.example", contact_phone="030 901820", contact_notes="Kd 4711"
    )
    service = house.desk.cards.setup.get()
    assert (service.provider, service.contact_email) == ("Kartendruck GmbH", "service@kartendruck.example")
    assert (service.contact_phone, service.contact_notes) == ("+4930901820", "Kd 4711")


def test_an_order_shows_three_costs_and_their_sum(house: House) -> None:
    """F9: card, print and dispatch cost something each."""
    house.set_up_cards()
    order = house.desk.cards.order(house.customer().id)
    assert order.costs == COSTS
    assert str(order.costs.total) == "2.95 EUR"
    assert order.costs_due == order.costs.total


def test_without_a_service_information_can_be_requested(house: House) -> None:
    """F14: the request is recorded and mailed, and no card comes of it."""
    erika = house.customer()
    asked = house.desk.cards.request_information("Was kosten 500 Karten?", to="vertrieb@kartendruck.example")
    stored = dump(house.loyalty)
    assert stored["information_requests"] == [asked]
    assert (asked.requested_by, asked.branch_id) == ("anna", "berlin")
    assert stored["cards"] == []
    assert stored["card_orders"] == []
    (message,) = _messages(house, "email.send")
    mail = from_json(message.payload, Email)
    assert mail.to == ("vertrieb@kartendruck.example",)
    assert "Was kosten 500 Karten?" in mail.text
    assert house.desk.cards.of_customer(erika.id) == ()


def test_information_without_a_recipient_is_refused(house: House) -> None:
    """Nobody to ask is a refusal with a remedy, not a request that goes nowhere."""
    with pytest.raises(Refused, match=r"cards\.information_email"):
        house.desk.cards.request_information("?")
    assert dump(house.loyalty)["information_requests"] == []


def test_information_goes_to_the_address_in_the_settings(house: House) -> None:
    """The chain's option names whom to ask, for sessions opened after it was set."""
    from loyaltycore.cards.rules.options import INFORMATION_EMAIL

    house.desk.settings.change(INFORMATION_EMAIL, "karten@example.org")
    asked = house.loyalty.session("anna", "berlin").cards.request_information()
    assert asked.recipient == "karten@example.org"
    assert isinstance(asked, InformationRequest)


def test_an_order_names_its_template(house: House) -> None:
    """F15: the chosen design stands on the order and on the card, and the vendor hears its own name of it."""
    house.set_up_cards(templates=[GOLD, BASIC])
    erika = house.customer()
    order = house.desk.cards.order(erika.id, template="basic")
    (card,) = house.desk.cards.of_customer(erika.id)
    assert (order.template, card.template, order.product) == ("basic", "basic", "basic-2026")


def test_a_single_template_is_chosen_by_itself(house: House) -> None:
    """F16: with one template there is no choice."""
    house.set_up_cards()
    assert house.desk.cards.order(house.customer().id).template == "gold"


def test_several_templates_need_a_choice(house: House) -> None:
    """F16: with several, an order without a choice is refused and names them."""
    house.set_up_cards(templates=[GOLD, BASIC])
    with pytest.raises(Refused) as refusal:
        house.desk.cards.order(house.customer().id)
    assert refusal.value.code == "card_order.template_required"
    assert refusal.value.facts["templates"] == ("gold", "basic")


def test_without_a_template_nothing_can_be_ordered(house: House) -> None:
    """At least one template is needed to order."""
    house.set_up_cards(templates=[])
    with pytest.raises(Refused) as refusal:
        house.desk.cards.order(house.customer().id)
    assert refusal.value.code == "card_order.no_template"


def test_an_unknown_template_is_not_found(house: House) -> None:
    """A key that names no template is an error, not a default."""
    house.set_up_cards()
    with pytest.raises(NotFound):
        house.desk.cards.order(house.customer().id, template="platinum")


def test_validity_is_optional(house: House) -> None:
    """F18: an order without validity works."""
    house.set_up_cards()
    assert house.desk.cards.order(house.customer().id).valid_until is None


def test_the_service_can_require_a_validity(house: House) -> None:
    """F21: flag on and no date is a refusal; with a date it works."""
    house.set_up_cards(validity_required=True)
    erika = house.customer()
    with pytest.raises(Refused) as refusal:
        house.desk.cards.order(erika.id)
    assert refusal.value.code == "card_order.validity_required"
    assert house.desk.cards.order(erika.id, valid_until=date(2028, 12, 31)).valid_until == date(2028, 12, 31)


def test_a_validity_in_the_past_is_refused(house: House) -> None:
    """The day before today is past; today itself is a last day that is included."""
    house.set_up_cards()
    erika = house.customer()
    with pytest.raises(InvalidInput) as fault:
        house.desk.cards.order(erika.id, valid_until=date(2026, 1, 14))
    assert fault.value.codes == {"past"}
    assert house.desk.cards.order(erika.id, valid_until=date(2026, 1, 15)).valid_until == date(2026, 1, 15)


def test_a_validity_can_be_a_period(house: House) -> None:
    """Twenty-four months to the month's end, counted from the day of the order."""
    house.set_up_cards()
    order = house.desk.cards.order(house.customer().id, valid_for=ValidityPeriod(24, to_month_end=True))
    assert order.valid_until == date(2028, 1, 31)


def test_a_comment_is_optional_and_kept(house: House) -> None:
    """F22, F23: an order works without a comment, and keeps one."""
    house.set_up_cards()
    erika = house.customer()
    assert house.desk.cards.order(erika.id).comment == ""
    order = house.desk.cards.order(erika.id, comment="Bitte als Geschenk verpacken")
    assert house.desk.cards.get_order(order.id).comment == "Bitte als Geschenk verpacken"
    payload = from_json(_messages(house, "card_print.submit")[-1].payload, PrintOrder)
    assert payload.comment == "Bitte als Geschenk verpacken"


def test_the_agreed_target_counts_unless_the_order_says_otherwise(house: House) -> None:
    """F24, F25, F28: default to the customer, this one to the branch."""
    house.set_up_cards()
    erika = house.customer()
    home = house.desk.cards.order(erika.id)
    shop = house.desk.cards.order(erika.id, target=DeliveryTarget.BRANCH)
    assert (home.target, home.recipient.lines) == (DeliveryTarget.CUSTOMER, ("Lindenstraße 5",))
    assert (shop.target, shop.recipient.lines) == (DeliveryTarget.BRANCH, ("Ladenweg 1",))
    assert house.desk.cards.setup.get().default_target is DeliveryTarget.CUSTOMER


def test_a_customer_target_needs_a_complete_address(house: House) -> None:
    """Without a complete postal address the refusal names what is missing."""
    house.set_up_cards()
    hans = house.customer(addresses=[Address(street="Am Markt 1", city="Ulm", country="DE")])
    with pytest.raises(Refused) as refusal:
        house.desk.cards.order(hans.id)
    assert refusal.value.code == "card_order.incomplete_address"
    assert refusal.value.facts["missing"] == ("postal_code",)
    assert house.desk.cards.order(hans.id, target="branch").target is DeliveryTarget.BRANCH


def test_an_address_that_does_not_fit_on_a_label_is_broken_or_refused(house: House) -> None:
    """Long lines are broken at blanks and nothing is cut off; what does not fit at all is refused."""
    house.set_up_cards()
    street = "Straße der Jugend und der Freiheit am alten Hafen 1234"
    long = house.customer(first_name="Karl-Theodor Maria Nikolaus", last_name="von Hohenstein-Lüdenscheidt",
                                 addresses=[Address(street, "10115", "Berlin", "DE")])  # fmt: skip
    label = house.desk.cards.order(long.id).recipient
    assert " ".join([label.name, *label.lines]) == f"{long.display_name} {street}"
    assert all(len(line) <= 40 for line in (label.name, *label.lines))
    longer = house.desk.customers.change(
        long.id, addresses=[Address(street, "1", "Berlin", "DE", extra="x" * 50)]
    )
    with pytest.raises(Refused) as refusal:
        house.desk.cards.order(longer.id)
    assert refusal.value.code == "card_order.address_too_long"


def test_a_company_receives_at_its_name_and_its_person(house: House) -> None:
    """The label names the firm once, and whom it is for."""
    house.set_up_cards()
    firm = house.desk.customers.create(
        kind="company", company="ACME GmbH", first_name="Eva", last_name="Meier", addresses=[HOME]
    )
    label = house.desk.cards.order(firm.id).recipient
    assert (label.company, label.name) == ("ACME GmbH", "Eva Meier")


def test_a_long_name_is_shortened_on_the_card_and_whole_on_the_label(house: House) -> None:
    """The card carries the fullest form that fits: without title, then with initials."""
    house.set_up_cards()
    max_ = house.customer(
        title="Prof. Dr. med.", first_name="Maximiliane Eva", last_name="Leutheusser-Schnarrenberger"
    )
    house.desk.cards.order(max_.id)
    payload = from_json(_messages(house, "card_print.submit")[0].payload, PrintOrder)
    assert {e.slot: e.value for e in payload.encodings}["name"] == "M. E. Leutheusser-Schnarrenberger"
    assert " ".join((payload.ship_to.name, *payload.ship_to.lines)).startswith("Prof. Dr. med. Maximiliane")


def test_a_branch_target_needs_a_branch_with_an_address(house: House) -> None:
    """The head office has no address to send cards to."""
    house.set_up_cards(default_target="branch")
    erika = house.customer()
    with pytest.raises(Refused) as refusal:
        house.loyalty.session("chef").cards.order(erika.id)
    assert refusal.value.code == "card_order.branch_without_address"


def test_ok_places_the_order_and_enters_the_card(house: House) -> None:
    """F26, F37, F38: the order is placed and the card stands on the customer, ordered."""
    house.set_up_cards()
    erika = house.customer()
    order = house.desk.cards.order(erika.id)
    assert order.state is OrderState.PLACED
    (card,) = house.desk.cards.of_customer(erika.id)
    assert (card.id, card.state, card.order_id) == (order.card_id, CardState.ORDERED, order.id)


def test_a_draft_that_is_never_confirmed_leaves_nothing(house: House) -> None:
    """F27: looking at the dialog orders nothing and stores nothing."""
    house.set_up_cards()
    erika = house.customer()
    before = dump(house.loyalty)
    draft = house.desk.cards.draft(erika.id)
    assert (draft.template, draft.costs, draft.target) == ("gold", COSTS, DeliveryTarget.CUSTOMER)
    assert draft.expected_dispatch == date(2026, 1, 16)
    assert dump(house.loyalty) == before


def test_a_service_holds_letter_and_note(house: House) -> None:
    """F29, F30: a card to the customer travels with the cover letter, one to the branch with the delivery note."""
    house.set_up_cards(cover_letter="willkommen", delivery_note="lieferschein")
    erika = house.customer()
    house.desk.cards.order(erika.id)
    house.desk.cards.order(erika.id, target="branch")
    letters = [from_json(m.payload, PrintOrder) for m in _messages(house, "card_print.submit")]
    assert [(letter.cover_letter, letter.bulk) for letter in letters] == [
        ("willkommen", False),
        ("lieferschein", True),
    ]


@pytest.mark.parametrize(
    ("cycle", "day"),
    [
        (None, date(2026, 1, 16)),
        (DispatchCycle.DAILY, date(2026, 1, 16)),
        (DispatchCycle.WEEKLY, date(2026, 1, 19)),
        (DispatchCycle.MONTHLY, date(2026, 2, 2)),
    ],
)
def test_the_agreed_cycle_gives_the_expected_dispatch(
    house: House, cycle: DispatchCycle | None, day: date
) -> None:
    """F31, F32, F36: the service's cycle decides, daily where nothing was agreed, and the date is an expectation."""
    house.set_up_cards(**({} if cycle is None else {"cycle": cycle}))
    assert house.desk.cards.order(house.customer().id).expected_dispatch == day


def test_an_order_belongs_to_one_customer_and_keeps_who_and_when(house: House) -> None:
    """F41: customer, staff and time stand on the order and in the activities."""
    house.set_up_cards()
    erika = house.customer()
    order = house.desk.cards.order(erika.id)
    assert (order.customer_id, order.ordered_by, order.ordered_at) == (erika.id, "anna", house.clock.now())
    latest = house.desk.activities.of_customer(erika.id).items[0]
    assert isinstance(latest, Activity)
    assert (latest.action, latest.actor, latest.at) == ("card_order.placed", "anna", house.clock.now())


def test_a_customer_may_have_several_cards(house: House) -> None:
    """F38: all cards are listed, newest first, each with a number of its own."""
    house.set_up_cards()
    erika = house.customer()
    orders = [house.desk.cards.order(erika.id) for _ in range(3)]
    cards = house.desk.cards.of_customer(erika.id)
    assert [card.order_id for card in cards] == [order.id for order in reversed(orders)]
    assert len({card.number for card in cards}) == 3


def test_a_branch_can_have_a_service_of_its_own(house: House) -> None:
    """F50: a branch's service wins over the chain's; other branches keep the chain's."""
    house.set_up_cards()
    house.set_up_cards(branch="berlin", provider="Hausdruckerei", templates=[BASIC])
    erika = house.customer()
    assert house.desk.cards.order(erika.id).template == "basic"
    assert house.loyalty.session("chef").cards.order(erika.id).template == "gold"


def test_an_order_keeps_its_terms_when_the_service_changes(house: House) -> None:
    """Costs and product are copied onto the order; a later agreement does not rewrite it."""
    house.set_up_cards()
    order = house.desk.cards.order(house.customer().id)
    house.set_up_cards(templates=[BASIC], provider="Andere GmbH")
    assert house.desk.cards.get_order(order.id) == order


def test_the_same_key_orders_once(house: House) -> None:
    """A till that repeats its call under the same key gets the same order, not a second card."""
    house.set_up_cards()
    erika = house.customer()
    first = house.desk.keyed("till-7-0001").cards.order(erika.id)
    again = house.desk.keyed("till-7-0001").cards.order(erika.id)
    assert again == first
    assert len(house.desk.cards.of_customer(erika.id)) == 1


def test_orders_and_cards_in_one_block_are_all_or_nothing(house: House) -> None:
    """Several verbs in one block: an error at the end takes everything back."""
    house.set_up_cards()
    before = dump(house.loyalty)
    with pytest.raises(RuntimeError), house.desk.transaction():
        erika = house.customer()
        house.desk.cards.order(erika.id)
        raise RuntimeError
    assert dump(house.loyalty) == before
    assert before["card_orders"] == []


def test_the_print_order_carries_the_number_and_no_more_than_the_design_asks(house: House) -> None:
    """A card stores its link to the customer: the number as text and code, the name only where the design has a slot."""
    house.set_up_cards()
    erika = house.customer(addresses=[HOME])
    order: CardOrder = house.desk.cards.order(erika.id)
    (card,) = house.desk.cards.of_customer(erika.id)
    assert isinstance(card, CustomerCard)
    payload = from_json(_messages(house, "card_print.submit")[0].payload, PrintOrder)
    assert {e.slot: e.value for e in payload.encodings} == {
        "number": card.number,
        "code": card.number,
        "name": "Erika Mustermann",
    }
    assert payload.reference == order.id
