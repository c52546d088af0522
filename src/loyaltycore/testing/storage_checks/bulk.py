"""Work on all records that match, by one statement where a transaction can, else through the six verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import evolve

from loyaltycore.kernel.criteria import Exists, stored
from loyaltycore.ports.bulk import FIRST_NUMBER, SupportsHolding
from loyaltycore.ports.storage import Storage
from loyaltycore.testing.samples import REGISTRY, Entry, Tag
from loyaltycore.testing.storage_checks.base import StorageChecks, all_of, keep
from loyaltycore.work.bulk import Bulk

_MANY: Final = 1200
"""More than one portion of those that work record by record."""


class BulkChecks(StorageChecks, kit=True):
    """What is done to all records that match. A transaction that has no such power is used through the six verbs."""

    @contextmanager
    def _filled(self) -> Iterator[Storage]:
        with self.bound() as storage:
            keep(storage, *(Tag(f"t{n:05}", "a" if n % 3 else None, count=n) for n in range(_MANY)))
            yield storage

    def test_all_that_match_are_changed(self) -> None:
        """Those that match have the new values and another version: "Give fields of all matching records one value each, and increase their versions by one"."""
        with self._filled() as storage:
            before = all_of(storage, Tag)
            with storage.transaction() as tx:
                where = (stored("thing") == "a") & (stored("count") > 1)
                count = Bulk(tx, REGISTRY).change_all(Tag, where, {"thing": None, "word": "new"})
            fits = [each for each in before if each.thing == "a" and each.count > 1]
            assert count == len(fits), "the answer is another number than that of the records that match"
            changed = {each.id: evolve(each, thing=None, word="new", version=2) for each in fits}
            assert all_of(storage, Tag) == [changed.get(each.id, each) for each in before], (
                "something else is stored than the new values of those that match"
            )

    def test_all_that_match_are_removed(self) -> None:
        """Those that match are gone, and no other: "Remove all matching records"."""
        with self._filled() as storage:
            with storage.transaction() as tx:
                count = Bulk(tx, REGISTRY).remove_all(Tag, stored("thing") == "a")
            rest = all_of(storage, Tag)
            assert [each.thing for each in rest] == [None] * (_MANY // 3), (
                "a record that matches is there, or another one is gone"
            )
            assert count == _MANY - len(rest), "the answer is another number than that of the removed records"

    def test_all_that_match_are_listed(self) -> None:
        """There is an entry for each, in their order, by which they are found: "Store one record like `entry` for each matching record"."""
        with self._filled() as storage:
            with storage.transaction() as tx:
                bulk = Bulk(tx, REGISTRY)
                count = bulk.list_all(Tag, stored("count") >= _MANY - 3, Entry("list"), "tag")
                found = bulk.change_all(
                    Tag, Exists("kit_entries", "tag", stored("id") > "list"), {"word": "x"}
                )
            assert (count, found) == (3, 3), (
                "the answers are other numbers than that of the records that match"
            )
            assert all_of(storage, Entry) == [
                Entry(f"list-{FIRST_NUMBER + place}", f"t{_MANY - 3 + place:05}") for place in range(3)
            ], "the entries are others than one for each, numbered in the order of the keys"

    def test_only_what_is_there_is_held(self) -> None:
        """Holding and claiming say what is there, and change nothing: "The keys of those that are there"."""
        with self._filled() as storage:
            before = all_of(storage, Tag)
            for verb in ("claim", "hold"):
                with storage.transaction() as tx:
                    if isinstance(tx, SupportsHolding):
                        held = getattr(tx, verb)(Tag, ["t00001", "nobody", "t00002"])
                        assert held == {"t00001", "t00002"}, f"`{verb}` answers with others than those there"
            assert all_of(storage, Tag) == before, "what was held has changed"
