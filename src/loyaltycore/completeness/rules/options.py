"""Options about the completeness of customer data. All are off: a shop switches on what it wants to collect."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.kernel.settings import Option, Severity
from loyaltycore.kernel.validation import Faults

MOST_MONTHS: Final = 120


def _reminder(key: str, section: str, what: str, *watches: str) -> Option[bool]:
    return Option(
        f"completeness.{key}",
        False,  # noqa: FBT003  the default of the option
        f"Mark {what} while empty, and ask for it when a process is started; it may be left open.",
        tab="customer",
        section=section,
        watches=watches,
    )


def _check_months(faults: Faults, months: int) -> None:
    if not 0 <= months <= MOST_MONTHS:
        faults.note("completeness.ask_again_months", "out_of_range", f"must be between 0 and {MOST_MONTHS}")


PRIVACY_STATEMENT: Final = _reminder(
    "privacy_statement", "privacy", "the answer to the privacy statement", "privacy"
)
ADVERTISING: Final = _reminder(
    "advertising",
    "privacy",
    "the consent to advertising by each channel",
    "consent_letter",
    "consent_email",
    "consent_phone",
    "consent_sms",
)
POSTAL_ADDRESS: Final = _reminder("postal_address", "process", "the postal address", "postal_address")
EMAIL: Final = _reminder("email", "process", "the e-mail address", "email")
LANDLINE: Final = _reminder("landline", "process", "the landline number", "landline")
MOBILE: Final = _reminder("mobile", "process", "the mobile number", "mobile")
BIRTH_DATE: Final = _reminder("birth_date", "process", "the date of birth", "birth_date")
SALUTATION: Final = _reminder("salutation", "process", "the salutation", "salutation")
FIRST_NAME: Final = _reminder("first_name", "process", "the first name", "first_name")

ASK_AGAIN_MONTHS: Final = Option(
    "completeness.ask_again_months",
    0,
    "Months after which a question that was left open is asked again when a process is started; 0 asks each time.",
    tab="customer",
    section="process",
    check=_check_months,
)

REQUIRE_ADDRESS: Final = Option(
    "processes.require_address",
    False,  # noqa: FBT003  the default of the option
    "Start processes only for customers with a postal address.",
    tab="customer",
    section="process",
    watches=("postal_address",),
    severity=Severity.REQUIRE,
)

COMPLETENESS_OPTIONS: Final[tuple[Option[Any], ...]] = (
    PRIVACY_STATEMENT,
    ADVERTISING,
    POSTAL_ADDRESS,
    EMAIL,
    LANDLINE,
    MOBILE,
    BIRTH_DATE,
    SALUTATION,
    FIRST_NAME,
    ASK_AGAIN_MONTHS,
    REQUIRE_ADDRESS,
)
