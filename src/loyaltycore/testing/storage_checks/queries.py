"""`find` and `count` answer what the domain's own evaluation of a criterion says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import (
    EVERYTHING,
    MOST_VALUES,
    And,
    Compare,
    Criterion,
    Exists,
    HasKey,
    IsNull,
    Not,
    OneOf,
    Op,
    Or,
    Query,
    exists,
    has_key,
    key_between,
    key_starts,
    stored,
)
from loyaltycore.storing.checks import MAX_DEPTH
from loyaltycore.storing.registry import LOOKUP_LENGTH, RecordType, Registry
from loyaltycore.testing.samples import PARTS, REGISTRY, THINGS, Color, Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, keep, keys_of, undone
from loyaltycore.testing.strategies.answers import matching
from loyaltycore.testing.strategies.queries import criteria
from loyaltycore.testing.strategies.records import record_of
from loyaltycore.testing.strategies.values import texts
from loyaltycore.testing.suite import examples


@frozen
class Question:
    """Records of both types, and several criteria on those of one."""

    stored: tuple[Thing | Part, ...]
    asked: RecordType[Any]
    criteria: list[Criterion]

    def expected(self, where: Criterion) -> list[str]:
        """The keys of the records that match."""
        return [self.asked.key_of(record) for record in matching(self.asked, REGISTRY, where, self.stored)]


def unique_values(part: Part) -> object:
    """What the other parts must not share with it: nothing, where one of the values is None."""
    return object() if part.thing_id is None else (part.batch, part.order, part.thing_id)


_ASKED: Final = Registry((THINGS, PARTS))
"""The types that criteria are about: each of them has records, and refers to the other."""

_FEWEST_CRITERIA, _MOST_CRITERIA = 4, 8
"""Asking is cheap once the records are stored."""

_MICROSECOND: Final = timedelta(microseconds=1)
_FEW_KEYS = st.sampled_from(["k1", "k2", "k3"])
_FEW_WORDS = st.sampled_from(["w", "W", "wv", "v"])
_THINGS = st.lists(
    record_of(
        THINGS,
        id=_FEW_KEYS,
        nick=st.none() | _FEW_KEYS | texts(4),
        words=st.lists(_FEW_WORDS | texts(4), max_size=3).map(tuple),
        extras=st.just(()),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda thing: thing.id,
)
_PARTS = st.lists(
    record_of(
        PARTS,
        code=_FEW_KEYS,
        thing_id=st.none() | _FEW_KEYS,
        serial=st.none(),
        order=st.integers(0, 1),
        note=st.lists(_FEW_WORDS, max_size=2).map(" ".join) | texts(4),
    ),
    min_size=1,
    max_size=3,
    unique_by=(lambda part: part.code, unique_values),
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Few records that refer to each other, and criteria that use their values."""
    stored: tuple[Thing | Part, ...] = (*draw(_THINGS), *draw(_PARTS))
    asked: RecordType[Any] = draw(st.sampled_from((THINGS, PARTS)))
    several = st.lists(criteria(asked, _ASKED, stored), min_size=_FEWEST_CRITERIA, max_size=_MOST_CRITERIA)
    return Question(stored, asked, draw(several))


def assert_answers(
    checks: StorageChecks, records: list[Any], answers: Mapping[Any, list[str]], cls: type[Any] = Thing
) -> None:
    """Demand for each criterion the keys of the records that match, from `find` and from `count`."""
    with checks.bound() as storage:
        keep(storage, *records)
        with storage.transaction(read_only=True) as tx:
            for where, expected in answers.items():
                assert keys_of(tx, cls, where) == expected, f"find answers wrongly: {where}"
                assert tx.count(cls, Query(where)) == len(expected), f"count answers wrongly: {where}"


class QueryChecks(StorageChecks, kit=True):
    """The meaning of criteria."""

    def test_find_and_count_agree_with_matches(self) -> None:
        """Any criterion on any records means what `matches` says: "This is the meaning that every storage must give it"."""
        with self.bound() as storage:

            @examples(100)
            @given(questions())
            def holds(question: Question) -> None:
                cls = question.asked.cls
                with undone(storage) as tx:
                    tx.add(*question.stored)
                    for where in question.criteria:
                        expected = question.expected(where)
                        assert keys_of(tx, cls, where) == expected, f"find answers wrongly: {where}"
                        assert tx.count(cls, Query(where)) == len(expected), f"count answers wrongly: {where}"

            holds()

    def test_none_is_in_no_comparison(self) -> None:
        """A field that is None equals nothing and differs from nothing: "a comparison with a field that is None is false"."""
        things = [Thing("n"), Thing("x", nick="x", weight=1, maybe=False)]
        answers = {
            stored("nick") == "x": ["x"],
            stored("nick") != "y": ["x"],
            stored("nick") >= "": ["x"],
            stored("weight") < 5: ["x"],
            stored("maybe") != True: ["x"],  # noqa: E712  it builds an expression
            OneOf("nick", ("x", "y")): ["x"],
            IsNull("nick"): ["n"],
            IsNull("weight") | (stored("weight") == 1): ["n", "x"],
        }
        assert_answers(self, things, answers)

    def test_not_turns_the_answer_round(self) -> None:
        """There is no third truth value: "`not_` turns exactly that answer round"."""
        things = [Thing("n"), Thing("x", nick="x", weight=1)]
        answers = {
            Not(stored("nick") == "x"): ["n"],
            Not(stored("nick") != "y"): ["n"],
            Not(Not(stored("nick") == "x")): ["x"],
            Not(OneOf("weight", (1, 2))): ["n"],
            Not(IsNull("weight")): ["x"],
            Not((stored("nick") == "x") & (stored("size") == 0)): ["n"],
            Not((stored("nick") == "y") | (stored("weight") == 2)): ["n", "x"],
        }
        assert_answers(self, things, answers)

    def test_texts_compare_by_code_point(self) -> None:
        """Case, accents and trailing blanks count, and capitals come first: "Texts compare by code point, case matters"."""
        names = ["", "A", "B", "a", "a ", "b", "z", "\u00e4", "\uffff", "\U00010000"]
        things = [Thing(f"{place}", name=name) for place, name in enumerate(names)]
        answers: dict[Criterion, list[str]] = {}
        for place, name in enumerate(names):
            answers[stored("name") == name] = [f"{place}"]
            answers[stored("name") < name] = [f"{before}" for before in range(place)]
            answers[stored("name") >= name] = [f"{later}" for later in range(place, len(names))]
        answers[OneOf("name", ("a", "Z", "\u00c4", "B "))] = ["3"]
        answers[stored("name") == "a\u0308"] = []
        answers[stored("color") == Color.DARK_RED] = []
        assert_answers(self, things, answers)

    def test_instants_compare_by_moment(self) -> None:
        """An instant is compared to the microsecond and in any zone: "This is the meaning that every storage must give it"."""
        noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        there = noon.astimezone(timezone(timedelta(hours=14)))
        things = [Thing("1", at=noon - _MICROSECOND), Thing("2", at=noon), Thing("3", at=noon + _MICROSECOND)]
        for moment in (noon, there):
            answers = {
                (stored("at") == moment): ["2"],
                (stored("at") < moment): ["1"],
                (stored("at") > moment): ["3"],
                stored("at").one_of([moment, moment + _MICROSECOND]): ["2", "3"],
            }
            assert_answers(self, things, answers)

    def test_numbers_compare_exactly(self) -> None:
        """Neighbours beyond what floating point tells apart are different: "This is the meaning that every storage must give it"."""
        things = [Thing(f"{place}", size=2**53 + place) for place in range(3)]
        answers = {
            stored("size") == 2**53: ["0"],
            stored("size") > 2**53: ["1", "2"],
            stored("size") != 2**53 + 1: ["0", "2"],
            OneOf("size", (2**53 + 1, 2**63 - 1)): ["1"],
            stored("size") < 2**63: ["0", "1", "2"],
        }
        assert_answers(self, things, answers)

    def test_nothing_listed_matches_nothing(self) -> None:
        """Empty lists have a meaning: "an empty tuple matches nothing"."""
        nothing: dict[Criterion, list[str]] = {
            OneOf("name", ()): [],
            Or(()): [],
            Not(And(())): [],
            Exists("kit_parts", "thing_id"): [],
        }
        everything = [Not(OneOf("nick", ())), And(()), Not(Or(())), EVERYTHING]
        answers: dict[Criterion, list[str]] = {**nothing, **{where: ["a", "b"] for where in everything}}
        assert_answers(self, [Thing("a"), Thing("b", nick="x")], answers)

    def test_referring_records_are_looked_at(self) -> None:
        """`exists` asks for a record that refers and matches, not for one of each: "refers to this one and matches"."""
        records = [Thing("a"), Thing("b"), Thing("c"), Part(code="a"), Part(code="p", thing_id="a", order=1)]
        records += [Part(code="q", thing_id="a", order=2, note="n"), Part(code="r", thing_id="b", order=1)]
        records += [Part(code="C", thing_id="C", serial="s"), Part(code="c ", thing_id="c ")]
        refers = "kit_parts", "thing_id"
        one_and_two = exists(*refers, (stored("order") == 1) & (stored("order") == 2))
        answers = {
            exists(*refers): ["a", "b"],
            Not(exists(*refers)): ["c"],
            exists(*refers, stored("order") == 2): ["a"],
            one_and_two: [],
            exists(*refers, stored("order") == 1) & exists(*refers, stored("order") == 2): ["a"],
            exists(*refers, Not(stored("order") == 1)): ["a"],
            Not(exists(*refers, stored("order") == 1)): ["c"],
            exists(*refers, Not(stored("serial") == "s")): ["a", "b"],
            exists("kit_parts", "serial"): [],
        }
        assert_answers(self, records, answers)

    def test_inside_exists_the_other_record_is_asked(self) -> None:
        """Below `exists` fields, lookup keys and references are those of the other record: "What the other record must match"."""
        records: list[Any] = [Thing("a", words=("mine",)), Thing("b", words=("w",)), Thing("q", words=("v",))]
        records += [Part(code="p", thing_id="a", note="w"), Part(code="q", thing_id="b", note="mine w v")]
        records += [Thing("up", nick="q", words=("up", "wv")), Thing("z", nick="z"), Thing("y", nick="b")]
        parts, things = ("kit_parts", "thing_id"), ("kit_things", "nick")
        of_things = {
            exists(*parts, has_key("word", "w")): ["a", "b"],
            exists(*parts, has_key("word", "mine")): ["b"],
            exists(*parts, key_starts("word", "v")): ["b"],
            exists(*parts, Not(has_key("word", "v"))): ["a"],
            exists(*parts, exists(*things)): ["b"],
            exists(*parts, exists(*things, has_key("word", "up"))): ["b"],
            exists(*things, stored("id") == "y"): ["b"],
            exists(*things, exists(*parts)): [],
        }
        assert_answers(self, records, of_things)
        of_parts = {
            exists(*things): ["q"],
            exists(*things, has_key("word", "up")): ["q"],
            exists(*things, has_key("word", "v")): [],
            exists(*things, key_starts("word", "w")): ["q"],
        }
        assert_answers(self, records, of_parts, Part)

    def test_lookup_keys_find(self) -> None:
        """A lookup key is matched whole or from its beginning, to the letter: "or (with `prefix`) one that starts with it"."""
        things = [Thing("1", words=("abc", "x")), Thing("2", words=("ab", "Abc")), Thing("3", "Ännchen")]
        things += [Thing("4", words=("a%c", "a_c")), Thing("5", words=("\U0010ffff\U0010ffff",))]
        answers = {
            has_key("word", "abc"): ["1"],
            has_key("word", "ab"): ["2"],
            has_key("word", "ABC"): [],
            has_key("word", "abc "): [],
            has_key("word", "\u00e4nnchen"): [],
            key_starts("word", "AB"): [],
            key_starts("word", "Ab"): ["2"],
            key_starts("word", "a"): ["1", "2", "4"],
            key_starts("word", "ab"): ["1", "2"],
            key_starts("word", "bc"): [],
            key_starts("word", "a%"): ["4"],
            key_starts("word", "a_"): ["4"],
            key_starts("word", "\U0010ffff"): ["5"],
            key_starts("name", "änn"): ["3"],
            has_key("name", "Ännchen"): [],
            Not(key_starts("word", "a")): ["3", "5"],
            key_between("word", "ab", "abc"): ["2"],
            key_between("word", "ab"): ["1", "2", "5"],
            key_between("word", "B", "a"): [],
            has_key("word", "x") & key_starts("word", "abc"): ["1"],
        }
        assert_answers(self, things, answers)

    def test_lookup_keys_follow_their_record(self) -> None:
        """A save replaces the lookup keys, and a removal removes them: "The record has that lookup key"."""
        with self.bound() as storage:
            keep(storage, Thing("t", words=("old", "both")), Thing("gone", words=("old",)))
            with storage.transaction() as tx:
                tx.save(Thing("t", words=("both", "new")))
                tx.remove(Thing("gone"))
                tx.add(Thing("gone"))
            with storage.transaction(read_only=True) as tx:
                found = {word: keys_of(tx, Thing, has_key("word", word)) for word in ("old", "both", "new")}
        assert found == {"old": [], "both": ["t"], "new": ["t"]}, (
            "after a save, a removal and a second life lookup keys find other records"
        )

    def test_long_lookup_keys_are_cut(self) -> None:
        """A lookup key longer than the greatest length is found by its beginning alone: "longer ones are cut"."""
        cut = "x" * LOOKUP_LENGTH
        answers = {
            has_key("word", cut): ["t"],
            key_starts("word", cut[:-1]): ["t"],
            has_key("word", f"{cut}y"): [],
            key_starts("word", f"{cut}x"): [],
        }
        assert_answers(self, [Thing("t", words=(f"{cut}y",))], answers)

    def test_a_large_query_is_answered(self) -> None:
        """A query that passes the checks has an answer, however long it is: "Read the records that match"."""
        deep: Criterion = stored("size") == 7
        for _ in range(MAX_DEPTH):
            deep = Not(deep)
        answers = {
            OneOf("size", tuple(range(MOST_VALUES))): ["a"],
            OneOf("name", tuple(f"name {number}" for number in range(MOST_VALUES))): [],
            Or(tuple(stored("size") == number for number in range(MOST_VALUES))): ["a"],
            And(tuple(stored("size") != number for number in range(MOST_VALUES))): ["b"],
            stored("size") < 2**70: ["a", "b"],
            deep: ["a"],
        }
        assert_answers(self, [Thing("a", size=7), Thing("b", size=-1)], answers)

    def test_a_bad_query_is_refused(self) -> None:
        """A query that cannot be answered is refused, with the place of the fault: "The query names an unknown field, compares wrong types"."""
        too_deep: Criterion = EVERYTHING
        for _ in range(MAX_DEPTH + 1):
            too_deep = Not(too_deep)
        bad = {
            "where": Query(stored("nmae") == "x"),
            "where.parts[1]": Query(And((EVERYTHING, stored("size") == "x"))),
            "where.part": Query(Not(Compare("size", Op.EQ, "7"))),
            "where.where": Query(exists("kit_parts", "thing_id", stored("nick") == "x")),
            f"where{'.part' * (MAX_DEPTH + 1)}": Query(too_deep),
            "order_by[0]": Query(order_by=("nick",)),
            "order_by[1]": Query(order_by=("name", "-nmae")),
            "after": Query(order_by=("name",), after=("x",)),
            "limit": Query(limit=-1),
        }
        more = [HasKey("nick", "x"), HasKey("word", ""), exists("nothing", "id"), stored("note") == "x"]
        more += [OneOf("size", (1, None)), stored("good") < True, stored("color") == "green"]
        with self.bound() as storage:
            for place, query in [*bad.items(), *(("where", Query(where)) for where in more)]:
                with pytest.raises(InvalidInput) as caught, storage.transaction(read_only=True) as tx:
                    list(tx.find(Thing, query))
                assert caught.value.fields == (place,), "the error names another place"
                with pytest.raises(InvalidInput), storage.transaction(read_only=True) as tx:
                    tx.count(Thing, query)
