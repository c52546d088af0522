"""Reading what callers give."""

from __future__ import annotations

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Use
from loyaltycore.programs.rules.terms import MOST_UNITS, MOST_WORDS, WORD_LENGTH


def read_names(faults: Faults, name: str, given: object) -> tuple[str, ...]:
    """Read a list of modules or groups."""
    found = faults.items(name, given, most=MOST_WORDS)
    return tuple(
        faults.text(f"{name}.{place}", each, limit=WORD_LENGTH, required=True)
        for place, each in enumerate(found)
    )


def read_use(faults: Faults, article: object, quantity: object, groups: object) -> Use:
    """Read what somebody wants to use."""
    wanted: int | Money = 1
    if isinstance(quantity, Money):
        wanted = quantity
        faults.at("quantity").integer("amount", quantity.amount, least=1, most=MOST_UNITS)
    else:
        wanted = faults.integer("quantity", quantity, least=1, most=MOST_UNITS, default=1)
    name = faults.text("article", article, limit=WORD_LENGTH)
    return Use(name, wanted, read_names(faults, "groups", groups))


def read_units(faults: Faults, name: str, given: object, unit: str) -> int:
    """Read an amount in the unit of a purse, not nothing and perhaps negative."""
    money = is_money(unit)
    if money and not (isinstance(given, Money) and given.currency == unit):
        faults.note(name, "wrong_type", f"must be an amount in {unit}")
        return 0
    amount = given.amount if isinstance(given, Money) and money else given
    clean = faults.integer(name, amount, least=-MOST_UNITS, most=MOST_UNITS, required=True)
    if clean == 0 and type(amount) is int:
        faults.note(name, "required", "must not be nothing")
    return clean


def is_money(unit: str) -> bool:
    """Whether a unit is a currency: its purse counts minor units."""
    return unit.isupper()
