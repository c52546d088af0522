"""The plan of a merge: what it will do, for a person to look at and to change before it is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import evolve, field, frozen

from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import EditedMeanwhile, Refused
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.showing import showing
from loyaltycore.merging.rules.fields import (
    NAME_OF,
    Choice,
    PlannedField,
    merged,
    planned_fields,
    read_choices,
)


@frozen
class Move:
    """The records of one kind that refer to the loser by one field."""

    table: str
    noun: str
    field: str
    count: int
    """How many will refer to the survivor instead."""
    combined: int = 0
    """How many of them cannot stand beside one of the survivor's and are combined with it."""


@frozen(repr=False, slots=False)
class MergePlan:
    """What a merge will do. It belongs to the two customers as they were when it was made."""

    __repr__ = showing("choices", "moves")

    survivor: Customer
    """Who stays."""
    loser: Customer
    """Who goes: id and number answer with the survivor afterwards."""
    moves: tuple[Move, ...]
    found: tuple[Blocker, ...] = ()
    """What stands in the way whatever is chosen."""
    choices: Mapping[str, Choice] = field(factory=dict, hash=False)
    """What a person chose, by field."""
    must_choose: tuple[str, ...] = ()
    """The fields about which somebody has to decide if they differ."""
    labels: Mapping[str, str] = field(factory=dict, hash=False)
    """Of the host application's fields, by key."""

    @cached_property
    def fields(self) -> Mapping[str, PlannedField]:
        """All fields of both customers, in form order."""
        return planned_fields(self.survivor, self.loser, self.labels, self.choices)

    @property
    def differing(self) -> tuple[PlannedField, ...]:
        """The fields in which the two differ."""
        return tuple(each for each in self.fields.values() if each.differs)

    @property
    def result(self) -> Customer:
        """The survivor afterwards, at the version before."""
        return merged(self.survivor, self.loser, self.fields)

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """What stands in the way; a merge is refused by the first."""
        return (*self.found, *self._undecided, *self._nameless)

    def keep(self, *keys: str) -> MergePlan:
        """Keep the survivor's value of these fields."""
        return self.choosing(dict.fromkeys(keys, Choice.KEEP))

    def take(self, *keys: str) -> MergePlan:
        """Take over the loser's value of these fields.

        Raises:
            InvalidInput: There is no such field, or nobody may choose.
        """
        return self.choosing(dict.fromkeys(keys, Choice.TAKE))

    def take_both(self, *keys: str) -> MergePlan:
        """Keep both values of these fields: of phones, addresses, notes.

        Raises:
            InvalidInput: There is no such field, or it has no room for both.
        """
        return self.choosing(dict.fromkeys(keys, Choice.BOTH))

    def take_missing(self) -> MergePlan:
        """Take over the loser's value wherever the survivor has none."""
        empty = [
            each.key
            for each in self.differing
            if each.free and not each.chosen and each.survivor in (None, "", ())
        ]
        return self.choosing(dict.fromkeys(empty, Choice.TAKE))

    def choosing(self, choices: Mapping[str, Choice | str]) -> MergePlan:
        """The plan with what somebody chose, by field.

        Args:
            choices: Each as a `Choice` or as its word, such as ``"take"``.

        Raises:
            InvalidInput: That is no choice, there is no such field, or that cannot be chosen.
        """
        chosen = evolve(self, choices={**self.choices, **read_choices(choices)})
        chosen.fields  # noqa: B018  refuses what cannot be chosen
        return chosen

    @property
    def _undecided(self) -> tuple[Blocker, ...]:
        open_fields = [
            key
            for key in self.must_choose
            if key in self.fields and self.fields[key].differs and not self.fields[key].chosen
        ]
        if not open_fields:
            return ()
        return (
            Blocker(
                "merge.choice_needed",
                f"somebody has to choose: {', '.join(open_fields)}",
                "keep or take each of them",
                {"fields": tuple(open_fields)},
            ),
        )

    @property
    def _nameless(self) -> tuple[Blocker, ...]:
        result = self.result
        name = NAME_OF[result.kind]
        if getattr(result, name):
            return ()
        remedy = f"choose a value of {name} that is not empty, or the other kind"
        return (Blocker("merge.name_missing", f"a {result.kind.value} needs {name}", remedy),)


def require_two(survivor: Customer, loser: Customer) -> None:
    """Make sure that there are two customers.

    Raises:
        Refused: ``merge.same_customer``.
    """
    if survivor.id == loser.id:
        raise Refused("merge.same_customer", "a customer cannot be merged into itself", customer=survivor.id)


def require_own_id(asked: str, found: Customer) -> Customer:
    """Make sure that a customer was found under its own id.

    Raises:
        Refused: ``merge.merged_already``; it was merged into another one.
    """
    if found.id != asked:
        raise Refused(
            "merge.merged_already",
            "this customer was merged into another one already",
            remedy="merge the survivor instead",
            customer=asked,
            survivor=found.id,
        )
    return found


def require_as_planned(plan: MergePlan, now: MergePlan) -> MergePlan:
    """The plan as it stands now, if it is the one that a person has seen.

    Raises:
        EditedMeanwhile: One of the customers was changed since.
        Refused: ``merge.plan_outdated``; or what stands in the way.
    """
    for seen, stored in ((plan.survivor, now.survivor), (plan.loser, now.loser)):
        if seen.version != stored.version:
            raise EditedMeanwhile("customer", stored.id, seen.version, stored.version)
    for blocker in now.blockers:
        raise blocker.refusal()
    if _combined(plan) != _combined(now):
        raise Refused(
            "merge.plan_outdated",
            "other records are to be combined than the plan says",
            remedy="make the plan again",
        )
    return now


def read_must_choose(text: str) -> tuple[str, ...]:
    """The fields that an option lists, with commas between them."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def unknown_choices(text: str, known: Mapping[str, object]) -> str:
    """What is wrong with such a list; empty if nothing is."""
    wrong = [each for each in read_must_choose(text) if each not in known]
    return unknown("field", wrong[0], known) if wrong else ""


def _combined(plan: MergePlan) -> dict[tuple[str, str], int]:
    return {(each.table, each.field): each.combined for each in plan.moves if each.combined}
