"""Which rules a calendar seems to follow, and on which sides of them no date is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from attrs import Factory, field, frozen

_OFTEN: Final = 10
"""In how many years a day must be closed to be closed by a rule."""

_IN_A_ROW: Final = 4
"""How often in a row, in years in which its weekday is worked."""

_KINDS: Final = {
    (True, True): "works on a weekday on which it usually works",
    (False, False): "is closed on a weekday on which it usually is",
    (False, True): "is closed on a weekday on which it usually works",
    (True, False): "works on a weekday on which it is usually closed",
}

_VERBS: Final = {True: "works", False: "is closed"}


@frozen
class Answers:
    """What a calendar says about every date."""

    said: Mapping[date, bool]
    _usual: Mapping[tuple[int, int], bool] = field(
        init=False, default=Factory(lambda self: _majorities(self.said), takes_self=True)
    )

    def usual(self, day: date) -> bool:
        """Whether most days of that year with this weekday are worked."""
        return self._usual[day.year, day.weekday()]

    def exceptions(self) -> list[date]:
        """The dates on which the weekday alone does not decide."""
        return [day for day, works in self.said.items() if works != self.usual(day)]


def _majorities(said: Mapping[date, bool]) -> dict[tuple[int, int], bool]:
    balance: Counter[tuple[int, int]] = Counter()
    for day, works in said.items():
        balance[day.year, day.weekday()] += 1 if works else -1
    return {weekday: worked > 0 for weekday, worked in balance.items()}


def missing_sides(answers: Answers, known: Mapping[date, bool]) -> Iterator[str]:
    """What the calendar does that no known date confirms, each with a date on which it does so."""
    inside = {day: works for day, works in known.items() if day in answers.said}
    for (works, usual), words in _KINDS.items():
        found = [day for day, said in answers.said.items() if (said, answers.usual(day)) == (works, usual)]
        if found and not any((inside[day], answers.usual(day)) == (works, usual) for day in inside):
            yield f"it {words}, such as {_example(found)}"
    yield from _changed_weekdays(answers, inside)
    yield from _changed_rules(answers, inside)


def _changed_weekdays(answers: Answers, known: Mapping[date, bool]) -> Iterator[str]:
    """Weekdays that are worked in some years and not in others."""
    for weekday in range(7):
        days = [day for day in answers.said if day.weekday() == weekday]
        sides = {answers.usual(day) for day in days}
        confirmed = {answers.usual(day) for day in known if day.weekday() == weekday}
        for side in sorted(sides - confirmed) if len(sides) > 1 else ():
            example = _example([day for day in days if answers.usual(day) is side])
            yield f"the weekday is worked in some years and not in others, and it {_VERBS[side]} on {example}"


def _changed_rules(answers: Answers, known: Mapping[date, bool]) -> Iterator[str]:
    """Days of the year that are closed in some years and worked in others; one known date on each side is enough."""
    eligible: defaultdict[tuple[int, int], list[date]] = defaultdict(list)
    for day in answers.said:
        if answers.usual(day):
            eligible[day.month, day.day].append(day)
    sides: dict[bool, list[date]] = {True: [], False: []}
    for days in eligible.values():
        closed = [day for day in days if not answers.said[day]]
        if _OFTEN <= len(closed) <= len(days) - _OFTEN or (
            len(closed) < len(days) and _longest_run(days, set(closed)) >= _IN_A_ROW
        ):
            sides[False] += closed
            sides[True] += [day for day in days if answers.said[day]]
    for works, days in sides.items():
        if days and not any(known.get(day) is works for day in days):
            yield (
                "a day of the year is closed in some years and not in others, "
                f"and it {_VERBS[works]} on {_example(days)}"
            )


def _longest_run(days: list[date], closed: set[date]) -> int:
    """The greatest number of closed ones in a row: a table of holidays that begins or ends is one."""
    longest = run = 0
    for day in days:
        run = run + 1 if day in closed else 0
        longest = max(longest, run)
    return longest


def _example(days: list[date]) -> str:
    """The date that is nearest to the middle of the calendar's time, which its author may remember."""
    return f"{min(days, key=lambda day: abs(day - date(2025, 7, 1))):%A, %Y-%m-%d}"
