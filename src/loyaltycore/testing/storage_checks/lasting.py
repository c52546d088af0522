"""What was committed lasts: another storage finds it, and so does a look without the storage.

A storage that cannot be reached says so.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from loyaltycore.errors import DuplicateKey, LoyaltyError, StaleRecord, StorageError
from loyaltycore.kernel.criteria import Query, has_key
from loyaltycore.ports.storage import Storage
from loyaltycore.testing.samples import PARTS, REGISTRY, THINGS, Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, all_of, fetched, keep, keys_of, undone
from loyaltycore.testing.suite import needs


class LastingChecks(StorageChecks, kit=True):
    """Durability, several storages on the same data, and the real number of rows."""

    @needs("durable")
    def test_everything_is_there_after_reopening(self) -> None:
        """A storage that is opened again shows the same records and lookup keys: "what was committed is there for every storage that is opened on the same data later"."""
        with self.bound() as storage:
            keep(storage, Thing("t", "n", facts={"a": 1}, words=("w",)), Part(code="p", thing_id="t"))
            with storage.transaction() as tx:
                tx.save(Thing("t", "new", words=("w", "v")))
                tx.add(Thing("gone"))
                tx.remove(Thing("gone"))
            before = all_of(storage, Thing), all_of(storage, Part)
            with self.bound_again(storage) as again:
                assert (all_of(again, Thing), all_of(again, Part)) == before, (
                    "a storage that was opened again shows other records"
                )
                with again.transaction(read_only=True) as tx:
                    assert keys_of(tx, Thing, has_key("word", "v")) == ["t"], (
                        "a storage that was opened again has lost a lookup key"
                    )

    @needs("durable")
    def test_the_rules_hold_after_reopening(self) -> None:
        """Versions and unique tuples are remembered, not only the records: "what was committed is there for every storage that is opened on the same data later"."""
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
        """What one storage has committed, another one reads at once: "The record as last committed or as written by this transaction, or None"."""
        with self.bound() as storage, self.bound_again(storage) as another:
            keep(storage, Thing("t", name="first"))
            assert fetched(another, Thing, "t").name == "first", "another storage does not see what was added"
            with another.transaction() as tx:
                tx.save(Thing("t", name="second"))
                tx.add(Thing("u"))
            assert fetched(storage, Thing, "t").name == "second", (
                "a storage does not see what another one saved"
            )
            assert [thing.id for thing in all_of(storage, Thing)] == ["t", "u"], (
                "a storage does not see what another one added"
            )
            with storage.transaction(read_only=True) as tx:
                assert tx.count(Thing, Query()) == 2, "a storage does not count what another one added"
            keep(another, Thing("v"))
            with storage.transaction(read_only=True) as tx:
                assert tx.count(Thing, Query()) == 3, (
                    "counted again, a storage does not count what another one added"
                )

    @needs("peekable")
    def test_the_rows_are_really_there(self) -> None:
        """Counted without the storage, there are as many rows as records: "Store new records, of one or of several classes"."""
        with self.bound() as storage:
            assert self._peeked(storage, THINGS.table) == 0, "`peek` counts rows in a fresh storage"
            keep(storage, Thing("a"), Thing("b"), Thing("c"), Part(code="p"))
            with storage.transaction() as tx:
                tx.remove(Thing("b"))
                tx.save(Thing("a", name="x"))
            with undone(storage) as tx:
                tx.add(Thing("never"))
            found = self._peeked(storage, THINGS.table), self._peeked(storage, PARTS.table)
            assert found == (2, 1), "`peek` counts other rows than there are records"

    def _peeked(self, storage: Storage, table: str) -> int:
        try:
            return self.peek(storage, table)
        except Exception as error:
            error.add_note(
                f"the hook `peek` raised this when asked for {table!r}; it is called on a bound storage before anything "
                "is written, too, and must answer 0 there"
            )
            raise

    @needs("unreachable")
    def test_what_cannot_be_reached_says_so(self) -> None:
        """Nothing is claimed to be kept, and no foreign error comes out: "What the engine, the system or the network raises never comes out as it is"."""
        with self.open_unreachable() as storage:
            # After a `bind` that failed no record type is known, and a storage may say so.
            expected = StorageError if _binds(storage) else LoyaltyError
            with pytest.raises(expected):
                keep(storage, Thing("t"))
            with suppress(expected):
                all_of(storage, Thing)


def _binds(storage: Storage) -> bool:
    """Whether `bind` succeeds, or fails as it should."""
    try:
        storage.bind(REGISTRY)
    except StorageError:
        return False
    return True
