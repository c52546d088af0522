"""Statistics of a program: who has something of it, and what has become of what was issued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import define, field, frozen

from loyaltycore.kernel.ledger import Turnover
from loyaltycore.programs.rules.closing import Held, plus


@frozen
class RuleUses:
    """How often one rule was used."""

    rule: str
    """As the terms call it."""
    uses: int
    """In how many orders it took something off or gave something; orders that came back wholly do not count."""


@frozen
class Statistics:
    """What has happened in a program in a span of time. Amounts are in its unit."""

    unit: str
    """Empty if nothing is counted, or nobody has anything."""
    holders: int
    """How many assignments and vouchers have something at the end; of a program that counts nothing, how many are in force."""
    issued: int
    """Sold, earned, given and brought in from elsewhere, less what was taken back."""
    redeemed: int
    """Less what was put back."""
    expired: int
    """Whether or not it was booked."""
    adjusted: int
    """What was given by hand, less what was taken away."""
    rules: tuple[RuleUses, ...]
    """Of settled orders, the one used most first."""

    @property
    def redemption_rate(self) -> float:
        """The share of what was issued that was redeemed; 0 if nothing was issued.

        Over a span it may exceed 1, since what was issued before is redeemed in it, too.
        """
        return self.redeemed / self.issued if self.issued else 0.0


@define
class StatisticsTally:
    """Adds up holders and orders, one after the other."""

    end: datetime
    unit: str = ""
    holders: int = 0
    _turnover: Turnover = field(factory=Turnover)
    _rules: Counter[str] = field(factory=Counter)

    def count(self, held: Held, cuts: Sequence[Turnover]) -> None:
        """Add one more holder.

        Args:
            cuts: What accounts have got from it by the end and, where the span has a beginning, before that by then.
        """
        self.unit = self.unit or held.purse.unit
        self.holders += cuts[-1].total < 0 and not held.has_ended(self.end)
        self._turnover = plus(self._turnover, cuts[-1])
        for before in cuts[:-1]:
            self._turnover = plus(self._turnover, before, -1)

    def used(self, rules: Iterable[str]) -> None:
        """Add one more order."""
        self._rules.update(set(rules))

    @property
    def result(self) -> Statistics:
        """The report."""
        got = self._turnover
        rules = sorted(self._rules.items(), key=lambda each: (-each[1], each[0]))
        return Statistics(
            self.unit,
            self.holders,
            -got.issued - got.imported,
            got.redeemed,
            got.breakage,
            -got.adjusted,
            tuple(RuleUses(*each) for each in rules),
        )
