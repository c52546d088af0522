"""Cards: order, cancel, present, invalidate, replace; and the order service that makes them."""

from __future__ import annotations

from datetime import date
from typing import Any

from loyaltycore.cards.printing import require_printable
from loyaltycore.cards.rules.cancelling import cancel_order
from loyaltycore.cards.rules.card import (
    CardStanding,
    CustomerCard,
    Presentation,
    activate_card,
    invalidate_card,
    standing,
)
from loyaltycore.cards.rules.encoding import encode_card
from loyaltycore.cards.rules.information import InformationRequest, request_information
from loyaltycore.cards.rules.letters import CARD_ORDERED
from loyaltycore.cards.rules.numbers import NumberScheme, bare_number, card_number, chance_digits
from loyaltycore.cards.rules.options import INFORMATION_EMAIL, NUMBER_PREFIX, NUMBER_SCHEME
from loyaltycore.cards.rules.order import CardOrder, submission_key
from loyaltycore.cards.rules.order_service import CardOrderService, DeliveryTarget
from loyaltycore.cards.rules.ordering import Fresh, OrderDraft, OrderRequest, Place, draft_order, place_order
from loyaltycore.cards.rules.replacing import FOLLOWING, require_replaceable, step_aside
from loyaltycore.cards.rules.validity import ValidityPeriod, read_validity
from loyaltycore.cards.setup import CardSetup
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.kernel.settings import CHAIN_SCOPE, scope_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.templates.wording import wording_of
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service

REASON_LENGTH = 500


class Cards(Service):
    """Customer cards and their orders."""

    @property
    def setup(self) -> CardSetup:
        """Set up the card order service."""
        return CardSetup(self.session)

    @query
    def draft(self, customer_id: str) -> OrderDraft:
        """What the order dialog shows; nothing is ordered or stored.

        Raises:
            NotFound: There is no such customer.
            Refused: ``card_order.no_service``, ``card_order.no_template`` or ``calendar.no_working_day``.
        """
        customer = self.unit.get(Customer, customer_id)
        return draft_order(customer, self._service(), self._place())

    @command("cards.order")
    def order(
        self,
        customer_id: str,
        *,
        template: str | None = None,
        valid_until: date | str | None = None,
        valid_for: ValidityPeriod | None = None,
        comment: str = "",
        target: DeliveryTarget | str | None = None,
    ) -> CardOrder:
        """Order a card for a customer, who has the card from the commit on.

        Args:
            template: Key of a card template; may be left out if there is only one.
            valid_until: Last day on which the card may be used, that day included, also as text of the form
                ``2028-12-31``; None for no limit.
            valid_for: The validity as a period, instead of `valid_until`.
            comment: What deviates from the standard order, at most 500 characters.
            target: Where the card goes; None for the place agreed with the vendor.

        Returns:
            The order, with its costs and its expected dispatch date.

        Raises:
            InvalidInput: Names every fault of every argument.
            NotFound: There is no such customer or template.
            Refused: ``card_order.no_service``, ``.no_template``, ``.template_required``, ``.validity_required``,
                ``.incomplete_address``, ``.branch_without_address``, ``.address_too_long`` or ``.not_printable``;
                ``card_number.not_for_use_in_store``; ``calendar.no_working_day``.
        """
        customer = self.unit.get(Customer, customer_id)
        request = OrderRequest(
            template=template,
            valid_until=valid_until,
            valid_for=valid_for,
            comment=comment,
            target=target,
        )
        return self.unit.apply(self._placed(customer, request))

    @command("cards.replace")
    def replace(
        self,
        card_id: str,
        *,
        keep_until_active: bool = False,
        reason: str = "",
        template: str | None = None,
        valid_until: date | str | None = None,
        valid_for: ValidityPeriod | None = None,
        comment: str = "",
        target: DeliveryTarget | str | None = None,
    ) -> CardOrder:
        """Order a new card that follows an old one; the arguments not listed are those of `order`.

        Args:
            keep_until_active: Whether the old card stays in use until the new one is active (worn out), instead of
                going out of use now (lost, stolen).
            reason: Why, for the activities.
            template: Key of a card template; if there are several and none is named, the old card's.

        Raises:
            InvalidInput: Names every fault of every argument.
            NotFound: There is no such card.
            Refused: ``card.not_replaceable``, ``card.already_replaced``, and everything that `order` refuses.
        """
        why, keep = _reason(reason), _flag("keep_until_active", keep_until_active)
        card = self.unit.get(CustomerCard, card_id, for_update=True)
        customer = self.unit.get(Customer, card.customer_id)
        require_replaceable(card, self._follower(card))
        request = OrderRequest(
            template=template if _is_given(template) else self._same_template(card),
            valid_until=valid_until,
            valid_for=valid_for,
            comment=comment,
            target=target,
            replaces=card,
        )
        placed = self._placed(customer, request)
        self.unit.apply(step_aside(card, self.unit.now, why, keep=keep))
        return self.unit.apply(placed)

    @command("cards.cancel_order")
    def cancel_order(self, order_id: str, *, reason: str = "") -> CardOrder:
        """Cancel an order: before production at once, afterwards as a request that the vendor may refuse.

        The card is out of use here from now on, whatever the vendor does.

        Raises:
            NotFound: There is no such order.
            Refused: ``card_order.already_cancelled`` or ``card_order.already_dispatched``.
        """
        why = _reason(reason)
        order = self.unit.get(CardOrder, order_id, for_update=True)
        card = self.unit.get(CustomerCard, order.card_id)
        submission = self.unit.first(OutboxMessage, stored("key") == submission_key(order.id))
        return self.unit.apply(
            cancel_order(order, card, submission, self.unit.acting.actor, self.unit.now, why)
        )

    @command("cards.encode")
    def encode(self, customer_id: str, number: str, *, valid_until: date | str | None = None) -> CustomerCard:
        """Enter a card that was made elsewhere, without an order: it is in use at once.

        Args:
            number: As scanned or typed, see `present`; the one that was written on the card.
            valid_until: Last day on which it may be used, that day included; None for no limit.

        Raises:
            NotFound: There is no such customer.
            InvalidInput: Names every fault of the arguments.
            Refused: ``card.number_taken``.
        """
        bare = bare_number(number)
        with Faults() as faults:
            last_day = read_validity(faults, valid_until, None, self.today)
            if not bare:
                faults.note("number", "required", "must have letters or digits, and at most 40 of them")
        customer = self.unit.get(Customer, customer_id)
        taken = self.unit.first(CustomerCard, stored("number") == bare)
        return self.unit.apply(
            encode_card(customer, taken, self.unit.ids.new(), bare, last_day, self.unit.now)
        )

    @query
    def present(self, number: str) -> Presentation:
        """Present a card: find the customer, or say why the card is not good. Nothing changes either way.

        Args:
            number: As scanned or typed: blanks, hyphens, the symbology identifier of a scanner (``]C0``, ``]E0``) and what
                else it adds around the number do not matter.

        Raises:
            InvalidInput: The number is not text.
        """
        bare = bare_number(number)
        card = self.unit.first(CustomerCard, stored("number") == bare) if bare else None
        if card is None:
            return Presentation(CardStanding.UNKNOWN, bare)
        verdict = standing(card, self.today)
        customer = self.unit.get(Customer, card.customer_id) if verdict is CardStanding.VALID else None
        return Presentation(verdict, bare, customer, card)

    @command("cards.activate")
    def activate(self, card_id: str) -> CustomerCard:
        """Put an ordered card into use by hand; usually the vendor's dispatch does this.

        Raises:
            NotFound: There is no such card.
            Refused: ``card.not_ordered``.
        """
        card = self.unit.get(CustomerCard, card_id, for_update=True)
        replaced = self.unit.seek(CustomerCard, card.replaces)
        return self.unit.apply(activate_card(card, replaced, self.unit.now))

    @command("cards.invalidate")
    def invalidate(self, card_id: str, *, reason: str = "") -> CustomerCard:
        """Take a card out of use for good.

        Raises:
            NotFound: There is no such card.
            Refused: ``card.already_ended``.
        """
        why = _reason(reason)
        return self.unit.apply(
            invalidate_card(self.unit.get(CustomerCard, card_id, for_update=True), self.unit.now, why)
        )

    @query
    def get(self, card_id: str) -> CustomerCard:
        """Read one card.

        Raises:
            NotFound: There is no such card.
        """
        return self.unit.get(CustomerCard, card_id)

    @query
    def get_order(self, order_id: str) -> CardOrder:
        """Read one order.

        Raises:
            NotFound: There is no such order.
        """
        return self.unit.get(CardOrder, order_id)

    @query
    def of_customer(self, customer_id: str) -> tuple[CustomerCard, ...]:
        """The cards of a customer, newest first.

        Raises:
            NotFound: There is no such customer.
        """
        customer = self.unit.get(Customer, customer_id)
        return tuple(self.unit.find(CustomerCard, stored("customer_id") == customer.id, order_by=("-id",)))

    @query
    def orders_of(self, customer_id: str) -> tuple[CardOrder, ...]:
        """The card orders of a customer, newest first.

        Raises:
            NotFound: There is no such customer.
        """
        customer = self.unit.get(Customer, customer_id)
        return tuple(self.unit.find(CardOrder, stored("customer_id") == customer.id, order_by=("-id",)))

    @command("cards.request_information")
    def request_information(self, text: str = "", *, to: str | None = None) -> InformationRequest:
        """Ask for information about customer cards; this needs no order service.

        Args:
            text: What the shop wants to know, at most 2,000 characters.
            to: E-mail address; None for the option ``cards.information_email``.

        Raises:
            InvalidInput: Names every fault of the arguments.
            Refused: ``card_information.no_recipient``.
        """
        recipient = self.session.options[INFORMATION_EMAIL] if to is None else to
        return self.unit.apply(
            request_information(
                self.unit.ids.new(), self.session.branch, self.session.actor, self.unit.now, text, recipient
            )
        )

    def _placed(self, customer: Customer, request: OrderRequest) -> Decision[CardOrder]:
        scheme = NumberScheme(self.session.options[NUMBER_SCHEME])
        prefix = self.session.options[NUMBER_PREFIX]
        number = card_number(scheme, prefix, self.unit.tokens.digits(chance_digits(scheme, prefix)))
        fresh = Fresh(order_id=self.unit.ids.new(), card_id=self.unit.ids.new(), card_number=number)
        wording = wording_of(self.session, self.unit, CARD_ORDERED)
        decision = place_order(customer, self._service(), request, self._place(), fresh, wording)
        if self.session.house.card_printer is not None:
            require_printable(decision, self.session.house.card_printer)
        return decision

    def _place(self) -> Place:
        session = self.session
        return Place(branch=session.branch, actor=session.actor, now=self.unit.now, calendar=session.calendar)

    def _service(self) -> CardOrderService | None:
        """The branch's own service, else the chain's."""
        own = (
            self.unit.seek(CardOrderService, scope_of(self.session.branch.id))
            if self.session.branch.id
            else None
        )
        return own or self.unit.seek(CardOrderService, CHAIN_SCOPE)

    def _follower(self, card: CustomerCard) -> CustomerCard | None:
        """A card in use or on its way that already follows this one."""
        mine = (stored("customer_id") == card.customer_id) & (stored("replaces") == card.id)
        return self.unit.first(CustomerCard, mine & stored("state").one_of(FOLLOWING))

    def _same_template(self, card: CustomerCard) -> str | None:
        """The old card's template, if it can still be ordered."""
        service = self._service()
        offered: Any = {template.key for template in service.templates} if service else set()
        return card.template if card.template in offered else None


def _is_given(template: object) -> bool:
    return template is not None and text_of(template) != ""


def _flag(name: str, value: object) -> bool:
    with Faults() as faults:
        return faults.flag(name, value)


def _reason(value: object) -> str:
    with Faults() as faults:
        return faults.text("reason", value, limit=REASON_LENGTH)
