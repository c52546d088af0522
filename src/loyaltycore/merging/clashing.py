"""Records that cannot both stand once they refer to one customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.kernel.combining import Combining
from loyaltycore.kernel.criteria import And, Criterion, stored
from loyaltycore.storing.registry import OnMerge, RecordType

Tuple = tuple[Any, ...]


def reference_fields(record_type: RecordType[Any]) -> tuple[str, ...]:
    """The fields of a record type that a merge points to the survivor."""
    link = record_type.customer
    own = (link.field,) if link is not None and link.merge is OnMerge.MOVE else ()
    return (*own, *record_type.mentions)


@frozen
class Uniqueness:
    """A unique tuple that has a customer in it."""

    record_type: RecordType[Any]
    unique: tuple[str, ...]
    survivor: str
    loser: str

    @property
    def references(self) -> tuple[str, ...]:
        """The fields of the tuple that hold a customer."""
        return tuple(each for each in self.unique if each in reference_fields(self.record_type))

    def first_reference(self, record: Any) -> str:
        """The first field by which a record refers to the loser."""
        return next(each for each in self.references if getattr(record, each) == self.loser)

    def after(self, record: Any) -> Tuple | None:
        """The tuple that a record will have; None if it shares nothing."""
        moved = repointed(self.record_type, record, self.survivor, self.loser)
        held = tuple(getattr(moved, each) for each in self.unique)
        return None if None in held else held

    def holders(self, wanted: Sequence[Tuple]) -> Criterion:
        """All records that may hold one of these tuples, and some more."""
        columns = zip(self.unique, zip(*wanted, strict=True), strict=True)
        return And(tuple(stored(name).one_of(dict.fromkeys(values)) for name, values in columns))

    def held(self, record: Any) -> Tuple:
        """The tuple that a record has."""
        return tuple(getattr(record, each) for each in self.unique)


def uniquenesses(record_types: Iterable[RecordType[Any]], survivor: str, loser: str) -> Iterator[Uniqueness]:
    """All unique tuples that a merge may break."""
    for record_type in record_types:
        for unique in record_type.unique:
            found = Uniqueness(record_type, unique, survivor, loser)
            if found.references:
                yield found


def repointed(record_type: RecordType[Any], record: Any, survivor: str, loser: str) -> Any:
    """A record that refers to the survivor where it referred to the loser."""
    changes = {each: survivor for each in reference_fields(record_type) if getattr(record, each) == loser}
    return evolve(record, **changes) if changes else record


def combined(kind: Uniqueness, mine: Any, theirs: Any, by: Combining) -> tuple[Any, Any | None]:
    """Two records that cannot both stand, as they are to be."""
    record_type = kind.record_type
    link = record_type.customer
    combine = None if link is None else link.combine
    if combine is None:
        raise LookupError(record_type.table)
    mine_now = repointed(record_type, mine, kind.survivor, kind.loser)
    return combine(mine_now, repointed(record_type, theirs, kind.survivor, kind.loser), by)


def cannot_combine(record_type: RecordType[Any], count: int) -> Blocker:
    """Why a merge is refused of which a record type does not say how it is done."""
    return Blocker(
        "merge.records_clash",
        f"{count} {record_type.singular} of each customer cannot both belong to one",
        "remove or change one of each two",
        {"table": record_type.table, "count": count},
    )


def can_combine(record_type: RecordType[Any]) -> bool:
    """Whether a record type says what becomes of two records that cannot both stand."""
    return record_type.customer is not None and record_type.customer.combine is not None
