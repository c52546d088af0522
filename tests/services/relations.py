"""A host's records that refer to customers in every way, for the laws of merging and erasing."""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve, frozen

from loyaltycore import Capability
from loyaltycore.kernel.combining import Combining
from loyaltycore.kernel.criteria import Query
from loyaltycore.loyalty import Loyalty
from loyaltycore.storing.registry import CustomerLink, OnErase, OnExport, OnMerge, RecordType


@frozen
class Visit:
    """Any number for each customer, who may have been sent by another one."""

    id: str
    customer_id: str
    referrer_id: str | None
    text: str
    version: int = 1


@frozen
class Purse:
    """One for each customer and program."""

    id: str
    customer_id: str
    program: str
    points: int
    version: int = 1


@frozen
class Passport:
    """One for each customer."""

    id: str
    customer_id: str
    code: str
    version: int = 1


@frozen
class Friend:
    """A pair of customers, in this direction once."""

    id: str
    customer_id: str
    friend_id: str | None
    since: int
    version: int = 1


@frozen
class Verdict:
    """History that must not be rewritten."""

    id: str
    customer_id: str
    text: str
    version: int = 1


def _summed(mine: Purse, theirs: Purse, _: Combining) -> tuple[Purse, None]:
    return evolve(mine, points=mine.points + theirs.points), None


def _parked(mine: Passport, theirs: Passport, _: Combining) -> tuple[Passport, Passport]:
    # Both stay: a passport that is not the current one belongs to nobody in particular.
    return mine, evolve(theirs, customer_id=f"former of {theirs.id}", code=f"old {theirs.code}")


def _earlier(mine: Friend, theirs: Friend, _: Combining) -> tuple[Friend, None]:
    return evolve(mine, since=min(mine.since, theirs.since)), None


def _link(**facts: Any) -> CustomerLink:
    given = {"merge": OnMerge.MOVE, "export": OnExport.INCLUDE, "erase": OnErase.REMOVE, **facts}
    return CustomerLink(field="customer_id", **given)


VISITS: Final = RecordType(
    cls=Visit,
    table="visits",
    indexes=(("customer_id", "id"), ("referrer_id", "id")),
    lengths={"customer_id": 64, "referrer_id": 64},
    mentions=("referrer_id",),
    customer=_link(erase=OnErase.SCRUB, scrub=("text",)),
)
PURSES: Final = RecordType(
    cls=Purse,
    table="purses",
    unique=(("customer_id", "program"),),
    lengths={"customer_id": 64, "program": 40},
    customer=_link(combine=_summed),
)
PASSPORTS: Final = RecordType(
    cls=Passport,
    table="passports",
    unique=(("customer_id",),),
    lengths={"customer_id": 100},
    customer=_link(combine=_parked),
)
FRIENDS: Final = RecordType(
    cls=Friend,
    table="friends",
    unique=(("customer_id", "friend_id"),),
    lengths={"customer_id": 64, "friend_id": 64},
    mentions=("friend_id",),
    customer=_link(combine=_earlier),
)
VERDICTS: Final = RecordType(
    cls=Verdict,
    table="verdicts",
    indexes=(("customer_id", "id"),),
    lengths={"customer_id": 64},
    customer=_link(merge=OnMerge.STAY, erase=OnErase.KEEP),
)

RELATIONS: Final = Capability(name="relations", records=(VISITS, PURSES, PASSPORTS, FRIENDS, VERDICTS))
"""A capability without any code: its declarations are all that it has."""

OWN: Final = tuple(each.table for each in RELATIONS.records)


def stored_rows(loyalty: Loyalty) -> dict[str, dict[str, Any]]:
    """What is stored, by table and key."""
    with loyalty.storage.transaction(read_only=True) as tx:
        return {
            each.table: {each.key_of(record): record for record in tx.find(each.cls, Query())}
            for each in loyalty.registry
        }


def add(loyalty: Loyalty, *records: Any) -> None:
    """Store records as they are."""
    with loyalty.session("host").transaction() as unit:
        unit.add(*records)
