"""How a stored field becomes a column that every engine stores, compares and sorts alike.

Text compares by code point: in SQLite by default, in PostgreSQL with the collation ``C``, in MariaDB with
``utf8mb4_nopad_bin`` (for ``utf8mb4_bin``, ``'a'`` equals ``'a '``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Date, Dialect, String, Text, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from loyaltycore.storing.codec import from_json
from loyaltycore.storing.registry import StoredField, Storing

MARIADB_CHARSET: Final = "utf8mb4"
MARIADB_COLLATION: Final = "utf8mb4_nopad_bin"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class InstantType(TypeDecorator[datetime]):
    """An aware datetime as UTC microseconds since 1970.

    The engines' own types lose the zone (SQLite, MariaDB) or the microseconds (MariaDB).
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Count the microseconds.

        Raises:
            ValueError: The instant is naive.
        """
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """Make the instant again, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class ChoiceType(TypeDecorator[Enum]):
    """A member of an enumeration as its value; a bare value stands for its member."""

    impl = String
    cache_ok = True

    def __init__(self, choices: type[Enum], length: int) -> None:
        super().__init__(length)
        self.choices = choices
        self.length = length

    def load_dialect_impl(self, _dialect: Dialect) -> TypeEngine[Any]:
        """Compare by code point like any text."""
        return short_text(self.length)

    def process_bind_param(self, value: Enum | str | None, _dialect: Dialect) -> str | None:
        """The member's value."""
        return str(value.value) if isinstance(value, Enum) else value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Enum | None:
        """The member.

        Raises:
            ValueError: There is no such member.
        """
        return None if value is None else self.choices(value)


class DocumentType(TypeDecorator[Any]):
    """A nested value as JSON. This only reads it: the encoder writes it, so that a fault carries the field's name."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, _dialect: Dialect) -> TypeEngine[Any]:
        """MariaDB's TEXT would end at 64 KiB."""
        return long_text()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Build the value.

        Raises:
            InvalidInput: The text does not fit the type.
        """
        return None if value is None else from_json(value, self.kind)


def microseconds(instant: datetime) -> int:
    """UTC microseconds since 1970, exact.

    Raises:
        ValueError: The instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    return (instant - _EPOCH) // _MICROSECOND


def short_text(length: int) -> TypeEngine[str]:
    """Text that may be compared and indexed."""
    return (
        String(length)
        .with_variant(String(length, collation="C"), "postgresql")
        .with_variant(mysql.VARCHAR(length, charset=MARIADB_CHARSET, collation=MARIADB_COLLATION), "mariadb")
    )


def long_text() -> TypeEngine[str]:
    """Text without limit, never compared."""
    return Text().with_variant(
        mysql.LONGTEXT(charset=MARIADB_CHARSET, collation=MARIADB_COLLATION), "mariadb"
    )


def column_type(stored: StoredField) -> TypeEngine[Any]:
    """The column type of a stored field."""
    match stored.storing:
        case Storing.TEXT:
            return short_text(stored.length)
        case Storing.LONG_TEXT:
            return long_text()
        case Storing.INTEGER:
            return BigInteger()
        case Storing.BOOLEAN:
            return Boolean()
        case Storing.DATE:
            return Date()
        case Storing.INSTANT:
            return InstantType()
        case Storing.CHOICE:
            return ChoiceType(stored.type, stored.length)
        case Storing.DOCUMENT:
            return DocumentType(stored.type)
