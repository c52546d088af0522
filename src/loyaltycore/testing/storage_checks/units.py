"""A transaction is kept as a whole or not at all, and sees what it does itself."""

from __future__ import annotations

from contextlib import suppress

import pytest
from attrs import evolve

from loyaltycore.errors import DuplicateKey, RegistrationError, StaleRecord, StorageError
from loyaltycore.kernel.criteria import Query, exists, has_key, stored
from loyaltycore.ports.storage import Storage
from loyaltycore.testing.samples import REGISTRY, Part, Relic, Stranger, Thing
from loyaltycore.testing.storage_checks.base import (
    StorageChecks,
    all_of,
    fetched,
    keep,
    keys_of,
    must_get,
    write,
)


class Breakdown(Exception):
    """Something goes wrong in the middle of a transaction."""


class UnitChecks(StorageChecks, kit=True):
    """Atomicity, one's own writes, and what surrounds a transaction."""

    def test_every_write_is_kept(self) -> None:
        """Several writes to one table are all kept: "what it did is kept as a whole at its end"."""
        with self.bound() as storage:
            keep(storage, Thing("old"), Thing("gone"))
            with storage.transaction() as tx:
                tx.add(Thing("a"))
                tx.add(Thing("b"), Thing("c"))
                tx.save(Thing("old", name="new"))
                tx.remove(Thing("gone"))
                tx.add(Thing("d"))
            found = [(thing.id, thing.name) for thing in all_of(storage, Thing)]
        assert found == [("a", ""), ("b", ""), ("c", ""), ("d", ""), ("old", "new")], (
            "of several writes of one unit not all are kept"
        )

    def test_a_commit_covers_all_tables(self) -> None:
        """What was written to several tables is kept together: "One unit of work"."""
        with self.bound() as storage:
            with storage.transaction() as tx:
                tx.add(Thing("t"))
                tx.add(Part(code="p", thing_id="t"))
            things, parts = len(all_of(storage, Thing)), len(all_of(storage, Part))
        assert (things, parts) == (1, 1), "of two tables of one unit not both are kept"

    def test_one_call_takes_several_classes(self) -> None:
        """Records of two classes go into one call of a verb: "of one or of several classes"."""
        with self.bound() as storage:
            keep(storage, Thing("t"), Part(code="p"), Thing("u"))
            with storage.transaction() as tx:
                tx.save(Part(code="p", batch="x"), Thing("t", name="x"))
            assert fetched(storage, Thing, "t").name == "x", "a save of several classes has left one out"
            assert fetched(storage, Part, "p").batch == "x", "a save of several classes has left one out"
            with storage.transaction() as tx:
                tx.remove(Thing("u"), Part(code="p", version=2), Thing("t", version=2))
            assert (all_of(storage, Thing), all_of(storage, Part)) == ([], []), (
                "a removal of several classes has left something"
            )

    def test_an_exception_keeps_nothing(self) -> None:
        """After an exception everything is as it was, in all tables: "leaving it with an exception keeps nothing"."""
        with self.bound() as storage:
            _break_down(storage, Breakdown())

    def test_an_interrupt_keeps_nothing(self) -> None:
        """Ctrl-C and the end of a generator are exceptions too: "leaving it with an exception keeps nothing"."""
        with self.bound() as storage:
            _break_down(storage, KeyboardInterrupt())
        with self.bound() as storage:
            _break_down(storage, GeneratorExit())

    def test_an_exception_passes_through(self) -> None:
        """The caller gets the very exception that was raised: "an exception rolls back and passes through"."""
        for error in (Breakdown("the caller's own"), OSError("the caller's own, too")):
            with self.bound() as storage, pytest.raises(type(error)) as caught:
                write(storage, ("add", Thing("t")), then=error)
            assert caught.value is error, "another exception came out than was raised"

    def test_a_refused_verb_keeps_nothing(self) -> None:
        """What came before a refusal in the same transaction is not kept either: "what it did is kept as a whole at its end, or not at all"."""
        with self.bound() as storage:
            keep(storage, Thing("taken"))
            with pytest.raises(DuplicateKey):
                write(storage, ("add", Thing("before")), ("add", Thing("taken")))
            with pytest.raises(StaleRecord):
                write(storage, ("add", Part(code="before")), ("save", Thing("taken", version=7)))
            assert ([thing.id for thing in all_of(storage, Thing)], all_of(storage, Part)) == (
                ["taken"],
                [],
            ), "something of a unit that was refused is kept"

    def test_a_swallowed_refusal_keeps_nothing(self) -> None:
        """A refusal that nobody heeded is not a success: "leaving it as if nothing had happened keeps nothing either"."""
        for refused in (
            ("add", Thing("taken")),
            ("save", Thing("gone", version=7)),
            ("remove", Thing("gone")),
        ):
            with self.bound() as storage:
                keep(storage, Thing("taken"))
                # A storage that raises at the end only gives its own reason there.
                with pytest.raises((StorageError, DuplicateKey, StaleRecord)), storage.transaction() as tx:  # noqa: PT012  the end is what raises
                    tx.add(Thing("before"))
                    with suppress(DuplicateKey, StaleRecord):
                        getattr(tx, refused[0])(refused[1])
                assert [thing.id for thing in all_of(storage, Thing)] == ["taken"], (
                    "something of a unit is kept whose refusal was swallowed"
                )

    def test_own_writes_are_seen(self) -> None:
        """Every way of reading shows what was written before in the same block: "A transaction sees its own writes"."""
        with self.bound() as storage:
            keep(storage, Thing("gone"))
            with storage.transaction() as tx:
                tx.add(Thing("t", name="first", words=("old",)), Part(code="p", thing_id="t"))
                assert keys_of(tx, Thing, exists("kit_parts", "thing_id")) == ["t"], (
                    "find misses an added record"
                )
                tx.save(Thing("t", name="second", words=("new",)))
                assert must_get(tx, Thing, "t").name == "second", "get misses a saved record"
                assert tx.count(Thing, Query(stored("name") == "second")) == 1, "count misses a saved record"
                assert keys_of(tx, Thing, has_key("word", "new")) == ["t"], "find misses a saved lookup key"
                tx.remove(Thing("gone"))
                assert tx.get(Thing, "gone") is None, "get still shows a removed record"
                assert tx.count(Thing, Query()) == 1, "count still counts a removed record"

    def test_a_reader_cannot_write(self) -> None:
        """A write in a unit that only reads is refused and never dropped silently: "it raises `StorageError`, and nothing is kept"."""
        steps = [("add", Thing("new")), ("save", Thing("old", name="x")), ("remove", Thing("old"))]
        with self.bound() as storage:
            keep(storage, Thing("old"))
            for verb, record in steps:
                with pytest.raises(StorageError), storage.transaction(read_only=True) as tx:
                    getattr(tx, verb)(record)
            assert all_of(storage, Thing) == [Thing("old")], "a unit that only reads has written"

    def test_tables_are_told_apart(self) -> None:
        """A table whose name begins like another's keeps records of its own: "The table's name, plural, without any prefix"."""
        with self.bound() as storage:
            keep(storage, Thing("t", words=("w",)), Relic("r", "w"), Relic("t", "w"))
            with storage.transaction() as tx:
                tx.save(Relic("t", "v"))
                tx.remove(Relic("r", "w"))
            with storage.transaction(read_only=True) as tx:
                assert (keys_of(tx, Thing), tx.count(Thing, Query())) == (["t"], 1), (
                    "things are mixed up with a table whose name begins alike"
                )
                assert (keys_of(tx, Relic), tx.count(Relic, Query())) == (["t"], 1), (
                    "relics are mixed up with a table whose name begins alike"
                )
                assert keys_of(tx, Thing, has_key("word", "v")) == [], (
                    "a lookup key finds a record of another table"
                )
                assert keys_of(tx, Relic, has_key("word", "v")) == ["t"], (
                    "a lookup key does not find the record of its table"
                )
            assert fetched(storage, Thing, "t") == Thing("t", words=("w",)), (
                "a table with a name that begins alike has changed a record"
            )

    def test_an_unknown_key_finds_nothing(self) -> None:
        """A key is matched exactly, and a missing one is not an error: "The record as last committed or as written by this transaction, or None"."""
        unknown = ["", "K", "k ", " k", "k\u0301", "k%", "\x00", "k\x00", "\ud800", "x" * 1000, "'; --"]
        with self.bound() as storage:
            keep(storage, Thing("k"))
            with storage.transaction(read_only=True) as tx:
                found = {key: tx.get(Thing, key) for key in unknown}
        assert found == dict.fromkeys(unknown), "a key that nobody has finds something"

    def test_a_class_that_was_never_registered_is_refused(self) -> None:
        """No verb takes a foreign class: "`RegistrationError` (the class was never registered)"."""
        with self.bound() as storage:
            stranger = Stranger("s")
            writes = [("add", stranger), ("save", stranger), ("remove", stranger)]
            for verb, *arguments in [*writes, ("get", Stranger, "s"), ("count", Stranger, Query())]:
                with pytest.raises(RegistrationError):
                    write(storage, (verb, *arguments))
            with pytest.raises(RegistrationError), storage.transaction() as tx:
                list(tx.find(Stranger, Query()))

    def test_binding_again_changes_nothing(self) -> None:
        """A second bind keeps what is stored: "Binding the same record types again changes nothing"."""
        with self.bound() as storage:
            keep(storage, Thing("t", words=("w",)), Part(code="p", serial="s"))
            before = all_of(storage, Thing), all_of(storage, Part)
            storage.bind(REGISTRY)
            assert (all_of(storage, Thing), all_of(storage, Part)) == before, (
                "binding again has changed what is stored"
            )
            with storage.transaction(read_only=True) as tx:
                assert keys_of(tx, Thing, has_key("word", "w")) == ["t"], (
                    "after binding again a lookup key does not find"
                )

    def test_hints_change_no_answer(self) -> None:
        """Locking and passing over locked rows are left to the engine: "Nothing may depend on it"."""
        with self.bound() as storage:
            keep(storage, Thing("a"), Thing("b"))
            with storage.transaction() as tx:
                assert tx.get(Thing, "a", for_update=True) == Thing("a"), (
                    "with `for_update` another record is read"
                )
                assert tx.get(Thing, "c", for_update=True) is None, "with `for_update` a record is made up"
                assert keys_of(tx, Thing, skip_locked=True) == ["a", "b"], (
                    "with `skip_locked`, though nothing is locked, the answer differs"
                )
                tx.save(evolve(must_get(tx, Thing, "a"), name="x"))
                assert keys_of(tx, Thing, skip_locked=True, limit=1) == ["a"], (
                    "with `skip_locked` and a limit, though nothing is locked, the answer differs"
                )


def _break_down(storage: Storage, error: BaseException) -> None:
    """Write to two tables, raise the error in between, and demand that nothing has changed."""
    keep(storage, Thing("kept"), Thing("saved"), Part(code="removed"))
    steps = [
        ("add", Thing("new"), Part(code="new")),
        ("save", Thing("saved", name="changed")),
        ("remove", Part(code="removed")),
    ]
    with pytest.raises(type(error)):
        write(storage, *steps, then=error)
    assert [part.code for part in all_of(storage, Part)] == ["removed"], (
        "what was removed before the error is not there again"
    )
    assert [thing.id for thing in all_of(storage, Thing)] == ["kept", "saved"], (
        "other records are there than before the error"
    )
    assert fetched(storage, Thing, "saved") == Thing("saved"), (
        "what was saved before the error is still there"
    )
