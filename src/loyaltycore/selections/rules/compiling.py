"""From conditions to criteria, for one day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from loyaltycore.kernel.criteria import EVERYTHING, And, Criterion, Or, exists
from loyaltycore.kernel.given import shown
from loyaltycore.selections.rules.catalogue import Catalogue
from loyaltycore.selections.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FieldCondition,
    NoneOf,
    Operator,
    RelatedCondition,
    Relative,
    Value,
)
from loyaltycore.selections.rules.sources import Source, Today

_Compare = Callable[[Source, Any], Criterion]

_COMPARE: Final[Mapping[Operator, _Compare]] = {
    Operator.IS: lambda source, value: source.equals(value),
    Operator.IS_NOT: lambda source, value: ~source.equals(value),
    Operator.ONE_OF: lambda source, values: source.one_of(values),
    Operator.NOT_ONE_OF: lambda source, values: ~source.one_of(values),
    Operator.BEGINS: lambda source, value: source.begins(value),
    Operator.LESS: lambda source, value: source.less(value),
    Operator.AT_MOST: lambda source, value: source.at_most(value),
    Operator.MORE: lambda source, value: source.more(value),
    Operator.AT_LEAST: lambda source, value: source.at_least(value),
    Operator.BETWEEN: lambda source, values: source.between(values[0], values[1]),
    Operator.IS_EMPTY: lambda source, _: ~source.filled(),
    Operator.IS_FILLED: lambda source, _: source.filled(),
}


def compile_condition(condition: Condition, catalogue: Catalogue, today: Today) -> Criterion:
    """The criterion that matches exactly the customers for whom a condition holds.

    Args:
        condition: What `check_condition` returned.
        catalogue: What it was checked against.
        today: The day on which it is asked.
    """
    match condition:
        case AllOf(parts=parts):
            return And(tuple(compile_condition(part, catalogue, today) for part in parts))
        case AnyOf(parts=parts):
            return Or(tuple(compile_condition(part, catalogue, today) for part in parts))
        case NoneOf(parts=parts):
            return ~Or(tuple(compile_condition(part, catalogue, today) for part in parts))
        case FieldCondition(key, operator, value):
            source = catalogue.by_key[key].source.on(today)
            return _COMPARE[operator](source, _comparable(source, on_day(value, today)))
        case RelatedCondition():
            return _related(condition, catalogue, today)
    raise TypeError(f"not a condition: {shown(condition)}")


def on_day(value: Value, today: Today) -> Any:
    """A value with its relative days resolved."""
    if isinstance(value, tuple):
        return tuple(on_day(each, today) for each in value)
    return value.on(today.day) if isinstance(value, Relative) else value


def _comparable(source: Source, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(source.comparable, value))
    return None if value is None else source.comparable(value)


def _related(condition: RelatedCondition, catalogue: Catalogue, today: Today) -> Criterion:
    relation = catalogue.relation_by_key[condition.relation]
    where: Criterion = EVERYTHING
    if condition.where is not None:
        where = compile_condition(condition.where, Catalogue(relation.fields), today)
    found = exists(relation.key, relation.refers_by, where)
    return found if condition.exists else ~found
