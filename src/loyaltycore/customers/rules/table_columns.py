"""What the columns of a table of customers are called, in German and English, and which field each one is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.customers.rules.search import fold
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults

REPEATED: Final = "#"
"""Comes before the count of a field that has several columns: ``phone``, ``phone#2``, ``phone#3``."""

PHONES: Final = ("phone", "mobile", "fax")
_MANY: Final = frozenset({*PHONES, "email"})
"""The fields of which a table may have several columns."""

ZEROS_KEPT: Final = "Import: why rejected, zeros kept"
REASONS: Final = ("Import: why rejected", ZEROS_KEPT)
"""The column of a file of rejected rows that says what is wrong with each; the second name says in addition that postal
codes had kept their leading zeros."""

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
        *("Telefon 2", "Tel. 2", "Telefon 3", "Tel. 3", "Telefon geschäftlich", "Tel. geschäftlich"),
        *(
            "Telefon dienstlich",
            "Tel. dienstlich",
            "phone 1",
            "phone 2",
            "phone 3",
            "work phone",
            "home phone",
        ),
        *("phone number", "telephone", "telephone number", "landline", "landline number"),
    ),
    "mobile": (
        *("Mobil", "Handy", "Mobiltelefon", "Mobilnummer", "Mobil-Nr.", "Mobilfunk", "Mobilfunknummer"),
        *("Handynummer", "Handy-Nr.", "Mobil privat", "Mobil 1", "Mobil 2"),
        *(
            "Mobil geschäftlich",
            "Mobil dienstlich",
            "Handy 2",
            "mobile phone",
            "mobile number",
            "cell",
            "cell phone",
        ),
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
    """Reduce a header to what tells it from others: folded as a name is, umlauts written out, without blanks.

    Example:
        >>> key_of("Kd.-Nr."), key_of("STRASSE"), key_of("Straße")
        ('kdnr', 'strasse', 'strasse')
    """
    return _letters(header, two_letters=True)


def _letters(text: str, *, two_letters: bool = False) -> str:
    return fold(text, two_letters=two_letters).replace(" ", "")


MOST_COLUMNS: Final = 1000
"""How many columns a caller may name."""


def _known() -> dict[str, str]:
    known = {}
    for field, names in ALIASES.items():
        for name in (field, *names):
            known[key_of(name)] = field
            # "Landerkurzel": written by a program that drops the dots.
            known[_letters(name)] = field
    return known


_KNOWN: Final = _known()


@frozen
class Columns:
    """Which field each column is."""

    fields: tuple[str, ...]
    """One for each column in its order, the second one of a field with its count; empty for a column that is ignored."""
    headers: tuple[str, ...]
    """The headers in the file, without surrounding blanks."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of ignored columns; ``#3`` if the third column has none."""
        pairs = enumerate(zip(self.fields, self.headers, strict=True), start=1)
        return tuple(header or f"#{i}" for i, (field, header) in pairs if not field and header not in REASONS)


def match_columns(headers: Sequence[str], given: Mapping[str, str], custom: Iterable[str] = ()) -> Columns:
    """Find the field of each column by its header.

    Args:
        headers: The fields of the header record; empty ones at the end are dropped.
        given: Maps headers to fields, before the aliases; an empty field ignores the column.
        custom: Further fields, which are called as their columns are.
    """
    names = [header.strip() for header in headers]
    while names and not names[-1]:
        names.pop()
    known = {key_of(field): field for field in custom} | _KNOWN
    known |= {key_of(header): field for header, field in given.items()}
    fields = [known.get(key_of(name), "") for name in names]
    if "street" not in fields:
        fields = ["" if field == HOUSE_NUMBER else field for field in fields]
    return Columns(tuple(_counted(fields)), tuple(names))


def _counted(fields: Iterable[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for field in fields:
        seen[field] += 1
        yield f"{field}{REPEATED}{seen[field]}" if field in _MANY and seen[field] > 1 else field


def read_given(faults: Faults, columns: object, custom: Iterable[str] = ()) -> dict[str, str]:
    """Read a mapping of headers to fields; one fault for each field that does not exist.

    Args:
        columns: Maps headers to fields, still unchecked.
        custom: Fields besides those that every table may have.
    """
    fields, given = (*ALIASES, *custom), {}
    members = faults.members("columns", columns, most=MOST_COLUMNS, what="fields by header")
    for header, field in members.items():
        key = "" if field is None else text_of(field)
        if key is None or (key and key not in fields):
            faults.unknown(f"columns[{header}]", "unknown_field", "field", field, fields)
        given[header] = key or ""
    return given


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
                faults.unknown(f"columns[{header}]", "missing_column", "column", header, columns.headers)
