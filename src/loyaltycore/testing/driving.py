"""Drives one storage a step at a time and records its answers, including errors."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.errors import DuplicateKey, StaleRecord
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.storing.codec import to_json
from loyaltycore.storing.registry import RecordType

_PAGE: Final = 1


class Abandoned(Exception):
    """Raised inside a transaction so that nothing of it is kept."""


@frozen
class Answer:
    """The result of a step; two are equal if a caller could not tell them apart."""

    refusal: tuple[Any, ...] = ()
    """The error's class and what its facts say, or empty."""
    data: str = ""
    """The answer as JSON, in which 1 and true differ."""
    value: Any = field(default=None, eq=False, repr=False)

    @property
    def refused(self) -> bool:
        """Whether the step was refused."""
        return bool(self.refusal)


class Driver:
    """One storage, and the transaction that is open on it."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._block: AbstractContextManager[Transaction] | None = None
        self._tx: Transaction | None = None

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        return self._block is not None

    def do(self, verb: str, *arguments: Any) -> Answer:
        """Run a verb, in a new transaction if none is open; after a refusal the transaction can only be left."""
        if self._tx is None:
            self._block = self.storage.transaction()
            self._tx = self._block.__enter__()
        try:
            value = getattr(self._tx, verb)(*arguments)
            value = list(value) if verb == "find" else value
        except (DuplicateKey, StaleRecord) as error:
            return refusal(error)
        return Answer(data=to_json(value), value=value)

    def leave(self) -> Answer:
        """Leave the transaction normally."""
        block, self._block, self._tx = self._block, None, None
        assert block is not None, "no transaction is open"
        try:
            block.__exit__(None, None, None)
        except (DuplicateKey, StaleRecord) as error:
            return refusal(error)
        return Answer()

    def abandon(self) -> None:
        """Leave the transaction with an exception; without one nothing happens."""
        block, self._block, self._tx = self._block, None, None
        if block is None:
            return
        error = Abandoned()
        try:
            swallowed = block.__exit__(Abandoned, error, None)
        except Abandoned:
            return
        assert not swallowed, "an exception does not pass through the transaction"


def refusal(error: DuplicateKey | StaleRecord) -> Answer:
    """The error as an answer.

    If a record violates several unique tuples, an engine may name any of them, so a duplicate names only its table.
    """
    if isinstance(error, StaleRecord):
        return Answer(("StaleRecord", error.table, error.key))
    return Answer(("DuplicateKey", error.table))


def contents(storage: Storage, record_types: Iterable[RecordType[Any]]) -> dict[str, list[str]]:
    """All committed records of these types, table by table, as JSON in the order of the keys; and the first page of each.

    Pages are read every time, because generated queries rarely have a limit below the number of records.
    """
    with storage.transaction(read_only=True) as tx:
        return {
            f"{record_type.table}{place}": [to_json(record) for record in tx.find(record_type.cls, query)]
            for record_type in record_types
            for place, query in (("", Query()), (", first page", Query(limit=_PAGE)))
        }
