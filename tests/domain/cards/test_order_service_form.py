"""Reading what was agreed with the card vendor, and what an order costs in the end."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from loyaltycore.cards import Cancellation, CardCosts, CardTemplate, DeliveryTarget, OrderState
from loyaltycore.cards.rules.dispatch import DispatchCycle
from loyaltycore.cards.rules.order import (
    NEVER_MADE,
    UNDER_WAY,
    CardOrder,
    cancellation_key,
    submission_key,
)
from loyaltycore.cards.rules.order_service import DEFAULT_SLOTS, Slot, SlotSource, read_service
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.printing import EncodingKind
from tests.domain.cards.samples import ORDER, SERVICE
from tests.house import COSTS


def faults_of(**facts: Any) -> list[tuple[str, str]]:
    """Field and code of every fault of a service with those facts."""
    with pytest.raises(InvalidInput) as caught:
        read_service(evolve(SERVICE, **facts), "DE")
    return [(fault.field, fault.code) for fault in caught.value.faults]


def template(**facts: Any) -> tuple[CardTemplate, ...]:
    """One template with those facts."""
    return (evolve(CardTemplate("gold"), **facts),)


def test_a_service_is_read_in_normal_form() -> None:
    """Blanks around go, words become what they name, and a national phone number gets its country."""
    given = evolve(
        SERVICE,
        provider=" Druck ",
        contact_email=" info@druck.example ",
        contact_phone="030 1234567",
        contact_notes=" No. 7\r\nBerlin ",
        validity_required=True,
        default_target="branch",
        cycle="weekly",
        cover_letter=" hello ",
        delivery_note=" note ",
        confirm_by_email=False,
        templates=[CardTemplate("gold")],
    )
    assert read_service(given, "DE") == evolve(
        SERVICE,
        provider="Druck",
        contact_email="info@druck.example",
        contact_phone="+49301234567",
        contact_notes="No. 7\nBerlin",
        validity_required=True,
        default_target=DeliveryTarget.BRANCH,
        cycle=DispatchCycle.WEEKLY,
        cover_letter="hello",
        delivery_note="note",
        confirm_by_email=False,
        templates=(CardTemplate("gold", "gold", "gold"),),
    )


def test_what_is_not_agreed_has_its_default() -> None:
    """Cards go to the customer and leave daily; nothing else is said."""
    nothing = dict.fromkeys(
        ("contact_email", "contact_phone", "contact_notes", "default_target", "cycle", "cover_letter",
         "delivery_note")
    )  # fmt: skip
    assert read_service(evolve(SERVICE, **nothing), "DE") == SERVICE
    assert (SERVICE.validity_required, SERVICE.confirm_by_email, SERVICE.version) == (False, True, 1)


def test_a_template_without_slots_of_its_own_has_the_usual_ones() -> None:
    """Number and code, name, and validity."""
    assert [(slot.name, slot.kind, slot.source) for slot in CardTemplate("gold").slots] == [
        ("number", EncodingKind.TEXT, SlotSource.CARD_NUMBER),
        ("code", EncodingKind.CODE128, SlotSource.CARD_NUMBER),
        ("name", EncodingKind.TEXT, SlotSource.CUSTOMER_NAME),
        ("valid_until", EncodingKind.TEXT, SlotSource.VALID_UNTIL),
    ]


def test_slots_are_read_word_by_word() -> None:
    """Kind and source may be given as words or left out."""
    slots = (Slot(" a ", "qr", "customer_number"), Slot("b", None, None))  # as a form gives them
    read = read_service(evolve(SERVICE, templates=template(slots=slots)), "DE")
    assert read.templates[0].slots == (
        Slot("a", EncodingKind.QR, SlotSource.CUSTOMER_NUMBER),
        Slot("b", EncodingKind.TEXT, SlotSource.CARD_NUMBER),
    )


NEGATIVE, DOLLARS = evolve(COSTS, print=Money(-1, "EUR")), evolve(COSTS, dispatch=Money(1, "USD"))


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"provider": ""}, [("provider", "required")]),
        ({"provider": "x" * 101}, [("provider", "too_long")]),
        ({"contact_email": "nobody"}, [("contact_email", "bad_email")]),
        ({"contact_email": "x" * 255}, [("contact_email", "too_long")]),
        ({"contact_phone": "12"}, [("contact_phone", "bad_phone")]),
        ({"contact_phone": "1" * 41}, [("contact_phone", "too_long")]),
        ({"contact_notes": "x" * 1001}, [("contact_notes", "too_long")]),
        ({"validity_required": 1}, [("validity_required", "wrong_type")]),
        ({"default_target": "moon"}, [("default_target", "unknown_choice")]),
        ({"cycle": "yearly"}, [("cycle", "unknown_choice")]),
        ({"cover_letter": "x" * 65}, [("cover_letter", "too_long")]),
        ({"delivery_note": "x" * 65}, [("delivery_note", "too_long")]),
        ({"confirm_by_email": "no"}, [("confirm_by_email", "wrong_type")]),
        ({"templates": "gold"}, [("templates", "wrong_type")]),
        ({"templates": b"gold"}, [("templates", "wrong_type")]),
        ({"templates": None}, [("templates", "wrong_type")]),
        ({"templates": template() * 2}, [("templates", "repeated")]),
        ({"templates": (CardTemplate("a"), "b")}, [("templates[1].key", "wrong_type")]),
        ({"templates": template(key="!")}, [("templates[0].key", "bad_key")]),
        ({"templates": template(name="x" * 81)}, [("templates[0].name", "too_long")]),
        ({"templates": template(product="x" * 65)}, [("templates[0].product", "too_long")]),
        ({"templates": template(slots=())}, [("templates[0].slots", "required")]),
        ({"templates": template(slots=frozenset({Slot("a")}))}, [("templates[0].slots", "wrong_type")]),
        ({"templates": template(slots=(Slot("a"), "b"))}, [("templates[0].slots", "wrong_type")]),
        ({"templates": template(slots=(Slot("a"), Slot("")))}, [("templates[0].slots[1].name", "required")]),
        ({"templates": template(slots=(Slot("x" * 33),))}, [("templates[0].slots[0].name", "too_long")]),
        (
            {"templates": template(slots=(Slot("a", "foil", "moon"),))},  # wrong on purpose
            [
                ("templates[0].slots[0].kind", "unknown_choice"),
                ("templates[0].slots[0].source", "unknown_choice"),
            ],
        ),
        ({"costs": 5}, [("costs", "wrong_type")]),
        ({"costs": evolve(COSTS, card=5)}, [("costs.card", "wrong_type")]),
        (
            {"costs": evolve(COSTS, print=5, dispatch="5")},
            [("costs.print", "wrong_type"), ("costs.dispatch", "wrong_type")],
        ),
        ({"costs": NEGATIVE}, [("costs.print", "out_of_range")]),
        ({"costs": DOLLARS}, [("costs", "mixed_currency")]),
    ],
)
def test_every_fault_of_a_service_stands_at_its_field(
    facts: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """Wrong types, lengths, repetitions and sums of money, on the service, its templates and their slots."""
    assert faults_of(**facts) == found


def test_the_longest_and_the_cheapest_are_taken() -> None:
    """The greatest lengths of every text, and costs of nothing."""
    free = CardCosts(*[Money(0, "EUR")] * 3)
    slots = (Slot("x" * 32),)
    facts: dict[str, Any] = {
        "provider": "x" * 100,
        "contact_notes": "x" * 1000,
        "cover_letter": "x" * 64,
        "delivery_note": "x" * 64,
        "costs": free,
        "templates": template(name="x" * 80, product="x" * 64, slots=slots),
    }
    assert read_service(evolve(SERVICE, **facts), "DE") == evolve(SERVICE, **facts)


def test_the_keys_of_an_order_tell_its_messages_apart() -> None:
    """A wish to cancel has another key than the print order."""
    assert (submission_key("o1"), cancellation_key("o1")) == ("o1.submit", "o1.cancel")


def test_an_order_starts_without_news() -> None:
    """Nobody has said anything about it yet."""
    assert (ORDER.replaces, ORDER.production, ORDER.vendor_word, ORDER.vendor_id) == ("", None, "", "")
    assert (ORDER.vendor_revision, ORDER.reason_code, ORDER.reason, ORDER.tracking) == (0, "", "", "")
    assert (ORDER.cancellation, ORDER.cancelled_at, ORDER.cancelled_by) == (Cancellation.NONE, None, "")
    assert (ORDER.cancel_reason, ORDER.dispatched_at, ORDER.delivered_at) == ("", None, None)
    assert ORDER.version == 1


STATE, NONE, CONFIRMED, REFUSED = OrderState, Cancellation.NONE, Cancellation.CONFIRMED, Cancellation.REFUSED


@pytest.mark.parametrize(
    ("state", "cancellation", "due"),
    [
        (STATE.PLACED, NONE, 295),
        (STATE.RETURNED, NONE, 295),
        (STATE.REJECTED, NONE, 0),
        (STATE.FAILED, NONE, 0),
        (STATE.FAILED, REFUSED, 0),
        (STATE.CANCELLED, NONE, 0),
        (STATE.CANCELLED, Cancellation.REQUESTED, 0),
        (STATE.CANCELLED, CONFIRMED, 0),
        (STATE.CANCELLED, REFUSED, 295),
        (STATE.IN_PRODUCTION, Cancellation.REQUESTED, 295),
        (STATE.IN_PRODUCTION, CONFIRMED, 0),
        (STATE.IN_PRODUCTION, REFUSED, 295),
    ],
)
def test_only_a_card_that_is_made_costs_something(
    state: OrderState, cancellation: Cancellation, due: int
) -> None:
    """The sum of card, print and dispatch, or nothing, in the currency of the costs."""
    order: CardOrder = evolve(ORDER, state=state, cancellation=cancellation)
    assert order.costs_due == Money(due, "EUR")


def test_states_are_told_apart_by_where_the_card_is() -> None:
    """Three states in which it has left, two in which it was never made; and the words that are stored."""
    assert frozenset({STATE.DISPATCHED, STATE.DELIVERED, STATE.RETURNED}) == UNDER_WAY
    assert frozenset({STATE.REJECTED, STATE.FAILED}) == NEVER_MADE
    assert [state.value for state in OrderState] == [
        "placed", "in_production", "dispatched", "delivered", "returned", "rejected", "failed", "cancelled",
    ]  # fmt: skip
    assert [state.value for state in Cancellation] == ["none", "requested", "confirmed", "refused"]
    assert DEFAULT_SLOTS[0] == Slot("number")
