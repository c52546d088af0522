"""Records come back as they were given, whatever they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.money import Money
from loyaltycore.storing.registry import KEY_LENGTH, TEXT_LENGTH
from loyaltycore.testing.samples import NAME_LENGTH, THINGS, Color, Extra, Part, Thing
from loyaltycore.testing.storage_checks.base import (
    StorageChecks,
    all_of,
    assert_same,
    fetched,
    keep,
    must_get,
    undone,
)
from loyaltycore.testing.strategies.records import record_of
from loyaltycore.testing.suite import examples

_TEXTS = (
    "",
    "a",
    "A",
    "trailing blank ",
    " leading blank",
    "\ttab and line\nend\r\n",
    "'; DROP TABLE kit_things; --",
    'quotes "\u201c\u2018\\\\ %_',
    "composed \u00e4 and not a\u0308",
    "controls \x01\x1f\x7f\x80\x9f",
    "edges \ud7ff\ue000\ufffd\ufffe\uffff",
    "astral \U00010000\U0001f600\U0010ffff",
    "right to left \u202e\u05d0, joined \U0001f468\u200d\U0001f469",
)
_MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
_INSTANTS = (
    _MIDNIGHT,
    _MIDNIGHT.replace(microsecond=1),
    _MIDNIGHT.replace(microsecond=999_999),
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)
_DATES = (date(1900, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2000, 2, 29), date(2199, 12, 31))
_INTEGERS = (0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63))
_EXTRAS = (
    Extra("", seal=b"\x00\xff"),
    Extra('"\\\n\U0001f600 ', date(1900, 1, 1), _INSTANTS[-1], Color.DARK_RED, Money(-(2**63), "EUR")),
)


def come_back(checks: StorageChecks, things: list[Thing]) -> None:
    """Commit things and demand each of them from `get` and from `find` in a later transaction."""
    with checks.bound() as storage:
        keep(storage, *things)
        for thing in things:
            assert_same(fetched(storage, Thing, thing.id), thing, f"{thing.id!r} from get")
        for found, thing in zip(all_of(storage, Thing), things, strict=True):
            assert_same(found, thing, f"{thing.id!r} from find")


def numbered(field: str, values: Any) -> list[Thing]:
    """A thing for each value of one field."""
    return [Thing(f"{place:03d}", **{field: value}) for place, value in enumerate(values)]


class ValueChecks(StorageChecks, kit=True):
    """Every kind of field at its extremes."""

    def test_any_record_comes_back(self) -> None:
        """What is added and what is saved is read back, for generated records: "Records come back as equal values"."""
        with self.bound() as storage:

            @examples(60)
            @given(record_of(THINGS), record_of(THINGS))
            def holds(thing: Thing, other: Thing) -> None:
                changed = evolve(other, id=thing.id)
                with undone(storage) as tx:
                    tx.add(thing)
                    assert_same(must_get(tx, Thing, thing.id), thing, "what was added")
                    tx.save(changed)
                    expected = evolve(changed, version=2)
                    assert_same(must_get(tx, Thing, thing.id), expected, "what was saved")
                    assert_same(list(tx.find(Thing, Query())), [expected], "what find shows")

            holds()

    def test_texts_come_back_by_code_point(self) -> None:
        """No text is trimmed, composed, escaped or converted on its way: "Records come back as equal values"."""
        come_back(self, numbered("name", [text[:NAME_LENGTH] for text in _TEXTS]))
        come_back(self, numbered("note", _TEXTS))
        come_back(self, [Thing(text) for text in sorted(_TEXTS) if text])

    def test_an_empty_text_is_not_none(self) -> None:
        """Empty and None are two values: "Records come back as equal values"."""
        come_back(self, numbered("nick", ["", None]))

    def test_none_comes_back_as_none(self) -> None:
        """Where None is a value, it stays one when a record is added and when it is saved: "Records come back as equal values"."""
        full = Thing("t", "n", "n", mood=Color.BLUE, died=date(2000, 1, 1), seen=_MIDNIGHT, weight=0)
        full = evolve(full, maybe=False, facts={})
        empty = Thing("t", version=1)
        come_back(self, [full])
        with self.bound() as storage:
            keep(storage, full)
            with storage.transaction() as tx:
                tx.save(empty)
            assert_same(fetched(storage, Thing, "t"), evolve(empty, version=2))

    def test_texts_of_full_length_fit(self) -> None:
        """As many characters as declared fit, whatever they take: "Greatest length of text fields, in characters"."""
        face = "\U0001f600"
        full = Thing(face * KEY_LENGTH, face * NAME_LENGTH, face * TEXT_LENGTH, face * 100_000)
        come_back(self, [full])

    def test_a_text_that_is_too_long_is_refused(self) -> None:
        """One character more than declared is refused and never cut: "a value does not fit its field: nothing is ever cut"."""
        too_long = {
            "name": Thing("new", name="x" * (NAME_LENGTH + 1)),
            "nick": Thing("new", nick="ä" * (TEXT_LENGTH + 1)),
            "id": Thing("x" * (KEY_LENGTH + 1)),
        }
        with self.bound() as storage:
            keep(storage, Thing("old"))
            for name, thing in too_long.items():
                with pytest.raises(InvalidInput) as caught, storage.transaction() as tx:
                    tx.add(thing)
                assert caught.value.fields == (name,), "the error names another field"
            with pytest.raises(InvalidInput), storage.transaction() as tx:
                tx.save(Thing("old", name="x" * (NAME_LENGTH + 1)))
            assert all_of(storage, Thing) == [Thing("old")], "something of what was refused is kept"

    def test_a_text_that_some_engine_cannot_hold_is_refused(self) -> None:
        """NUL and half of a surrogate pair are refused in every text, on every storage alike: "a text holds NUL or half of a surrogate pair, which some engine cannot keep: nothing is ever replaced"."""
        for text in ("a\x00", "\x00", "\ud800", "\xe4\udfff", "\ud83d \ude00"):
            self._refuses(text)

    def _refuses(self, text: str) -> None:
        bad = {
            "id": Thing(text),
            "name": Thing("new", name=text),
            "nick": Thing("new", nick=text),
            "note": Thing("new", note=text),
            "word": Thing("new", words=("good", text)),
        }
        with self.bound() as storage:
            keep(storage, Thing("old"))
            for name, thing in bad.items():
                with pytest.raises(InvalidInput) as caught, storage.transaction() as tx:
                    tx.add(thing)
                assert name in {*caught.value.fields, "word"}, "the error names another field"
                if name != "id":
                    with pytest.raises(InvalidInput), storage.transaction() as tx:
                        tx.save(evolve(thing, id="old"))
            assert all_of(storage, Thing) == [Thing("old")], "something of what was refused is kept"

    def test_instants_come_back_to_the_microsecond(self) -> None:
        """An instant keeps its microseconds and its zone-awareness: "Records come back as equal values"."""
        come_back(self, numbered("at", _INSTANTS))
        come_back(self, numbered("seen", _INSTANTS))

    def test_instants_of_any_zone_are_the_same_instant(self) -> None:
        """An instant given in another zone is neither shifted nor misread: "Records come back as equal values"."""
        offsets = [timedelta(hours=14), -timedelta(hours=11, minutes=30), timedelta(hours=5, minutes=45)]
        zones = [timezone(offset) for offset in offsets]
        come_back(self, numbered("at", [_MIDNIGHT.astimezone(zone) for zone in zones]))

    def test_dates_come_back(self) -> None:
        """Dates of three centuries, leap days among them, are not shifted: "Records come back as equal values"."""
        come_back(self, numbered("born", _DATES))
        come_back(self, numbered("died", _DATES))

    def test_integers_come_back_exactly(self) -> None:
        """Integers of 64 bits are neither rounded nor wrapped round: "Records come back as equal values"."""
        come_back(self, numbered("size", _INTEGERS))
        come_back(self, numbered("weight", _INTEGERS))

    def test_truth_values_come_back_as_such(self) -> None:
        """True is not 1, False is neither 0 nor None: "Records come back as equal values"."""
        come_back(self, numbered("good", [True, False]))
        come_back(self, numbered("maybe", [True, False, None]))

    def test_choices_come_back_as_members(self) -> None:
        """Choices are told apart to the letter and come back as members: "Records come back as equal values"."""
        come_back(self, numbered("color", Color))
        come_back(self, numbered("mood", [*Color, None]))

    def test_nested_values_come_back(self) -> None:
        """Nested values of any depth come back with all their parts: "Records come back as equal values"."""
        come_back(self, numbered("extras", [(), _EXTRAS[:1], _EXTRAS]))
        come_back(self, numbered("facts", [None, {}, {"": 0, "ä": 2**63 - 1, "a b": -1}]))
        come_back(self, numbered("words", [(), ("",), ("b", "a", "b")]))

    def test_nobody_changes_what_is_stored_from_outside(self) -> None:
        """Changing what was handed in or read back changes nothing that is stored: "Records come back as equal values, never as the objects that were handed in"."""
        facts = {"a": 1}
        thing = Thing("t", facts=facts)
        with self.bound() as storage:
            with storage.transaction() as tx:
                tx.add(thing, Part(code="p"))
                facts["a"] = 2
                found = must_get(tx, Thing, "t")
                assert found is not thing, "the caller's own object came back"
                assert found.facts == {"a": 1}, "a change of the caller's value reached the storage"
            self._changed_by_a_reader(storage)

    @staticmethod
    def _changed_by_a_reader(storage: Any) -> None:
        read = fetched(storage, Thing, "t")
        assert isinstance(read.facts, dict), "the mapping came back as something else"
        read.facts["a"] = 3
        assert fetched(storage, Thing, "t").facts == {"a": 1}, "a change of a value read reached the storage"
