"""What a merge makes of the fields of two customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

from attrs import evolve, field, frozen

from loyaltycore.customers.rules.customer import LENGTHS, MAX_ADDRESSES, MAX_PHONES, Customer, CustomerKind
from loyaltycore.customers.rules.declaring import Content
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.contact import Address, AddressKind, ConsentState, Phone
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults

NAME_OF: Final = {CustomerKind.PERSON: "last_name", CustomerKind.COMPANY: "company"}
"""The name that somebody has to have."""

MOST_CHOICES: Final = 1000

CUSTOM: Final = "custom."
"""What the key of a field begins with that the host application declared."""


class Choice(Enum):
    """Which of two values a survivor has afterwards."""

    KEEP = "keep"
    """The survivor's own."""
    TAKE = "take"
    """The loser's."""
    BOTH = "both"
    """Both, one after the other."""


@frozen(repr=False)
class PlannedField:
    """One field of both customers, and what a merge makes of it."""

    __repr__ = showing("key", "choice")

    key: str
    """As in `CustomerFields`; ``custom.`` and its key for one of the host application."""
    label: str
    group: str
    """The heading under which a form shows it."""
    survivor: Any = field(eq=False)
    loser: Any = field(eq=False)
    choice: Choice = Choice.KEEP
    chosen: bool = False
    """Whether a person chose."""
    free: bool = True
    """Whether a person may choose: of two answers about consent the stricter one counts."""
    joins: bool = False
    """Whether both values can be had."""

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.survivor != self.loser)

    @property
    def result(self) -> Any:
        """The survivor's value after the merge."""
        if self.choice is Choice.BOTH:
            return _JOINED[self.key](self.survivor, self.loser)
        return self.loser if self.choice is Choice.TAKE else self.survivor

    def chose(self, choice: Choice) -> PlannedField:
        """The field after a person chose.

        Raises:
            InvalidInput: That cannot be chosen, or both do not fit.
        """
        if not self.free:
            raise _fault(self.key, "not_free", "cannot be chosen: the stricter answer counts")
        if choice is Choice.BOTH and not self.joins:
            raise _fault(self.key, "not_both", "can hold one value only")
        after = evolve(self, choice=choice, chosen=True)
        after.result  # noqa: B018  raises if both do not fit
        return after


def planned_fields(
    survivor: Customer, loser: Customer, labels: Mapping[str, str], choices: Mapping[str, Choice]
) -> dict[str, PlannedField]:
    """All fields of two customers, in form order.

    Args:
        labels: Of the host application's fields, by key.
        choices: What a person chose, by field.

    Raises:
        InvalidInput: There is no such field, or that cannot be chosen.
    """
    fields = {each.key: each for each in (*_own(survivor, loser), *_custom(survivor, loser, labels))}
    for key, choice in choices.items():
        if key not in fields:
            raise _fault(key, "unknown_field", "is not a field of a customer")
        fields[key] = fields[key].chose(choice)
    return fields


def read_choices(given: object) -> dict[str, Choice]:
    """Read what somebody chose, by field; a choice may be given as its word, as a form sends it.

    Raises:
        InvalidInput: Names every fault.
    """
    read: dict[str, Choice] = {}
    with Faults() as faults:
        for key, each in faults.members("choices", given, most=MOST_CHOICES, none=False).items():
            choice = faults.choice(key, each, Choice)
            if choice is not None:
                read[key] = choice
            elif each is None or each == "":
                faults.note(key, "required", "must say what was chosen")
    return read


def merged(survivor: Customer, loser: Customer, fields: Mapping[str, PlannedField]) -> Customer:
    """The survivor with what a merge makes of the fields."""
    changes = {key: each.result for key, each in fields.items() if not key.startswith(CUSTOM)}
    answered = loser if fields["privacy"].choice is Choice.TAKE else survivor
    custom = {
        key.removeprefix(CUSTOM): each.result
        for key, each in fields.items()
        if key.startswith(CUSTOM) and each.result is not None
    }
    return with_derived(
        survivor,
        **changes,
        privacy_date=answered.privacy_date,
        custom={key: custom[key] for key in sorted(custom)},
    )


def _own(survivor: Customer, loser: Customer) -> Iterator[PlannedField]:
    for each in CUSTOMER_FIELDS.values():
        if each.key in _APART or not (each.given or each.key == "number"):
            continue
        mine, theirs = getattr(survivor, each.key), getattr(loser, each.key)
        if each.content is Content.CONSENT:
            choice = Choice.TAKE if _STRICTNESS[theirs] > _STRICTNESS[mine] else Choice.KEEP
            yield PlannedField(each.key, each.label, each.group, mine, theirs, choice, free=False)
        else:
            yield PlannedField(each.key, each.label, each.group, mine, theirs, joins=each.key in _JOINED)


def _custom(survivor: Customer, loser: Customer, labels: Mapping[str, str]) -> Iterator[PlannedField]:
    for key in sorted({*survivor.custom, *loser.custom}):
        mine, theirs = survivor.custom.get(key), loser.custom.get(key)
        yield PlannedField(f"{CUSTOM}{key}", labels.get(key, key), "Further data", mine, theirs)


def _phones(mine: tuple[Phone, ...], theirs: tuple[Phone, ...]) -> tuple[Phone, ...]:
    known = {each.number for each in mine}
    joined = (*mine, *(each for each in theirs if each.number not in known))
    return _at_most("phones", joined, MAX_PHONES)


def _addresses(mine: tuple[Address, ...], theirs: tuple[Address, ...]) -> tuple[Address, ...]:
    """The survivor's, then the loser's; where both have a residence, the loser's is an old one from now on."""
    lives = any(each.kind is AddressKind.RESIDENCE for each in mine)
    known = {evolve(each, kind=AddressKind.RESIDENCE) for each in mine}
    joined = list(mine)
    for each in theirs:
        if evolve(each, kind=AddressKind.RESIDENCE) not in known:
            moved = lives and each.kind is AddressKind.RESIDENCE
            joined.append(evolve(each, kind=AddressKind.OLD_RESIDENCE) if moved else each)
    return _at_most("addresses", tuple(dict.fromkeys(joined)), MAX_ADDRESSES)


def _notes(mine: str, theirs: str) -> str:
    joined = mine if mine == theirs else "\n\n".join(each for each in (mine, theirs) if each)
    if len(joined) > LENGTHS["notes"]:
        raise _fault("notes", "too_long", f"both together are longer than {LENGTHS['notes']} characters")
    return joined


def _at_most(key: str, joined: tuple[Any, ...], most: int) -> tuple[Any, ...]:
    if len(joined) > most:
        raise _fault(key, "too_many", f"both together are more than {most}")
    return joined


def _fault(key: str, code: str, message: str) -> InvalidInput:
    return InvalidInput([Fault(key, code, message)])


_APART: Final = frozenset({"custom", "privacy_date"})
"""What is compared value by value, and what goes with an answer."""

_STRICTNESS: Final = {ConsentState.ACCEPTED: 0, ConsentState.OPEN: 1, ConsentState.DECLINED: 2}

_JOINED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "phones": _phones,
    "addresses": _addresses,
    "notes": _notes,
}
