"""Ids, chance and time on real ground."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers import Customer
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import EVERYTHING, Query
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.work.ambient import SecretTokens, SystemClock, TimeOrderedIds
from loyaltycore.work.paging import read_cursor, read_limit, write_cursor
from loyaltycore.work.running import run_query
from tests.bounded import all_at_once
from tests.house import House

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_ids_are_uuid7_unique_and_in_order() -> None:
    """Eight threads draw 4,000 ids: each of the right form, none twice, ascending within every thread."""
    ids = TimeOrderedIds()
    drawn = all_at_once(8, lambda _: [ids.new() for _ in range(500)])
    everything = [one for part in drawn for one in part]
    assert len(set(everything)) == 4000
    assert all(UUID7.fullmatch(one) for one in everything)
    assert all(part == sorted(part) for part in drawn)


def test_ids_ascend_when_the_clock_is_set_back() -> None:
    """A clock that jumps back an hour does not make a later id sort before an earlier one."""
    ids = TimeOrderedIds()
    first = ids.new()
    with patch("loyaltycore.work.ambient.time.time_ns", return_value=0):
        assert ids.new() > first


def test_digits_are_many_and_uniform() -> None:
    """The count is exact, leading zeros included, and no digit is rarer than chance allows."""
    tokens = SecretTokens()
    counts = Counter("".join(tokens.digits(15) for _ in range(4000)))
    assert all(len(tokens.digits(n)) == n for n in range(1, 30))
    assert all(abs(counts[digit] - 6000) < 500 for digit in "0123456789")


def test_tokens_are_long_and_distinct() -> None:
    """At least 160 bits each."""
    tokens = SecretTokens()
    assert len({tokens.token() for _ in range(1000)}) == 1000
    assert len(tokens.token()) * 6 >= 160


def test_the_clock_is_in_utc() -> None:
    """Aware, and in UTC."""
    assert SystemClock().now().tzinfo is UTC


@given(st.tuples(st.text(), st.integers(), st.text()))
def test_a_cursor_leads_back_to_its_position(position: tuple[str, int, str]) -> None:
    """Any position survives the way through a cursor."""
    assert read_cursor(write_cursor(position), (str, int, str)) == position


@given(st.text() | st.binary().map(repr))
def test_a_strange_cursor_is_an_input_error(text: str) -> None:
    """A cursor from elsewhere is refused, whatever it holds, and never raises anything else."""
    if text:
        with pytest.raises(InvalidInput):
            read_cursor(text, (str, int, str, str))


@pytest.mark.parametrize(
    "position",
    [("abc", "x", "k-1"), ("", "x", "k-1"), ("x", "k-1"), (1, "x", "k-1"), ("abc", "x", "y", "k-1")],
)
def test_a_cursor_leads_on_in_its_own_list_only(house: House, position: tuple[object, ...]) -> None:
    """One of another order, or of other records in an order of the same shape, is refused and not the end."""
    for name in ("A", "B", "C"):
        house.desk.customers.create(last_name=name)
    erika = house.customer()
    find = house.desk.customers.find
    others = (
        write_cursor(position),
        house.desk.activities.of_customer(erika.id, limit=1).next or write_cursor(("x", "y")),
    )
    for cursor in others:
        with pytest.raises(InvalidInput) as fault:
            find(after=cursor)
        assert (fault.value.fields, fault.value.codes) == (("after",), {"bad_cursor"})
    first = find(limit=2)
    assert len(find(after=first.next).items) == 2
    with pytest.raises(InvalidInput):
        house.desk.activities.of_customer(erika.id, after=first.next)


@pytest.mark.parametrize("limit", [0, -1, 501, "5", True, 2.0])
def test_a_page_has_between_1_and_500_items(limit: object) -> None:
    """Everything else is a fault."""
    with pytest.raises(InvalidInput):
        read_limit(limit)
    assert read_limit(500) == 500


def test_the_first_of_many_is_read_alone(memory_house: House) -> None:
    """Who asks for the first record has the storage read one, however many match."""
    limits: list[int | None] = []
    find = MemoryTransaction.find

    def watched(self: MemoryTransaction, cls: type[Any], query: Query) -> Iterator[Any]:
        limits.append(query.limit)
        return find(self, cls, query)

    with patch.object(MemoryTransaction, "find", watched):
        run_query(memory_house.desk, lambda unit: unit.first(Customer, EVERYTHING))
    assert limits == [1]
