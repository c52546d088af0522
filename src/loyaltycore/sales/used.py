"""Settled orders, and the rules of a program that they have used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loyaltycore.kernel.criteria import in_portions, stored
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.used import Span, UsedRules
from loyaltycore.sales.rules.settlement import Settlement
from loyaltycore.sales.rules.used import rule_ids, rules_used
from loyaltycore.vouchers.rules.voucher import Voucher
from loyaltycore.work.unit import Unit


def settled_rules(
    unit: Unit, program: str, span: Span, after: tuple[str] | None, size: int
) -> Sequence[UsedRules]:
    """The settlements of a span."""
    where = stored("settled_at") < span.end
    if span.start is not None:
        where &= stored("settled_at") >= span.start
    found = list(unit.find(Settlement, where, after=after, limit=size))
    holders = {program, *_holders(unit, program, found)}
    return [UsedRules(each.id, rules_used(each, holders)) for each in found]


def _holders(unit: Unit, program: str, settlements: Iterable[Settlement]) -> Iterable[str]:
    """The assignments and vouchers of a program whose rules took part."""
    forgotten: set[str] = set()
    for each in settlements:
        if each.priced_from is not None:
            joined = each.priced_from.programs
            yield from (one.holder_id for one in joined if one.program == program)
        else:
            forgotten |= {rule.partition("/")[0] for rule in rule_ids(each)}
    for ids in in_portions(sorted(forgotten)):
        mine = (stored("program") == program) & stored("id").one_of(ids)
        yield from (row.id for row in unit.find(ProgramAssignment, mine))
        yield from (row.id for row in unit.find(Voucher, mine))
