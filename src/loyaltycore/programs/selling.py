"""Selling programs: with a completed offer, or with whatever else an order comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.pricing.order import Order
from loyaltycore.processes.adding import CompletedOffer
from loyaltycore.programs.reading import carried_by, scene_of, sold_by, terms_of
from loyaltycore.programs.rules import assigning
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.defining import require_in_force
from loyaltycore.programs.rules.options import PER_CARD
from loyaltycore.programs.rules.program import Program
from loyaltycore.programs.rules.selling import Sale, SoldLine, sales_of
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit


def sell_offered(completed: CompletedOffer) -> None:
    """Assign what the lines of a completed offer sell."""
    sell(
        completed.session,
        completed.unit,
        completed.offer,
        completed.process.customer_id,
        completed.cards,
    )


def sell(session: Session, unit: Unit, order: Order, customer_id: str, cards: Mapping[str, str]) -> None:
    """Assign what the lines of an order sell, from now on.

    Raises:
        InvalidInput: A line or a card that was named does not exist.
        Refused: ``program_sale.card_choice_required``, ``.mixed_terms``, and what `Programs.assign` refuses.
    """
    lines = tuple(_sold(session, unit, order))
    if not lines and not cards:
        return
    customer = unit.get(Customer, customer_id)
    mine = tuple(unit.find(CustomerCard, stored("customer_id") == customer.id, order_by=("id",)))
    for sale in sales_of(lines, mine, cards):
        _assign(session, unit, order, customer, sale)


def _sold(session: Session, unit: Unit, order: Order) -> list[SoldLine]:
    """The lines that sell something that becomes the customer's; vouchers are issued by whoever settles the order."""
    found = []
    for line in order.lines:
        for program in sold_by(unit, line.article):
            terms = terms_of(session.house, unit, program.id, program.revision)
            if terms.kind.by_code(terms.terms):
                continue
            seller = next(each for each in program.sold_by if each.article == line.article)
            found.append(SoldLine(line, program, seller))
    return found


def _assign(session: Session, unit: Unit, order: Order, customer: Customer, sale: Sale) -> None:
    program = require_in_force(unit.seek(Program, sale.program.id), sale.program.id)
    terms = terms_of(session.house, unit, program.id, program.revision)
    opening: dict[str, Any] = dict(sale.opening)
    if not terms.kind.sells_value:
        opening["value"] = None
    card = None if sale.card_id is None else unit.get(CustomerCard, sale.card_id)
    grant = assigning.Grant(
        customer=customer,
        card=card,
        on_card=() if card is None else carried_by(unit, card.id, unit.now),
        per_card=session.options[PER_CARD],
        opening=opening,
        order_ref=order.number,
        line_ref=sale.line.id,
    )
    already = already_has(unit, customer, program) if terms.kind.single else None
    unit.apply(assigning.assign(program, terms, grant, already, scene_of(unit)))


def already_has(unit: Unit, customer: Customer, program: Program) -> ProgramAssignment | None:
    """What a customer has of a program."""
    mine = (stored("customer_id") == customer.id) & (stored("program") == program.id)
    return unit.first(ProgramAssignment, mine)
