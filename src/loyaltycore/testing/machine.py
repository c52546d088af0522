"""A state machine that drives any storage and the one in memory through the same steps and compares every answer.

    from loyaltycore.testing import storage_machine

    TestShopStorageMachine = storage_machine(open_shop_storage)

`open_shop_storage` is a function without arguments that returns a context manager with a fresh, empty, unbound storage,
like `StorageConformance.open`. Both pytest and unittest collect the result.
"""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, ClassVar, Final, TypeAlias, cast

from attrs import evolve
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
)

from loyaltycore.capabilities import core_record_types
from loyaltycore.kernel.criteria import Query
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import storage as storage_port
from loyaltycore.ports.storage import Storage
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore.testing.citing import promise_of
from loyaltycore.testing.driving import Answer, Driver, contents
from loyaltycore.testing.strategies.queries import queries
from loyaltycore.testing.strategies.records import record_of

Opening: TypeAlias = Callable[[], AbstractContextManager[Storage]]

DEFAULT_SETTINGS: Final = settings(
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
"""Few stories, each of them long.

A mistake of a storage needs a history: a record added, saved, read before and saved again, across a commit. Thirty
steps have room for several such histories, and fifty stories of them take some seconds on a database server. No
deadline, because a step may wait for a disk. The health checks judge how fast examples are made, and records of
thirty fields take their time. What was found is made smaller but not explained: that would take many more runs of a long
story than it tells. For a long night: ``storage_machine(..., settings=settings(DEFAULT_SETTINGS,
max_examples=5000))``.
"""

PROMISES: Final = {
    "get": "The record as last committed or as written by this transaction, or None",
    "add": "DuplicateKey: A key or a unique tuple is taken",
    "save": "Replace stored records that carry the version at which they were read",
    "remove": "Remove stored records that carry the version at which they were read",
    "find": "Read the records that match, in the order of the query, the key being the last criterion",
    "count": "Count the records that match; order, `after` and `limit` are ignored",
    "commit": "Leaving the block normally commits; an exception rolls back and passes through",
    "contents": "what it did is kept as a whole at its end, or not at all",
}
"""For each step, the sentence of the port that is broken if a storage and the model differ."""

_KEYS: Final = ("k1", "k2", "K1", "k1 ")
_MOST_AT_ONCE: Final = 2
_MOST_AT_FIRST: Final = 5
_MOST_TYPES: Final = 3
"""A story about all record types at once would never return to a record."""


class Plan:
    """What stories are made of: record types, and records that collide."""

    def __init__(self, record_types: Iterable[RecordType[Any]]) -> None:
        self.registry = Registry(record_types)
        self.records = {kind.cls: colliding(kind) for kind in self.registry}
        """Strategies for records, by class."""

    def casts(self) -> st.SearchStrategy[list[type]]:
        """The few classes that one story is about."""
        return st.lists(st.sampled_from(list(self.records)), min_size=1, max_size=_MOST_TYPES, unique=True)

    def scene(self, cast: list[type]) -> st.SearchStrategy[list[Any]]:
        """Records that are there from the beginning."""
        some = st.one_of([self.records[cls] for cls in cast])
        return st.lists(some, max_size=_MOST_AT_FIRST)

    def queries(self, cls: type, among: list[Any]) -> st.SearchStrategy[Query]:
        """Queries, some of them with the values of known records."""
        return queries(self.registry.of(cls), self.registry, among)

    def changed(self, record: Any) -> st.SearchStrategy[Any]:
        """The record with other contents, under its key and at its version."""
        key = self.registry.of(type(record)).key
        same = {key: getattr(record, key), "version": record.version}
        return self.records[type(record)].map(lambda other: evolve(other, **same))


def colliding(record_type: RecordType[Any]) -> st.SearchStrategy[Any]:
    """Records that share keys, unique values and references with one another."""
    crowded = {record_type.key, *(name for columns in record_type.unique for name in columns)}
    crowded |= {stored.name for stored in record_type.fields if stored.name.endswith(("_id", "_key"))}
    few = {
        name: st.sampled_from([*_KEYS, *([None] if record_type.field_map[name].nullable else [])])
        for name in crowded
        if record_type.field_map[name].type is str
    }
    return record_of(record_type, **few)


def _drawn(draw: Callable[[StorageMachine], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Something that the story at hand draws."""
    return st.runner().flatmap(draw)


class StorageMachine(RuleBasedStateMachine):
    """The steps. Both storages get each of them; whatever they answer or raise is compared at once."""

    opening: ClassVar[Opening]
    plan: ClassVar[Plan]
    seen: Bundle[Any] = Bundle("seen")

    def __init__(self) -> None:
        super().__init__()
        self._opened = ExitStack()
        storages = MemoryStorage(), self._opened.enter_context(type(self).opening())
        for storage in storages:
            storage.bind(self.plan.registry)
        self.model, self.subject = (Driver(storage) for storage in storages)
        self.cast: list[type] = []
        self.known: list[Any] = []

    def records(self) -> st.SearchStrategy[list[Any]]:
        """New records of this story."""
        some = st.one_of([self.plan.records[cls] for cls in self.cast])
        return st.lists(some, min_size=1, max_size=_MOST_AT_ONCE)

    def questions(self) -> st.SearchStrategy[tuple[type, Query]]:
        """Queries of this story."""
        return st.sampled_from(self.cast).flatmap(
            lambda cls: st.tuples(st.just(cls), self.plan.queries(cls, self.known))
        )

    @initialize(target=seen, cast=_drawn(lambda machine: machine.plan.casts()), data=st.data())
    def begin(self, cast: list[type], data: st.DataObject) -> MultipleResults[Any]:
        """Choose what the story is about, and store a few records to begin with."""
        self.cast = cast
        records = data.draw(self.plan.scene(cast), label="records")
        for record in records:
            self.add([record])
            if self.model.is_open:
                self.commit()
        return multiple(*records)

    @rule(target=seen, records=_drawn(lambda machine: machine.records()))
    def add(self, records: list[Any]) -> MultipleResults[Any]:
        """Add new records, some of them under taken keys."""
        self.known += records
        self._both("add", *records)
        return multiple(*records)

    @rule(target=seen, record=seen, data=st.data())
    def save(self, record: Any, data: st.DataObject) -> Any:
        """Save a record as it was seen once, perhaps long ago."""
        return self._save(record, data)

    @rule(target=seen, data=st.data())
    def read_and_save(self, data: st.DataObject) -> MultipleResults[Any]:
        """Save a record as it is."""
        present = [record for cls in self.cast for record in self._both("find", cls, Query())]
        if not present:
            return multiple()
        return multiple(self._save(data.draw(st.sampled_from(present), label="record"), data))

    @rule(record=seen)
    def remove(self, record: Any) -> None:
        """Remove a record as it was seen once."""
        self._both("remove", record)

    @rule(target=seen, cls=_drawn(lambda machine: st.sampled_from(machine.cast)), key=st.sampled_from(_KEYS))
    def get(self, cls: type, key: str) -> MultipleResults[Any]:
        """Read under a key."""
        found = self._both("get", cls, key)
        return multiple() if found is None else multiple(found)

    @rule(target=seen, question=_drawn(lambda machine: machine.questions()))
    def find(self, question: tuple[type, Query]) -> MultipleResults[Any]:
        """Read the records that match."""
        return multiple(*(self._both("find", *question) or ()))

    @rule(question=_drawn(lambda machine: machine.questions()))
    def count(self, question: tuple[type, Query]) -> None:
        """Count the records that match."""
        self._both("count", *question)

    @precondition(lambda self: self.model.is_open)
    @rule()
    def commit(self) -> None:
        """Leave the transaction normally."""
        self._compare("commit", self.model.leave(), self.subject.leave())
        self._compare_contents()

    @precondition(lambda self: self.model.is_open)
    @rule()
    def roll_back(self) -> None:
        """Leave the transaction with an exception."""
        self._abandon()

    def teardown(self) -> None:
        """End what is open, and compare once more."""
        try:
            self._abandon()
        finally:
            self._opened.close()

    def _save(self, record: Any, data: st.DataObject) -> Any:
        changed = data.draw(self.plan.changed(record), label="changed")
        self.known.append(changed)
        self._both("save", changed)
        return evolve(changed, version=changed.version + 1)

    def _both(self, verb: str, *arguments: Any) -> Any:
        expected, answer = self.model.do(verb, *arguments), self.subject.do(verb, *arguments)
        if expected.refused and not answer.refused:
            # A storage may refuse at the end what the model refuses at once.
            answer = self.subject.leave()
        self._compare(verb, expected, answer)
        if expected.refused:
            self._abandon()
        return expected.value

    def _abandon(self) -> None:
        self.model.abandon()
        self.subject.abandon()
        self._compare_contents()

    def _compare(self, step: str, expected: Answer, answer: Answer) -> None:
        assert answer == expected, f"at `{step}` the storage and the model differ\n{_broken(step)}"

    def _compare_contents(self) -> None:
        kinds = [kind for kind in self.plan.registry if kind.cls in self.cast]
        found, expected = contents(self.subject.storage, kinds), contents(self.model.storage, kinds)
        assert found == expected, f"the storage and the model keep different records\n{_broken('contents')}"


def _broken(step: str) -> str:
    return f"broken promise: {promise_of(PROMISES[step], (storage_port,))}"


def storage_machine(
    opening: Opening,
    record_types: Iterable[RecordType[Any]] | None = None,
    *,
    settings: settings = DEFAULT_SETTINGS,
) -> type[unittest.TestCase]:
    """Make a test case that compares a storage with the one in memory.

    Args:
        opening: Returns a context manager with a fresh storage: empty, and not bound yet. Called for every story.
        record_types: What is stored; by default the library's own record types. A host adds its own:
            ``(*core_record_types(), *SHOP_RECORD_TYPES)``.
        settings: How long to look for a difference.
    """
    plan = Plan(core_record_types() if record_types is None else record_types)
    machine: Any = type("StorageMachine", (StorageMachine,), {"opening": staticmethod(opening), "plan": plan})
    case = cast("type[unittest.TestCase]", machine.TestCase)
    case.settings = settings  # type: ignore[attr-defined]  # hypothesis adds it
    return case
