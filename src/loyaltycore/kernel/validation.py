"""Checking what comes from outside: every fault is collected, then raised as one error.

A form is read inside one ``with Faults() as faults``: each method checks one field, returns its clean value, and notes
what is wrong instead of raising. The end of the block raises one `InvalidInput` that names everything, so that bad
input goes no further.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, Self, TypeVar, cast

from loyaltycore.errors import MOST_FAULTS, Fault, InvalidInput
from loyaltycore.kernel.given import day_of, items_of, members_of, place_of, text_of
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.words import cleaned

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

# Controls, line separators, lone surrogates.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_LINES: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

_AROUND: Final = 1000
"""Characters that may stand around a text, or be composed into others, before it counts as too long unread."""

LONGEST_WAIT: Final = 366 * 86_400
"""Seconds in a year: no wait is meant to last longer."""

EARLIEST_DATE: Final = date(1900, 1, 1)
LATEST_DATE: Final = date(2199, 12, 31)


class Faults:
    r"""Collects the faults of one form.

    Example:
        >>> faults = Faults()
        >>> faults.text("last_name", "  Muster  ", limit=80)
        'Muster'
        >>> faults.text("first_name", "a\x00b", limit=80)
        ''
        >>> faults.found
        (Fault('first_name', 'control_character', 'contains a control character'),)
    """

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self._path = ""

    @property
    def found(self) -> tuple[Fault, ...]:
        """All faults so far, in the order in which they were noted."""
        return tuple(self._found)

    def at(self, path: str) -> Faults:
        """A view that notes into the same list, with every field name prefixed by `path`."""
        child = Faults()
        child._found = self._found
        child._path = f"{self._path}{path}."
        return child

    def note(self, field: object, code: str, message: str) -> None:
        """Note one fault.

        Args:
            field: The name of the field; a key that the caller gave may be anything. ``$`` is the place of the view itself.
        """
        place = self._path[:-1] if field == "$" and self._path else self._path + place_of(field)
        self._found.append(Fault(place, code, message))

    def unknown(self, field: object, code: str, kind: str, name: object, known: Iterable[str]) -> None:
        """Note a name that is not on a closed list, and what may have been meant.

        Args:
            field: As in `note`.
            kind: What it would be the name of, for example ``field``.
        """
        # Nobody reads what may have been meant by those that an error only counts.
        is_read = len(self._found) < MOST_FAULTS
        self.note(field, code, unknown(kind, name, known) if is_read else "is not known")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raise `InvalidInput` if there are faults so far, because what follows needs clean values."""
        if self._found:
            raise InvalidInput(self._found)

    def text(
        self, field: str, value: object, *, limit: int, required: bool = False, multiline: bool = False
    ) -> str:
        """Read a text: composed (NFC) and `cleaned`, without surrounding blanks or control characters.

        Args:
            value: None reads as empty.
            limit: In code points.
            required: Whether empty is a fault.
            multiline: Whether line breaks and tabs are part of the text.
        """
        given = "" if value is None else text_of(value)
        if given == "" and not required:
            return ""
        if given is None:
            self.note(field, "wrong_type", "must be text")
            return ""
        if len(given) > 4 * limit + _AROUND:
            self.note(field, "too_long", f"is longer than {limit} characters")
            return ""
        text = given.strip() if given.isascii() else unicodedata.normalize("NFC", cleaned(given)).strip()
        if multiline:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        # Most texts are nothing but printable characters, which Python tells faster than an expression.
        if not text.isprintable() and (_CONTROL_IN_LINES if multiline else _CONTROL).search(text):
            self.note(field, "control_character", "contains a control character")
            return ""
        if len(text) > limit:
            self.note(field, "too_long", f"is longer than {limit} characters")
            return ""
        if required and not _is_visible(text):
            self.note(field, "required", "must not be empty")
        return text

    def key(self, field: str, value: object, *, limit: int = 40) -> str:
        """Read a technical key: lower-case letters, digits, ``-`` and ``_``."""
        before = len(self._found)
        text = self.text(field, value, limit=limit, required=True)
        if len(self._found) == before and not _KEY.fullmatch(text):
            self.note(field, "bad_key", "must be lower-case letters, digits, '-' or '_'")
        return text

    def choice(self, field: str, value: object, kind: type[E], default: E | None = None) -> E | None:
        """Read a member of an enumeration, given as the member or as its value."""
        if issubclass(type(value), kind):
            return cast("E", value)
        text = text_of(value)
        if value is None or text == "":
            return default
        # Not `kind(value)`: the error that it raises writes the value, which may be nested too deep for that.
        given = value if text is None else text
        for member in kind:
            if type(given) is type(member.value) and given == member.value:
                return member
        self.unknown(field, "unknown_choice", "choice", value, (str(member.value) for member in kind))
        return default

    def flag(self, field: str, value: object, *, default: bool = False) -> bool:
        """Read a truth value; only True and False count."""
        if value is None:
            return default
        if value is not True and value is not False:
            self.note(field, "wrong_type", "must be true or false")
            return default
        return value

    def integer(
        self,
        field: str,
        value: object,
        *,
        least: int,
        most: int,
        default: int = 0,
        required: bool = False,
    ) -> int:
        """Read an integer between two bounds, both included; None reads as the default unless it is required."""
        if value is None:
            if required:
                self.note(field, "required", "must be given")
            return default
        if type(value) is not int:
            self.note(field, "wrong_type", "must be an integer")
            return default
        if not least <= value <= most:
            self.note(field, "out_of_range", f"must be between {least} and {most}")
            return default
        return value

    def day(self, field: str, value: object) -> date | None:
        """Read a calendar date, given as a `date` or as text of the form ``1980-02-01``; a datetime is not one.

        None and the empty text, which a form sends for a day that nobody filled in, read as None.
        """
        text = text_of(value)
        if value is None or text == "":
            return None
        if text is not None:
            value = _day(text)
            if value is None:
                self.note(field, "bad_date", "must be a date like 1980-02-01")
                return None
        day = day_of(value)
        if day is None:
            self.note(field, "wrong_type", "must be a date")
            return None
        if not EARLIEST_DATE <= day <= LATEST_DATE:
            self.note(field, "out_of_range", f"must be between {EARLIEST_DATE} and {LATEST_DATE}")
            return None
        return day

    def instant(self, field: str, value: object) -> datetime | None:
        """Read an instant in UTC; a datetime without a time zone is refused."""
        if value is None:
            return None
        if not issubclass(type(value), datetime):
            self.note(field, "wrong_type", "must be a datetime")
            return None
        given = cast("datetime", value)
        try:
            if datetime.utcoffset(given) is None:
                self.note(field, "naive_datetime", "must carry a time zone")
                return None
            return datetime.astimezone(given, UTC)
        except Exception:  # noqa: BLE001  the time zone is somebody else's code
            self.note(field, "out_of_range", "is no instant of the years 1 to 9999")
            return None

    def seconds(
        self, field: str, value: object, *, or_zero: bool = False, most: float = LONGEST_WAIT
    ) -> float:
        """Read a span of time in seconds: a number greater than zero (or from zero on) that a wait may last.

        Args:
            most: The longest span; a year unless said otherwise.
        """
        if type(value) is not int and type(value) is not float:
            self.note(field, "wrong_type", "must be a number of seconds")
            return 0.0
        if not (0 < value <= most or (or_zero and value == 0)):
            self.note(field, "out_of_range", f"must be a positive number of seconds, at most {most:,}")
            return 0.0
        return float(value)

    def items(
        self,
        field: str,
        value: object,
        *,
        most: int,
        what: str = "a list",
        required: bool = False,
        unordered: bool = False,
        none: bool = True,
    ) -> tuple[Any, ...]:
        """Read a list, of which no more is looked at than may be in it.

        Args:
            none: Whether None reads as empty; otherwise it is no list.
            most: How many items there may be.
            what: What it must be, for the message.
            required: Whether empty is a fault.
            unordered: Whether a set will do.

        Returns:
            The items, still unchecked; none if a fault was noted.
        """
        found = () if none and value is None else items_of(value, most + 1, unordered=unordered)
        if found is None:
            self.note(field, "wrong_type", f"must be {what}")
            return ()
        if required and not found:
            self.note(field, "required", "must not be empty")
        if len(found) > most:
            self.note(field, "too_many", f"must not hold more than {most:,}")
            return ()
        return found

    def members(
        self, field: str, value: object, *, most: int, what: str = "values by name", none: bool = True
    ) -> dict[str, Any]:
        """Read a mapping, of which no more is looked at than may be in it.

        Args:
            none: Whether None reads as empty; otherwise it is no mapping.
            most: How many members there may be.
            what: What it must be, for the message.

        Returns:
            The members by their keys, still unchecked; a key that is no text appears as its type, for example
            ``<int>``. None if a fault was noted.
        """
        found = {} if none and value is None else members_of(value, most + 1)
        if found is None:
            self.note(field, "wrong_type", f"must be {what}")
            return {}
        if len(found) > most:
            self.note(field, "too_many", f"must not hold more than {most:,}")
            return {}
        return found

    def function(self, field: str, value: object) -> None:
        """Check something that will be called; None is fine."""
        if value is not None and not callable(value):
            self.note(field, "wrong_type", "must be a function")

    def parsed(self, field: str, parse: Callable[[], T], default: T) -> T:
        """Run a parser that raises `InvalidInput` and take over its faults below `field`."""
        try:
            return parse()
        except InvalidInput as error:
            for fault in error.faults:
                self.note(field, fault.code, fault.message)
            return default


def _day(text: str) -> date | None:
    """The day that a text of ISO 8601 names, or None; only its plain form, with hyphens, counts."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _is_visible(text: str) -> bool:
    """Whether there is anything to see: letters, digits or signs, not only marks and blanks."""
    return text[:1].isalnum() or any(unicodedata.category(character)[0] in "LNPS" for character in text)


def require_aware(value: datetime, field: str = "now") -> datetime:
    """Return the instant, or raise `InvalidInput` if it has no time zone."""
    with Faults() as faults:
        faults.instant(field, value)
    return value


def check_names(cls: type, given: Iterable[str], *, without: Iterable[str] = ()) -> None:
    """Refuse keyword arguments that are not fields of an attrs class.

    Args:
        without: Fields that the caller may not give.

    Raises:
        InvalidInput: One fault for each unknown name.
    """
    names = [attribute.name for attribute in cast("Any", cls).__attrs_attrs__]
    fixed = set(without)
    with Faults() as faults:
        for name in given:
            if name in fixed:
                faults.note(name, "unknown_field", "is not a field that can be given")
            elif name not in names:
                known = (each for each in names if each not in fixed)
                faults.unknown(name, "unknown_field", "field", name, known)


def read_iterator(faults: Faults, field: str, given: object, what: str) -> Iterator[object]:
    """Begin to read any number of things, bit by bit; what goes wrong in an iterator of the caller's is the caller's.

    Args:
        what: What it must give, for the message.
    """
    # One text is not many, and a mapping gives no more than its keys.
    if not isinstance(given, str | bytes | Mapping):
        try:
            return iter(cast("Iterable[object]", given))
        except TypeError:
            pass
    faults.note(field, "wrong_type", f"must give {what}")
    return iter(())
