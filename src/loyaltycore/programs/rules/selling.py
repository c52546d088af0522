"""Selling programs: the lines of an order whose articles sell them, and the cards that they go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.ledger import Funding
from loyaltycore.kernel.pricing.order import OrderLine
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.changing import end
from loyaltycore.programs.rules.entering import Scene, purse_of
from loyaltycore.programs.rules.given import is_money
from loyaltycore.programs.rules.program import Program, SoldBy


@frozen
class SoldLine:
    """A line that sells a program."""

    line: OrderLine
    program: Program
    seller: SoldBy


@frozen
class Sale:
    """What is sold of one program at one time: one unit of a line, or all modules of a membership."""

    program: Program
    line: OrderLine
    modules: tuple[str, ...] = ()
    months: int | None = None
    card_id: str | None = None

    @property
    def opening(self) -> dict[str, Any]:
        """What a kind is told."""
        return {
            "value": self.line.price,
            "modules": self.modules,
            "months": self.months,
            "funding": Funding.PAID,
        }


def sales_of(
    lines: Sequence[SoldLine], cards: Sequence[CustomerCard], chosen: Mapping[str, str]
) -> tuple[Sale, ...]:
    """What the lines of an order sell, each with its card.

    Args:
        cards: The cards of the customer.
        chosen: Ids of cards by the ids of lines; an empty id stands for no card.

    Raises:
        InvalidInput: A line or a card that was named is not among them.
        Refused: ``program_sale.card_choice_required`` or ``program_sale.mixed_terms``.
    """
    usable = [card for card in cards if card.state in {CardState.ORDERED, CardState.ACTIVE}]
    _check_choice(lines, usable, chosen)
    modules = [each for each in lines if each.seller.item]
    sales = [
        Sale(each.program, each.line, card_id=_card(each, usable, chosen))
        for each in lines
        if not each.seller.item
        for _ in range(each.line.quantity)
    ]
    by_program: dict[str, list[SoldLine]] = {}
    for each in modules:
        by_program.setdefault(each.program.id, []).append(each)
    return (*sales, *(_membership(each, usable, chosen) for each in by_program.values()))


def cancel(rows: Iterable[ProgramAssignment], reason: str, scene: Scene) -> Decision[None]:
    """End what an order sold, and make void what is unspent.

    Raises:
        Refused: ``program_sale.redeemed``; money of it was spent. ``program_sale.set_aside``; another order pays with it.
    """
    sold = tuple(rows)
    for row in sold:
        held = purse_of(row).held(scene.now)
        if held:
            raise Refused(
                "program_sale.set_aside",
                "another order has set some of what was sold aside",
                remedy="settle or release its reservation first",
                assignment=row.id,
                held=held,
            )
        if row.purse is not None and is_money(row.purse.unit) and purse_of(row).turnover.redeemed:
            raise Refused(
                "program_sale.redeemed",
                "some of the value that was sold has been spent",
                remedy="undo these uses first",
                assignment=row.id,
                spent=row.purse.turnover.redeemed,
            )
    return end(sold, reason, scene, emptied=True)


def _membership(lines: Sequence[SoldLine], cards: Sequence[CustomerCard], chosen: Mapping[str, str]) -> Sale:
    terms = {each.seller.months for each in lines}
    if len(terms) > 1:
        raise Refused(
            "program_sale.mixed_terms",
            "the modules of one sale have one term",
            remedy="sell modules of the same term, or one after the other",
            program=lines[0].program.id,
            months=tuple(sorted(each or 0 for each in terms)),
        )
    items = tuple(each.seller.item for each in lines)
    return Sale(lines[0].program, lines[0].line, items, terms.pop(), _card(lines[0], cards, chosen))


def _card(sold: SoldLine, cards: Sequence[CustomerCard], chosen: Mapping[str, str]) -> str | None:
    if sold.line.id in chosen:
        return chosen[sold.line.id] or None
    return cards[0].id if cards else None


def _check_choice(
    lines: Sequence[SoldLine], cards: Sequence[CustomerCard], chosen: Mapping[str, str]
) -> None:
    with Faults() as faults:
        for line_id, card_id in chosen.items():
            if line_id not in {each.line.id for each in lines}:
                faults.note(f"cards.{line_id}", "unknown_line", "is no line that sells a program")
            elif card_id and card_id not in {card.id for card in cards}:
                faults.note(f"cards.{line_id}", "unknown_card", "is no card in use of the customer")
    programs = {each.program.id for each in lines}
    open_ = [each for each in lines if each.line.id not in chosen]
    if open_ and cards and (len(cards) > 1 or len(programs) > 1):
        raise Refused(
            "program_sale.card_choice_required",
            "say which program goes to which card",
            remedy="give `cards`: ids of cards by the ids of lines, empty for none",
            lines=tuple(each.line.id for each in open_),
            programs=tuple(each.program.id for each in open_),
            cards=tuple(card.id for card in cards),
        )
