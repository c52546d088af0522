"""Options of online booking."""

from __future__ import annotations

import re
from typing import Any, Final

from loyaltycore.booking.rules.limits import LIMIT_OPTIONS
from loyaltycore.booking.rules.suspicion import DOMAINS
from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import Faults

_ADDRESS: Final = re.compile(r"https?://[^\s/{}]+/")

TOKEN: Final = "{token}"  # noqa: S105  where the token goes


def _check_link(faults: Faults, value: str) -> None:
    if value.count(TOKEN) != 1:
        faults.note(CANCEL_LINK.key, "bad_link", f"must contain {TOKEN} once")
    elif value != TOKEN and not _ADDRESS.match(value):
        faults.note(CANCEL_LINK.key, "bad_link", "must begin with https:// or http://")


CANCEL_LINK: Final = Option(
    "booking.cancel_link",
    TOKEN,
    "Where customers cancel an appointment: the address of your page, with {token} in place of the token",
    tab="appointment",
    section="online",
    check=_check_link,
)

BOOKING_OPTIONS: Final[tuple[Option[Any], ...]] = (CANCEL_LINK, *LIMIT_OPTIONS, DOMAINS)
