"""What the contract demands of an order, checked without I/O; the vendor checks the same itself.

The two are written independently, and a test compares them on generated orders: no fault here means 201 there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from loyaltycore.errors import Fault
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder

ALL_ENCODINGS: Final = frozenset(EncodingKind)

# ISO 8859-1 without the no-break space and the soft hyphen; quotes and dashes as numbers, since they look alike.
_LATIN: Final = (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_TYPOGRAPHIC: Final = (0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2026, 0x20AC)

PRINTABLE: Final = frozenset(map(chr, _LATIN + _TYPOGRAPHIC)) | frozenset("ĆćČčĐđĞğİıŒœŞşŠšŸŽž")
"""The characters that can be printed on a card, a letter and a label."""

_REFERENCE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_COMMENT: Final = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]*")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_POSTAL_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,11}")
_VARIABLE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")

_CODES: Final[dict[EncodingKind, tuple[int, re.Pattern[str]]]] = {
    EncodingKind.EAN13: (13, re.compile(r"[0-9]{13}")),
    EncodingKind.CODE128: (24, re.compile(r"[ -~]+")),
    EncodingKind.QR: (300, re.compile(r"[ -~]+")),
    # ISO 7811 without "%" and "?", the sentinels that the encoder writes itself.
    EncodingKind.MAGSTRIPE_TRACK1: (76, re.compile(r"[ -$&->@-_]+")),
    EncodingKind.MAGSTRIPE_TRACK2: (37, re.compile(r"[0-9=]+")),
    EncodingKind.MAGSTRIPE_TRACK3: (104, re.compile(r"[0-9=]+")),
}
_TRACKS: Final = frozenset(kind for kind in EncodingKind if kind.value.startswith("magstripe"))

LINE: Final = 40
NAME_LENGTH: Final = 64
SLOT_LENGTH: Final = 32
MOST_ENCODINGS: Final = 12
MOST_LINES: Final = 3
MOST_VARIABLES: Final = 20
VARIABLE_LENGTH: Final = 200
COMMENT_LENGTH: Final = 500

Note = Callable[[str, str, str], None]


def check_order(
    order: PrintOrder,
    encodings: frozenset[EncodingKind] = ALL_ENCODINGS,
    products: frozenset[str] = frozenset(),
) -> tuple[Fault, ...]:
    """Name everything that the vendor would reject.

    Args:
        encodings: What the vendor offers.
        products: The designs agreed with the vendor; empty if only the vendor knows them.
    """
    found: list[Fault] = []

    def note(field: str, code: str, message: str) -> None:
        found.append(Fault(field, code, message))

    _check_pattern(note, "reference", order.reference, 64, _REFERENCE)
    _check_printed(note, "product", order.product, NAME_LENGTH)
    if products and order.product and order.product not in products:
        agreed = unknown("design", order.product, sorted(products))
        note("product", "unknown_choice", f"is not agreed with the vendor: {agreed}")
    _check_encodings(note, order.encodings, encodings)
    _check_address(note, order.ship_to)
    _check_letter(note, order)
    if order.language:
        _check_pattern(note, "language", order.language, 2, _LANGUAGE)
    _check_comment(note, order.comment)
    return tuple(found)


def ean13_check_digit(digits: str) -> str:
    """Compute the check digit after the first twelve digits (GS1: weights 1 and 3 from the left)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
    return str(-total % 10)


def _check_pattern(note: Note, field: str, value: str, limit: int, pattern: re.Pattern[str]) -> None:
    """Check a technical text."""
    if not value:
        note(field, "required", "must not be empty")
    elif len(value) > limit:
        note(field, "too_long", f"is longer than {limit} characters")
    elif not pattern.fullmatch(value):
        note(field, "bad_format", f"must match {pattern.pattern}")


def _check_printed(note: Note, field: str, value: str, limit: int = LINE) -> None:
    """Check a text that people will read on the card, the letter or the label."""
    if len(value) > limit:
        note(field, "too_long", f"is longer than {limit} characters")
    elif strange := sorted(set(value) - PRINTABLE):
        codes = ", ".join(f"U+{ord(character):04X}" for character in strange)
        note(field, "unprintable_character", f"cannot be printed: {codes}")
    elif not value.strip(" "):
        note(field, "required", "must not be empty")


def _check_encodings(note: Note, encodings: tuple[Encoding, ...], offered: frozenset[EncodingKind]) -> None:
    if not encodings:
        note("encodings", "required", "must not be empty")
    if len(encodings) > MOST_ENCODINGS:
        note("encodings", "too_many", f"has more than {MOST_ENCODINGS} values")
        return
    for number, encoding in enumerate(encodings):
        _check_encoding(note, f"encodings[{number}]", encoding, offered)
    _check_unique(note, "encodings[{}].slot", (encoding.slot for encoding in encodings))
    tracks = (encoding.kind.value if encoding.kind in _TRACKS else "" for encoding in encodings)
    _check_unique(note, "encodings[{}].kind", tracks)


def _check_encoding(note: Note, path: str, encoding: Encoding, offered: frozenset[EncodingKind]) -> None:
    if encoding.kind not in offered:
        note(f"{path}.kind", "unknown_choice", "is not offered by the vendor")
    if encoding.kind in _CODES:
        _check_code(note, f"{path}.value", encoding)
    else:
        _check_printed(note, f"{path}.value", encoding.value)
    if encoding.slot:
        _check_printed(note, f"{path}.slot", encoding.slot, SLOT_LENGTH)


def _check_code(note: Note, field: str, encoding: Encoding) -> None:
    limit, pattern = _CODES[encoding.kind]
    _check_pattern(note, field, encoding.value, limit, pattern)
    if encoding.kind is EncodingKind.EAN13 and pattern.fullmatch(encoding.value):
        expected = ean13_check_digit(encoding.value)
        if encoding.value[12] != expected:
            note(field, "bad_check_digit", f"ends in {encoding.value[12]}, the check digit is {expected}")


def _check_unique(note: Note, field: str, values: Iterable[str]) -> None:
    """Note every repeated value; empty ones may repeat."""
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value and value in seen:
            note(field.format(number), "duplicate", f"{value!r} is there twice")
        seen.add(value)


def _check_address(note: Note, address: PostalAddress) -> None:
    _check_printed(note, "ship_to.name", address.name)
    if address.company:
        _check_printed(note, "ship_to.company", address.company)
    _check_lines(note, address.lines)
    if address.postal_code:
        _check_pattern(note, "ship_to.postal_code", address.postal_code, 12, _POSTAL_CODE)
    _check_printed(note, "ship_to.city", address.city)
    _check_pattern(note, "ship_to.country", address.country, 2, _COUNTRY)


def _check_lines(note: Note, lines: tuple[str, ...]) -> None:
    if not lines:
        note("ship_to.lines", "required", "must not be empty")
    if len(lines) > MOST_LINES:
        note("ship_to.lines", "too_many", f"has more than {MOST_LINES} lines")
        return
    for number, line in enumerate(lines):
        _check_printed(note, f"ship_to.lines[{number}]", line)


def _check_letter(note: Note, order: PrintOrder) -> None:
    """Check the letter; without one its values are not sent, so nothing is wrong with them."""
    if not order.cover_letter:
        return
    _check_printed(note, "cover_letter", order.cover_letter, NAME_LENGTH)
    if len(order.letter_variables) > MOST_VARIABLES:
        note("letter_variables", "too_many", f"has more than {MOST_VARIABLES} values")
        return
    for number, (name, value) in enumerate(order.letter_variables):
        _check_pattern(note, f"letter_variables[{number}].name", name, 32, _VARIABLE)
        if value:
            _check_printed(note, f"letter_variables[{number}].value", value, VARIABLE_LENGTH)
    _check_unique(note, "letter_variables[{}].name", (name for name, _ in order.letter_variables))


def _check_comment(note: Note, comment: str) -> None:
    if len(comment) > COMMENT_LENGTH:
        note("comment", "too_long", f"is longer than {COMMENT_LENGTH} characters")
    elif not _COMMENT.fullmatch(comment):
        note("comment", "unprintable_character", "contains a control character")
