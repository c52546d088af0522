"""What the columns of a table of customers are called, in German and English, and which field each one is."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.kernel.validation import Faults

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

HOUSE_NUMBER: Final = "house_number"
"""Not a field: a column with the house number, which goes after the street."""


_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "phone": (
        *(
            "Telefon",
            "Tel.",
            "Fon",
            "Telefonnummer",
            "Telefon-Nr.",
            "Tel.-Nr.",
            "Telefon privat",
            "Tel. privat",
        ),
        *("Telefon 1", "Tel. 1", "Festnetz", "Festnetznummer", "Rufnummer"),
        *("phone number", "telephone", "telephone number", "landline", "landline number"),
    ),
    "mobile": (
        *("Mobil", "Handy", "Mobiltelefon", "Mobilnummer", "Mobil-Nr.", "Mobilfunk", "Mobilfunknummer"),
        *("Handynummer", "Handy-Nr.", "Mobil privat", "mobile phone", "mobile number", "cell", "cell phone"),
    ),
    "fax": ("Telefax", "Faxnummer", "Fax-Nr.", "Telefaxnummer", "fax number"),
    "street": (
        *(
            "Straße",
            "Str.",
            "Straße und Hausnummer",
            "Straße und Nr.",
            "Straße, Hausnummer",
            "Straße/Hausnr.",
        ),
        *("Straße Nr.", "Adresse", "Anschrift", "Adresse 1", "Anschrift 1"),
        *("street address", "address", "address 1", "address line 1"),
    ),
    HOUSE_NUMBER: ("Hausnummer", "Haus-Nr.", "HNr.", "house no."),
    "address_extra": (
        *("Adresszusatz", "Anschriftenzusatz", "Adresse 2", "Anschrift 2", "Straße 2", "c/o"),
        *("address 2", "address line 2"),
    ),
    "postal_code": ("PLZ", "Postleitzahl", "postcode", "zip", "zip code"),
    "city": ("Ort", "Stadt", "Wohnort", "Ortsname", "town"),
    "country": ("Land", "Länderkürzel", "Ländercode", "Länderkennzeichen", "LKZ", "Staat", "country code"),
}
"""Columns that are not fields: what they hold becomes a phone or the address."""

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    **{
        each.key: (each.label, *each.headers) for each in CUSTOMER_FIELDS.values() if each.headers is not None
    },
    **_PARTS,
}
"""Further names of a column, by field; `key_of` makes spellings equal."""

FIELDS: Final = tuple(field for field in ALIASES if field != HOUSE_NUMBER)
"""The fields that a table can fill."""


def key_of(header: str) -> str:
    """Reduce a header to what tells it from others: lower-case letters and digits, umlauts written out.

    Example:
        >>> key_of("Kd.-Nr."), key_of("STRASSE"), key_of("Straße")
        ('kdnr', 'strasse', 'strasse')
    """
    text = unicodedata.normalize("NFKC", header).casefold()
    return _letters(text.translate(_UMLAUTS)) or text.strip()


def _letters(text: str) -> str:
    """Keep letters and digits, and drop the marks on them."""
    return "".join(character for character in unicodedata.normalize("NFKD", text) if character.isalnum())


def _known() -> dict[str, str]:
    known = {}
    for field, names in ALIASES.items():
        for name in (field, *names):
            known[key_of(name)] = field
            # "Landerkurzel": written by a program that drops the dots.
            known[_letters(name.casefold())] = field
    return known


_KNOWN: Final = _known()


@frozen
class Columns:
    """Which field each column is."""

    fields: tuple[str, ...]
    """One for each column in its order; empty for a column that is ignored."""
    headers: tuple[str, ...]
    """The headers in the file, without surrounding blanks."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of ignored columns; ``#3`` if the third column has none."""
        pairs = enumerate(zip(self.fields, self.headers, strict=True), start=1)
        return tuple(header or f"#{i}" for i, (field, header) in pairs if not field)


def match_columns(headers: Sequence[str], given: Mapping[str, str]) -> Columns:
    """Find the field of each column by its header.

    Args:
        headers: The fields of the header record; empty ones at the end are dropped.
        given: Maps headers to fields, before the aliases; an empty field ignores the column.
    """
    names = [header.strip() for header in headers]
    while names and not names[-1]:
        names.pop()
    known = _KNOWN | {key_of(header): field for header, field in given.items()}
    fields = [known.get(key_of(name), "") for name in names]
    if "street" not in fields:
        fields = ["" if field == HOUSE_NUMBER else field for field in fields]
    return Columns(tuple(fields), tuple(names))


def check_given(given: Mapping[str, str]) -> None:
    """Refuse a mapping to fields that do not exist.

    Raises:
        InvalidInput: ``unknown_field``, one fault for each wrong entry.
    """
    with Faults() as faults:
        for header, field in given.items():
            if field and field not in ALIASES:
                message = f"must be empty or one of: {', '.join(ALIASES)}"
                faults.note(f"columns[{header}]", "unknown_field", message)


def check_columns(columns: Columns, given: Mapping[str, str]) -> None:
    """Refuse columns from which no customer can be made.

    Raises:
        InvalidInput: ``no_known_column``, ``duplicate_column`` or ``missing_column``; every fault.
    """
    with Faults() as faults:
        if not any(columns.fields):
            shown = ", ".join(repr(header[:40]) for header in columns.headers[:10])
            faults.note(
                "file", "no_known_column", f"begins with no line of column names that are known: {shown}"
            )
        for field, count in Counter(filter(None, columns.fields)).items():
            if count > 1:
                pairs = zip(columns.fields, columns.headers, strict=True)
                names = ", ".join(repr(header) for other, header in pairs if other == field)
                faults.note(
                    field, "duplicate_column", f"is claimed by the columns {names}: map all but one to ''"
                )
        present = {key_of(header) for header in columns.headers}
        for header in given:
            if key_of(header) not in present:
                faults.note(f"columns[{header}]", "missing_column", "is no column of the file")
