"""Setting the card order service up: every field checked, replaced as a whole, recorded."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from loyaltycore import CardCosts, CardTemplate, DispatchCycle, InvalidInput, Money, NotFound
from loyaltycore.cards import DeliveryTarget, Slot, SlotSource
from loyaltycore.kernel.printing import EncodingKind
from tests.house import BASIC, COSTS, GOLD, House, dump


def test_a_service_is_set_up_changed_and_removed(house: House) -> None:
    """F50: all settings of the interface are kept; a second save replaces them; each step is recorded."""
    setup = house.desk.cards.setup
    first = setup.save(
        provider="Kartendruck GmbH",
        templates=[GOLD, BASIC],
        costs=COSTS,
        validity_required=True,
        default_target="branch",
        cycle="weekly",
        cover_letter="willkommen",
        delivery_note="lieferschein",
    )
    assert setup.get() == first
    assert (first.cycle, first.default_target) == (DispatchCycle.WEEKLY, DeliveryTarget.BRANCH)
    second = setup.save(provider="Andere GmbH", templates=[BASIC], costs=COSTS)
    assert (second.version, second.validity_required, second.templates) == (2, False, (BASIC,))
    setup.remove()
    with pytest.raises(NotFound):
        setup.get()
    with pytest.raises(NotFound):
        setup.remove()
    actions = [a.action for a in house.desk.activities.of_record("card_order_services", "chain")]
    assert actions == ["card_service.set_up", "card_service.changed", "card_service.removed"]


def test_saving_the_same_again_changes_nothing(house: House) -> None:
    """No change, no record of a change."""
    house.set_up_cards()
    before = dump(house.loyalty)
    house.set_up_cards()
    assert dump(house.loyalty) == before


def test_a_template_gets_its_names_from_its_key(house: House) -> None:
    """Where nothing else is said, name and product are the key."""
    house.set_up_cards(templates=[CardTemplate("silver")])
    (template,) = house.desk.cards.setup.get().templates
    assert (template.name, template.product) == ("silver", "silver")


def test_a_service_for_an_unknown_branch_is_not_found(house: House) -> None:
    """Only an opened branch can have a service of its own."""
    with pytest.raises(NotFound):
        house.set_up_cards(branch="mars")


_EUR, _CHF = Money(1, "EUR"), Money(1, "CHF")


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"provider": ""}, {"provider"}),
        ({"provider": 7}, {"provider"}),
        ({"provider": "x" * 101}, {"provider"}),
        ({"provider": "a\r\nBcc: b"}, {"provider"}),
        ({"templates": None}, {"templates"}),
        ({"templates": "gold"}, {"templates"}),
        ({"templates": ["gold"]}, {"templates[0].key"}),
        ({"templates": [GOLD, GOLD]}, {"templates"}),
        ({"templates": [CardTemplate("No Key")]}, {"templates[0].key"}),
        ({"templates": [CardTemplate("")]}, {"templates[0].key"}),
        ({"templates": [evolve(GOLD, slots=())]}, {"templates[0].slots"}),
        (
            {"templates": [evolve(GOLD, slots=(Slot("", EncodingKind.TEXT, SlotSource.CARD_NUMBER),))]},
            {"templates[0].slots[0].name"},
        ),
        ({"costs": None}, {"costs"}),
        ({"costs": CardCosts(_EUR, _EUR, 95)}, {"costs.dispatch"}),  # wrong on purpose
        ({"costs": CardCosts(_EUR, _EUR, _CHF)}, {"costs"}),
        ({"costs": CardCosts(_EUR, Money(-1, "EUR"), _EUR)}, {"costs.print"}),
        ({"contact_email": "nobody"}, {"contact_email"}),
        ({"contact_phone": "12"}, {"contact_phone"}),
        ({"contact_notes": "x" * 1001}, {"contact_notes"}),
        ({"validity_required": "yes"}, {"validity_required"}),
        ({"default_target": "moon"}, {"default_target"}),
        ({"cycle": "hourly"}, {"cycle"}),
        ({"cover_letter": "x" * 65}, {"cover_letter"}),
        ({"delivery_note": 1}, {"delivery_note"}),
        ({"confirm_by_email": 0}, {"confirm_by_email"}),
        ({"colour": "red", "id": "x"}, {"colour", "id"}),
        (
            {"provider": "", "cycle": "hourly", "validity_required": 1},
            {"provider", "cycle", "validity_required"},
        ),
    ],
)
def test_every_wrong_field_is_named_and_nothing_changes(
    house: House, facts: dict[str, Any], fields: set[str]
) -> None:
    """Each field with each kind of wrong value: one InvalidInput that names it, nothing stored."""
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        house.set_up_cards(**facts)
    assert set(fault.value.fields) == fields
    assert dump(house.loyalty) == before


@pytest.mark.parametrize(
    ("text", "to", "fields"),
    [
        (7, "a@example.org", {"text"}),
        ("x" * 2001, "a@example.org", {"text"}),
        ("a\x00b", "a@example.org", {"text"}),
        ("ok", "nobody", {"to"}),
        ("ok", "a@example.org\r\nBcc: b@example.org", {"to"}),
        ("x" * 2001, 7, {"text", "to"}),
    ],
)
def test_a_wrong_request_for_information_is_refused(
    house: House, text: Any, to: Any, fields: set[str]
) -> None:
    """Text and recipient are checked; no header can be smuggled in; nothing is recorded or mailed."""
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        house.desk.cards.request_information(text, to=to)
    assert set(fault.value.fields) == fields
    assert dump(house.loyalty) == before
