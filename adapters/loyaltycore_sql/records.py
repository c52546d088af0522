"""From records to rows and back, prepared once per record type.

Values that a column could not hold are refused here, so that every engine refuses the same: SQLite checks no lengths,
PostgreSQL knows no NUL character, MariaDB would store a lone surrogate.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, cast

import attrs
from sqlalchemy import CursorResult

from loyaltycore.errors import Fault, InvalidInput, StorageError
from loyaltycore.kernel.words import is_storable
from loyaltycore.storing.codec import all_to_json, to_json
from loyaltycore.storing.registry import RecordType, StoredField, Storing
from loyaltycore_sql.column_types import microseconds
from loyaltycore_sql.tables import column_length

T = TypeVar("T")

Encode = Callable[[Any], Any]
EncodeAll = Callable[[Sequence[Any]], Iterable[Any]]

GREATEST: Final = 2**63 - 1
LEAST: Final = -(2**63)
_EARLIEST: Final = microseconds(datetime.fromisoformat("0001-01-01T00:00:00+00:00"))
_MANY: Final = 10
"""From how many records on it pays to encode them field by field."""
_LATEST: Final = microseconds(datetime.fromisoformat("9999-12-31T23:59:59.999999+00:00"))


class Unfit(ValueError):
    """A value that its column cannot hold."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class Encoder(Generic[T]):
    """Turns records of one type into column values."""

    def __init__(self, record_type: RecordType[T]) -> None:
        self._record_type = record_type
        self._names = tuple(stored.name for stored in record_type.fields)
        self._values = attrgetter(*self._names)
        self._encoders = [
            _encoder(stored, column_length(record_type, stored)) for stored in record_type.fields
        ]
        self._columns = [
            _column(stored, column_length(record_type, stored), encode)
            for stored, encode in zip(record_type.fields, self._encoders, strict=True)
        ]

    def encode(self, record: T) -> tuple[Any, ...]:
        """The values of a record in the order of its fields: texts, integers and truth values that every driver takes.

        Raises:
            InvalidInput: Names every field whose value does not fit its column.
        """
        values = self._values(record)
        try:
            return tuple([encode(value) for encode, value in zip(self._encoders, values, strict=True)])
        except Unfit:
            raise InvalidInput(self._faults(values)) from None

    def encode_all(self, records: Sequence[T]) -> list[tuple[Any, ...]]:
        """The same for many records: a field of all of them at a time, which takes half as long."""
        if len(records) < _MANY:
            return [self.encode(record) for record in records]
        columns = zip(*map(self._values, records), strict=True)
        try:
            encoded = [encode(values) for encode, values in zip(self._columns, columns, strict=True)]
            return list(zip(*encoded, strict=True))
        except Unfit:
            # The first record that does not fit says so.
            return [self.encode(record) for record in records]

    def named(self, record: T) -> dict[str, Any]:
        """The same by column."""
        return dict(zip(self._names, self.encode(record), strict=True))

    def some(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values of some fields by column.

        Raises:
            InvalidInput: Names every field whose value does not fit its column.
        """
        encoders = dict(zip(self._names, self._encoders, strict=True))
        written, faults = {}, []
        for name, value in values.items():
            try:
                written[name] = encoders[name](value)
            except Unfit as unfit:
                faults.append(Fault(name, unfit.code, unfit.message))
        if faults:
            raise InvalidInput(faults)
        return written

    def keys(self, record: T) -> list[tuple[str, str]]:
        """The lookup keys of a record, each once, with its lookup's name.

        Raises:
            InvalidInput: A key that no engine can hold.
        """
        return [(lookup, value) for lookup, value, _ in self.keys_of_all([record])]

    def keys_of_all(self, records: Iterable[T]) -> list[tuple[str, str, str]]:
        """The lookup keys of many records, each with its lookup's name in front of it and the record's own key behind it.

        Raises:
            InvalidInput: As `keys`, for the first such record.
        """
        record_type = self._record_type
        rows = [
            (lookup, value, key)
            for record, key in [(record, record_type.key_of(record)) for record in records]
            for lookup, values in record_type.keys_of(record).items()
            for value in values
        ]
        if not is_storable("".join([value for _, value, _ in rows])):
            lookup = next(lookup for lookup, value, _ in rows if not is_storable(value))
            raise InvalidInput([Fault(lookup, "bad_text", "holds a character that cannot be stored")])
        return rows

    def _faults(self, values: Iterable[Any]) -> list[Fault]:
        faults = []
        for name, encode, value in zip(self._names, self._encoders, values, strict=True):
            try:
                encode(value)
            except Unfit as unfit:
                faults.append(Fault(name, unfit.code, unfit.message))
        return faults


class Decoder(Generic[T]):
    """Builds records of one type from rows whose columns are in the order of the fields."""

    def __init__(self, record_type: RecordType[T]) -> None:
        self._table = record_type.table
        self._build = _builder(record_type.cls)

    def decode(self, found: CursorResult[Any]) -> list[T]:
        """The records of all rows.

        Raises:
            StorageError: A row holds what the class refuses, because something else wrote it.
        """
        try:
            return [self._build(row) for row in found.all()]
        except (ValueError, TypeError, OverflowError) as error:
            raise StorageError(f"{self._table}: a stored record does not fit its class") from error


def _builder(cls: type[T]) -> Callable[[Iterable[Any]], T]:
    attributes = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
    if not any(attribute.kw_only for attribute in attributes):
        return lambda row: cls(*row)
    names = [attribute.alias or attribute.name for attribute in attributes]
    return lambda row: cls(**dict(zip(names, row, strict=True)))


def _encoder(stored: StoredField, length: int) -> Encode:
    return _nullable(_scalar(stored, length)) if stored.nullable else _scalar(stored, length)


def _nullable(encode: Encode) -> Encode:
    return lambda value: None if value is None else encode(value)


def _scalar(stored: StoredField, length: int) -> Encode:
    match stored.storing:
        case Storing.TEXT | Storing.LONG_TEXT:
            return _text(length)
        case Storing.CHOICE:
            return _choice(stored.type)
        case Storing.DOCUMENT:
            return _document(stored.type)
        case _:
            return _SCALARS[stored.storing]


def _text(limit: int) -> Encode:
    longest = limit or sys.maxsize

    def encode(value: Any) -> Any:
        # Nearly all texts pass here; the rest is looked at closely.
        if type(value) is str and len(value) <= longest and value.isascii() and "\x00" not in value:
            return value
        return closely(value)

    def closely(value: Any) -> Any:
        if not isinstance(value, str):
            raise _wrong_type(str, value)
        if len(value) > longest:
            raise Unfit("too_long", f"is longer than {limit} characters")
        if not is_storable(value):
            raise Unfit("bad_text", "holds a character that cannot be stored")
        return value

    return encode


def _column(stored: StoredField, length: int, encode: Encode) -> EncodeAll:
    """How the values of one field of many records are encoded."""
    match stored.storing:
        case Storing.TEXT | Storing.LONG_TEXT:
            return _texts(stored, length, encode)
        case Storing.DOCUMENT:
            return _documents(stored, encode)
        case Storing.CHOICE:
            return _choices(stored, encode)
        case _:
            return lambda values: map(encode, values)


def _texts(stored: StoredField, length: int, encode: Encode) -> EncodeAll:
    longest = length or sys.maxsize
    usual = {str, type(None)} if stored.nullable else {str}

    def encode_all(values: Sequence[Any]) -> Iterable[Any]:
        # Nearly all columns pass here; the rest is looked at one by one.
        if usual.issuperset(map(type, values)):
            texts = [value for value in values if value]
            if max(map(len, texts), default=0) <= longest and is_storable("".join(texts)):
                return values
        return map(encode, values)

    return encode_all


def _documents(stored: StoredField, encode: Encode) -> EncodeAll:
    def encode_all(values: Sequence[Any]) -> Iterable[Any]:
        if type(None) not in map(type, values):
            with suppress(Exception):
                # Nearly all columns pass here; the rest is looked at one by one.
                texts = all_to_json(values, stored.type)
                if is_storable("".join(texts)):
                    return texts
        return map(encode, values)

    return encode_all


_VALUE: Final = attrgetter("_value_")
"""Gets what `value` of a member returns too, after a step of Python."""


def _choice(kind: type[Enum]) -> Encode:
    def encode(value: Any) -> Any:
        if not isinstance(value, kind):
            raise _wrong_type(kind, value)
        return _VALUE(value)

    return encode


def _choices(stored: StoredField, encode: Encode) -> EncodeAll:
    kind: type[Enum] = stored.type

    def encode_all(values: Sequence[Any]) -> Iterable[Any]:
        return map(_VALUE, values) if {kind}.issuperset(map(type, values)) else map(encode, values)

    return encode_all


def _truth(value: Any) -> Any:
    if type(value) is not bool:
        raise _wrong_type(bool, value)
    return value


def _day(value: Any) -> Any:
    if type(value) is not date:
        raise _wrong_type(date, value)
    return value.isoformat()


def _integer(value: Any) -> Any:
    if type(value) is not int:
        raise _wrong_type(int, value)
    if not LEAST <= value <= GREATEST:
        raise Unfit("out_of_range", "does not fit 64 bits")
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Unfit("wrong_type", "must be an instant with a time zone")
    # A zone east or west of Greenwich can carry the first and the last day of the calendar out of it.
    counted = microseconds(value)
    if not _EARLIEST <= counted <= _LATEST:
        raise Unfit("out_of_range", "lies outside the calendar in UTC")
    return counted


def _document(kind: Any) -> Encode:
    def encode(value: Any) -> Any:
        if value is None:
            raise Unfit("missing", "must not be None")
        try:
            text = to_json(value, kind)
        except Exception as error:
            # It may hold anything, of any depth.
            raise Unfit("bad_document", "cannot be written as JSON") from error
        if not is_storable(text):
            raise Unfit("bad_text", "holds a character that cannot be stored")
        return text

    return encode


def _wrong_type(kind: type, value: Any) -> Unfit:
    return Unfit("wrong_type", f"must be {kind.__name__}, not {type(value).__name__}")


_SCALARS: Final[Mapping[Storing, Encode]] = {
    Storing.INTEGER: _integer,
    Storing.BOOLEAN: _truth,
    Storing.DATE: _day,
    Storing.INSTANT: _instant,
}
