"""Keys and unique tuples are taken once; saving and removing need the version that was read."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from loyaltycore.errors import DuplicateKey, StaleRecord
from loyaltycore.ports.storage import Storage
from loyaltycore.testing.samples import PARTS, THINGS, Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, all_of, fetched, keep, keys_of, must_get


def refused_as_duplicate(storage: Storage, verb: str, *records: Any) -> DuplicateKey:
    """Write what must be refused, in a transaction of its own."""
    with pytest.raises(DuplicateKey) as caught, storage.transaction() as tx:
        getattr(tx, verb)(*records)
    return caught.value


def refused_as_stale(storage: Storage, verb: str, *records: Any) -> StaleRecord:
    """Write what must be refused, in a transaction of its own."""
    with pytest.raises(StaleRecord) as caught, storage.transaction() as tx:
        getattr(tx, verb)(*records)
    return caught.value


class RuleChecks(StorageChecks, kit=True):
    """Unique keys and versions."""

    def test_a_key_is_taken_once(self) -> None:
        """A second record under a key is refused and the first one stays: "DuplicateKey: A key or a unique tuple is taken"."""
        with self.bound() as storage:
            keep(storage, Thing("k", name="first"))
            error = refused_as_duplicate(storage, "add", Thing("k", name="second"))
            assert (error.table, error.fields) == (THINGS.table, ("id",)), "the error names another key"
            assert all_of(storage, Thing) == [Thing("k", name="first")], (
                "a record that was refused has changed the one that was there"
            )
            refused_as_duplicate(storage, "add", Thing("twice"), Thing("twice"))
            keep(storage, Part(code="k"))

    def test_a_unique_tuple_is_taken_once(self) -> None:
        """No second record gets the values of a unique tuple: "Tuples of fields that no two records share"."""
        with self.bound() as storage:
            keep(storage, Part(code="a", serial="s", batch="b", order=1, thing_id="t"))
            error = refused_as_duplicate(storage, "add", Part(code="x", serial="s"))
            assert (error.table, error.fields) == (PARTS.table, ("serial",)), (
                "the error names another unique tuple"
            )
            error = refused_as_duplicate(storage, "add", Part(code="x", batch="b", order=1, thing_id="t"))
            assert error.fields == ("batch", "order", "thing_id"), "the error names another unique tuple"
            refused_as_duplicate(storage, "add", Part(code="x", serial="new"), Part(code="y", serial="new"))
            assert [part.code for part in all_of(storage, Part)] == ["a"], (
                "a record whose unique tuple is taken was added"
            )

    def test_a_save_cannot_take_a_unique_tuple(self) -> None:
        """Giving a record the values of another one is refused, as adding one is: "DuplicateKey: A unique tuple is taken"."""
        with self.bound() as storage:
            keep(storage, Part(code="a", serial="s"), Part(code="b", serial="other"))
            error = refused_as_duplicate(storage, "save", Part(code="b", serial="s"))
            assert (error.table, error.fields) == (PARTS.table, ("serial",)), (
                "the error names another unique tuple"
            )
            assert [part.serial for part in all_of(storage, Part)] == ["s", "other"], (
                "a record whose unique tuple is taken was saved"
            )

    def test_a_record_keeps_its_own_unique_tuple(self) -> None:
        """A record saved with its values unchanged does not conflict with itself: "Tuples of fields that no two records share"."""
        with self.bound() as storage:
            keep(storage, Part(code="a", serial="s", batch="b", order=1, thing_id="t"))
            with storage.transaction() as tx:
                tx.save(Part(code="a", serial="s", batch="b", order=1, thing_id="t", note="changed"))
            assert fetched(storage, Part, "a").note == "changed", (
                "a record cannot be saved with its own unique tuple"
            )

    def test_a_unique_tuple_counts_as_a_whole(self) -> None:
        """Records may share some fields of a tuple, but not all: "Tuples of fields that no two records share"."""
        with self.bound() as storage:
            keep(
                storage,
                Part(code="a", batch="b", order=1, thing_id="t"),
                Part(code="b", batch="b", order=1, thing_id="u"),
                Part(code="c", batch="b", order=2, thing_id="t"),
                Part(code="d", batch="c", order=1, thing_id="t"),
            )
            assert len(all_of(storage, Part)) == 4, (
                "records that share a part of a unique tuple are not all there"
            )

    def test_none_shares_nothing(self) -> None:
        """Any number of records may have None in a unique tuple: "A None in any of them shares nothing"."""
        with self.bound() as storage:
            keep(storage, Part(code="a", batch="b", order=1), Part(code="b", batch="b", order=1))
            with storage.transaction() as tx:
                tx.add(Part(code="c", serial="s"))
                tx.save(Part(code="b", serial=None, batch="b", order=1))
            assert len(all_of(storage, Part)) == 3, "records with None in a unique tuple are not all there"

    def test_texts_that_differ_share_nothing(self) -> None:
        """Keys and unique texts that differ by case, accent or a blank are different: "compare by code point"."""
        alike = ["s", "S", "s ", " s", "ß", "ss", "\u00e4", "a\u0308", "a", "A", "\U0001f600", "\U0001f601"]
        with self.bound() as storage:
            for text in alike:
                keep(storage, Part(code=text, serial=text))
            assert {part.serial for part in all_of(storage, Part)} == set(alike), (
                "texts that differ are not all there"
            )

    def test_what_was_given_up_is_free_again(self) -> None:
        """A key or a unique tuple that is gone may be used, at once and later: "Tuples of fields that no two records share"."""
        with self.bound() as storage:
            keep(storage, Part(code="a", serial="s"), Part(code="b", serial="t"))
            with storage.transaction() as tx:
                tx.remove(Part(code="a", serial="s"))
                tx.add(Part(code="a", serial="s", note="again"))
                tx.save(Part(code="b", serial="u"))
                tx.add(Part(code="c", serial="t"))
            with storage.transaction() as tx:
                tx.remove(must_get(tx, Part, "a"))
            keep(storage, Part(code="a", serial="s"))
            assert [part.serial for part in all_of(storage, Part)] == ["s", "u", "t"], (
                "what was given up is not free again"
            )

    def test_a_save_increases_the_version(self) -> None:
        """Every save increases the version by one and replaces the whole record: "Afterwards the stored record equals the given one with its version increased by one"."""
        with self.bound() as storage:
            keep(storage, Thing("k", name="a", nick="n", size=5))
            for version in (1, 2, 3):
                changed = Thing("k", name=f"saved {version}", version=version)
                with storage.transaction() as tx:
                    tx.save(changed)
                assert fetched(storage, Thing, "k") == evolve(changed, version=version + 1), (
                    "a save leads to another record or version"
                )
            with storage.transaction() as tx:
                tx.save(Thing("k", name="once", version=4))
                tx.save(Thing("k", name="twice", version=5))
            assert fetched(storage, Thing, "k") == Thing("k", name="twice", version=6), (
                "two saves in one unit lead to another record or version"
            )

    def test_a_stale_save_is_refused(self) -> None:
        """A record that was changed since it was read is not overwritten: "StaleRecord: The stored version is another one, or the record is gone"."""
        with self.bound() as storage:
            keep(storage, Thing("k"))
            with storage.transaction() as tx:
                tx.save(Thing("k", name="winner"))
            for version in (1, 3):
                error = refused_as_stale(storage, "save", Thing("k", name="loser", version=version))
                assert (error.table, error.key) == (THINGS.table, "k"), "the error names another record"
            refused_as_stale(storage, "save", Thing("k", version=2), Thing("k", version=2))
            assert fetched(storage, Thing, "k") == Thing("k", name="winner", version=2), (
                "a stale save has changed the record"
            )

    def test_saving_what_is_gone_is_refused(self) -> None:
        """A save brings nothing back and adds nothing: "StaleRecord: The stored version is another one, or the record is gone"."""
        with self.bound() as storage:
            keep(storage, Thing("gone"))
            with storage.transaction() as tx:
                tx.remove(Thing("gone"))
            for key in ("gone", "never there"):
                assert refused_as_stale(storage, "save", Thing(key)).key == key, (
                    "the error names another record"
                )
            assert all_of(storage, Thing) == [], "a save has brought something back"

    def test_a_stale_remove_is_refused(self) -> None:
        """A record that was changed since it was read is not removed: "StaleRecord: The stored version is another one, or the record is gone"."""
        with self.bound() as storage:
            keep(storage, Thing("k"))
            with storage.transaction() as tx:
                tx.save(Thing("k", name="changed"))
            for version in (1, 3):
                error = refused_as_stale(storage, "remove", Thing("k", version=version))
                assert (error.table, error.key) == (THINGS.table, "k"), "the error names another record"
            assert len(all_of(storage, Thing)) == 1, "a stale remove has removed the record"

    def test_removing_what_is_gone_is_refused(self) -> None:
        """Removing twice is noticed: "StaleRecord: The stored version is another one, or the record is gone"."""
        with self.bound() as storage:
            keep(storage, Thing("k"), Thing("other"))
            with storage.transaction() as tx:
                tx.remove(Thing("k"))
            assert refused_as_stale(storage, "remove", Thing("k")).key == "k", (
                "the error names another record"
            )
            refused_as_stale(storage, "remove", Thing("other"), Thing("other"))
            with storage.transaction() as tx:
                assert keys_of(tx, Thing) == ["other"], "other records are there than were left"
