"""Conditions as a user interface would build them: from the catalogue and nothing else."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from loyaltycore.selections.rules.catalogue import Catalogue, SelectableField, ValueType
from loyaltycore.selections.rules.conditions import (
    WITH_SEVERAL,
    WITHOUT_VALUE,
    AllOf,
    AnyOf,
    Condition,
    FieldCondition,
    NoneOf,
    Operator,
    RelatedCondition,
    Relative,
)
from tests.domain.selections.world import CITIES, CODES, DATES, EMAILS, NUMBERS, PHONES, TEXTS

relative_days: Final = st.builds(
    Relative,
    days=st.integers(-3, 3) | st.sampled_from((-400, -31, -14, 14, 364, 365, 366)),
    months=st.sampled_from((0, 0, 0, -13, -1, 1, 12)),
    years=st.sampled_from((0, 0, 0, -46, -18, -1, 1)),
)
_WORDS: Final = st.sampled_from((*TEXTS, *CODES, *(city for city in CITIES if city), "de", "gold", "DE"))
_VALUES: Final[dict[ValueType, st.SearchStrategy[Any]]] = {
    ValueType.TEXT: _WORDS | st.sampled_from(PHONES),
    ValueType.NAME: _WORDS,
    ValueType.EMAIL: st.sampled_from(EMAILS).map(str.swapcase),
    ValueType.PHONE: st.sampled_from((*PHONES, "030 123456")),
    ValueType.DATE: st.sampled_from(DATES) | relative_days,
    ValueType.FLAG: st.booleans(),
}


def conditions(catalogue: Catalogue) -> st.SearchStrategy[Condition]:
    """Nested conditions on customers: every field, operator and relation of a catalogue."""
    related = [
        st.builds(
            RelatedCondition,
            st.just(relation.key),
            st.booleans(),
            st.none() | _nested(st.one_of([field_conditions(each) for each in relation.fields]), 3),
        )
        for relation in catalogue.relations
    ]
    fields = st.one_of([field_conditions(each) for each in catalogue.fields])
    # Half of them stand alone: a mistake about one comparison is hidden by what surrounds it.
    base = fields | st.one_of(related)
    return base | _nested(base, 6)


def field_conditions(field: SelectableField) -> st.SearchStrategy[Condition]:
    """Every condition on one field."""
    return st.sampled_from(field.operators).flatmap(
        lambda operator: st.builds(
            FieldCondition, st.just(field.key), st.just(operator), _compared(field, operator)
        )
    )


def _nested(base: st.SearchStrategy[Condition], leaves: int) -> st.SearchStrategy[Condition]:
    def nest(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(inner, max_size=3)
        groups = st.sampled_from((AllOf, AnyOf, NoneOf))
        return st.builds(lambda group, parts: group(*parts), groups, several)

    return st.recursive(base, nest, max_leaves=leaves)


def _compared(field: SelectableField, operator: Operator) -> st.SearchStrategy[Any]:
    if operator in WITHOUT_VALUE:
        return st.none()
    if field.type is ValueType.DAY_OF_YEAR and operator is Operator.BETWEEN:
        return st.tuples(relative_days, relative_days) | st.tuples(_days_of_year, _days_of_year)
    values = _values(field)
    if operator is Operator.BETWEEN:
        return st.tuples(values, values)
    return st.lists(values, max_size=3).map(tuple) if operator in WITH_SEVERAL else values


_days_of_year = st.sampled_from(("01-01", "01-15", "02-28", "02-29", "03-01", "12-28", "12-31"))


def _values(field: SelectableField) -> st.SearchStrategy[Any]:
    if field.type is ValueType.CHOICE:
        return st.sampled_from([choice.key for choice in field.choices])
    if field.type is ValueType.DAY_OF_YEAR:
        return _days_of_year | relative_days
    if field.type is ValueType.INTEGER:
        return st.sampled_from((0, 1, 17, 18, 45, 75, 76)) if field.key == "age" else st.sampled_from(NUMBERS)
    return _VALUES[field.type]
