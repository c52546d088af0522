"""Why a rule or a tender has an effect, or none: in words that programs read, and in sentences."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import Enum
from typing import Final, TypeAlias

from attrs import frozen

from loyaltycore.kernel.money import Money


class Code(Enum):
    """What became of a rule or a tender."""

    APPLIES = "applies"
    NO_EFFECT = "no_effect"
    """Nothing is left that it could reduce, pay or count."""
    OUTRANKED = "outranked"
    GIFT_MISSING = "gift_missing"
    """The order may take its gift."""
    NOTHING_MEANT = "nothing_meant"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    WRONG_WEEKDAY = "wrong_weekday"
    WRONG_TIME = "wrong_time"
    WRONG_BRANCH = "wrong_branch"
    WRONG_CHANNEL = "wrong_channel"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_CUSTOMER = "wrong_customer"
    CUSTOMER_REQUIRED = "customer_required"
    AMOUNT_SHORT = "amount_short"
    QUANTITY_SHORT = "quantity_short"
    LIMIT_REACHED = "limit_reached"
    NOT_ASKED = "not_asked"
    """A tender that `Order.spend` does not name, and has to."""
    EMPTY = "empty"
    """A tender of which nothing is left."""
    EXPIRED = "expired"
    """A tender of which nothing is left, and something has expired."""


Fact: TypeAlias = Money | int | str | date | time | None

SENTENCES: Final = {
    Code.APPLIES: ("{title} applies.", "{title} gilt."),
    Code.NO_EFFECT: ("{title} has no effect on this order.", "{title} bewirkt bei diesem Auftrag nichts."),
    Code.OUTRANKED: ("{title} gives way to {by}.", "{title} tritt hinter {by} zurück."),
    Code.GIFT_MISSING: (
        "{title}: {required} comes free if the order takes it.",
        "{title}: {required} ist kostenlos, wenn der Auftrag es enthält.",
    ),
    Code.NOTHING_MEANT: (
        "{title} is about nothing in this order.",
        "{title} betrifft nichts in diesem Auftrag.",
    ),
    Code.NOT_STARTED: ("{title} begins on {required}.", "{title} beginnt am {required}."),
    Code.ENDED: ("{title} ended on {required}.", "{title} endete am {required}."),
    Code.WRONG_WEEKDAY: (
        "{title} does not hold on this day of the week.",
        "{title} gilt nicht an diesem Wochentag.",
    ),
    Code.WRONG_TIME: ("{title} does not hold at this time of day.", "{title} gilt nicht zu dieser Uhrzeit."),
    Code.WRONG_BRANCH: ("{title} does not hold in this branch.", "{title} gilt nicht in dieser Filiale."),
    Code.WRONG_CHANNEL: (
        "{title} does not hold for this kind of sale.",
        "{title} gilt nicht für diesen Verkaufsweg.",
    ),
    Code.WRONG_CURRENCY: (
        "{title} is in {required}, the order in {observed}.",
        "{title} lautet auf {required}, der Auftrag auf {observed}.",
    ),
    Code.WRONG_CUSTOMER: (
        "{title} is not meant for this customer.",
        "{title} ist nicht für diesen Kunden bestimmt.",
    ),
    Code.CUSTOMER_REQUIRED: ("{title} needs a customer.", "{title} braucht einen Kunden."),
    Code.AMOUNT_SHORT: (
        "{title} begins at {required}; {short_of} is missing.",
        "{title} gilt ab {required}; es fehlen {short_of}.",
    ),
    Code.QUANTITY_SHORT: (
        "{title} begins at {required} pieces; {short_of} more are needed.",
        "{title} gilt ab {required} Stück; es fehlen {short_of}.",
    ),
    Code.LIMIT_REACHED: ("{title} has been used as often as it may be.", "{title} ist bereits ausgeschöpft."),
    Code.NOT_ASKED: (
        "{title} pays only if the order names it.",
        "{title} zahlt nur, wenn der Auftrag es nennt.",
    ),
    Code.EMPTY: ("Nothing is left of {title}.", "{title} ist aufgebraucht."),
    Code.EXPIRED: (
        "Nothing is left of {title}; expired: {observed}.",
        "Von {title} ist nichts mehr übrig; verfallen: {observed}.",
    ),
}
"""In English and in German."""


@frozen
class Verdict:
    """What became of one rule or tender."""

    rule: str
    """The id of the rule or of the tender."""
    title: str
    code: Code
    observed: Fact = None
    required: Fact = None
    short_of: Fact = None
    """What is missing from `required`."""
    outranked_by: str = ""
    """The id of the rule that took its place."""

    @property
    def applies(self) -> bool:
        """Whether it has an effect."""
        return self.code is Code.APPLIES

    def say(self, language: str = "en") -> str:
        """One sentence for a person, in English or German (``de``)."""
        german = language.lower().startswith("de")
        return SENTENCES[self.code][german].format(
            title=self.title,
            by=self.outranked_by,
            observed=written(self.observed, german=german),
            required=written(self.required, german=german),
            short_of=written(self.short_of, german=german),
        )


def written(fact: Fact, *, german: bool) -> str:
    """Write down a fact as a person reads it."""
    if isinstance(fact, Money) and german:
        return str(fact).replace(".", ",")
    if isinstance(fact, date) and not isinstance(fact, datetime):
        return f"{fact:%d.%m.%Y}" if german else fact.isoformat()
    return "" if fact is None else str(fact)
