"""Options that choose the templates of messages about appointments."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.kernel.settings import Option
from loyaltycore.templates.rules.template import check_template_name


def _option(word: str, when: str) -> Option[str]:
    key = f"booking.{word}_template"
    return Option(
        key,
        "",
        f"The message template for {when}; empty for the texts that ship.",
        tab="appointment",
        section="messages",
        check=check_template_name(key),
    )


BOOKED_TEMPLATE: Final = _option("booked", "the mail to somebody who has booked online")
CONFIRMED_TEMPLATE: Final = _option("confirmed", "customers whose appointment is confirmed")
MOVED_TEMPLATE: Final = _option("moved", "customers whose appointment was moved")
CANCELLED_TEMPLATE: Final = _option("cancelled", "customers whose appointment was cancelled or deleted")
REMINDER_TEMPLATE: Final = _option("reminder", "customers who are reminded of an appointment")

MESSAGE_OPTIONS: Final[tuple[Option[Any], ...]] = (
    BOOKED_TEMPLATE,
    CONFIRMED_TEMPLATE,
    MOVED_TEMPLATE,
    CANCELLED_TEMPLATE,
    REMINDER_TEMPLATE,
)
