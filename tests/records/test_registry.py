"""Record types: a declaration that cannot work is refused when the house is put together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from attrs import frozen

from loyaltycore import Loyalty
from loyaltycore.capabilities import core_record_types
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.criteria import Query, exists, stored
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from loyaltycore.storing.registry import (
    KEY_LENGTH,
    LOOKUP_LENGTH,
    CustomerLink,
    OnErase,
    OnExport,
    OnMerge,
    RecordType,
    Registry,
    Storing,
)
from tests.hosting import hosted
from tests.house import build_house

pytestmark = pytest.mark.every_engine

LINK = CustomerLink(field="customer_id", merge=OnMerge.MOVE, export=OnExport.INCLUDE, erase=OnErase.REMOVE)


@frozen
class Invoice:
    """A host's own record."""

    id: str
    number: str
    customer_id: str
    total: int
    due: date | None
    printed_at: datetime | None
    lines: tuple[str, ...]
    version: int = 1


def _invoice(**facts: Any) -> RecordType[Invoice]:
    return RecordType(**{"cls": Invoice, "table": "invoices", "customer": LINK, **facts})


def test_a_record_that_refers_to_a_customer_must_say_what_becomes_of_it() -> None:
    """Without merge, export and erase it cannot be registered: nothing is ever left behind."""
    with pytest.raises(RegistrationError, match="merge, export and erase"):
        Registry([_invoice(customer=None)])


@pytest.mark.parametrize(
    "facts",
    [
        {"key": "nummer"},
        {"unique": (("numbr",),)},
        {"indexes": (("lines",),)},
        {"lengths": {"nothing": 3}},
        {"secret": ("nothing",)},
        {"lookups": ("name",)},
        {"lookup_keys": lambda _: {}},
        {
            "customer": CustomerLink(
                field="kunde", merge=OnMerge.MOVE, export=OnExport.OMIT, erase=OnErase.KEEP
            )
        },
        {
            "customer": CustomerLink(
                field="customer_id", merge=OnMerge.MOVE, export=OnExport.OMIT, erase=OnErase.SCRUB
            )
        },
        {"cls": dict},
    ],
)
def test_a_declaration_that_cannot_work_is_refused(facts: dict[str, Any]) -> None:
    """Unknown fields, indexes on documents, half a lookup, scrubbing nothing, no attrs class."""
    with pytest.raises(RegistrationError):
        Registry([_invoice(**facts)])


def test_a_table_and_a_class_are_registered_once() -> None:
    """Two declarations of one thing are refused."""
    with pytest.raises(RegistrationError, match="twice"):
        Registry([_invoice(), _invoice()])
    with pytest.raises(RegistrationError, match="twice"):
        Registry([_invoice(), _invoice(table="bills")])
    registry = Registry([_invoice()])
    with pytest.raises(RegistrationError):
        registry.of(Customer)
    with pytest.raises(RegistrationError):
        registry.named("customers")


def test_a_class_without_a_version_is_refused() -> None:
    """Every record carries its version."""

    @frozen
    class Bare:
        id: str

    with pytest.raises(RegistrationError, match="version"):
        Registry([RecordType(cls=Bare, table="bare")])


def test_fields_are_stored_by_their_types() -> None:
    """Text, integer, optional date and instant, and a document for what is nested."""
    fields = {stored.name: (stored.storing, stored.nullable) for stored in _invoice().fields}
    assert fields["id"] == (Storing.TEXT, False)
    assert fields["total"] == (Storing.INTEGER, False)
    assert fields["due"] == (Storing.DATE, True)
    assert fields["printed_at"] == (Storing.INSTANT, True)
    assert fields["lines"] == (Storing.DOCUMENT, False)
    assert _invoice().field_map["id"].length == KEY_LENGTH


def test_lookup_keys_are_cut_and_without_repetition() -> None:
    """Derived keys are short, unique and never empty."""
    record_type = _invoice(lookups=("n",), lookup_keys=lambda i: {"n": ("", i.number, i.number, "x" * 500)})
    keys = record_type.keys_of(Invoice("i", "7", "c", 1, None, None, ()))
    assert keys == {"n": ("7", "x" * LOOKUP_LENGTH)}


def test_the_librarys_own_records_are_declared_soundly() -> None:
    """All core record types register, and each that names a customer says what becomes of it."""
    registry = Registry(core_record_types())
    for record_type in registry:
        names = {stored.name for stored in record_type.fields}
        assert ("customer_id" in names) <= (record_type.customer is not None)


def test_a_hosts_own_records_are_stored_with_the_librarys(storage: Storage) -> None:
    """A host registers its invoices; they are kept, queried and related to customers on every storage."""
    house = build_house(
        storage, capabilities=[hosted(records=[_invoice(unique=(("number",),), indexes=(("customer_id",),))])]
    )
    erika, hans = house.customer(), house.customer(first_name="Hans")
    invoice = Invoice("i1", "2026-1", erika.id, 4990, date(2026, 2, 1), None, ("Brille", "Etui"))
    with house.desk.transaction() as unit:
        unit.add(invoice)
    with house.loyalty.storage.transaction() as tx:
        assert tx.get(Invoice, "i1") == invoice
        owing = exists("invoices", "customer_id", stored("total") > 1000)
        assert [customer.id for customer in tx.find(Customer, Query(owing))] == [erika.id]
        assert [customer.id for customer in tx.find(Customer, Query(~owing))] == [hans.id]


def test_the_house_refuses_a_bad_declaration() -> None:
    """`Loyalty` checks the host's record types before it opens anything."""
    with pytest.raises(RegistrationError):
        Loyalty(MemoryStorage(), capabilities=[hosted(records=[_invoice(customer=None)])])
