"""Ordering a card: what may be ordered, and what happens then."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from attrs import asdict, evolve, field, frozen

from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.cards.rules.dispatch import expected_dispatch
from loyaltycore.cards.rules.letters import SHIPPED, confirmation_mail
from loyaltycore.cards.rules.order import CardOrder, OrderState, submission_key
from loyaltycore.cards.rules.order_service import (
    CardCosts,
    CardOrderService,
    CardTemplate,
    DeliveryTarget,
    SlotSource,
    choose_template,
)
from loyaltycore.cards.rules.validity import ValidityPeriod, read_validity
from loyaltycore.customers.rules.customer import POSTAL_KINDS, Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.calendar import BusinessCalendar
from loyaltycore.kernel.contact import Address
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.printing import Encoding, PostalAddress, PrintOrder
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import cleaned
from loyaltycore.templates.rules.wording import Wording

T = TypeVar("T")

COMMENT_LENGTH = 500
LINE_LENGTH = 40
"""Characters on a line of a shipping label."""

LINES = 3
"""Lines of a label between the names and the town."""


@frozen(kw_only=True, repr=False)
class OrderRequest:
    """What somebody at the desk wants."""

    __repr__ = showing("template")

    template: str | None = None
    """A template's key; None if there is only one."""
    valid_until: date | str | None = None
    """Last day of validity, also as text of the form ``2028-12-31``, or None."""
    valid_for: ValidityPeriod | None = None
    """The validity as a period, instead of `valid_until`."""
    comment: str = ""
    """What deviates from the standard order."""
    target: DeliveryTarget | str | None = None
    """Where the card goes, or its word; None for what was agreed."""
    replaces: CustomerCard | None = None
    """The card that the new one follows, or None."""


@frozen(kw_only=True)
class OrderDraft:
    """What the order dialog shows before anything is ordered. It is a value: dropping it orders nothing."""

    customer_id: str
    templates: tuple[CardTemplate, ...]
    """The templates to choose from."""
    template: str | None
    """The only template; None if a choice is needed."""
    validity_required: bool
    """Whether a validity must be given."""
    target: DeliveryTarget
    """Where the card goes unless the order says otherwise."""
    can_reach_customer: bool
    """Whether the customer has a complete postal address."""
    costs: CardCosts
    """What the order will cost."""
    expected_dispatch: date
    """When the vendor would usually dispatch the card if it were ordered now."""


@frozen(kw_only=True)
class Place:
    """What a rule needs to know about the place and moment of an order."""

    branch: Branch
    actor: str
    now: datetime
    calendar: BusinessCalendar = field(repr=False)
    """The working days of the branch."""

    @property
    def today(self) -> date:
        """The local date."""
        return self.branch.local_date(self.now)


@frozen(kw_only=True)
class Fresh:
    """New values that an order needs."""

    order_id: str
    """Id of the order."""
    card_id: str
    card_number: str


def require_service(service: CardOrderService | None) -> CardOrderService:
    """The order service, or the refusal to order without one.

    Raises:
        Refused: ``card_order.no_service``.
    """
    if service is None:
        raise Refused(
            "card_order.no_service",
            "no card order service is set up",
            remedy="set one up with the card vendor, or request information",
        )
    return service


def draft_order(customer: Customer, service: CardOrderService | None, place: Place) -> OrderDraft:
    """What the order dialog shows.

    Raises:
        Refused: ``card_order.no_service`` or ``card_order.no_template``.
    """
    agreed = require_service(service)
    keys = [template.key for template in agreed.templates]
    single = choose_template(agreed, keys[0] if keys else None)
    return OrderDraft(
        customer_id=customer.id,
        templates=agreed.templates,
        template=single.key if len(keys) == 1 else None,
        validity_required=agreed.validity_required,
        target=agreed.default_target,
        can_reach_customer=customer.postal_address is not None,
        costs=agreed.costs,
        expected_dispatch=expected_dispatch(place.today, agreed.cycle, place.calendar),
    )


def place_order(
    customer: Customer,
    service: CardOrderService | None,
    request: OrderRequest,
    place: Place,
    fresh: Fresh,
    wording: Wording = SHIPPED,
) -> Decision[CardOrder]:
    """Order a card: the order, the card on the customer, the print order, and the mail to the customer.

    Args:
        wording: Of that mail.

    Raises:
        InvalidInput: Names every fault of the request.
        Refused: ``card_order.no_service``, ``.no_template``, ``.template_required``, ``.validity_required``,
            ``.incomplete_address``, ``.branch_without_address``, ``.address_too_long``.
        NotFound: There is no template with that key.
    """
    agreed = require_service(service)
    customer = _legible(evolve(customer, addresses=tuple(map(_legible, customer.addresses))))
    valid_until, comment, target = _read(request, agreed, place)
    template = choose_template(agreed, request.template)
    if agreed.validity_required and valid_until is None:
        raise Refused(
            "card_order.validity_required", "the order service asks for a validity", remedy="give valid_until"
        )
    recipient = _recipient(customer, target, place.branch)
    order = CardOrder(
        id=fresh.order_id,
        customer_id=customer.id,
        card_id=fresh.card_id,
        service_id=agreed.id,
        branch_id=place.branch.id,
        template=template.key,
        product=template.product,
        valid_until=valid_until,
        comment=comment,
        target=target,
        recipient=recipient,
        costs=agreed.costs,
        state=OrderState.PLACED,
        ordered_at=place.now,
        ordered_by=place.actor,
        expected_dispatch=expected_dispatch(place.today, agreed.cycle, place.calendar),
        replaces=request.replaces.id if request.replaces else "",
    )
    card = _card(order, fresh, place.now)
    return Decision(
        order,
        add=(order, card),
        dispatch=_messages(order, card, customer, agreed, template, place, wording),
        notes=(Note("card_order.placed", after=order, comment=comment),),
    )


def _legible(record: T) -> T:
    """A record with the texts that it would have if it were read today."""
    # 0.1 kept texts as they were typed, and no migration rewrites what people wrote: such a record stays so until somebody
    # changes it, but a vendor refuses what cannot be printed.
    held: Any = record
    texts = {name: value for name, value in asdict(held, recurse=False).items() if isinstance(value, str)}
    return evolve(held, **{name: cleaned(text) for name, text in texts.items() if not text.isascii()})  # type: ignore[no-any-return]  # T is an attrs class


def _read(
    request: OrderRequest, service: CardOrderService, place: Place
) -> tuple[date | None, str, DeliveryTarget]:
    with Faults() as faults:
        valid_until = read_validity(faults, request.valid_until, request.valid_for, place.today)
        comment = faults.text("comment", request.comment, limit=COMMENT_LENGTH, multiline=True)
        target = faults.choice("target", request.target, DeliveryTarget) or service.default_target
        if request.template is not None:
            faults.text("template", request.template, limit=40, required=True)
    return valid_until, comment, target


def _card(order: CardOrder, fresh: Fresh, now: datetime) -> CustomerCard:
    return CustomerCard(
        id=fresh.card_id,
        number=fresh.card_number,
        customer_id=order.customer_id,
        order_id=order.id,
        template=order.template,
        state=CardState.ORDERED,
        valid_until=order.valid_until,
        replaces=order.replaces,
        created_at=now,
    )


def _recipient(customer: Customer, target: DeliveryTarget, branch: Branch) -> PostalAddress:
    if target is DeliveryTarget.BRANCH:
        address = branch.address
        if address is None or not address.is_complete:
            raise Refused(
                "card_order.branch_without_address",
                "the branch has no complete postal address",
                remedy="complete the branch's address, or deliver to the customer",
                branch=branch.id,
            )
        return _postal(cleaned(branch.name), "", _legible(address))
    address = customer.postal_address
    if address is None:
        raise Refused(
            "card_order.incomplete_address",
            "the customer has no complete postal address",
            remedy="complete the address, or deliver to the branch",
            customer=customer.id,
            missing=_missing(customer),
        )
    name = address.recipient or customer.person_name or customer.display_name
    return _postal(name, customer.company if customer.company != name else "", address)


def _missing(customer: Customer) -> tuple[str, ...]:
    """The parts that the best address of the customer lacks."""
    names = ("street", "postal_code", "city", "country")
    usable = [address for address in customer.addresses if address.kind in POSTAL_KINDS]
    lacks = [tuple(name for name in names if not getattr(address, name)) for address in usable]
    return min(lacks, key=len) if lacks else names


def _postal(name: str, company: str, address: Address) -> PostalAddress:
    """The address as a label: long lines are broken, and nothing is ever cut off.

    Raises:
        Refused: ``card_order.address_too_long``.
    """
    names, extra, street = _wrapped(name), _wrapped(address.extra), _wrapped(address.street)
    firm = _wrapped(company)
    lines = (*names[1:], *firm[1:], *extra, *street)
    if len(lines) > LINES or len(address.city) > LINE_LENGTH:
        raise Refused(
            "card_order.address_too_long",
            f"the address does not fit on a label of {LINES} lines with {LINE_LENGTH} characters",
            remedy="shorten the name, the street or the further line of the address",
            lines=lines,
        )
    return PostalAddress(
        name=names[0],
        company=firm[0] if firm else "",
        lines=lines,
        postal_code=address.postal_code,
        city=address.city,
        country=address.country,
    )


def _wrapped(line: str) -> list[str]:
    """A line in pieces that fit on a label, broken at blanks where there are any."""
    pieces: list[str] = []
    while len(line) > LINE_LENGTH:
        cut = line.rfind(" ", 1, LINE_LENGTH + 1)
        cut = cut if cut > 0 else LINE_LENGTH
        pieces.append(line[:cut].strip())
        line = line[cut:].strip()
    return [*pieces, line] if line else pieces


def _messages(
    order: CardOrder,
    card: CustomerCard,
    customer: Customer,
    service: CardOrderService,
    template: CardTemplate,
    place: Place,
    wording: Wording,
) -> tuple[Dispatch, ...]:
    printing = Dispatch(
        "card_print.submit",
        _print_order(order, card, customer, service, template),
        submission_key(order.id),
        order,
    )
    if not (service.confirm_by_email and customer.email):
        return (printing,)
    key = f"{order.id}.confirmation"
    mail = confirmation_mail(customer, order, template, place.branch, key, wording)
    return (printing, Dispatch("email.send", mail, key, order))


def _print_order(
    order: CardOrder,
    card: CustomerCard,
    customer: Customer,
    service: CardOrderService,
    template: CardTemplate,
) -> PrintOrder:
    values = {
        SlotSource.CARD_NUMBER: card.number,
        SlotSource.CUSTOMER_NAME: customer.name_within(LINE_LENGTH),
        SlotSource.CUSTOMER_NUMBER: customer.number,
        SlotSource.VALID_UNTIL: f"{order.valid_until:%m/%y}" if order.valid_until else "",
    }
    to_branch = order.target is DeliveryTarget.BRANCH
    return PrintOrder(
        reference=order.id,
        product=order.product,
        encodings=tuple(
            Encoding(slot.kind, values[slot.source], slot.name)
            for slot in template.slots
            if values[slot.source]
        ),
        ship_to=order.recipient,
        bulk=to_branch,
        cover_letter=service.delivery_note if to_branch else service.cover_letter,
        letter_variables=(("name", customer.display_name), ("card_number", card.number)),
        language=customer.language,
        comment=order.comment,
    )
