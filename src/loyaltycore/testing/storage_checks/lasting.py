"""What was committed lasts: another storage on the same data finds it, and so does whoever looks behind its back."""

from __future__ import annotations

import pytest

from loyaltycore.domain.criteria import has_key
from loyaltycore.errors import DuplicateKey, StaleRecord
from loyaltycore.testing.samples import PARTS, THINGS, Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, fetched, keep, keys_of, stored, undone
from loyaltycore.testing.suite import needs


class LastingChecks(StorageChecks, kit=True):
    """Durability, several storages on the same data, and the real number of rows."""

    @needs("durable")
    def test_everything_is_there_after_reopening(self) -> None:
        """A storage that is opened anew shows the same records and lookup keys: "Keeps records"."""
        with self.bound() as storage:
            keep(storage, Thing("t", "n", facts={"a": 1}, words=("w",)), Part(code="p", thing_id="t"))
            with storage.transaction() as tx:
                tx.save(Thing("t", "new", words=("w", "v")))
                tx.add(Thing("gone"))
                tx.remove(Thing("gone"))
            before = stored(storage, Thing), stored(storage, Part)
            with self.bound_again(storage) as again:
                assert (stored(again, Thing), stored(again, Part)) == before
                with again.transaction(read_only=True) as tx:
                    assert keys_of(tx, Thing, has_key("word", "v")) == ["t"]

    @needs("durable")
    def test_the_rules_hold_after_reopening(self) -> None:
        """Versions and unique tuples are remembered, not only the records: "Keeps records"."""
        with self.bound() as storage:
            keep(storage, Thing("t"), Part(code="p", serial="s"))
            with storage.transaction() as tx:
                tx.save(Thing("t", name="new"))
            with self.bound_again(storage) as again:
                with pytest.raises(StaleRecord), again.transaction() as tx:
                    tx.save(Thing("t", name="stale"))
                with pytest.raises(DuplicateKey), again.transaction() as tx:
                    tx.add(Part(code="q", serial="s"))
                with pytest.raises(DuplicateKey), again.transaction() as tx:
                    tx.add(Thing("t"))

    @needs("shared")
    def test_two_storages_see_each_others_commits(self) -> None:
        """What one storage committed another one reads at once: "The record as last committed"."""
        with self.bound() as storage, self.bound_again(storage) as another:
            keep(storage, Thing("t", name="first"))
            assert fetched(another, Thing, "t").name == "first"
            with another.transaction() as tx:
                tx.save(Thing("t", name="second"))
                tx.add(Thing("u"))
            assert fetched(storage, Thing, "t").name == "second"
            assert [thing.id for thing in stored(storage, Thing)] == ["t", "u"]

    @needs("peekable")
    def test_the_rows_are_really_there(self) -> None:
        """Behind the storage's back there are as many rows as records: "Store new records"."""
        with self.bound() as storage:
            assert self.peek(storage, THINGS.table) == 0, "a fresh storage is not empty"
            keep(storage, Thing("a"), Thing("b"), Thing("c"), Part(code="p"))
            with storage.transaction() as tx:
                tx.remove(Thing("b"))
                tx.save(Thing("a", name="x"))
            with undone(storage) as tx:
                tx.add(Thing("never"))
            assert (self.peek(storage, THINGS.table), self.peek(storage, PARTS.table)) == (2, 1)
