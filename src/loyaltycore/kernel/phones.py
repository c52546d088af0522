"""Phone numbers: one number in, E.164 out, and never another number than the one that was meant.

`phonenumbers` judges numbers by the numbering plans of all countries. It is made to find some number in any text: it
reads letters as on a keypad, drops what follows, and takes digits without a prefix for whatever fits. So a text is
checked before, and the number afterwards; what could be read in two ways is refused.
"""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType
from typing import Final

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.dialling import dialling
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.words import cleaned

_MOST_DIGITS: Final = 15
"""By E.164, the code of the country included."""

_FEWEST_DIGITS: Final = 6
"""Of a number as it is dialled, where another one may follow; most area codes have fewer."""

_MOST_USUAL_DIGITS: Final = 12
"""Of a number as it is dialled; longer texts may be two numbers with nothing but a blank between them."""

_LONGEST_READ: Final = 1000

_ALONE: Final = re.compile(
    r"[(\[]?[+\uff0b]*[\d\s()\[\]./\u2010-\u2015\u2212\uff08\uff09\uff0d\uff0e\uff0f-]*"
)
_EDGES: Final = " .,:;/-"
_PLUS: Final = re.compile(r"[+\uff0b]")
_SLASH: Final = re.compile(r"[/\uff0f]")
_ANEW: Final = re.compile(r"(?<=\d)[\s.\uff0e-]+(?=\(?0\d)")
_SPREADSHEET: Final = re.compile(r"\d[.,]?\d*e\+?\d+", re.IGNORECASE)
"""How a spreadsheet shows a long number, most of whose digits are lost."""
_FRACTION: Final = re.compile(r"([+\uff0b]?\d+)[.\uff0e]0+")
"""How programs show a number that they count with: nobody has dialled what follows the dot."""
_LABEL: Final = re.compile(
    r"\A(?:tel|telefon|phone|fon|mobil|mobile|mob|handy|cell|fax|telefax|t|m|f)\b[.:]*\s*", re.IGNORECASE
)
"""Says that a number follows, and no more."""
_SEVERAL: Final = re.compile(
    r"[,;|&]|\d\D*[+\uff0b]|(?<![^\W\d_])(?:oder|or|und|and|bzw|u)(?![^\W\d_])", re.IGNORECASE
)
_EXTENSION: Final = re.compile(
    r"[#~]|(?<![^\W\d_])(?:e?xt\w*?|x|app|apparat|dw|durchw\w*?|nst|nebenst\w*?)[.:=\s-]*\d", re.IGNORECASE
)

_MESSAGES: Final = {
    "bad_phone": "is not a phone number",
    "several_phones": "holds more than one phone number: give each by itself",
    "phone_extension": "has an extension: if people dial it right after the number, write it as part of the number,"
    " otherwise keep it in the notes",
    "phone_with_text": "holds more than a phone number: keep words in the notes, and write letters as digits",
    "ambiguous_phone": "could be read as several phone numbers: begin with + and the code of the country, or with the"
    " area code and its leading zero",
}
"""What can be wrong with a phone number, by code."""


def parse_phone(text: str, region: str) -> str:
    """Bring a phone number into E.164.

    Blanks, brackets, dots, hyphens and slashes do not matter, nor do the digits' script, a ``(0)`` after the code of the
    country, and a word like ``Tel.`` in front. Where numbers begin with a zero, a number without it and without ``+`` is
    read only if it can be a mobile number and nothing else: a spreadsheet has dropped the zero, or somebody the ``+``.

    Args:
        text: As people write it, for example ``0170 / 123 45 67``.
        region: ISO 3166-1 alpha-2 of the country of a number without ``+``.

    Raises:
        InvalidInput: ``bad_phone``, no number of that country looks like this; ``several_phones``; ``phone_extension``;
            ``phone_with_text``; ``ambiguous_phone``, a prefix is missing or doubled.
    """
    return read_number(text, region)[0]


def read_number(text: str, region: str) -> tuple[str, bool]:
    """The number in E.164, and whether it may be a mobile one; raises as `parse_phone` does."""
    given, region = text_of(text), text_of(region) or ""
    if given is None or len(given) > _LONGEST_READ:
        raise _refused("bad_phone")
    written = cleaned(given).strip(_EDGES)
    dialled = _dialled(written) if written.isdecimal() else _read_signs(written, region)
    number = _known(dialled, region)
    if number is None:
        raise _refused("bad_phone")
    return _unambiguous(number, dialled)


_Number = tuple[str, str, bool]
"""E.164, the code of the country, and whether it may be a mobile number."""


def _refused(code: str) -> InvalidInput:
    return InvalidInput([Fault("number", code, _MESSAGES[code])])


def _read_signs(written: str, region: str) -> str:
    """What is dialled of a text that holds more than digits."""
    if written[:1].isalpha():
        written = _LABEL.sub("", written)
    if not _ALONE.fullmatch(written):
        raise _refused(_fault_beside(written))
    counted = _FRACTION.fullmatch(written)
    if counted and len(counted[1]) >= _FEWEST_DIGITS:
        # What is counted has lost its zeros and its plus; where they are, the dot may mean something.
        if counted[1][0] not in "123456789":
            raise _refused("ambiguous_phone")
        written = counted[1]
    dialled = _dialled(written)
    if _holds_second(written, dialled, region):
        raise _refused("several_phones")
    return dialled


def _fault_beside(written: str) -> str:
    """What a text holds besides a number."""
    if _SPREADSHEET.fullmatch(written) or not any(character.isdecimal() for character in written):
        return "bad_phone"
    if _EXTENSION.search(written):
        return "phone_extension"
    return "several_phones" if _SEVERAL.search(written) else "phone_with_text"


def _holds_second(written: str, dialled: str, region: str) -> bool:
    """Whether a number ends before a slash, or in a long text before a zero with which another one begins."""
    for slash in _SLASH.finditer(written):
        first = _dialled(written[: slash.start()])
        if len(first) >= _FEWEST_DIGITS and _known(first, region):
            return True
    return len(dialled) > _MOST_USUAL_DIGITS and any(
        _known(_dialled(written[: gap.start()]), region) and _known(_dialled(written[gap.end() :]), region)
        for gap in _ANEW.finditer(written)
    )


def _dialled(written: str) -> str:
    """The digits, after a + if there is one."""
    digits = written if written.isdecimal() else "".join(filter(str.isdecimal, written))
    if not digits.isascii():
        digits = "".join(str(int(digit)) for digit in digits)
    return f"+{digits}" if _PLUS.search(written) else digits


def _known(dialled: str, region: str) -> _Number | None:
    """The number as the numbering plan of its country has it; None if that has no such number."""
    library = _library()
    types = library.PhoneNumberType
    usual = dialling(region)
    national = usual.number(dialled) if usual else ""
    if usual and national:
        mobile = usual.may_be_mobile(national)
        return None if mobile is None else _within((f"+{usual.code}{national}", usual.code, mobile))
    try:
        number = library.parse(dialled, text_of(region))
    except library.NumberParseException:
        return None
    # A number is valid exactly where its range is known; asking for validity would look through the ranges once more.
    kind = library.number_type(number)
    if kind == types.UNKNOWN or not library.is_possible_number(number):
        return None
    e164 = library.format_number(number, library.PhoneNumberFormat.E164)
    return _within((e164, str(number.country_code), kind in (types.MOBILE, types.FIXED_LINE_OR_MOBILE)))


def _within(number: _Number) -> _Number | None:
    """The number, unless it is longer than E.164 allows."""
    return number if len(number[0]) <= len("+") + _MOST_DIGITS else None


@cache
def _library() -> ModuleType:
    import phonenumbers  # noqa: PLC0415  its metadata is large, and not always needed

    return phonenumbers


def _unambiguous(number: _Number, dialled: str) -> tuple[str, bool]:
    """The number, or the one that it is if its first digits are the code of its country; refused if it may be both."""
    e164, code, may_be_mobile = number
    national = e164.removeprefix(f"+{code}")
    other = _known(f"+{national}", "") if national.startswith(code) else None
    if dialled not in {national, code + national}:  # a prefix is there, and perhaps one more
        clear = not (other and other[2])
    elif not _begins_with_prefix(e164):
        clear = other is None
    else:
        if other and other[2] and not may_be_mobile:
            return other[0], True
        clear = may_be_mobile and not (other and other[2])
    if not clear:
        raise _refused("ambiguous_phone")
    return e164, may_be_mobile


def _begins_with_prefix(e164: str) -> bool:
    """Whether people of its country write the number with a prefix, such as a leading zero."""
    library = _library()
    number = library.parse(e164)
    national = library.format_number(number, library.PhoneNumberFormat.NATIONAL)
    return bool(library.normalize_digits_only(national) != library.national_significant_number(number))
