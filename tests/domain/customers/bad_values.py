"""Everything that can be wrong with one field of a customer's form: field, value, code of the fault."""

from datetime import UTC, date, datetime, timedelta

from loyaltycore.kernel.contact import Address, AddressKind, Channel
from tests.domain.customers.forms import TODAY

LONG = "x" * 11_000
INJECTION = "a\r\nBcc: x@example.org"

TEXTS = ["last_name", "first_name", "company", "title", "name_extension", "external_number", "branch_id"]
CHOICES = ["kind", "salutation", "preferred_channel", "privacy", *(f"consent_{c.value}" for c in Channel)]
DATES = ["birth_date", "privacy_date", "customer_since"]

BAD_VALUES = [
    *((name, 1, "wrong_type") for name in [*TEXTS, "email", "language", "notes"]),
    *((name, b"bytes", "wrong_type") for name in [*TEXTS, "email", "language", "notes"]),
    *((name, LONG, "too_long") for name in [*TEXTS, "email", "language", "notes"]),
    *((name, INJECTION, "control_character") for name in [*TEXTS, "email", "language"]),
    *((name, "a\x00b", "control_character") for name in [*TEXTS, "email", "language", "notes"]),
    *((name, "a\ud800", "control_character") for name in [*TEXTS, "notes"]),
    *((name, "a\u2028b", "control_character") for name in [*TEXTS, "notes"]),
    *((name, value, "unknown_choice") for name in CHOICES for value in ("perhaps", 7, ["open"], True)),
    *((name, value, "wrong_type") for name in DATES for value in (5, datetime(2020, 1, 1, tzinfo=UTC))),
    *((name, datetime(2020, 1, 1), "wrong_type") for name in DATES),  # noqa: DTZ001  naive on purpose
    *((name, value, "bad_date") for name in DATES for value in ("1.1.2020", "2020-02-30", "20200101")),
    *((name, value, "out_of_range") for name in DATES for value in (date(1899, 12, 31), "1899-12-31")),
    *((name, TODAY + timedelta(days=1), "in_future") for name in DATES),
    *((name, str(TODAY + timedelta(days=1)), "in_future") for name in DATES),
    ("email", "erika@", "bad_email"),
    ("email", "Erika <erika@example.org>", "bad_email"),
    ("email", "a@example.org,b@example.org", "bad_email"),
    ("language", "zz", "unknown_language"),
    ("language", "é", "unknown_language"),
    ("phones", "0170 1234567", "wrong_type"),
    ("phones", 7, "wrong_type"),
    ("phones", [f"0170 123456{i}" for i in range(7)], "too_many"),
    ("addresses", Address(), "wrong_type"),
    ("addresses", [Address(city=str(i), kind=AddressKind.BILLING) for i in range(11)], "too_many"),
    ("addresses", [Address(city="Berlin"), Address(city="Bonn")], "several_residences"),
    ("nickname", "Eri", "unknown_field"),
    ("id", "1", "unknown_field"),
    ("number", "1", "unknown_field"),
    ("sort_name", "a", "unknown_field"),
    ("version", 3, "unknown_field"),
]  # fmt: skip
