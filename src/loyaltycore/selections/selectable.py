"""What selections can be built from in one house: its fields, and the records of its registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.branches import Branch
from loyaltycore.selections.adding import SELECTABLE, Selectable
from loyaltycore.selections.rules.catalogue import (
    Catalogue,
    Choice,
    Relation,
    SelectableField,
    ValueType,
    choices_of,
    label_of,
    operators_of,
)
from loyaltycore.selections.rules.customer_fields import custom_field, customer_fields
from loyaltycore.selections.rules.lookups import Key
from loyaltycore.selections.rules.sources import Column, InstantColumn, Source
from loyaltycore.storing.registry import RecordType, Registry, StoredField, Storing
from loyaltycore.work.house import House
from loyaltycore.work.unit import Unit

_TYPES: Final = {
    Storing.TEXT: ValueType.TEXT,
    Storing.INTEGER: ValueType.INTEGER,
    Storing.BOOLEAN: ValueType.FLAG,
    Storing.DATE: ValueType.DATE,
    Storing.INSTANT: ValueType.DATE,
    Storing.CHOICE: ValueType.CHOICE,
}


def catalogue_for(unit: Unit, house: House) -> Catalogue:
    """The catalogue as it is now: one query for the branches, and those that the additions need.

    Raises:
        RegistrationError: A capability adds a field that exists already, or names records that cannot be selected by.
    """
    branches = [Choice(branch.id, branch.name) for branch in unit.find(Branch)]
    added = [look_up(unit) for look_up in house.added(SELECTABLE)]
    catalogue = Catalogue(
        (
            *customer_fields(branches),
            *map(custom_field, house.custom_fields.all),
            *(field for each in added for field in each.fields),
        ),
        tuple(relations(house.registry, added)),
    )
    _check(catalogue, added)
    return catalogue


def _check(catalogue: Catalogue, added: Sequence[Selectable]) -> None:
    """Refuse additions that would be ignored."""
    if len(catalogue.by_key) < len(catalogue.fields):
        keys = Counter(each.key for each in catalogue.fields)
        raise RegistrationError(f"customers are selected by two fields {keys.most_common(1)[0][0]!r}")
    if unknown := {table for each in added for table in each.relations} - catalogue.relation_by_key.keys():
        raise RegistrationError(f"customers are not selected by records of {min(unknown)!r}")


def relations(registry: Registry, added: Sequence[Selectable] = ()) -> Iterator[Relation]:
    """The kinds of records that a customer may have and that mean something to people."""
    for record_type in registry:
        link = record_type.customer
        if link is None or not link.selectable:
            continue
        fields = record_fields(record_type)
        for better_known in (each.relations.get(record_type.table) for each in added):
            if better_known is not None:
                fields = map(better_known, fields)
        yield Relation(record_type.table, record_type.singular, link.field, tuple(fields))


def record_fields(record_type: RecordType[Any]) -> Iterator[SelectableField]:
    """Every field of a record that can be compared, and its lookups."""
    hidden = {record_type.key, "version", *record_type.secret}
    if record_type.customer:
        hidden.add(record_type.customer.field)
    for declared in record_type.fields:
        if declared.name not in hidden and declared.storing in _TYPES:
            yield _stored_field(declared)
    for lookup in record_type.lookups:
        if lookup not in record_type.field_map:
            operators = operators_of(ValueType.TEXT, ordered=False)
            yield SelectableField(lookup, label_of(lookup), "lookups", ValueType.TEXT, operators, Key(lookup))


def _stored_field(stored: StoredField) -> SelectableField:
    kind = _TYPES[stored.storing]
    choices = choices_of(stored.type) if stored.storing is Storing.CHOICE else ()
    may_be_empty = stored.nullable or kind is ValueType.TEXT
    operators = operators_of(kind, may_be_empty=may_be_empty)
    return SelectableField(stored.name, label_of(stored.name), "", kind, operators, _source(stored), choices)


def _source(stored: StoredField) -> Source:
    if stored.storing is Storing.INSTANT:
        return InstantColumn(stored.name, stored.nullable)
    return Column(stored.name, stored.nullable, blank=stored.storing is Storing.TEXT)
