"""Counting uses against the limits of rules: never more than there are, and none refused that is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import define, evolve, field, frozen

from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.pricing.parts import Use
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.pricing.rule import Limit, Per, Rule
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.sales.rules.sharing import Kept, Wanted
from loyaltycore.sales.rules.tally import USES, Count, Counter, Taken, Tally, TallyHold, period_of

Owner = tuple[str, str | None]
"""A program, and a customer or None for everybody: whose uses a tally counts."""


@frozen
class Restricted:
    """A rule with limits, as it takes part in an order."""

    rule: Rule
    own_id: str
    """Its id within its program."""
    program: str
    zone: str
    """Where days begin and end."""
    rivals: tuple[str, ...] = ()
    """Reservations that give way if it has an effect."""


@frozen
class Limited:
    """One limit of a rule, at a moment."""

    key: str
    """What the engine calls it: `Rule.limit_key`."""
    owner: Owner
    counter: Counter
    most: int
    rivals: tuple[str, ...]


def limited_of(each: Restricted, customer_id: str | None, at: datetime) -> Iterator[Limited]:
    """The limits of a rule; those of a customer do not concern an order without one."""
    today = at.astimezone(ZoneInfo(each.zone)).date()
    for place, limit in enumerate(each.rule.limits):
        if limit.per is Per.TOTAL or customer_id is not None:
            owner = (each.program, customer_id if limit.per is Per.CUSTOMER else None)
            counter = Counter(each.own_id, limit.every, period_of(limit.every, today), _unit(limit))
            yield Limited(each.rule.limit_key(place), owner, counter, _most(limit), each.rivals)


def _unit(limit: Limit) -> str:
    return USES if limit.amount is None else limit.amount.currency


def _most(limit: Limit) -> int:
    return (limit.uses or 0) if limit.amount is None else limit.amount.amount


@define
class Counts:
    """Tallies as they change in one unit of work."""

    at: datetime
    new_id: Callable[[], str]
    kept: dict[Owner, Kept]
    hold_id: str = ""
    """The reservation of the order: what it holds is the order's own."""
    own: int | None = None
    """The order's share of limits for everybody; None if nothing is shared out."""
    _before: dict[Owner, Kept | None] = field(factory=dict)

    def left(self, limits: Iterable[Limited]) -> dict[str, int]:
        """What is left of limits, by their keys."""
        return {each.key: max(0, self._free(each, each.rivals)) for each in limits}

    def overdrawn(self, limits: Iterable[Limited], uses: Iterable[Use]) -> dict[str, int]:
        """Where rules of one order share a limit: what is left for the first that gets too much; empty if none does.

        Args:
            uses: In the order in which the rules apply.
        """
        by_key = {each.key: each for each in limits}
        used = [(by_key[use.key], use) for use in uses if use.key in by_key]
        gone = {rival for each, _ in used for rival in each.rivals}
        sums: dict[tuple[Owner, Counter], dict[str, int]] = defaultdict(dict)
        for each, use in used:
            by_rule = sums[each.owner, each.counter]
            others = sum(amount for rule, amount in by_rule.items() if rule != use.rule)
            wanted, room = _amount(each, use), max(0, self._free(each, gone) - others)
            if wanted > room:
                return {each.key: room}
            by_rule[use.rule] = wanted
        return {}

    def take(self, limits: Iterable[Limited], uses: Iterable[Use]) -> tuple[Taken, ...]:
        """Count what an order uses."""
        taken = []
        for owner, wanted in _by_owner(limits, uses).items():
            self._put(owner, self._of(owner).taking(wanted, self._own(owner), self.at))
            taken += [
                Taken(owner[0], owner[1] is not None, Count(each.counter, each.amount)) for each in wanted
            ]
        return tuple(taken)

    def hold(
        self, limits: Iterable[Limited], uses: Iterable[Use], hold_id: str, until: datetime
    ) -> tuple[str, ...]:
        """Set aside what an order is going to use; of which programs that is something.

        Raises:
            Refused: ``tally.too_many_holds``.
        """
        by_owner = _by_owner(limits, uses)
        for owner, wanted in by_owner.items():
            hold = TallyHold(hold_id, until, tuple(Count(each.counter, each.amount) for each in wanted))
            self._put(owner, self._of(owner).holding(hold, wanted, self._own(owner), self.at))
        return tuple(dict.fromkeys(program for program, _ in by_owner))

    def let_go(self, owners: Iterable[Owner], hold_id: str) -> None:
        """Release what was set aside."""
        for owner in owners:
            if owner in self.kept:
                self._put(owner, self._of(owner).without_hold(hold_id))

    def give_back(self, taken: Iterable[Taken], customer_id: str | None) -> None:
        """Take uses back that did not last; those of a customer who was forgotten are forgotten, too."""
        for each in taken:
            owner = (each.program, customer_id if each.of_customer else None)
            if owner in self.kept:
                kept = self._of(owner)
                back = Count(each.count.counter, -each.count.amount)
                self._put(owner, evolve(kept, tally=kept.tally.after([back])))

    def to_lock(self, limits: Sequence[Limited], uses: Sequence[Use]) -> list[Tally]:
        """The records that an order is going to save, in the order in which everybody locks them."""
        trial = Counts(self.at, self.new_id, dict(self.kept), own=self.own)
        used = {use.key for use in uses}
        gone = {rival for each in limits if each.key in used for rival in each.rivals}
        for hold_id in sorted({self.hold_id, *gone} - {""}):
            trial.let_go([each.owner for each in limits], hold_id)
        trial.take(limits, uses)
        return [before for _, before in trial._changed() if before is not None]

    def decision(self) -> Decision[None]:
        """All tallies that have changed."""
        changed = list(self._changed())
        today = self.at.date()
        return Decision(
            None,
            add=tuple(after for after, before in changed if before is None),
            save=tuple(after.pruned(today) for after, before in changed if before is not None),
        )

    def _changed(self) -> Iterator[tuple[Tally, Tally | None]]:
        """Each record that is not as it was, and as it was."""
        for owner in sorted(self._before, key=str):
            earlier = self._before[owner]
            before = {} if earlier is None else {each.id: each for each in earlier.records}
            for after in self.kept[owner].records:
                if after != before.get(after.id):
                    yield after, before.get(after.id)

    def _free(self, limit: Limited, rivals: Iterable[str]) -> int:
        kept = self.kept.get(limit.owner)
        if kept is None:
            return limit.most
        return kept.left(limit.counter, limit.most, self.at, {self.hold_id, *rivals})

    def _of(self, owner: Owner) -> Kept:
        found = self.kept.get(owner)
        if found is not None:
            return found
        program, customer_id = owner
        return Kept(Tally(program if customer_id is None else self.new_id(), program, customer_id))

    def _own(self, owner: Owner) -> int | None:
        return self.own if owner[1] is None else None

    def _put(self, owner: Owner, kept: Kept) -> None:
        self._before.setdefault(owner, self.kept.get(owner))
        self.kept[owner] = kept


def within_limits(
    pricing: Callable[[Standing], Quote], standing: Standing, limits: Iterable[Limited], counts: Counts
) -> tuple[Quote, Mapping[str, int]]:
    """Price an order so that all of its rules together stay within their limits.

    Args:
        pricing: Makes the quote. With less left of a limit it uses no more of it, so this comes to an end.

    Returns:
        The quote, and what was left of each limit for it.
    """
    left = {**standing.left, **counts.left(limits)}
    while True:
        quote = pricing(evolve(standing, left=left))
        less = counts.overdrawn(limits, quote.uses)
        if not less:
            return quote, left
        left |= less


def _by_owner(limits: Iterable[Limited], uses: Iterable[Use]) -> Mapping[Owner, list[Wanted]]:
    """What an order uses, summed up; two limits that count the same count it once, and the lower one holds."""
    by_key = {each.key: each for each in limits}
    seen: set[tuple[str, Owner, Counter]] = set()
    sums: dict[Owner, dict[Counter, Wanted]] = defaultdict(dict)
    for use in uses:
        each = by_key.get(use.key)
        if each is None or not _amount(each, use):
            continue
        before = sums[each.owner].get(each.counter, Wanted(each.counter, 0, each.most))
        again = (use.rule, each.owner, each.counter) in seen
        seen.add((use.rule, each.owner, each.counter))
        sums[each.owner][each.counter] = evolve(
            before,
            amount=before.amount + (0 if again else _amount(each, use)),
            most=min(before.most, each.most),
        )
    return {owner: list(wanted.values()) for owner, wanted in sums.items()}


def _amount(limit: Limited, use: Use) -> int:
    return 1 if limit.counter.unit == USES else use.amount.amount
