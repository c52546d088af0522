"""Storages that give back something else than they were given."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, cast

from attrs import evolve

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.words import is_storable
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.storing.codec import from_data, to_data
from loyaltycore.storing.registry import RecordType, StoredField, Storing
from loyaltycore.testing.samples import Thing

T = TypeVar("T")

_TEXTS: Final = frozenset({Storing.TEXT, Storing.LONG_TEXT})


class BendsValues(MemoryTransaction):
    """Changes plain data on its way in; the base of the liars that do."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        data = to_data(record)
        bent = {stored.name: self.bend(stored, data[stored.name], record) for stored in record_type.fields}
        super()._put(record_type, table, key, from_data(bent, record_type.cls))

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """The value that is kept instead."""
        raise NotImplementedError


class BendsTexts(BendsValues):
    """Changes texts; the key stays, since everything else would fall apart."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """The text that is kept instead."""
        is_text = stored.storing in _TEXTS and isinstance(value, str)
        key = self._registry.of(type(record)).key
        return self.bend_text(stored, value) if is_text and stored.name != key else value

    def bend_text(self, stored: StoredField, text: str) -> str | None:
        """The text that is kept instead."""
        raise NotImplementedError


class CutsLongTexts(BendsTexts):
    """Cuts a text where its field ends."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Cut."""
        return text[: stored.length] if stored.length else text


class CountsBytes(BendsTexts):
    """Measures a text in bytes."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Refuse what takes more bytes than its field has characters."""
        if stored.length and len(text.encode()) > stored.length:
            raise InvalidInput([Fault(stored.name, "too_long", "takes too many bytes")])
        return text


class DropsWhatSomeCannotHold(BendsTexts):
    """Leaves out NUL and halves of characters in silence."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Leave out."""
        return "".join(character for character in text if is_storable(character))


class TrimsBlanks(BendsTexts):
    """Loses the blanks at the end of a text."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Trim."""
        return text.rstrip(" ")


class ComposesTexts(BendsTexts):
    """Composes letters and accents."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Compose."""
        return unicodedata.normalize("NFC", text)


class LosesAstralCharacters(BendsTexts):
    """Keeps the characters of the first plane alone."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Replace what takes more than two bytes."""
        return "".join(character if ord(character) < 0x10000 else "?" for character in text)


class TakesEmptyForNone(BendsTexts):
    """Keeps an empty text as None where the field may be None."""

    def bend_text(self, stored: StoredField, text: str) -> str | None:
        """Forget the difference."""
        return text or (None if stored.nullable else "")


class DropsMicroseconds(BendsValues):
    """Keeps instants to the second."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Round off."""
        if stored.storing is not Storing.INSTANT or value is None:
            return value
        return datetime.fromisoformat(value).replace(microsecond=0).isoformat()


class MisreadsZones(BendsValues):
    """Takes the wall clock of another zone for UTC."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Put UTC in the place of the zone."""
        if stored.storing is not Storing.INSTANT or value is None:
            return value
        instant: datetime = getattr(record, stored.name)
        return instant.replace(tzinfo=UTC).isoformat()


class BeginsIn1970(BendsValues):
    """Knows no date before the epoch."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Move early dates."""
        return max(value, "1970-01-01") if stored.storing is Storing.DATE and value else value


class RoundsIntegers(BendsValues):
    """Keeps integers as floating-point numbers."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Lose the last digits."""
        if stored.storing is not Storing.INTEGER or value is None:
            return value
        return max(-(2**63), min(int(float(value)), 2**63 - 1024))


class FoldsChoices(BendsValues):
    """Tells choices apart without regard to case."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Write in small letters."""
        return value.lower() if stored.storing is Storing.CHOICE and value else value


class FlattensNestedValues(BendsValues):
    """Sorts nested lists and forgets what comes twice."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Make a set of it."""
        if stored.storing is not Storing.DOCUMENT or not isinstance(value, list):
            return value
        return [item for place, item in enumerate(value) if item not in value[:place]]


class FillsNone(BendsValues):
    """Keeps zero where a number is None."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Fill."""
        return 0 if stored.storing is Storing.INTEGER and value is None else value


class BendsAnswers(MemoryTransaction):
    """Changes things on their way out; the base of the liars that do."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read a bent record."""
        found = super().get(cls, key, for_update=for_update)
        return None if found is None else self._bent(found)

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read bent records."""
        return map(self._bent, super().find(cls, query))

    def _bent(self, record: T) -> T:
        changes = self.changes(record) if isinstance(record, Thing) else {}
        thing: Any = record
        return cast("T", evolve(thing, **changes)) if changes else record

    def changes(self, thing: Thing) -> dict[str, Any]:
        """The fields that come back differently."""
        raise NotImplementedError


class ForgetsZones(BendsAnswers):
    """Gives instants back without their zone."""

    def changes(self, thing: Thing) -> dict[str, Any]:
        """Instants, naive."""
        return {"at": thing.at.replace(tzinfo=None)}


class CountsTruth(BendsAnswers):
    """Gives truth values back as numbers."""

    def changes(self, thing: Thing) -> dict[str, Any]:
        """Truth values, as 0 and 1."""
        return {"good": int(thing.good)}


VALUE_LIARS: Final = (
    CutsLongTexts,
    DropsWhatSomeCannotHold,
    CountsBytes,
    TrimsBlanks,
    ComposesTexts,
    LosesAstralCharacters,
    TakesEmptyForNone,
    DropsMicroseconds,
    MisreadsZones,
    BeginsIn1970,
    RoundsIntegers,
    FoldsChoices,
    FlattensNestedValues,
    FillsNone,
    ForgetsZones,
    CountsTruth,
)
