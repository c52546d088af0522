"""What a simulation reads: a program that is tried, in a world that was otherwise as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias
from zoneinfo import ZoneInfo

from attrs import frozen

from loyaltycore.kernel.ledger import Purse
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.assigning import Terms, credits_of
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.kind import Opening
from loyaltycore.sales.rules.past import Past
from loyaltycore.sales.rules.promotions import InForce
from loyaltycore.sales.rules.settlement import SettledProgram

Redemption: TypeAlias = Callable[[int], int]
"""How much a customer spends with an order, of so much that there is."""


@frozen
class World:
    """What a simulation reads, and where it gets it from."""

    program: str
    title: str
    terms: Terms
    """Those to be tried."""
    is_promotion: bool
    is_new: bool
    """Whether nobody has it yet: then everybody who is known has it."""
    holder_of: Callable[[SettledProgram, Past], ProgramAssignment]
    """What a customer had of it before an order."""
    opened_for: Callable[[Past], Sequence[ProgramAssignment]]
    """What a customer gets of it who has nothing yet."""
    terms_of: Callable[[SettledProgram], tuple[Terms, str]]
    """The terms and the title of another program, as it was then."""
    book_of: Callable[[tuple[SettledProgram, ...]], InForce]
    """The promotions that were in force, with the one that is tried."""
    zone_of: Callable[[str], ZoneInfo]
    """The time zone of a branch."""
    redemption: Redemption | None = None
    """None for what was asked for then."""


def newly_opened(program: str, terms: Terms, past: Past) -> list[ProgramAssignment]:
    """What a customer gets who has nothing of a program yet."""
    with Faults() as faults:
        opened = terms.kind.open(faults.at("terms"), terms.terms, Opening(terms.day(past.at)))
    found: list[ProgramAssignment] = []
    for each in opened:
        key = f"{program}:{past.customer}:{each.item}"
        purse = Purse(each.unit) if each.unit else None
        moves = credits_of(purse, each.credits, terms, past.at) if purse else []
        found.append(
            ProgramAssignment(
                id=key,
                program=program,
                revision=0,
                item=each.item,
                bundle=key,
                customer_id=past.customer,
                slot=None,
                card_id=None,
                reference="",
                starts_at=past.at,
                ends_at=terms.end(each.last_day),
                ended_why="",
                order_ref="",
                line_ref="",
                purse=purse.after(*moves) if purse else None,
                balance=0,
                next_expiry=None,
                comment="",
                assigned_at=past.at,
                assigned_by="",
            )
        )
    return found
