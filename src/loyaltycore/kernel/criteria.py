"""Queries as values: small frozen expressions that the domain evaluates and a storage compiles.

Both must agree, so the meaning is two-valued and the same on every engine: a comparison with a field that is None is
false (only `is_null` sees None), and `not_` turns exactly that answer round. Texts compare by code point, case matters;
search without case goes through lookup keys.

Example:
    >>> criteria = (stored("state") == "placed") & ~stored("vendor_id").is_null()
    >>> criteria
    And(parts=(Compare(field='state', op=<Op.EQ: 'eq'>, value='placed'), Not(part=IsNull(field='vendor_id'))))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final, TypeVar

from attrs import field, frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import shown, taken, text_of

T = TypeVar("T")


class Op(Enum):
    """How a field is compared."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


class Criterion:
    """Base of all expressions; combine them with ``&``, ``|`` and ``~``."""

    __slots__ = ()

    def __and__(self, other: Criterion) -> Criterion:
        return And((*_parts(self, And), *_parts(other, And)))

    def __or__(self, other: Criterion) -> Criterion:
        return Or((*_parts(self, Or), *_parts(other, Or)))

    def __invert__(self) -> Criterion:
        return Not(self)


@frozen
class Everything(Criterion):
    """Matches every record."""


@frozen
class Compare(Criterion):
    """A stored scalar field against a value that is not None."""

    field: str
    op: Op
    value: Any


@frozen
class IsNull(Criterion):
    """The field is None."""

    field: str


@frozen
class OneOf(Criterion):
    """The field equals one of the values; an empty tuple matches nothing."""

    field: str
    values: tuple[Any, ...]


@frozen
class HasKey(Criterion):
    """The record has that lookup key, or (with `prefix`) one that starts with it."""

    lookup: str
    value: str
    prefix: bool = False


@frozen
class KeyBetween(Criterion):
    """The record has a lookup key in a range, by code point."""

    lookup: str
    first: str
    """The least key that counts."""
    end: str | None = None
    """The least key after the range; None for no end."""


@frozen
class Exists(Criterion):
    """A record of another table refers to this one and matches."""

    table: str
    """The table of the other record type."""
    refers_by: str
    """The field of the other record that holds this record's key."""
    where: Criterion = Everything()
    """What the other record must match."""


@frozen
class And(Criterion):
    """All parts match; no parts match everything."""

    parts: tuple[Criterion, ...]


@frozen
class Or(Criterion):
    """At least one part matches; no parts match nothing."""

    parts: tuple[Criterion, ...]


@frozen
class Not(Criterion):
    """The part does not match."""

    part: Criterion


EVERYTHING: Final = Everything()

MOST_VALUES: Final = 1000
"""How many values a `OneOf` may list."""


class _Field:
    """A field name that builds comparisons; see `stored`."""

    __slots__ = ("_name",)
    __hash__ = None  # type: ignore[assignment]  # `==` builds an expression, so equality cannot hash

    def __init__(self, name: str) -> None:
        self._name = name

    def __eq__(self, value: object) -> Criterion:  # type: ignore[override]  # builds an expression
        # A subclass of text may compare in any way, and no driver need know it.
        return Compare(self._name, Op.EQ, value if type(value) is str else _exact(value))

    def __ne__(self, value: object) -> Criterion:  # type: ignore[override]  # builds an expression
        return Compare(self._name, Op.NE, _exact(value))

    def __lt__(self, value: Any) -> Criterion:
        return Compare(self._name, Op.LT, _exact(value))

    def __le__(self, value: Any) -> Criterion:
        return Compare(self._name, Op.LE, _exact(value))

    def __gt__(self, value: Any) -> Criterion:
        return Compare(self._name, Op.GT, _exact(value))

    def __ge__(self, value: Any) -> Criterion:
        return Compare(self._name, Op.GE, _exact(value))

    def is_null(self) -> Criterion:
        """The field is None."""
        return IsNull(self._name)

    def begins(self, prefix: str) -> Criterion:
        """The field begins with a text."""
        end = end_of_prefix(prefix)
        from_there: Criterion = self >= prefix
        return from_there if end is None else from_there & (self < end)

    def one_of(self, values: Iterable[Any]) -> Criterion:
        """The field equals one of the values, of which a storage takes no more than `MOST_VALUES`."""
        # One more than that is refused; there may be no end of them.
        found = taken(values, MOST_VALUES + 1)
        if found is None:
            raise InvalidInput([Fault(self._name, "wrong_type", "must be compared with a list of values")])
        return OneOf(self._name, tuple(map(_exact, found)))


def stored(name: str) -> _Field:
    """Start a comparison: ``stored("state") == "placed"``."""
    return _Field(name)


def in_portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Any number of values, as many at once as `one_of` may list."""
    return (values[start : start + MOST_VALUES] for start in range(0, len(values), MOST_VALUES))


def has_key(lookup: str, value: str) -> Criterion:
    """The record has exactly that lookup key."""
    return HasKey(lookup, value)


def key_starts(lookup: str, prefix: str) -> Criterion:
    """The record has a lookup key that starts with `prefix`."""
    return HasKey(lookup, prefix, prefix=True)


def key_between(lookup: str, first: str, end: str | None = None) -> Criterion:
    """The record has a lookup key from `first` on, and before `end` if given."""
    return KeyBetween(lookup, first, end)


def exists(table: str, refers_by: str, where: Criterion = EVERYTHING) -> Criterion:
    """A record of `table` refers to this one by `refers_by` and matches `where`."""
    return Exists(table, refers_by, where)


@frozen
class Query:
    """What a storage is asked for."""

    where: Criterion = EVERYTHING
    order_by: tuple[str, ...] = ()
    """Names of stored scalar fields that are never None; ``-`` before a name turns its order round. The
    record's key is always the last criterion, ascending unless the last name given is descending, so the
    order is total and stable."""
    after: tuple[Any, ...] | None = None
    """The `order_by` values and the key of the last record seen: the answer starts after it. None starts at
    the beginning."""
    limit: int | None = None
    """At most so many records; None for all."""
    skip_locked: bool = field(default=False, kw_only=True)
    """A hint for queues: an engine with row locks may lock what it returns and pass over what others hold.
    Nothing may depend on it."""

    def total_order(self, key: str) -> tuple[tuple[str, bool], ...]:
        """The fields that order the answer, each with whether it descends; the record's key is the last one."""
        order = [(name.removeprefix("-"), name.startswith("-")) for name in self.order_by]
        return (*order, (key, order[-1][1] if order else False))


@frozen
class View:
    """What `matches` may look at besides the record itself."""

    keys: Callable[[object], Mapping[str, tuple[str, ...]]] = lambda _: {}
    """The lookup keys of a record, by lookup name."""
    related: Callable[[str, str, str], Iterable[object]] = lambda *_: ()
    """All records of a table that hold `key` in the field `refers_by`."""
    key: Callable[[object], str] = lambda record: str(record.id)  # type: ignore[attr-defined]  # records have ids
    """The key of a record; needed if the key field is not called ``id``."""


OPERATORS: Final[Mapping[Op, Callable[[Any, Any], Any]]] = {
    Op.EQ: eq,
    Op.NE: ne,
    Op.LT: lt,
    Op.LE: le,
    Op.GT: gt,
    Op.GE: ge,
}
"""What each comparison is in Python."""

_LAST_CHARACTER: Final = chr(0x10FFFF)
_BEFORE_SURROGATES: Final = chr(0xD7FF)
_AFTER_SURROGATES: Final = chr(0xE000)


def matches(criteria: Criterion, record: object, view: View | None = None) -> bool:
    """Evaluate a criterion on one record. This is the meaning that every storage must give it."""
    return _matches(criteria, record, view or View())


def _matches(criteria: Criterion, record: object, view: View) -> bool:
    match criteria:
        case Everything():
            return True
        case Compare(name, op, value):
            held = plain(getattr(record, name))
            return held is not None and bool(OPERATORS[op](held, plain(value)))
        case IsNull(name):
            return getattr(record, name) is None
        case OneOf(name, values):
            held = plain(getattr(record, name))
            return held is not None and held in {plain(value) for value in values}
        case HasKey(lookup, value, prefix):
            keys = view.keys(record).get(lookup, ())
            return any(key.startswith(value) for key in keys) if prefix else value in keys
        case KeyBetween(lookup, first, end):
            keys = view.keys(record).get(lookup, ())
            return any(first <= key and (end is None or key < end) for key in keys)
        case Exists(table, refers_by, where):
            return any(
                _matches(where, other, view) for other in view.related(table, refers_by, view.key(record))
            )
        case And(parts):
            return all(_matches(part, record, view) for part in parts)
        case Or(parts):
            return any(_matches(part, record, view) for part in parts)
        case Not(part):
            return not _matches(part, record, view)
    raise TypeError(f"not a criterion: {shown(criteria)}")


def end_of_prefix(prefix: str) -> str | None:
    """The least text that sorts after every text with this prefix; None if there is none."""
    stem = prefix.rstrip(_LAST_CHARACTER)
    if not stem:
        return None
    last = stem[-1]
    return stem[:-1] + (_AFTER_SURROGATES if last == _BEFORE_SURROGATES else chr(ord(last) + 1))


def plain(value: Any) -> Any:
    """An enumeration member compares and sorts by its value."""
    return value.value if isinstance(value, Enum) else value


def _exact(value: Any) -> Any:
    text = text_of(value)
    return value if text is None else text


def _parts(criteria: Criterion, kind: type[And | Or]) -> tuple[Criterion, ...]:
    return criteria.parts if isinstance(criteria, kind) else (criteria,)
