"""The declaration of everything that is stored.

A `RecordType` says once, for one frozen attrs class: its table, its key, what is unique and what indexed, which lookup
keys find it, how it refers to a customer, and what merge, export and erase do with it. Storages derive their tables
from it; services derive merging, export and erasure. Host applications declare the records of their own capabilities in
the same way.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, cast

import attrs
from attrs import field, frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.combining import Combine
from loyaltycore.kernel.declared import check_types
from loyaltycore.kernel.given import members_of, shown
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.validation import Faults

T = TypeVar("T")

_TABLE: Final = re.compile(r"[a-z][a-z0-9_]*")

_MOST_LENGTHS: Final = 10_000

_MOST_TOLD: Final = 10
"""How many wrong names of one declaration are told at once."""

KEY_LENGTH: Final = 64
"""Longest key of a record, in characters."""

LOOKUP_LENGTH: Final = 120
"""Longest lookup key, in characters; longer ones are cut."""

NAME_LENGTH: Final = 40
"""Longest name of a table or a lookup; leaves room for a prefix on every engine."""

TEXT_LENGTH: Final = 255
"""Length of a text field that declares none."""


class OnMerge(Enum):
    """What happens to a record when its customer is merged into another."""

    MOVE = "move"
    """The record points to the survivor afterwards."""

    SURVIVE = "survive"
    """The record is the customer itself: the survivor takes over fields, the loser becomes an alias."""

    STAY = "stay"
    """The record keeps pointing to the loser, which the alias resolves: history that must not be rewritten."""


class OnExport(Enum):
    """What happens to a record when a customer's data are exported."""

    INCLUDE = "include"
    OMIT = "omit"


class OnErase(Enum):
    """What happens to a record when its customer is erased."""

    REMOVE = "remove"
    """The record is removed."""

    SCRUB = "scrub"
    """The record stays for the books, with the fields in `scrub` emptied."""

    KEEP = "keep"
    """The record stays as it is, because it holds nothing personal or the law demands it."""


@frozen(kw_only=True)
class CustomerLink:
    """How a record refers to a customer, and what that means."""

    field: str
    """The field that holds the customer's id; it may be None in a record."""
    merge: OnMerge
    export: OnExport
    erase: OnErase
    scrub: tuple[str, ...] = ()
    """The fields that `OnErase.SCRUB` empties."""
    selectable: bool = True
    """Whether customers can be selected by what they have of such records."""
    combine: Combine[Any] | None = None
    """What becomes of two records that would share a unique tuple after a merge; without it, such a merge is refused."""


class Storing(Enum):
    """How a field is kept."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    DOCUMENT = "document"
    """A nested value, kept as JSON by the codec; criteria cannot compare it."""


@frozen
class StoredField:
    """One field of a record, as a storage sees it."""

    name: str
    """The attribute's name; the column has the same."""
    storing: Storing
    type: Any
    """The Python type without None; the enumeration's class for a choice."""
    nullable: bool
    """Whether None is a value."""
    length: int = 0
    """Greatest length of a text or choice, in characters."""


@frozen(kw_only=True)
class RecordType(Generic[T]):
    """The declaration of one stored thing."""

    cls: type[T]
    """A frozen attrs class with a text key and an integer field ``version`` that starts at 1."""
    table: str
    """The table's name, plural, without any prefix."""
    noun: str = ""
    """What people call one of them, for messages; by default the table's name without its final s."""
    key: str = "id"
    """The field that identifies a record: text, at most 64 characters, never changed."""
    unique: tuple[tuple[str, ...], ...] = ()
    """Tuples of fields that no two records share. A None in any of them shares nothing."""
    indexes: tuple[tuple[str, ...], ...] = ()
    """Tuples of fields that queries filter and order by."""
    lengths: Mapping[str, int] = field(factory=dict)
    """Greatest length of text fields, in characters; 255 by default, 0 for unlimited."""
    lookups: tuple[str, ...] = ()
    """Names of the lookup keys."""
    lookup_keys: Callable[[T], Mapping[str, tuple[str, ...]]] | None = None
    """Derives the lookup keys of a record: normalised short strings by lookup name."""
    customer: CustomerLink | None = None
    """How the record refers to a customer; required if a field is called ``customer_id``."""
    mentions: tuple[str, ...] = ()
    """Further fields that hold a customer's id or None: a merge points them to the survivor, an erasure empties them."""
    secret: tuple[str, ...] = ()
    """Fields whose values never appear in activities or exports."""
    derived: tuple[str, ...] = ()
    """Fields that follow from others: activities leave them out, since they show those."""

    @cached_property
    def fields(self) -> tuple[StoredField, ...]:
        """The stored fields in the order of their definition."""
        hints = typing.get_type_hints(self.cls)
        return tuple(
            _stored_field(name, hints[name], self._length(name))
            for name in (attribute.name for attribute in _attributes(self.cls))
        )

    def _length(self, name: str) -> int:
        return self.lengths.get(name, KEY_LENGTH if name == self.key else TEXT_LENGTH)

    @cached_property
    def field_map(self) -> Mapping[str, StoredField]:
        """The stored fields by name."""
        return {stored.name: stored for stored in self.fields}

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The names of the fields that activities show; which record it is, an activity says itself."""
        hidden = {self.key, "version", *self.secret, *self.derived}
        return tuple(name for name in self.field_map if name not in hidden)

    @property
    def singular(self) -> str:
        """What people call one record."""
        return self.noun or self.table.removesuffix("s").replace("_", " ")

    def key_of(self, record: T) -> str:
        """The record's key."""
        return cast("str", getattr(record, self.key))

    def customer_of(self, record: T) -> str | None:
        """The id of the customer that the record is about, or None."""
        return None if self.customer is None else getattr(record, self.customer.field)

    def keys_of(self, record: T) -> dict[str, tuple[str, ...]]:
        """The lookup keys of a record, cut to their greatest length, without empty ones or repetitions."""
        if self.lookup_keys is None:
            return {}
        derived = self.lookup_keys(record)
        return {
            name: tuple(dict.fromkeys([key[:LOOKUP_LENGTH] for key in keys if key])) if keys else ()
            for name, keys in [(name, derived.get(name)) for name in self.lookups]
        }


class Registry:
    """All record types of one `Loyalty`; fixed once it is made."""

    def __init__(self, record_types: Iterable[RecordType[Any]]) -> None:
        """Check every declaration.

        Raises:
            RegistrationError: A declaration cannot work; the message says which and why.
        """
        self._by_class: dict[type, RecordType[Any]] = {}
        self._by_table: dict[str, RecordType[Any]] = {}
        for record_type in record_types:
            _check(record_type)
            if record_type.table in self._by_table or record_type.cls in self._by_class:
                raise RegistrationError(f"{record_type.table}: registered twice")
            self._by_class[record_type.cls] = record_type
            self._by_table[record_type.table] = record_type
        self.customer_class: type[Any] | None = next(filter(None, map(_of_customers, self)), None)
        """The class of the customers themselves, to whom all others refer."""

    def __iter__(self) -> Iterator[RecordType[Any]]:
        return iter(self._by_table.values())

    def of(self, cls: type[T]) -> RecordType[T]:
        """The declaration of a class.

        Raises:
            RegistrationError: The class was never registered.
        """
        try:
            return self._by_class[cls]
        except KeyError:
            raise RegistrationError(f"{cls.__name__} is not a registered record type") from None

    def named(self, table: str) -> RecordType[Any]:
        """The declaration of a table.

        Raises:
            RegistrationError: No such table was registered.
        """
        try:
            return self._by_table[table]
        except KeyError:
            raise RegistrationError(unknown("table", table, self._by_table)) from None


def _of_customers(record_type: RecordType[Any]) -> type[Any] | None:
    link = record_type.customer
    return record_type.cls if link is not None and link.merge is OnMerge.SURVIVE else None


def _attributes(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    return cast("tuple[attrs.Attribute[Any], ...]", attrs.fields(cast("type[attrs.AttrsInstance]", cls)))


def _stored_field(name: str, annotation: Any, length: int) -> StoredField:
    inner, nullable = _without_none(annotation)
    if inner is str:
        return StoredField(name, Storing.TEXT if length else Storing.LONG_TEXT, str, nullable, length)
    simple = {int: Storing.INTEGER, bool: Storing.BOOLEAN, date: Storing.DATE, datetime: Storing.INSTANT}
    if inner in simple:
        return StoredField(name, simple[inner], inner, nullable)
    if isinstance(inner, type) and issubclass(inner, Enum):
        longest = max(len(str(member.value)) for member in inner)
        return StoredField(name, Storing.CHOICE, inner, nullable, max(30, longest))
    return StoredField(name, Storing.DOCUMENT, inner, nullable)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        rest = tuple(part for part in typing.get_args(annotation) if part is not type(None))
        if len(rest) < len(typing.get_args(annotation)):
            return (rest[0] if len(rest) == 1 else typing.Union[rest]), True  # noqa: UP007  built at run time
    return annotation, False


def _check_names(record_type: RecordType[Any]) -> None:
    name = record_type.table
    if not _TABLE.fullmatch(name):
        raise RegistrationError(
            f"{shown(name)}: a table's name is lower-case letters, digits and underscores"
        )
    if too_long := [each for each in (name, *record_type.lookups) if len(each) > NAME_LENGTH]:
        raise RegistrationError(f"{name}: longer than {NAME_LENGTH} characters: {', '.join(too_long)}")


def _check_annotations(record_type: RecordType[Any]) -> None:
    try:
        record_type.field_map  # noqa: B018  reads the annotations, and keeps what it found
    except NameError as error:
        raise RegistrationError(
            f"{record_type.table}: {error}: what fields are annotated with is imported at run time, too"
        ) from None


def _has_odd_choices(stored: StoredField) -> bool:
    return stored.storing is Storing.CHOICE and not all(
        isinstance(member.value, str) for member in stored.type
    )


def _check(record_type: RecordType[Any]) -> None:
    if not isinstance(record_type, RecordType):
        raise RegistrationError(f"{shown(record_type)} is no RecordType")
    try:
        if _is_readable(record_type):
            return _check_declaration(record_type)
    except RegistrationError:
        raise
    except Exception as error:
        raise _unreadable(record_type) from error
    raise _unreadable(record_type)


def _is_readable(record_type: RecordType[Any]) -> bool:
    """Whether its lists have an end; the types of all fields would cost every start something."""
    lists = (
        *(record_type.unique, record_type.indexes, record_type.lookups),
        *(record_type.mentions, record_type.secret, record_type.derived),
    )
    return all(type(each) is tuple for each in lists) and all(
        type(each) is tuple for each in (*record_type.unique, *record_type.indexes)
    )


def _lengths(record_type: RecordType[Any]) -> dict[str, int]:
    found = members_of(record_type.lengths, _MOST_LENGTHS)
    if found is None:
        raise _unreadable(record_type)
    return found


def _check_references(record_type: RecordType[Any], known: set[str]) -> None:
    """Refuse a reference to a customer of which nothing is said, and a mention that cannot follow one."""
    name, link = record_type.table, record_type.customer
    said = {*record_type.mentions, *([link.field] if link else ())}
    if silent := sorted(each for each in known - said if each.endswith("customer_id")):
        raise RegistrationError(
            f"{name} refers to a customer: say what merge, export and erase do with it ({', '.join(silent)})"
        )
    for each in record_type.mentions:
        stored = record_type.field_map[each]
        if stored.storing is not Storing.TEXT or not stored.nullable:
            raise RegistrationError(f"{name}: {each} mentions a customer, so it is text or None")


def _unreadable(record_type: RecordType[Any]) -> RegistrationError:
    faults = Faults()
    check_types(faults, record_type)
    wrong = "; ".join(f"{fault.field} {fault.message}" for fault in faults.found) or "cannot be read"
    return RegistrationError(f"record type {shown(record_type.table)}: {wrong}")


def _check_declaration(record_type: RecordType[Any]) -> None:
    name = record_type.table
    _check_names(record_type)
    if not attrs.has(record_type.cls):
        raise RegistrationError(f"{name}: {record_type.cls.__name__} is not an attrs class")
    known = {attribute.name for attribute in _attributes(record_type.cls)}
    named = {record_type.key, "version", *_lengths(record_type), *record_type.secret, *record_type.mentions}
    named.update(record_type.derived, *record_type.unique, *record_type.indexes)
    link = record_type.customer
    if link is not None:
        named.update((link.field, *link.scrub))
    if missing := named - known:
        said = [unknown("field", each, sorted(known)) for each in sorted(missing)[:_MOST_TOLD]]
        raise RegistrationError(f"{name}: {'; '.join(said)}")
    if link is not None and record_type.field_map[link.field].storing is not Storing.TEXT:
        raise RegistrationError(f"{name}: the customer's id in {link.field} must be text")
    _check_references(record_type, known)
    if link is not None and (link.erase is OnErase.SCRUB) != bool(link.scrub):
        raise RegistrationError(f"{name}: `scrub` names the fields exactly where erase is SCRUB")
    _check_annotations(record_type)
    if odd := [stored.name for stored in record_type.fields if _has_odd_choices(stored)]:
        raise RegistrationError(f"{name}: the values of an enumeration must be texts: {', '.join(odd)}")
    if bool(record_type.lookups) != (record_type.lookup_keys is not None):
        raise RegistrationError(f"{name}: `lookups` and `lookup_keys` belong together")
    if record_type.field_map[record_type.key].storing is not Storing.TEXT:
        raise RegistrationError(f"{name}: the key {record_type.key} must be text")
    if record_type.field_map["version"].storing is not Storing.INTEGER:
        raise RegistrationError(f"{name}: `version` must be an integer")
    for columns in (*record_type.unique, *record_type.indexes):
        for column in columns:
            if record_type.field_map[column].storing in {Storing.DOCUMENT, Storing.LONG_TEXT}:
                raise RegistrationError(f"{name}: {column} cannot be indexed")
