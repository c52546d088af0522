"""A small world of customers and of what they have, made of few values, so that conditions meet them.

The people are the same each time: a condition is tried on all of them at once, in memory and in databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from random import Random
from typing import Any, Final

from attrs import frozen

from loyaltycore.capabilities import core_record_types
from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.customers.rules.customer import Customer, CustomerKind, Salutation
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.kernel.contact import Address, AddressKind, Channel, ConsentState, Phone, PhoneKind
from loyaltycore.kernel.criteria import View
from loyaltycore.kernel.custom_fields import CustomField, CustomFields, FieldKind
from loyaltycore.properties.rules.assignment import CustomerProperty
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.properties.selecting import selectable
from loyaltycore.selections.rules.catalogue import Catalogue, Choice
from loyaltycore.selections.rules.customer_fields import custom_field, customer_fields
from loyaltycore.selections.rules.sources import Today
from loyaltycore.selections.selectable import relations
from loyaltycore.storing.registry import CustomerLink, OnErase, OnExport, OnMerge, RecordType, Registry


class Stage(Enum):
    """Where an invoice is."""

    WRITTEN = "written"
    PAID = "paid"


@frozen
class Invoice:
    """A record of the host's, with every kind of field, each with and without None."""

    id: str
    customer_id: str | None
    number: str = ""
    remark: str | None = None
    cents: int = 0
    discount: int | None = None
    stage: Stage = Stage.WRITTEN
    next_stage: Stage | None = None
    on: date = date(2026, 1, 1)
    paid_on: date | None = None
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    seen_at: datetime | None = None
    good: bool = True
    maybe: bool | None = None
    words: tuple[str, ...] = ()
    version: int = 1


INVOICES: Final = RecordType(
    cls=Invoice,
    table="shop_invoices",
    indexes=(("customer_id", "id"),),
    lengths={"customer_id": 64, "number": 40},
    lookups=("word",),
    lookup_keys=lambda invoice: {"word": invoice.words},
    customer=CustomerLink(
        field="customer_id", merge=OnMerge.MOVE, export=OnExport.INCLUDE, erase=OnErase.KEEP
    ),
)

WINGS: Final = ("Left", "left", "right")
CUSTOM: Final = CustomFields(
    [
        CustomField("nick"),
        CustomField("shoe_size", FieldKind.INTEGER),
        CustomField("fitted_on", FieldKind.DATE, label="Fitted on"),
        CustomField("vip", FieldKind.FLAG),
        CustomField("wing", FieldKind.CHOICE, choices=WINGS),
    ]
)
ORIGIN: Final = PropertyType(
    "origin",
    PropertyCategory.CUSTOMER,
    "Origin",
    values=(PropertyValue("own", "Own"), PropertyValue("third", "third")),
)
INTERESTS: Final = PropertyType(
    "interests",
    PropertyCategory.CUSTOMER,
    "Interests",
    values=(PropertyValue("art", "Art"), PropertyValue("music", "music"), PropertyValue("own", "Own")),
    multi_valued=True,
)
KINDS: Final = (ORIGIN, INTERESTS)
BRANCHES: Final = ("berlin", "bonn")

REGISTRY: Final = Registry([*core_record_types(), INVOICES])
PROPERTIES: Final = selectable(KINDS)
CATALOGUE: Final = Catalogue(
    (
        *customer_fields(Choice(each, each.title()) for each in BRANCHES),
        *map(custom_field, CUSTOM.all),
        *PROPERTIES.fields,
    ),
    tuple(relations(REGISTRY, [PROPERTIES])),
)

TEXTS: Final = (
    "a",
    "A",
    "ä",
    "b",
    "ab",
    "ß",
    "Müller",
    "mueller",
    "MULLER",
    "O'Brien",
    "z\U0010ffff",
    "%",
    "_",
)
CITIES: Final = ("Köln", "Koeln", "KOLN", "Bonn", "")
CODES: Final = ("01067", "10969", "10999", "50667")
PHONES: Final = ("+4930123456", "+491701234567")
EMAILS: Final = ("a@example.org", "B@example.org", "ä@example.org")
DATES: Final = (
    date(1950, 2, 28),
    date(1980, 12, 31),
    date(1981, 1, 1),
    date(1999, 3, 1),
    date(2000, 2, 29),
    date(2007, 12, 28),
    date(2008, 1, 15),
    date(2025, 2, 28),
    date(2025, 12, 31),
)
TODAYS: Final = tuple(
    Today(day, "Europe/Berlin")
    for day in (
        date(2026, 1, 15),
        date(2026, 3, 31),
        date(2026, 2, 28),
        date(2027, 3, 1),
        date(2028, 2, 29),
        date(2026, 12, 28),
        date(2026, 1, 31),
    )
)
INSTANTS: Final = tuple(
    datetime.combine(day, datetime.min.time(), UTC) + timedelta(minutes=minutes)
    for day in (date(2025, 12, 31), date(2026, 1, 15), date(2026, 3, 29), date(2025, 10, 26))
    for minutes in (-61, -60, -59, -1, 0, 60, 22 * 60, 23 * 60)
)
NUMBERS: Final = (-1, 0, 1, 2, 41, 42, 10**15)

Related = Mapping[str, tuple[Any, ...]]


@frozen
class Person:
    """A customer with all that belongs to him."""

    customer: Customer
    related: Related

    @property
    def view(self) -> View:
        """What `matches` looks at; a record that belongs to nobody is not this customer's."""

        def related(table: str, refers_by: str, key: str) -> Iterable[object]:
            return [each for each in self.related.get(table, ()) if getattr(each, refers_by) == key]

        return View(
            keys=lambda record: REGISTRY.of(type(record)).keys_of(record),
            related=related,
            key=lambda record: REGISTRY.of(type(record)).key_of(record),
        )


@frozen
class _Dice:
    """Chooses values."""

    random: Random
    customer_id: str

    def one(self, values: Iterable[Any], *nothing: Any) -> Any:
        """One of the values, or nothing in a third of the cases where there is a word for it."""
        if nothing and self.random.random() < 1 / 3:
            return nothing[0]
        return self.random.choice(tuple(values))

    def some(self, make: Any, most: int) -> tuple[Any, ...]:
        """Up to so many of what is made."""
        return tuple(make() for _ in range(self.random.randint(0, most)))

    def flag(self) -> bool:
        """Yes or no."""
        return self.random.random() < 1 / 2

    def customer(self) -> Customer:
        """A customer."""
        consents = {f"consent_{each.value}": self.one(ConsentState) for each in Channel}
        return with_derived(
            Customer(
                id=self.customer_id,
                number=f"{self.one(TEXTS)}{self.customer_id}",
                kind=self.one(CustomerKind),
                last_name=self.one(TEXTS, ""),
                first_name=self.one(TEXTS, ""),
                company=self.one(TEXTS, ""),
                sort_name="",
                created_at=self.one(INSTANTS),
                salutation=self.one(Salutation, None),
                title=self.one(TEXTS, ""),
                name_extension=self.one(TEXTS, ""),
                email=self.one(EMAILS, ""),
                phones=self.some(lambda: Phone(self.one(PHONES), self.one(PhoneKind)), 2),
                addresses=self.some(self.address, 2),
                birth_date=self.one(DATES, None),
                language=self.one(["de", "tr"], ""),
                preferred_channel=self.one(Channel, None),
                privacy=self.one(ConsentState),
                privacy_date=self.one(DATES, None),
                external_number=self.one(TEXTS, ""),
                customer_since=self.one(DATES, None),
                branch_id=self.one(BRANCHES, ""),
                custom={key: value for key, value in self.custom().items() if self.flag()},
                **consents,
            )
        )

    def custom(self) -> dict[str, Any]:
        """Values of all custom fields."""
        return {
            "fitted_on": self.one(DATES),
            "nick": self.one(TEXTS),
            "shoe_size": self.one(NUMBERS),
            "vip": self.flag(),
            "wing": self.one(WINGS),
        }

    def address(self) -> Address:
        """An address, mostly with something lacking."""
        return Address(
            self.one(["Weg 1"], ""),
            self.one(CODES, ""),
            self.one(CITIES),
            self.one(["DE", "AT"], ""),
            self.one(AddressKind),
        )

    def card(self) -> CustomerCard:
        """A card."""
        return CustomerCard(
            id=self.id(),
            number=f"{self.one(TEXTS)}{self.id()}",
            customer_id=self.customer_id,
            order_id="o",
            template=self.one(["gold", "basic"], ""),
            state=self.one(CardState),
            valid_until=self.one(DATES, None),
            replaces="",
            created_at=self.one(INSTANTS),
            activated_at=self.one(INSTANTS, None),
            ended_at=self.one(INSTANTS, None),
        )

    def invoice(self) -> Invoice:
        """An invoice, which may belong to nobody."""
        return Invoice(
            id=self.id(),
            customer_id=self.one([self.customer_id], None),
            number=self.one(TEXTS, ""),
            remark=self.one((*TEXTS, ""), None),
            cents=self.one(NUMBERS),
            discount=self.one(NUMBERS, None),
            stage=self.one(Stage),
            next_stage=self.one(Stage, None),
            on=self.one(DATES),
            paid_on=self.one(DATES, None),
            at=self.one(INSTANTS),
            seen_at=self.one(INSTANTS, None),
            good=self.flag(),
            maybe=self.one([True, False], None),
            words=self.some(lambda: self.one(TEXTS), 2),
        )

    def properties(self) -> tuple[CustomerProperty, ...]:
        """What a customer has and had, by the rules of slots."""
        found: dict[tuple[str, str | None, int], CustomerProperty] = {}
        for n in range(self.random.randint(0, 4)):
            kind = self.one(KINDS)
            value = self.one(kind.values).key
            slot = self.one([value if kind.multi_valued else ""], None)
            assigned = CustomerProperty(
                self.id(), self.customer_id, kind.id, value, slot, self.one(INSTANTS), self.one(TEXTS)
            )
            found.setdefault((kind.id, slot, n if slot is None else 0), assigned)
        return tuple(found.values())

    def id(self) -> str:
        """A fresh id."""
        return f"{self.random.getrandbits(64):016x}"


def _person(n: int) -> Person:
    dice = _Dice(Random(n), f"c{n:03}")  # noqa: S311  the same each time
    related = {
        "cards": dice.some(dice.card, 2),
        "shop_invoices": dice.some(dice.invoice, 2),
        "customer_properties": dice.properties(),
    }
    return Person(dice.customer(), related)


PEOPLE: Final = tuple(_person(n) for n in range(100))
