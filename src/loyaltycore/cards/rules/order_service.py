"""The card order service: what was agreed with the card vendor, for the chain or for one branch."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, TypedDict

from attrs import evolve, frozen

from loyaltycore.cards.rules.dispatch import DispatchCycle
from loyaltycore.errors import NotFound, Refused
from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.money import Money, total
from loyaltycore.kernel.naming import meant
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.kernel.printing import EncodingKind
from loyaltycore.kernel.validation import Faults

MOST_TEMPLATES: Final = 100
"""How many card designs a service may offer."""

MOST_SLOTS: Final = 50
"""How many places a card design may have."""


class DeliveryTarget(Enum):
    """Where an ordered card is sent."""

    CUSTOMER = "customer"
    BRANCH = "branch"


class SlotSource(Enum):
    """What is put into a slot of a card design."""

    CARD_NUMBER = "card_number"
    CUSTOMER_NAME = "customer_name"
    CUSTOMER_NUMBER = "customer_number"
    VALID_UNTIL = "valid_until"


@frozen
class Slot:
    """One place of a card design."""

    name: str
    """The vendor's name of the place."""
    kind: EncodingKind = EncodingKind.TEXT
    """Printed text or a code."""
    source: SlotSource = SlotSource.CARD_NUMBER
    """What goes there. Personal data can stay in the database: a card needs only the card number."""


DEFAULT_SLOTS = (
    Slot("number", EncodingKind.TEXT, SlotSource.CARD_NUMBER),
    Slot("code", EncodingKind.CODE128, SlotSource.CARD_NUMBER),
    Slot("name", EncodingKind.TEXT, SlotSource.CUSTOMER_NAME),
    Slot("valid_until", EncodingKind.TEXT, SlotSource.VALID_UNTIL),
)


@frozen
class CardTemplate:
    """A card design that can be ordered."""

    key: str
    """Technical key, for example ``gold``."""
    name: str = ""
    product: str = ""
    """The vendor's name of the design; the key if none is given."""
    slots: tuple[Slot, ...] = DEFAULT_SLOTS
    """What goes onto the card."""


@frozen
class CardCosts:
    """What one order costs: the card, its print and its dispatch."""

    card: Money
    print: Money
    dispatch: Money

    @property
    def total(self) -> Money:
        """The sum of the three."""
        return total((self.card, self.print, self.dispatch), self.card.currency)


@frozen
class CardOrderService:
    """What was agreed with the card vendor."""

    id: str
    """The scope: ``chain``, or ``branch:`` and the branch's id."""
    provider: str
    templates: tuple[CardTemplate, ...]
    """The designs that can be ordered; without one, nothing can be."""
    costs: CardCosts
    """What one order costs."""
    contact_email: str = ""
    """Its e-mail address, or empty."""
    contact_phone: str = ""
    """Its phone number, or empty."""
    contact_notes: str = ""
    """Account numbers and the like."""
    validity_required: bool = False
    """Whether an order must name the last day of validity."""
    default_target: DeliveryTarget = DeliveryTarget.CUSTOMER
    """Where cards go unless an order says otherwise."""
    cycle: DispatchCycle = DispatchCycle.DAILY
    """How often the vendor dispatches; daily unless agreed otherwise."""
    cover_letter: str = ""
    """The vendor's name of the letter that goes with a card to a customer; empty for none."""
    delivery_note: str = ""
    """The vendor's name of the letter that goes with a card to the branch; empty for none."""
    confirm_by_email: bool = True
    """Whether the customer gets a mail when a card is ordered."""
    version: int = 1


class ServiceFacts(TypedDict, total=False):
    """What may be agreed besides vendor, templates and costs; see `CardOrderService`."""

    contact_email: str
    contact_phone: str
    contact_notes: str
    validity_required: bool
    default_target: DeliveryTarget | str
    cycle: DispatchCycle | str
    cover_letter: str
    delivery_note: str
    confirm_by_email: bool


def choose_template(service: CardOrderService, wanted: str | None) -> CardTemplate:
    """Find the template of an order; it must be named unless there is only one.

    Raises:
        Refused: ``card_order.no_template`` or ``card_order.template_required``.
        NotFound: There is no template with that key.
    """
    keys = tuple(template.key for template in service.templates)
    if not keys:
        raise Refused(
            "card_order.no_template", "no card can be ordered", remedy="add a card template to the service"
        )
    if wanted is None:
        if len(keys) > 1:
            raise Refused(
                "card_order.template_required",
                "there are several card templates",
                remedy=f"name one of: {', '.join(keys)}",
                templates=keys,
            )
        return service.templates[0]
    key = text_of(wanted)
    for template in service.templates:
        if template.key == key:
            return template
    raise NotFound("card_template", wanted, meant(wanted, keys))


def read_service(service: CardOrderService, region: str) -> CardOrderService:
    """Check every field of a service and return it in normal form.

    Args:
        region: The country of a phone number without ``+``.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        return evolve(
            service,
            provider=faults.text("provider", service.provider, limit=100, required=True),
            templates=_templates(faults, service.templates),
            costs=_costs(faults, service.costs),
            contact_email=_email(faults, service.contact_email),
            contact_phone=_phone(faults, service.contact_phone, region),
            contact_notes=faults.text("contact_notes", service.contact_notes, limit=1000, multiline=True),
            validity_required=faults.flag("validity_required", service.validity_required),
            default_target=faults.choice("default_target", service.default_target, DeliveryTarget)
            or DeliveryTarget.CUSTOMER,
            cycle=faults.choice("cycle", service.cycle, DispatchCycle) or DispatchCycle.DAILY,
            cover_letter=faults.text("cover_letter", service.cover_letter, limit=64),
            delivery_note=faults.text("delivery_note", service.delivery_note, limit=64),
            confirm_by_email=faults.flag("confirm_by_email", service.confirm_by_email),
        )


def _templates(faults: Faults, value: object) -> tuple[CardTemplate, ...]:
    given = faults.items("templates", value, most=MOST_TEMPLATES, what="a list of CardTemplate", none=False)
    clean = tuple(_template(faults.at(f"templates[{i}]"), template) for i, template in enumerate(given))
    keys = [template.key for template in clean if template.key]
    if len(set(keys)) < len(keys):
        faults.note("templates", "repeated", "every template needs a key of its own")
    return clean


def _template(faults: Faults, value: Any) -> CardTemplate:
    if not isinstance(value, CardTemplate):
        faults.note("key", "wrong_type", "must be a CardTemplate")
        return CardTemplate("")
    key = faults.key("key", value.key)
    return CardTemplate(
        key=key,
        name=faults.text("name", value.name, limit=80) or key,
        product=faults.text("product", value.product, limit=64) or key,
        slots=_slots(faults, value.slots),
    )


def _slots(faults: Faults, value: object) -> tuple[Slot, ...]:
    given = faults.items("slots", value, most=MOST_SLOTS, what="a list of Slot", required=True)
    if not all(isinstance(slot, Slot) for slot in given):
        faults.note("slots", "wrong_type", "must be a list of Slot")
        return ()
    return tuple(
        Slot(
            faults.text(f"slots[{i}].name", slot.name, limit=32, required=True),
            faults.choice(f"slots[{i}].kind", slot.kind, EncodingKind) or EncodingKind.TEXT,
            faults.choice(f"slots[{i}].source", slot.source, SlotSource) or SlotSource.CARD_NUMBER,
        )
        for i, slot in enumerate(given)
    )


def _costs(faults: Faults, value: Any) -> CardCosts:
    if not isinstance(value, CardCosts):
        faults.note("costs", "wrong_type", "must be CardCosts")
        unread: CardCosts = value
        return unread
    parts = {"card": value.card, "print": value.print, "dispatch": value.dispatch}
    for name, part in parts.items():
        if not isinstance(part, Money):
            faults.note(f"costs.{name}", "wrong_type", "must be Money")
        elif part.amount < 0:
            faults.note(f"costs.{name}", "out_of_range", "must not be negative")
    if len({part.currency for part in parts.values() if isinstance(part, Money)}) > 1:
        faults.note("costs", "mixed_currency", "must be of one currency")
    return value


def _email(faults: Faults, value: object) -> str:
    text = faults.text("contact_email", value, limit=254)
    return faults.parsed("contact_email", lambda: parse_email(text), "") if text else ""


def _phone(faults: Faults, value: object, region: str) -> str:
    text = faults.text("contact_phone", value, limit=40)
    return faults.parsed("contact_phone", lambda: parse_phone(text, region), "") if text else ""
