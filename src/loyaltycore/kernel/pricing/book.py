"""Rules, compiled once: each stands under its rarest anchor, so that an order meets few that are not about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.checking import check_rule
from loyaltycore.kernel.pricing.judging import Check, checks_of
from loyaltycore.kernel.pricing.rule import Phase, Rule
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.kernel.validation import Faults

MOST_RULES: Final = 100_000

PHASES: Final = {phase: place for place, phase in enumerate(Phase)}
"""When each phase has its turn."""


class Entry:
    """A rule with what is worked out in advance."""

    __slots__ = ("branches", "checks", "instrument", "key", "rule", "where")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.key = (PHASES[rule.phase], rule.priority, rule.id)
        """Rules are told and applied in this order."""
        self.instrument = rule.when.instrument
        self.branches = frozenset(rule.when.branches)
        self.where = rule.where
        self.checks: tuple[Check, ...] = checks_of(rule)

    def mask(self, basket: Basket) -> int:
        """The lines that the rule is about."""
        return basket.mask(self.where, basket.scope(self.rule.phase))


class Candidate:
    """A rule that an order has to do with."""

    __slots__ = ("entry", "mask")

    def __init__(self, entry: Entry, mask: int) -> None:
        self.entry = entry
        self.mask = mask


class Book:
    """The rules that hold for everybody.

    A rule is a **candidate** for an order if what it asks to be presented is presented; without such a condition, if it is
    about any line, in a branch where it holds. Only candidates get a verdict.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        """Compile rules.

        Raises:
            InvalidInput: A rule cannot work, or two have the same id.
        """
        self._entries = _checked(rules)
        self._by_instrument: dict[str, list[Entry]] = defaultdict(list)
        self._by_branch: dict[str, list[Entry]] = defaultdict(list)
        self._by_article: dict[str, list[Entry]] = defaultdict(list)
        self._by_group: dict[str, list[Entry]] = defaultdict(list)
        self._unanchored: list[Entry] = []
        named = Counter(key for entry in self._entries.values() for key in _anchors(entry))
        for entry in self._entries.values():
            self._file(entry, named)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they apply."""
        return tuple(entry.rule for entry in sorted(self._entries.values(), key=lambda entry: entry.key))

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with that id."""
        entry = self._entries.get(rule_id)
        return entry.rule if entry else None

    def candidates(self, basket: Basket, standing: Standing) -> list[Candidate]:
        """The candidates of the book and of the standing, in the order in which they apply."""
        own = _checked(standing.rules)
        with Faults() as faults:
            for rule_id in own:
                if rule_id in self._entries:
                    faults.note("rules", "duplicate", f"two rules are called {rule_id!r}")
        found = []
        for entry in {id(entry): entry for entry in (*self._near(basket, standing), *own.values())}.values():
            mask = entry.mask(basket)
            if entry.instrument:
                is_candidate = entry.instrument in standing.instruments
            else:
                is_candidate = bool(mask) and (not entry.branches or standing.branch in entry.branches)
            if is_candidate:
                found.append(Candidate(entry, mask))
        found.sort(key=lambda candidate: candidate.entry.key)
        return found

    def _file(self, entry: Entry, named: Counter[tuple[str, str]]) -> None:
        if entry.instrument:
            self._by_instrument[entry.instrument].append(entry)
            return
        about = [anchor for anchor in _anchors(entry) if anchor[0] != "branch"]
        branches = [anchor for anchor in _anchors(entry) if anchor[0] == "branch"]
        ways = [way for way in (about, branches) if way]
        if not ways:
            self._unanchored.append(entry)
            return
        shelves = {"article": self._by_article, "group": self._by_group, "branch": self._by_branch}
        for kind, key in min(ways, key=lambda way: sum(named[anchor] for anchor in way)):
            shelves[kind][key].append(entry)

    def _near(self, basket: Basket, standing: Standing) -> Iterator[Entry]:
        yield from self._unanchored
        for key in standing.instruments:
            yield from self._by_instrument.get(key, ())
        for article in basket.by_article:
            yield from self._by_article.get(article, ())
        for group in basket.by_group:
            yield from self._by_group.get(group, ())
        yield from self._by_branch.get(standing.branch, ())


def _anchors(entry: Entry) -> Iterator[tuple[str, str]]:
    """What an order must have for a rule to be about it; of each kind one is enough."""
    yield from (("article", article) for article in dict.fromkeys(entry.where.articles))
    yield from (("group", group) for group in dict.fromkeys(entry.where.groups))
    yield from (("branch", branch) for branch in entry.branches)


def _checked(rules: Iterable[Rule]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    taken = tuple(islice(rules, MOST_RULES + 1))
    with Faults() as faults:
        for place, rule in enumerate(faults.items("rules", taken, most=MOST_RULES)):
            check_rule(faults.at(f"rules[{place}]"), rule)
    for rule in taken:
        if rule.id in entries:
            with Faults() as faults:
                faults.note("rules", "duplicate", f"two rules are called {rule.id!r}")
        entries[rule.id] = Entry(rule)
    return entries
