"""The options of invoices."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore import Faults
from loyaltycore.settings import Option

_LONGEST: Final = 90


def _check_days(faults: Faults, days: int) -> None:
    if not 0 <= days <= _LONGEST:
        faults.note("invoices.payment_days", "out_of_range", f"must be between 0 and {_LONGEST}")


PAYMENT_DAYS: Final = Option(
    "invoices.payment_days",
    14,
    "Days within which an invoice is to be paid.",
    tab="till",
    section="invoices",
    check=_check_days,
)

BY_MAIL: Final = Option(
    "invoices.by_mail",
    False,  # noqa: FBT003  the default of the option
    "Send invoices by e-mail, and ask for the address where it is missing.",
    tab="till",
    section="invoices",
    watches=("email",),
)

INVOICE_OPTIONS: Final[tuple[Option[Any], ...]] = (PAYMENT_DAYS, BY_MAIL)
