"""Storages that take values for something else than they are, or take what is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, Final, TypeVar

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import Compare, Criterion, Op, Query, View
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.storing.codec import to_data, to_json
from loyaltycore.storing.registry import RecordType, StoredField, Storing
from tests.testing.liars.storage_queries import OwnMeaning
from tests.testing.liars.storage_values import BendsTexts, BendsValues

T = TypeVar("T")

_EARLIEST: Final = "1900-01-01"
_LATEST: Final = "2262-04-11"


class ReadsNumbersInTexts(BendsTexts):
    """Takes a text of digits for a number, and loses its leading noughts."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Read a number."""
        return str(int(text)) if text.isascii() and text.isdigit() else text


class ReadsFractionsInTexts(BendsTexts):
    """Takes a text that looks like a fraction for one, and writes it in its own way."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Read a fraction."""
        with suppress(ValueError):
            return str(float(text)) if text[:1].isdigit() and not text.isdigit() else text
        return text


class ReadsJsonInTexts(BendsTexts):
    """Takes a text that is JSON for what it says."""

    def bend_text(self, stored: StoredField, text: str) -> str | None:
        """Read JSON."""
        with suppress(ValueError):
            found = json.loads(text)
            if found is None:
                return None if stored.nullable else ""
            return text if isinstance(found, int | float | bool) else str(found)
        return text


class ReadsNullInTexts(BendsTexts):
    """Takes the words that people write for nothing for None."""

    words: ClassVar = frozenset({"null", "NULL", "None", "nil", "\\N"})

    def bend_text(self, stored: StoredField, text: str) -> str | None:
        """Read nothing."""
        return None if stored.nullable and text in self.words else text


class ReadsTruthInTexts(BendsTexts):
    """Takes the words for true and false for truth values, and writes them in its own way."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Read a truth value."""
        return {"true": "True", "false": "False", "yes": "True", "no": "False"}.get(text, text)


class UnescapesTexts(BendsTexts):
    """Takes a backslash for the beginning of a sign."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Read what is escaped."""
        return text.replace("\\n", "\n").replace("\\\\", "\\")


class DecodesPercents(BendsTexts):
    """Decodes what looks like a part of an address on the web."""

    def bend_text(self, stored: StoredField, text: str) -> str:
        """Decode."""
        return text.replace("%41", "A").replace("%20", " ")


class ReadsNumbersInKeys(MemoryTransaction):
    """Takes a key of digits for a number."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read under the number."""
        for known in self._table(self._registry.of(cls)):
            if _number(known) == _number(key):
                return super().get(cls, known, for_update=for_update)
        return None


class StripsKeys(MemoryTransaction):
    """Takes slashes and dots at the end of a key for signs of a path."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read under the path."""
        for known in self._table(self._registry.of(cls)):
            if known.rstrip("/.") == key.rstrip("/."):
                return super().get(cls, known, for_update=for_update)
        return None


class ComparesWordsAsNumbers(OwnMeaning):
    """Compares texts that look like numbers as numbers."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Whether the record matches, by numbers where it can."""
        if isinstance(where, Compare) and where.op is Op.EQ and isinstance(where.value, str):
            held = getattr(record, where.field)
            return held is not None and _number(held) == _number(where.value)
        return super().leaf(where, record, view)


class BendsDates(BendsValues):
    """Changes dates; the base of the liars that do."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """The date that is kept instead."""
        if stored.storing is not Storing.DATE or value is None:
            return value
        return self.bend_date(value)

    def bend_date(self, value: str) -> str:
        """The date that is kept instead, as text."""
        raise NotImplementedError


class BeginsIn1900(BendsDates):
    """Has no dates before 1900."""

    def bend_date(self, value: str) -> str:
        """Cut."""
        return max(value, _EARLIEST)


class EndsIn2262(BendsDates):
    """Has no dates that do not fit nanoseconds since 1970."""

    def bend_date(self, value: str) -> str:
        """Cut."""
        return min(value, _LATEST)


class CountsByTheOldCalendar(BendsDates):
    """Takes dates before the calendar's reform for dates of the old one."""

    def bend_date(self, value: str) -> str:
        """Shift by ten days."""
        day = date.fromisoformat(value)
        return (
            date.fromordinal(max(1, day.toordinal() - 10)).isoformat() if day < date(1582, 10, 15) else value
        )


class BeginsIn1900ToTheSecond(BendsValues):
    """Has no instants before 1900."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Cut."""
        if stored.storing is not Storing.INSTANT or value is None:
            return value
        return max(value, "1900-01-01T00:00:00+00:00")


class RoundsInstantsFarAway(BendsValues):
    """Keeps instants as floating point does, which is too coarse for microseconds some centuries away."""

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Round."""
        if stored.storing is not Storing.INSTANT or value is None:
            return value
        instant = datetime.fromisoformat(value)
        far = abs(instant.year - 1970) > 250
        return instant.replace(microsecond=instant.microsecond // 8 * 8).isoformat() if far else value


class TellsChoicesByTheirBeginning(BendsValues):
    """Keeps the first choice that begins like the one that is meant."""

    letters: ClassVar = 3

    def bend(self, stored: StoredField, value: Any, record: object) -> Any:
        """Look for the first one."""
        if stored.storing is not Storing.CHOICE or value is None:
            return value
        choices: type[Enum] = stored.type
        return next(each.value for each in choices if each.value[: self.letters] == value[: self.letters])


class CutsChoicesAtThirty(TellsChoicesByTheirBeginning):
    """Tells choices apart by their first thirty characters."""

    letters = 30


class TakesWhatSomeCannotHold(MemoryTransaction):
    """Takes NUL and halves of characters, because it can hold them itself."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        try:
            super()._put(record_type, table, key, record)
        except InvalidInput as error:
            self._forgive(error, "bad_text", record_type, table, key, record)

    def _forgive(
        self,
        error: InvalidInput,
        code: str,
        record_type: RecordType[Any],
        table: dict[str, Any],
        key: str,
        record: Any,
    ) -> None:
        if {fault.code for fault in error.faults} != {code}:
            raise error
        try:
            table[key] = to_data(record)
        except (TypeError, ValueError, AttributeError):
            table[key] = {
                stored.name: _written(getattr(record, stored.name)) for stored in record_type.fields
            }


class TakesHalvesInNestedValues(TakesWhatSomeCannotHold):
    """Looks for halves of characters in the fields of a record alone, and not in what is nested in them."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        try:
            MemoryTransaction._put(self, record_type, table, key, record)
        except InvalidInput as error:
            if not set(error.fields) <= {"facts", "extras", "words"}:
                raise
            self._forgive(error, "bad_text", record_type, table, key, record)


class RefusesNulInNestedValues(MemoryTransaction):
    """Refuses NUL inside nested values, where JSON can write it."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        if "\\u0000" in to_json(record):
            raise InvalidInput([Fault("facts", "bad_text", "holds NUL")])
        super()._put(record_type, table, key, record)


class TakesLargeIntegers(TakesWhatSomeCannotHold):
    """Takes integers beyond 64 bits, because Python has them."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        try:
            MemoryTransaction._put(self, record_type, table, key, record)
        except InvalidInput as error:
            self._forgive(error, "out_of_range", record_type, table, key, record)


class TakesOtherTypes(TakesWhatSomeCannotHold):
    """Takes a value of another type than the field's, because its engine knows no types."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        try:
            MemoryTransaction._put(self, record_type, table, key, record)
        except InvalidInput as error:
            self._forgive(error, "wrong_type", record_type, table, key, record)


class WrapsIntegers(TakesWhatSomeCannotHold):
    """Begins anew where an integer does not fit 64 bits."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: Any) -> None:
        try:
            MemoryTransaction._put(self, record_type, table, key, record)
        except InvalidInput as error:
            self._forgive(error, "out_of_range", record_type, table, key, record)
            row = table[key]
            row.update({name: value % 2**63 for name, value in row.items() if type(value) is int})


class BlamesTheLookupKey(MemoryTransaction):
    """Names a lookup key where a field is wrong."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        try:
            super()._put(record_type, table, key, record)
        except InvalidInput as error:
            raise InvalidInput(Fault("word", fault.code, fault.message) for fault in error.faults) from error


class AsksForWhatNobodyHolds(MemoryTransaction):
    """Answers a question about a text that nothing can hold."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Find nothing."""
        try:
            return super().find(cls, query)
        except InvalidInput as error:
            if {fault.code for fault in error.faults} != {"bad_text"}:
                raise
            self.failed = False
            return iter(())


def _written(value: Any) -> Any:
    """The value as plain data, whatever it is."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _number(key: str) -> Any:
    return int(key) if key.isascii() and key.isdigit() else key


WORD_LIARS: Final = (
    ReadsNumbersInTexts,
    ReadsFractionsInTexts,
    ReadsJsonInTexts,
    ReadsNullInTexts,
    ReadsTruthInTexts,
    UnescapesTexts,
    DecodesPercents,
    ReadsNumbersInKeys,
    StripsKeys,
    ComparesWordsAsNumbers,
    BeginsIn1900,
    EndsIn2262,
    CountsByTheOldCalendar,
    BeginsIn1900ToTheSecond,
    RoundsInstantsFarAway,
    TellsChoicesByTheirBeginning,
    CutsChoicesAtThirty,
    TakesWhatSomeCannotHold,
    TakesHalvesInNestedValues,
    RefusesNulInNestedValues,
    TakesLargeIntegers,
    TakesOtherTypes,
    WrapsIntegers,
    BlamesTheLookupKey,
    AsksForWhatNobodyHolds,
)
