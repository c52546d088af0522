"""Checking what comes from outside: every fault is collected, then raised as one error.

A form is read inside one ``with Faults() as faults``: each method checks one field, returns its clean value, and notes
what is wrong instead of raising. The end of the block raises one `InvalidInput` that names everything, so that bad
input goes no further.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, Self, TypeVar, cast

from loyaltycore.errors import Fault, InvalidInput

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

_LINE_BREAKS: Final = "\n\t"
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that change the writing direction and so make a name look like another."""
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters without a shape."""
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")

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

    def note(self, field: str, code: str, message: str) -> None:
        """Note one fault."""
        self._found.append(Fault(self._path + field, code, message))

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
        """Read a text: composed form (NFC), without surrounding blanks or control characters.

        Args:
            value: None reads as empty.
            limit: In code points.
            required: Whether empty is a fault.
            multiline: Whether line breaks and tabs are part of the text.
        """
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.note(field, "wrong_type", "must be text")
            return ""
        text = unicodedata.normalize("NFC", value).strip()
        if multiline:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if any(_is_control(character, multiline=multiline) for character in text):
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
        if value is None or value == "":
            return default
        if isinstance(value, kind):
            return value
        # Not `kind(value)`: the error that it raises writes the value, which may be nested too deep for that.
        for member in kind:
            if type(value) is type(member.value) and value == member.value:
                return member
        words = ", ".join(str(member.value) for member in kind)
        self.note(field, "unknown_choice", f"must be one of: {words}")
        return default

    def flag(self, field: str, value: object, *, default: bool = False) -> bool:
        """Read a truth value; only True and False count."""
        if value is None:
            return default
        if not isinstance(value, bool):
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
        """Read a calendar date; a datetime is not one."""
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self.note(field, "wrong_type", "must be a date")
            return None
        if not EARLIEST_DATE <= value <= LATEST_DATE:
            self.note(field, "out_of_range", f"must be between {EARLIEST_DATE} and {LATEST_DATE}")
            return None
        return value

    def instant(self, field: str, value: object) -> datetime | None:
        """Read an instant; a datetime without a time zone is refused."""
        if value is None:
            return None
        if not isinstance(value, datetime):
            self.note(field, "wrong_type", "must be a datetime")
            return None
        if value.tzinfo is None:
            self.note(field, "naive_datetime", "must carry a time zone")
            return None
        return value

    def parsed(self, field: str, parse: Callable[[], T], default: T) -> T:
        """Run a parser that raises `InvalidInput` and take over its faults below `field`."""
        try:
            return parse()
        except InvalidInput as error:
            for fault in error.faults:
                self.note(field, fault.code, fault.message)
            return default


def _is_control(character: str, *, multiline: bool) -> bool:
    """Whether the character has no place in a text (controls, line separators, lone surrogates)."""
    if multiline and character in _LINE_BREAKS:
        return False
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _TURNS


def _is_visible(text: str) -> bool:
    """Whether there is anything to see: letters, digits or signs, not only marks, blanks and fillers."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in _FILLERS for character in text
    )


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
    known = {attribute.name for attribute in cast("Any", cls).__attrs_attrs__} - set(without)
    with Faults() as faults:
        for name in given:
            if name not in known:
                faults.note(name, "unknown_field", "is not a field that can be given")
