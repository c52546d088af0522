"""What storages share that look at every record themselves: the page of an answer, lengths, what can be stored."""

from __future__ import annotations

from enum import Enum

import pytest
from attrs import frozen

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.words import is_storable
from loyaltycore.storing.answering import answer
from loyaltycore.storing.checks import check_record
from loyaltycore.storing.registry import RecordType


class Shade(Enum):
    """An enumeration whose values sort otherwise than its members stand."""

    LIGHT = "light"
    DARK = "dark"


@frozen
class Tile:
    """A record."""

    code: str
    shade: Shade = Shade.DARK
    room: str | None = None
    note: str = ""
    version: int = 1


TILES = RecordType(cls=Tile, table="tiles", key="code", lengths={"room": 4, "note": 0})
FOUND = [Tile("b", Shade.LIGHT), Tile("c"), Tile("a"), Tile("d", Shade.LIGHT)]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        (Query(), "abcd"),
        (Query(limit=0), ""),
        (Query(limit=2), "ab"),
        (Query(after=("b",)), "cd"),
        (Query(order_by=("shade",)), "acbd"),
        (Query(order_by=("-shade",)), "dbca"),
        (Query(order_by=("shade",), after=(Shade.DARK, "c")), "bd"),
        (Query(order_by=("shade",), after=("dark", "a"), limit=2), "cb"),
        (Query(order_by=("-shade",), after=(Shade.LIGHT, "d")), "bca"),
        (Query(order_by=("-shade",), after=(Shade.DARK, "a")), ""),
    ],
)
def test_a_page_of_an_answer(query: Query, codes: str) -> None:
    """Enumerations sort by their value, the page starts after its mark and ends at its limit."""
    assert "".join(tile.code for tile in answer(iter(FOUND), query, TILES)) == codes


def test_texts_that_are_too_long() -> None:
    """Every text with a length is looked at, and what fits, is None or has no limit passes."""
    check_record(TILES, Tile("x" * 64, room="1234", note="x" * 10_000))
    check_record(TILES, Tile("x"))
    with pytest.raises(InvalidInput) as caught:
        check_record(TILES, Tile("x" * 65, room="12345"))
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("code", "too_long"),
        ("room", "too_long"),
    ]


@pytest.mark.parametrize("text", ["", "a", "ü\U0001f600"])
def test_what_can_be_stored(text: str) -> None:
    """Every character of Unicode but one."""
    assert is_storable(text)


@pytest.mark.parametrize("text", ["a\x00", "ü\x00", "\ud800", "a\udfff"])
def test_what_cannot_be_stored(text: str) -> None:
    """NUL, and half of a surrogate pair."""
    assert not is_storable(text)
