"""Ordering by itself: the draft, the whole decision, and every way in which an order is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.cards import CardOrder, CardState, CustomerCard, DeliveryTarget, OrderState
from loyaltycore.cards.rules.letters import confirmation_mail
from loyaltycore.cards.rules.order_service import CardOrderService, CardTemplate, Slot, SlotSource
from loyaltycore.cards.rules.ordering import OrderRequest, draft_order, place_order, require_service
from loyaltycore.cards.rules.validity import ValidityPeriod
from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.errors import InvalidInput, NotFound, Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Address, AddressKind
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder
from tests.domain.cards.samples import BRANCH, CUSTOMER, FRESH, NOW, OLD_CARD, PLACE, SERVICE
from tests.house import BASIC, COSTS, GOLD, HOME, SHOP

ALL_SLOTS = CardTemplate(
    "gold",
    "Gold",
    "gold-2026",
    slots=tuple(Slot(source.value, EncodingKind.TEXT, source) for source in SlotSource),
)
SHORT = Address("Weg 1", "10115", "Berlin", "DE")
NAMES = {"first_name": "", "last_name": "Muster"}


def order(
    request: OrderRequest | None = None,
    customer: Customer = CUSTOMER,
    service: CardOrderService = SERVICE,
    branch: Branch = BRANCH,
) -> Decision[CardOrder]:
    """Order a golden card in Berlin, unless the request says otherwise."""
    return place_order(
        customer, service, request or OrderRequest(template="gold"), evolve(PLACE, branch=branch), FRESH
    )


def label(address: Address, **facts: Any) -> PostalAddress:
    """What stands on the shipment to a customer of that address."""
    return order(customer=evolve(CUSTOMER, addresses=(address,), **facts)).result.recipient


def test_an_order_is_an_order_a_card_a_print_order_and_a_mail() -> None:
    """Everything that follows from one request, part by part, and one note about it."""
    request = OrderRequest(
        template="gold",
        valid_until=date(2027, 3, 31),
        comment="no\nletter",
        replaces=OLD_CARD,
    )
    service = evolve(SERVICE, templates=(ALL_SLOTS, BASIC), cover_letter="hello", delivery_note="note")
    recipient = PostalAddress("Erika Mustermann", ("Lindenstraße 5",), "10969", "Berlin", "DE")
    placed = CardOrder(
        id="o1",
        customer_id="c1",
        card_id="k1",
        service_id="chain",
        branch_id="berlin",
        template="gold",
        product="gold-2026",
        valid_until=date(2027, 3, 31),
        comment="no\nletter",
        target=DeliveryTarget.CUSTOMER,
        recipient=recipient,
        costs=COSTS,
        state=OrderState.PLACED,
        ordered_at=NOW,
        ordered_by="anna",
        expected_dispatch=date(2026, 1, 16),
        replaces="k0",
    )
    card = CustomerCard(
        id="k1",
        number="1234567812345670",
        customer_id="c1",
        order_id="o1",
        template="gold",
        state=CardState.ORDERED,
        valid_until=date(2027, 3, 31),
        replaces="k0",
        created_at=NOW,
    )
    printing = PrintOrder(
        reference="o1",
        product="gold-2026",
        encodings=(
            Encoding(EncodingKind.TEXT, "1234567812345670", "card_number"),
            Encoding(EncodingKind.TEXT, "Erika Mustermann", "customer_name"),
            Encoding(EncodingKind.TEXT, "4711", "customer_number"),
            Encoding(EncodingKind.TEXT, "03/27", "valid_until"),
        ),
        ship_to=recipient,
        bulk=False,
        cover_letter="hello",
        letter_variables=(("name", "Erika Mustermann"), ("card_number", "1234567812345670")),
        language="de",
        comment="no\nletter",
    )
    mail = confirmation_mail(CUSTOMER, placed, ALL_SLOTS, BRANCH, "o1.confirmation")
    assert order(request, service=service) == Decision(
        placed,
        add=(placed, card),
        dispatch=(
            Dispatch("card_print.submit", printing, "o1.submit", placed),
            Dispatch("email.send", mail, "o1.confirmation", placed),
        ),
        notes=(Note("card_order.placed", after=placed, comment="no\nletter"),),
    )


def test_a_card_for_the_branch_travels_with_others() -> None:
    """It goes to the shop under the shop's name, in the collective shipment, with the delivery note."""
    service = evolve(SERVICE, cover_letter="hello", delivery_note="note")
    decision = order(OrderRequest(template="gold", target=DeliveryTarget.BRANCH), service=service)
    printing = decision.dispatch[0].payload
    assert printing.ship_to == PostalAddress("Optik Berlin", ("Ladenweg 1",), "10115", "Berlin", "DE")
    assert (printing.bulk, printing.cover_letter) == (True, "note")


def test_an_order_without_wishes_follows_what_was_agreed() -> None:
    """The only template, the agreed target, no validity, no comment, and it follows no card."""
    service = evolve(SERVICE, templates=(BASIC,), default_target=DeliveryTarget.BRANCH)
    result = order(OrderRequest(), service=service).result
    assert (result.template, result.target) == ("basic", DeliveryTarget.BRANCH)
    assert (result.valid_until, result.comment, result.replaces) == (None, "", "")


@pytest.mark.parametrize(("asked", "email"), [(False, "erika@example.org"), (True, "")])
def test_no_mail_leaves_where_none_is_agreed_or_possible(*, asked: bool, email: str) -> None:
    """Without an address, or where the service says so, the print order leaves alone."""
    decision = order(customer=evolve(CUSTOMER, email=email), service=evolve(SERVICE, confirm_by_email=asked))
    assert [message.kind for message in decision.dispatch] == ["card_print.submit"]


def test_nothing_empty_is_put_on_a_card() -> None:
    """A place in the design for which there is no value is left out of the print order."""
    decision = order(service=evolve(SERVICE, templates=(ALL_SLOTS,)))
    assert [encoding.slot for encoding in decision.dispatch[0].payload.encodings] == [
        "card_number",
        "customer_name",
        "customer_number",
    ]


def test_a_validity_that_is_agreed_must_be_given() -> None:
    """A refusal without one; a date or a period will do."""
    service = evolve(SERVICE, validity_required=True)
    with pytest.raises(Refused) as refusal:
        order(service=service)
    assert refusal.value.code == "card_order.validity_required"
    given = OrderRequest(template="gold", valid_for=ValidityPeriod(12))
    assert order(given, service=service).result.valid_until == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        (OrderRequest(comment="x" * 501), [("comment", "too_long")]),
        (OrderRequest(target="moon"), [("target", "unknown_choice")]),  # wrong on purpose
        (OrderRequest(template=""), [("template", "required")]),
        (OrderRequest(template="x" * 41), [("template", "too_long")]),
        (OrderRequest(valid_until=date(2026, 1, 14)), [("valid_until", "past")]),
        (
            OrderRequest(template="", comment="\0"),
            [("comment", "control_character"), ("template", "required")],
        ),
    ],
)
def test_a_wrong_request_names_its_fields(request_: OrderRequest, found: list[tuple[str, str]]) -> None:
    """All faults of a request come at once, each with its field and its code."""
    with pytest.raises(InvalidInput) as caught:
        order(request_)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == found


def test_the_longest_request_is_taken() -> None:
    """A comment of 500 characters, and a template's key of 40."""
    template = evolve(GOLD, key="g" * 40)
    request = OrderRequest(template="g" * 40, comment="x" * 500)
    result = order(request, service=evolve(SERVICE, templates=(template,))).result
    assert (result.template, len(result.comment)) == ("g" * 40, 500)


def test_a_template_that_is_not_there_is_not_found() -> None:
    """The error names what was looked for and by which key."""
    with pytest.raises(NotFound) as caught:
        order(OrderRequest(template="platinum"))
    assert (caught.value.kind, caught.value.key) == ("card_template", "platinum")


def test_one_of_several_templates_must_be_named() -> None:
    """The refusal lists those that there are."""
    with pytest.raises(Refused) as refusal:
        order(OrderRequest())
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        "card_order.template_required",
        {"templates": ("gold", "basic")},
    )


def test_without_a_service_nothing_is_ordered() -> None:
    """The refusal of an order and of a draft is the same; a service that is there is given back."""
    for ask in (lambda: require_service(None), lambda: draft_order(CUSTOMER, None, PLACE)):
        with pytest.raises(Refused) as refusal:
            ask()
        assert refusal.value.code == "card_order.no_service"
    assert require_service(SERVICE) is SERVICE


def test_a_draft_shows_what_the_order_will_be() -> None:
    """Templates, what is agreed, costs and the expected day; with several templates none is chosen."""
    draft = draft_order(CUSTOMER, evolve(SERVICE, validity_required=True), PLACE)
    assert (draft.customer_id, draft.templates, draft.template) == ("c1", (GOLD, BASIC), None)
    assert (draft.validity_required, draft.target) == (True, DeliveryTarget.CUSTOMER)
    assert (draft.can_reach_customer, draft.costs) == (True, COSTS)
    assert draft.expected_dispatch == date(2026, 1, 16)


def test_a_draft_chooses_a_single_template_and_says_who_cannot_be_reached() -> None:
    """One template needs no choice; a customer without an address is told apart before the order."""
    draft = draft_order(evolve(CUSTOMER, addresses=()), evolve(SERVICE, templates=(BASIC,)), PLACE)
    assert (draft.template, draft.can_reach_customer) == ("basic", False)


def test_a_draft_without_templates_is_refused() -> None:
    """A service without designs can order nothing."""
    with pytest.raises(Refused) as refusal:
        draft_order(CUSTOMER, evolve(SERVICE, templates=()), PLACE)
    assert refusal.value.code == "card_order.no_template"


@pytest.mark.parametrize("address", [None, evolve(SHOP, city="")])
def test_a_branch_without_a_whole_address_gets_no_cards(address: Address | None) -> None:
    """The refusal names the branch."""
    with pytest.raises(Refused) as refusal:
        order(
            OrderRequest(template="gold", target=DeliveryTarget.BRANCH),
            branch=evolve(BRANCH, address=address),
        )
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        "card_order.branch_without_address",
        {"branch": "berlin"},
    )


@pytest.mark.parametrize(
    ("addresses", "missing"),
    [
        ((), ("street", "postal_code", "city", "country")),
        ((evolve(HOME, street=""),), ("street",)),
        ((evolve(HOME, postal_code=""),), ("postal_code",)),
        ((evolve(HOME, city="", country=""),), ("city", "country")),
        ((Address(), evolve(HOME, city="", kind=AddressKind.DELIVERY)), ("city",)),
        (
            (evolve(HOME, city="", country=""), evolve(HOME, street="", kind=AddressKind.DELIVERY)),
            ("street",),
        ),
        ((evolve(HOME, kind=AddressKind.BILLING),), ("street", "postal_code", "city", "country")),
    ],
)
def test_a_customer_without_a_whole_address_is_told_what_is_missing(
    addresses: tuple[Address, ...], missing: tuple[str, ...]
) -> None:
    """The refusal names the parts that the best address for post lacks; others do not count."""
    with pytest.raises(Refused) as refusal:
        order(customer=evolve(CUSTOMER, addresses=addresses))
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        "card_order.incomplete_address",
        {"customer": "c1", "missing": missing},
    )


@pytest.mark.parametrize(
    ("facts", "recipient", "name", "company"),
    [
        ({}, "", "Erika Mustermann", ""),
        ({}, "Hans Nachbar", "Hans Nachbar", ""),
        ({"company": "Optik AG"}, "", "Erika Mustermann", "Optik AG"),
        ({"kind": CustomerKind.COMPANY, "company": "Optik AG"}, "", "Erika Mustermann", "Optik AG"),
        ({"kind": CustomerKind.COMPANY, "company": "Optik AG"}, "Empfang", "Empfang", "Optik AG"),
        ({"kind": CustomerKind.COMPANY, "company": "AG", "first_name": "", "last_name": ""}, "", "AG", ""),
    ],
)
def test_a_label_names_who_receives(facts: dict[str, Any], recipient: str, name: str, company: str) -> None:
    """The address's recipient first, else the person, else the company; a company is named once."""
    found = label(evolve(SHORT, recipient=recipient), **facts)
    assert (found.name, found.company) == (name, company)


@pytest.mark.parametrize(
    ("extra", "street", "lines"),
    [
        ("", "Weg 1", ("Weg 1",)),
        ("3. Etage", "Weg 1", ("3. Etage", "Weg 1")),
        ("", "x" * 40, ("x" * 40,)),
        ("", "x" * 41, ("x" * 40, "x")),
        ("", "x" * 40 + " 1", ("x" * 40, "1")),
        ("", "x" * 39 + " 1", ("x" * 39, "1")),
        ("", "a " + "x" * 38 + " 1", ("a " + "x" * 38, "1")),
        ("", "x" * 120, ("x" * 40,) * 3),
        ("y" * 41, "Weg 1", ("y" * 40, "y", "Weg 1")),
        ("", "a " + "x" * 38, ("a " + "x" * 38,)),
        ("", "a " + "x" * 45, ("a", "x" * 40, "x" * 5)),
        ("", "x" * 41 + " 1", ("x" * 40, "x 1")),
        ("", "x" * 38 + "  12", ("x" * 38, "12")),
    ],
)
def test_long_lines_are_broken_at_blanks_and_nothing_is_cut_off(
    extra: str, street: str, lines: tuple[str, ...]
) -> None:
    """Forty characters stand on a line; a line without a blank is broken where it ends."""
    assert label(evolve(SHORT, street=street, extra=extra)).lines == lines


def test_a_long_name_and_a_long_company_go_on_below() -> None:
    """What does not fit behind a name comes first among the lines, then the company's, then the street."""
    found = label(
        SHORT,
        first_name="Erika " + "x" * 20,
        last_name="y" * 30,
        company="Optik " + "z" * 20 + " " + "w" * 30,
    )
    assert found.name == "Erika " + "x" * 20
    assert found.company == "Optik " + "z" * 20
    assert found.lines == ("y" * 30, "w" * 30, "Weg 1")


@pytest.mark.parametrize(
    "address",
    [
        evolve(SHORT, street="x" * 121),
        evolve(SHORT, street="x" * 81, extra="y"),
        evolve(SHORT, city="x" * 41),
    ],
)
def test_what_does_not_fit_on_a_label_is_refused(address: Address) -> None:
    """More than three lines, or a town that is too long: the refusal shows the lines."""
    with pytest.raises(Refused) as refusal:
        label(address)
    assert refusal.value.code == "card_order.address_too_long"
    assert "".join(refusal.value.facts["lines"]) == address.extra + address.street


def test_the_longest_town_fits() -> None:
    """Forty characters."""
    assert label(evolve(SHORT, city="x" * 40)).city == "x" * 40


def test_a_name_on_a_card_has_at_most_forty_characters() -> None:
    """The name that is printed loses its title before it is longer than the line."""
    customer = evolve(CUSTOMER, title="Dr.", first_name="x" * 20, last_name="y" * 19)
    slots = (Slot("name", EncodingKind.TEXT, SlotSource.CUSTOMER_NAME),)
    service = evolve(SERVICE, templates=(evolve(GOLD, slots=slots),))
    printing = order(customer=customer, service=service).dispatch[0].payload
    assert [encoding.value for encoding in printing.encodings] == ["x" * 20 + " " + "y" * 19]


@pytest.mark.parametrize("odd", ["\u00a0", "\u200b", "\u00ad", "\ufeff", "\u202f"])
def test_what_was_stored_before_texts_were_cleaned_is_printed_clean(odd: str) -> None:
    """Names and addresses of old records, of the customer and of the branch: on the card, the label and the letter."""
    clean = Address("Am Markt 1", "10115", "Berlin", "DE", extra="Hof 2")
    dirty = Address(f"Am Markt{odd} 1", f"10115{odd}", f"{odd}Berlin", "DE", extra=f"Hof{odd} 2")
    old = evolve(CUSTOMER, last_name=f"{odd}Muster{odd}mann", first_name="Erika", addresses=(dirty,))
    for target in DeliveryTarget:
        decision = order(
            OrderRequest(template="gold", target=target),
            old,
            branch=evolve(BRANCH, name=f"Optik{odd} Berlin", address=dirty),
        )
        printed = decision.dispatch[0].payload
        assert odd.encode("unicode_escape").decode() not in repr(printed)
        assert isinstance(printed, PrintOrder)
        assert " ".join(printed.ship_to.lines).split() == f"{clean.extra} {clean.street}".split()
