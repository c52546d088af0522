"""When a row of an import is a known customer.

A row with a customer number or an external number is recognised by these alone: the same number means the same
customer. Any other row is known if a customer of the same name is

* a strong candidate of `loyaltycore.customers.rules.model`, as for finding doubles, or
* has everything that the row says, whatever else.

So whoever was imported once stays known, and two people who share only a name are both imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import frozen

from loyaltycore.customers.rules.comparing import traits_of
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.model import MODEL, Agreement, Evidence, is_taken_for
from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.customers.rules.search import foldings
from loyaltycore.kernel.matching import Traits
from loyaltycore.kernel.showing import showing

Key = tuple[str, ...]
"""A kind of evidence, and its value."""

NUMBERS: Final = ("number", "external_number")


@frozen(repr=False)
class Identity:
    """What a customer is recognised by."""

    __repr__ = showing("customer_id", "line")

    customer_id: str
    """Empty for a row that is not a customer yet."""
    number: str
    """Customer number, or empty."""
    external_number: str
    """Number in another system, or empty."""
    name: str
    """The folded name, as it sorts."""
    traits: Traits
    """What it is compared by."""
    evidence: tuple[Key, ...]
    """What tells it from namesakes: birth date, e-mail, phones and street addresses, in this order."""
    line: int = 0
    """The line of the file that it was read from; 0 for a stored customer."""

    def of(self, customer: Customer) -> Identity:
        """The same for the customer that a row has become."""
        return Identity(
            customer.id,
            customer.number,
            self.external_number,
            self.name,
            self.traits,
            self.evidence,
            self.line,
        )

    @property
    def keys(self) -> tuple[Key, ...]:
        """Everything under which it can be found."""
        return (*self.numbers, ("name", self.name), *self.evidence)

    @property
    def numbers(self) -> tuple[Key, ...]:
        """Customer number, whatever its case, and external number, exactly as the other system has it."""
        number = (("number", number_key(self.number)),) if self.number else ()
        return (*number, ("external_number", self.external_number)) if self.external_number else number

    @property
    def wanted(self) -> tuple[tuple[Key, ...], ...]:
        """The keys under which to look for it: group by group, the keys of one group being equally good."""
        numbers = tuple([(key,) for key in self.numbers])
        return numbers or (self.evidence or (("name", self.name),),)


@frozen
class Match:
    """Who a row is."""

    known: Identity
    by: str
    """``number``, ``external_number``, ``birth_date``, ``email``, ``phone``, ``address`` or ``name``."""
    reasons: tuple[Evidence, ...] = ()
    """What each field says; nothing if the number says it all."""

    def is_contradicted_by(self, row: Identity) -> bool:
        """Whether the numbers are the same and not one word of the names is, where there is a name."""
        words = _words(self.known)
        return bool(words) and self.by in NUMBERS and _words(row).isdisjoint(words)


def identity_of(customer: Customer, line: int = 0) -> Identity:
    """What a customer, or a row read into one, is recognised by."""
    traits = traits_of(customer)
    return Identity(
        customer.id,
        customer.number,
        customer.external_number,
        customer.sort_name,
        traits,
        tuple(_evidence(customer.sort_name, traits)),
        line,
    )


def former_identity(customer_id: str, number: str, external_number: str) -> Identity:
    """Somebody known by a number alone: that of a customer who was merged into this one."""
    return Identity(customer_id, number, external_number, "", _NOBODY, ())


_NOBODY: Final = Traits("", "", "", None, "", (), ())


class KnownPeople:
    """Identities in the order in which they became known, found by any of their keys."""

    def __init__(self) -> None:
        self._people: list[Identity] = []
        self._by_key: dict[Key, tuple[int, ...]] = {}
        """Their places in the list."""

    def add(self, identity: Identity) -> None:
        """Remember somebody."""
        place = len(self._people)
        self._people.append(identity)
        for key in identity.keys:
            held = self._by_key.get(key)
            if held is None:
                self._by_key[key] = (place,)
            # A row that says no more than a name is the first who has it, so nobody asks for the others.
            elif key[0] != "name":
                self._by_key[key] = (*held, place)

    def replace(self, old: Identity, new: Identity) -> None:
        """Know somebody of the same name and numbers by more than before; whoever is not held stays unknown."""
        held = {
            place for key in old.keys for place in self._by_key.get(key, ()) if self._people[place] is old
        }
        for place in held:
            self._people[place] = new
            for key in set(new.keys) - set(old.keys):
                self._by_key[key] = (*self._by_key.get(key, ()), place)

    def __contains__(self, key: Key) -> bool:
        return key in self._by_key

    def first(self, row: Identity, keys: Iterable[Key]) -> Match | None:
        """The first person under any of the keys who is the same as the row's."""
        held = {place: key[0] for key in keys for place in self._by_key.get(key, ())}
        if not held:
            return None
        found = (_match(row, self._people[place], held[place]) for place in sorted(held))
        return next((match for match in found if match is not None), None)


def recognise(row: Identity, known: Sequence[KnownPeople]) -> Match | None:
    """Find who a row is.

    Args:
        known: Known people, those known longest first.
    """
    return next(
        (match for keys in row.wanted for people in known if (match := people.first(row, keys))), None
    )


_BY: Final = {"birth_date": "birth_date", "email": "email", "phones": "phone", "addresses": "address"}
"""What tells namesakes apart, the surest first, and how a report calls it."""


def _match(row: Identity, known: Identity, by: str) -> Match | None:
    """Whether a row is somebody found under a key of this kind."""
    if by in NUMBERS:
        return Match(known, by)
    reasons = MODEL.compare(row.traits, known.traits)
    if not is_taken_for(reasons, row.traits):
        return None
    same = {each.field for each in reasons if each.agreement is Agreement.SAME}
    return Match(known, next((word for name, word in _BY.items() if name in same), "name"), reasons)


def _words(identity: Identity) -> set[str]:
    traits = identity.traits
    names = (traits.last_name, traits.first_name, traits.company)
    return {word for name in names for folded in foldings(name) for word in folded.split(" ")}


def _evidence(name: str, traits: Traits) -> Iterator[Key]:
    if traits.birth_date:
        yield ("birth_date", name, traits.birth_date.isoformat())
    if traits.email:
        yield ("email", name, traits.email)
    for number in traits.phones:
        yield ("phone", name, number)
    for street, postal_code, city in traits.addresses:
        yield ("address", name, street, postal_code or city)
