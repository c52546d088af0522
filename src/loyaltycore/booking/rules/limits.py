"""How much strangers may try: options of the chain, and what is said beyond them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NoReturn

from attrs import frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.limiting import MOST_TRIES, Limit
from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import Faults


@frozen
class Limited:
    """Something that is limited."""

    option: Option[int]
    """How many tries; 0 for no limit."""
    per: timedelta

    def limit(self, most: int) -> Limit | None:
        """The limit that is in force."""
        return Limit(self.option.key, most, self.per) if most else None


def _option(name: str, most: int, description: str) -> Option[int]:
    key = f"booking.{name}"

    def check(faults: Faults, value: int) -> None:
        if not 0 <= value <= MOST_TRIES:
            faults.note(key, "out_of_range", f"must be between 0 and {MOST_TRIES}")

    text = f"{description}; 0 for no limit"
    return Option(key, most, text, tab="appointment", section="online", check=check)


_HOUR: Final = timedelta(hours=1)

BOOK: Final = Limited(
    _option("tries_per_hour", 30, "How often one visitor may send the form in an hour"), _HOUR
)
HOLD: Final = Limited(_option("holds_per_hour", 60, "How many times one visitor may hold in an hour"), _HOUR)
LINK: Final = Limited(
    _option(
        "links_per_hour", 60, "How often one visitor may follow links, or give a held time back, in an hour"
    ),
    _HOUR,
)
MAIL: Final = Limited(
    _option("tries_per_address", 10, "How often one e-mail address may be used to book in a day"),
    timedelta(days=1),
)

LIMIT_OPTIONS: Final = tuple(each.option for each in (BOOK, HOLD, LINK, MAIL))


def refuse_for_now(wait: timedelta) -> NoReturn:
    """Refuse what was tried too often.

    Raises:
        Refused: ``booking.too_many``; the fact ``wait`` says for how long.
    """
    raise Refused(
        "booking.too_many",
        "this was tried too often",
        wait=wait,
        remedy="wait, or call us",
    )
