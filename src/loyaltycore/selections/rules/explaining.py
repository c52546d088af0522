"""Why a condition holds for a customer, or does not, part by part."""

from __future__ import annotations

from attrs import frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import View, matches
from loyaltycore.selections.rules.catalogue import Catalogue, Relation, SelectableField
from loyaltycore.selections.rules.compiling import compile_condition
from loyaltycore.selections.rules.conditions import Condition, FieldCondition, Group, RelatedCondition
from loyaltycore.selections.rules.sources import Today
from loyaltycore.selections.rules.words import words_of


@frozen
class Explanation:
    """Whether a condition holds for a customer, and why."""

    place: str
    """Where the condition stands: ``where`` for the whole, ``where.parts[1]`` for a part of it."""
    words: str
    holds: bool
    because: str = ""
    """What the customer has there, in words; empty for a group, which its parts explain."""
    parts: tuple[Explanation, ...] = ()
    """The parts of a group, each explained."""


@frozen
class Explaining:
    """What an explanation looks at."""

    customer: Customer
    catalogue: Catalogue
    """What the condition was checked against."""
    today: Today
    """The day on which it is asked."""
    view: View
    """Gives lookup keys and related records of the customer."""

    def explain(self, condition: Condition, place: str = "where") -> Explanation:
        """Explain a condition, as `check_condition` gave it."""
        criteria = compile_condition(condition, self.catalogue, self.today)
        parts: tuple[Explanation, ...] = ()
        if isinstance(condition, Group):
            parts = tuple(self.explain(part, f"{place}.parts[{i}]") for i, part in enumerate(condition.parts))
        return Explanation(
            place,
            words_of(condition, self.catalogue),
            matches(criteria, self.customer, self.view),
            self._because(condition),
            parts,
        )

    def _because(self, condition: Condition) -> str:
        match condition:
            case FieldCondition():
                return self._held(self.catalogue.by_key[condition.field])
            case RelatedCondition():
                return self._counted(condition, self.catalogue.relation_by_key[condition.relation])
        return ""

    def _held(self, field: SelectableField) -> str:
        held = field.source.on(self.today).held(self.customer, self.view)
        found = ", ".join(field.labels.get(str(value), _shown(value)) for value in held)
        return f"{field.label}: {found or 'empty'}"

    def _counted(self, condition: RelatedCondition, relation: Relation) -> str:
        records = list(self.view.related(relation.key, relation.refers_by, self.view.key(self.customer)))
        if condition.where is None:
            return f"{relation.label}: {len(records)}"
        where = compile_condition(condition.where, Catalogue(relation.fields), self.today)
        fitting = sum(matches(where, record, self.view) for record in records)
        return f"{relation.label}: {len(records)}, of which {fitting} fit"


def tables_of(condition: Condition, catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """The tables whose records a condition looks at, each with the field that holds the customer's id."""
    match condition:
        case Group(parts=parts):
            return frozenset().union(*(tables_of(part, catalogue) for part in parts))
        case FieldCondition():
            others = catalogue.by_key[condition.field].source.other_records
            return frozenset(() if others is None else {others})
        case RelatedCondition():
            relation = catalogue.relation_by_key[condition.relation]
            return frozenset({(relation.key, relation.refers_by)})
    return frozenset()


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
