"""What a source can say, whatever it is written in, and whether it can fail: texts, values, and conditions.

A source is read into a tree of these parts once, and nothing else of it is ever carried out. So a template can neither
call nor calculate anything, and it is as long as its source and the values in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from attrs import frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.rendering import Placeholder, PlaceholderKind

DEEPEST: Final = 20
"""How deep conditions may be nested."""
MOST_PLACES: Final = 200
"""How many values and conditions one source may hold."""
STYLES: Final = ("short", "medium", "long", "full")
"""How dates and times can be written."""


@frozen
class Filter:
    """How a value is written."""

    name: str
    argument: object = None


@frozen
class Show:
    """Writes a value."""

    path: str
    filters: tuple[Filter, ...] = ()


@frozen
class Has:
    """Whether there is a value."""

    path: str


@frozen
class Same:
    """Whether a value is equal to one that stands in the source."""

    path: str
    value: object


@frozen
class Not:
    """The opposite."""

    test: Test


@frozen
class All:
    """Whether all are true."""

    tests: tuple[Test, ...]


@frozen
class Some:
    """Whether at least one is true."""

    tests: tuple[Test, ...]


@frozen
class Either:
    """Writes one block or the other."""

    test: Test
    yes: Block
    no: Block = ()


Test: TypeAlias = Has | Same | Not | All | Some
Part: TypeAlias = str | Show | Either
Block: TypeAlias = tuple[Part, ...]

_K: Final = PlaceholderKind
_TAKES: Final = {
    "date": {_K.DATE, _K.INSTANT},
    "time": {_K.TIME, _K.INSTANT},
    "upper": {_K.TEXT},
    "lower": {_K.TEXT},
    "default": {*_K} - {_K.FLAG},
}


def sure(test: Test, truth: bool) -> frozenset[str]:  # noqa: FBT001  the truth of the test
    """The values that are there if a test has come out like that."""
    match test:
        case Has(path):
            return frozenset({path} if truth else ())
        case Same(path, value):
            return frozenset({path} if truth and value else ())
        case Not(inner):
            return sure(inner, not truth)
        case All(tests):
            known = [sure(each, truth) for each in tests]
            return frozenset().union(*known) if truth else frozenset.intersection(*known)
        case Some(tests):
            known = [sure(each, truth) for each in tests]
            return frozenset.intersection(*known) if truth else frozenset().union(*known)


def check_block(field: str, block: Block, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
    """Everything that is wrong with a source, in all its branches.

    Args:
        field: Where the source stands.
    """
    checker = _Checker(field, placeholders)
    checker.block(block, frozenset(), 0)
    if checker.places > MOST_PLACES:
        checker.note("too_many", f"must not hold more than {MOST_PLACES} values and conditions")
    return tuple(dict.fromkeys(checker.found))


class _Checker:
    def __init__(self, field: str, placeholders: Sequence[Placeholder]) -> None:
        self.field = field
        self.known = {each.path: each for each in placeholders}
        self.found: list[Fault] = []
        self.places = 0

    def note(self, code: str, message: str) -> None:
        self.found.append(Fault(self.field, code, message))

    def block(self, block: Block, there: frozenset[str], depth: int) -> None:
        if depth > DEEPEST:
            self.note("too_deep", f"conditions are nested deeper than {DEEPEST}")
            return
        for part in block:
            if isinstance(part, Show):
                self.places += 1
                self.show(part, there)
            elif isinstance(part, Either):
                self.places += 1
                self.test(part.test)
                self.block(part.yes, there | sure(part.test, True), depth + 1)  # noqa: FBT003  the truth of the test
                self.block(part.no, there | sure(part.test, False), depth + 1)  # noqa: FBT003  the same

    def test(self, test: Test) -> None:
        match test:
            case Has(path) | Same(path):
                self.place(path)
            case Not(inner):
                self.test(inner)
            case All(tests) | Some(tests):
                for each in tests:
                    self.test(each)

    def place(self, path: str) -> Placeholder | None:
        found = self.known.get(path)
        if found is None:
            self.note("unknown_placeholder", unknown("placeholder", path, self.known))
        return found

    def show(self, show: Show, there: frozenset[str]) -> None:
        place = self.place(show.path)
        if place is None:
            return
        if place.kind is PlaceholderKind.FLAG:
            self.note("not_shown", f"{show.path} is true or false: it can only be asked for")
            return
        self.filters(place, show.filters)
        falls_back = any(each.name == "default" for each in show.filters)
        if place.may_be_empty and show.path not in there and not falls_back:
            self.note("may_be_empty", f"{show.path} may be empty: let it depend on an `if {show.path}`")

    def filters(self, place: Placeholder, filters: Iterable[Filter]) -> None:
        kind, last = place.kind, ""
        for each in filters:
            if each.name not in _TAKES:
                self.note("unknown_filter", unknown("filter", each.name, _TAKES))
                return
            if kind not in _TAKES[each.name]:
                self.note(
                    "wrong_filter",
                    f"{place.path} is of the kind {kind.value}, which `{each.name}` cannot write",
                )
                return
            if last == "default":
                self.note("wrong_filter", "`default` must be the last filter")
            self.argument(each)
            kind, last = PlaceholderKind.TEXT if each.name in {"date", "time"} else kind, each.name

    def argument(self, each: Filter) -> None:
        given = each.argument
        if each.name == "default":
            if type(given) is not str or not given.strip():
                self.note("wrong_filter", "`default` takes a text that is not empty")
        elif each.name in {"date", "time"}:
            if given is not None and given not in STYLES:
                self.note("wrong_filter", f"`{each.name}` takes one of {', '.join(STYLES)}")
        elif given is not None:
            self.note("wrong_filter", f"`{each.name}` takes nothing")
