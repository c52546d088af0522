"""Records come back equal, and what a column could not hold is refused by name on every engine alike."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from sqlalchemy import text

from loyaltycore.errors import InvalidInput, RegistrationError, StorageError
from loyaltycore.kernel.criteria import Query
from loyaltycore.storing.registry import KEY_LENGTH, RecordType, Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.records import Encoder
from tests.adapters.sql import samples
from tests.adapters.sql.helpers import tables_of, undone
from tests.adapters.sql.samples import THINGS, Color, Part, Thing


@settings(max_examples=150, deadline=None)
@given(samples.things(), samples.things())
def test_round_trip(shared: SqlStorage, thing: Thing, other: Thing) -> None:
    """Any record comes back equal from `get` and `find`, as added and as saved."""
    changed = evolve(other, id=thing.id)
    with undone(shared) as tx:
        tx.add(thing)
        assert tx.get(Thing, thing.id) == thing
        tx.save(changed)
        assert tx.get(Thing, thing.id) == evolve(changed, version=2)
        assert list(tx.find(Thing, Query())) == [evolve(changed, version=2)]


def test_values_are_of_their_types(shared: SqlStorage) -> None:
    """Truth values, dates and choices come back as such, and instants in UTC to the microsecond."""
    berlin = timezone(timedelta(hours=1))
    thing = Thing(
        "k", good=True, maybe=False, at=datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=berlin), mood=Color.BLUE
    )
    with undone(shared) as tx:
        tx.add(thing)
        found = tx.get(Thing, "k")
    assert found is not None
    assert (found.good, found.maybe, found.mood) == (True, False, Color.BLUE)
    assert (type(found.good), type(found.born)) == (bool, date)
    assert found.at.isoformat() == "2025-12-31T23:00:00.000001+00:00"


def test_equal_but_never_the_same(shared: SqlStorage) -> None:
    """What comes back is a value of its own: nobody can change what is stored through it."""
    facts = {"a": 1}
    with undone(shared) as tx:
        tx.add(Thing("k", facts=facts))
        facts["a"] = 2
        found = tx.get(Thing, "k")
        assert found is not None
        assert found.facts == {"a": 1}
        assert tx.get(Thing, "k") is not found


UNFIT: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "x" * 21}, "name", "too_long"),
    ({"name": "\U0001f600" * 21}, "name", "too_long"),
    ({"id": "x" * (KEY_LENGTH + 1)}, "id", "too_long"),
    ({"name": "a\x00b"}, "name", "bad_text"),
    ({"note": "a\ud800b"}, "note", "bad_text"),
    ({"nick": 5}, "nick", "wrong_type"),
    ({"name": None}, "name", "wrong_type"),
    ({"size": 2**63}, "size", "out_of_range"),
    ({"weight": -(2**63) - 1}, "weight", "out_of_range"),
    ({"size": True}, "size", "wrong_type"),
    ({"good": 1}, "good", "wrong_type"),
    ({"born": datetime(2026, 1, 1, tzinfo=UTC)}, "born", "wrong_type"),
    ({"at": datetime(2026, 1, 1)}, "at", "wrong_type"),  # noqa: DTZ001  that is the point
    ({"at": datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))}, "at", "out_of_range"),
    ({"color": "red"}, "color", "wrong_type"),
    ({"extras": None}, "extras", "missing"),
    ({"facts": {"a\udfff": 1}}, "facts", "bad_text"),
    ({"facts": {"a": object()}}, "facts", "bad_document"),
    ({"words": ("a\x00",)}, "word", "bad_text"),
]


@pytest.mark.parametrize(("fields", "name", "code"), UNFIT, ids=[f"{name}-{code}" for _, name, code in UNFIT])
@pytest.mark.parametrize("verb", ["add", "save"])
def test_unfit_values(sql: SqlStorage, verb: str, fields: dict[str, Any], name: str, code: str) -> None:
    """No engine cuts, bends or half keeps a value: the field is named, and nothing is written."""
    thing = Thing(**{"id": "k", **fields})
    with pytest.raises(InvalidInput) as caught, sql.transaction() as tx:
        tx.add(Thing("other"))
        getattr(tx, verb)(thing)
    assert (caught.value.fields, caught.value.codes) == ((name,), {code})
    with sql.transaction(read_only=True) as tx:
        assert tx.count(Thing, Query()) == 0


def test_all_faults_at_once(shared: SqlStorage) -> None:
    """A record with several unfit values names them all."""
    with pytest.raises(InvalidInput) as caught, shared.transaction() as tx:
        tx.add(Thing("k", name="x" * 99, size=2**64, note="\x00"))
    assert caught.value.fields == ("name", "note", "size")


def test_nothing_is_written_before_all_are_checked(sql: SqlStorage) -> None:
    """Of several records one of which is unfit, none reaches the engine."""
    with pytest.raises(InvalidInput), sql.transaction() as tx:
        tx.add(Thing("a"), Part(code="p", batch="x" * 300))


def test_longest_values_fit(shared: SqlStorage) -> None:
    """Lengths count characters, not bytes: as many as declared fit, of four bytes each."""
    thing = Thing(
        "\U0001f600" * KEY_LENGTH, name="\U0001f600" * 20, nick="ä" * 255, note="\U0001f600" * 300_000
    )
    with undone(shared) as tx:
        tx.add(thing)
        assert tx.get(Thing, thing.id) == thing


@pytest.mark.parametrize(("column", "value"), [("color", "green"), ("extras", "[{}]"), ("facts", "no json")])
def test_foreign_content(sql: SqlStorage, column: str, value: str) -> None:
    """A row that something else spoiled is an error of the storage, which names the table, not of the caller."""
    table = tables_of(sql, Thing)[0]
    with sql.transaction() as tx:
        tx.add(Thing("k"))
    with sql._database.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table.name} SET {column} = :value"), {"value": value})  # noqa: S608  our own names
    for ask in (lambda tx: tx.get(Thing, "k"), lambda tx: list(tx.find(Thing, Query()))):
        with (
            pytest.raises(StorageError, match="things: a stored record does not fit"),
            sql.transaction() as tx,
        ):
            ask(tx)


def test_subclasses_of_text_are_stored_as_text(shared: SqlStorage) -> None:
    """A text of a class of its own is stored as its characters."""

    class Word(StrEnum):
        PLAIN = "the characters"

    with undone(shared) as tx:
        tx.add(Thing("k", name=Word.PLAIN))
        found = tx.get(Thing, "k")
    assert found is not None
    assert (found.name, type(found.name)) == ("the characters", str)


def test_choices_must_be_texts() -> None:
    """An enumeration whose values are no texts is refused when the storage is bound: it could not sort alike."""

    class Size(Enum):
        SMALL = 1

    @frozen
    class Shirt:
        id: str
        size: Size
        version: int = 1

    globals()["Size"] = Size  # the registry resolves annotations in the module
    try:
        with pytest.raises(RegistrationError, match="must be texts"):
            SqlStorage("sqlite:///:memory:").bind(Registry((RecordType(cls=Shirt, table="shirts"),)))
    finally:
        del globals()["Size"]


def test_encoder_leaves_records_alone() -> None:
    """Encoding changes nothing in the record."""
    thing = Thing("k", facts={"b": 1, "a": 2}, extras=(samples.Extra("x"),))
    before = copy.deepcopy(thing)
    Encoder(THINGS).encode(thing)
    assert thing == before
