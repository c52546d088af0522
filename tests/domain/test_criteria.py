"""What a criterion means, evaluated on one record: two values, None in no comparison, keys and relations by a view."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from attrs import frozen

from loyaltycore.kernel.criteria import (
    EVERYTHING,
    And,
    Compare,
    Criterion,
    Exists,
    HasKey,
    IsNull,
    KeyBetween,
    Not,
    OneOf,
    Op,
    Or,
    Query,
    View,
    end_of_prefix,
    exists,
    has_key,
    key_between,
    key_starts,
    matches,
    stored,
)


class Colour(Enum):
    """An enumeration as records hold it."""

    RED = "red"
    BLUE = "blue"


@frozen
class Thing:
    """A record."""

    id: str
    size: int | None = 5
    colour: Colour = Colour.RED


THING = Thing("t1")
NOTHING = Thing("t2", size=None)


@pytest.mark.parametrize(
    ("criteria", "built"),
    [
        (stored("size") == 5, Compare("size", Op.EQ, 5)),
        (stored("size") != 5, Compare("size", Op.NE, 5)),
        (stored("size") < 5, Compare("size", Op.LT, 5)),
        (stored("size") <= 5, Compare("size", Op.LE, 5)),
        (stored("size") > 5, Compare("size", Op.GT, 5)),
        (stored("size") >= 5, Compare("size", Op.GE, 5)),
        (stored("size").is_null(), IsNull("size")),
        (stored("size").one_of([1, 2]), OneOf("size", (1, 2))),
        (~stored("size").is_null(), Not(IsNull("size"))),
        (has_key("email", "a@b"), HasKey("email", "a@b")),
        (key_starts("name", "mu"), HasKey("name", "mu", prefix=True)),
        (key_between("day", "01", "02"), KeyBetween("day", "01", "02")),
        (key_between("day", "01"), KeyBetween("day", "01", None)),
        (exists("cards", "customer_id"), Exists("cards", "customer_id", EVERYTHING)),
        (exists("cards", "customer_id", IsNull("x")), Exists("cards", "customer_id", IsNull("x"))),
    ],
)
def test_each_word_builds_its_expression(criteria: Criterion, built: Criterion) -> None:
    """What a storage compiles is what was written."""
    assert criteria == built


def test_long_chains_are_flat_and_mixed_ones_keep_their_order() -> None:
    """``a & b & c`` is one conjunction of three parts; another operation inside stays a part of its own."""
    a, b, c = IsNull("a"), IsNull("b"), IsNull("c")
    assert a & b & c == And((a, b, c))
    assert a & (b & c) == And((a, b, c))
    assert a | b | c == Or((a, b, c))
    assert (a | b) & c == And((Or((a, b)), c))
    assert a | (b & c) == Or((a, And((b, c))))


@pytest.mark.parametrize(
    ("op", "smaller", "equal", "greater"),
    [
        (Op.EQ, False, True, False),
        (Op.NE, True, False, True),
        (Op.LT, False, False, True),
        (Op.LE, False, True, True),
        (Op.GT, True, False, False),
        (Op.GE, True, True, False),
    ],
)
def test_comparisons_at_their_edges(op: Op, *, smaller: bool, equal: bool, greater: bool) -> None:
    """Five against four, five and six; and a field that is None is in no comparison, not even in NE."""
    assert [matches(Compare("size", op, value), THING) for value in (4, 5, 6)] == [smaller, equal, greater]
    assert not matches(Compare("size", op, 5), NOTHING)


def test_negation_turns_exactly_the_answer_round() -> None:
    """The opposite of a comparison with None is true."""
    assert matches(~(stored("size") == 5), NOTHING)
    assert not matches(~(stored("size") == 5), THING)


def test_only_is_null_sees_none() -> None:
    """None is null, nothing else is; and None is one of no values."""
    assert matches(IsNull("size"), NOTHING)
    assert not matches(IsNull("size"), THING)
    assert not matches(OneOf("size", (None,)), NOTHING)


@pytest.mark.parametrize(("values", "found"), [((), False), ((4,), False), ((4, 5), True)])
def test_one_of_values(values: tuple[int, ...], *, found: bool) -> None:
    """The field equals one of them; of none it is none."""
    assert stored("size").one_of(iter(values)) == OneOf("size", values)
    assert matches(OneOf("size", values), THING) is found


@pytest.mark.parametrize("value", [Colour.RED, "red"])
def test_an_enumeration_compares_by_its_value(value: Any) -> None:
    """The member and the stored word are the same, on either side."""
    assert matches(stored("colour") == value, THING)
    assert matches(stored("colour").one_of([value]), THING)
    assert not matches(stored("colour") != value, THING)
    assert matches(stored("colour") > Colour.BLUE, THING)


def test_everything_and_nothing() -> None:
    """No condition matches all, an empty conjunction too, and an empty disjunction nothing."""
    assert matches(EVERYTHING, THING)
    assert matches(And(()), THING)
    assert not matches(Or(()), THING)


def test_all_parts_or_one() -> None:
    """A conjunction fails by one part, a disjunction succeeds by one."""
    yes, no = stored("size") == 5, stored("size") == 6
    assert matches(yes & yes, THING)
    assert not matches(yes & no, THING)
    assert matches(no | yes, THING)
    assert not matches(no | no, THING)


KEYS = View(keys=lambda _: {"day": ("05", "20")})


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (has_key("day", "05"), True),
        (has_key("day", "0"), False),
        (has_key("night", "05"), False),
        (key_starts("day", "0"), True),
        (key_starts("day", "20"), True),
        (key_starts("day", "5"), False),
        (key_between("day", "05", "06"), True),
        (key_between("day", "04", "05"), False),
        (key_between("day", "06", "20"), False),
        (key_between("day", "20"), True),
        (key_between("day", "21"), False),
        (key_between("night", ""), False),
    ],
)
def test_keys_are_met_whole_by_their_start_or_in_a_range(criteria: Criterion, *, found: bool) -> None:
    """A range holds its first key and not its end; a lookup that a record has not holds nothing."""
    assert matches(criteria, THING, KEYS) is found


def test_related_records_are_asked_for_by_the_key_of_this_one() -> None:
    """One of them that matches is enough; without one, or without any, there is none."""
    asked = []

    def related(*question: str) -> list[Thing]:
        asked.append(question)
        return [Thing("r1", size=1), Thing("r2", size=2)]

    view = View(related=related)
    assert matches(exists("parts", "thing_id", stored("size") == 2), THING, view)
    assert not matches(exists("parts", "thing_id", stored("size") == 3), THING, view)
    assert asked == [("parts", "thing_id", "t1")] * 2
    assert not matches(exists("parts", "thing_id"), THING)


def test_a_view_knows_nothing_by_itself() -> None:
    """Without keys no key is met; what a record is called can be said."""
    assert not matches(has_key("day", ""), THING)
    named = View(related=lambda *question: [question], key=lambda _: "other")
    assert matches(exists("parts", "thing_id"), THING, named)


def test_a_query_asks_for_everything_by_default() -> None:
    """No condition, no order but the key's, from the beginning, without an end, and passing over nothing."""
    assert Query() == Query(EVERYTHING, (), None, None, skip_locked=False)


def test_what_is_no_criteria_is_a_mistake_in_the_program() -> None:
    """It is not silently false."""
    with pytest.raises(TypeError):
        matches("size = 5", THING)  # wrong on purpose


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        ("a", "b"),
        ("az", "a{"),
        ("z\U0010ffff", "{"),
        ("\U0010ffff", None),
        ("", None),
        ("\ud7ff", "\ue000"),
        ("b\u10ff", "b\u1100"),
    ],
)
def test_where_a_prefix_ends(prefix: str, end: str | None) -> None:
    """Nothing sorts after the last character there is; after the last one before the surrogates comes the next real one."""
    assert end_of_prefix(prefix) == end


@pytest.mark.parametrize(
    ("order_by", "order"),
    [
        ((), (("id", False),)),
        (("size",), (("size", False), ("id", False))),
        (("size", "-colour"), (("size", False), ("colour", True), ("id", True))),
        (("-size", "colour"), (("size", True), ("colour", False), ("id", False))),
    ],
)
def test_the_key_ends_every_order(order_by: tuple[str, ...], order: tuple[tuple[str, bool], ...]) -> None:
    """The record's key is the last field of the order and goes the way of the one before it."""
    assert Query(order_by=order_by).total_order("id") == order
