"""Options about cards."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.cards.rules.numbers import NumberScheme, check_prefix, check_scheme
from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import Faults
from loyaltycore.templates.rules.template import check_template_name


def _check_email(faults: Faults, value: str) -> None:
    if value:
        faults.parsed("cards.information_email", lambda: parse_email(value), "")


NUMBER_SCHEME: Final = Option(
    "cards.number_scheme",
    NumberScheme.LUHN.value,
    "How card numbers are built: luhn (16 digits) or ean13 (13 digits, read by tills as an article number).",
    tab="customer",
    section="cards",
    check=check_scheme,
)

NUMBER_PREFIX: Final = Option(
    "cards.number_prefix",
    "",
    "Leading digits of card numbers; for ean13 a prefix for use in the store, 20 to 29.",
    tab="customer",
    section="cards",
    check=check_prefix,
)

INFORMATION_EMAIL: Final = Option(
    "cards.information_email",
    "",
    "Where requests for information about customer cards are mailed while no order service is set up.",
    tab="customer",
    section="cards",
    check=_check_email,
)

CONFIRMATION_TEMPLATE: Final = Option(
    "cards.confirmation_template",
    "",
    "The message template of the mail that confirms a card order; empty for the text that ships.",
    tab="customer",
    section="cards",
    check=check_template_name("cards.confirmation_template"),
)

CARD_OPTIONS: Final[tuple[Option[Any], ...]] = (
    NUMBER_SCHEME,
    NUMBER_PREFIX,
    INFORMATION_EMAIL,
    CONFIRMATION_TEMPLATE,
)
