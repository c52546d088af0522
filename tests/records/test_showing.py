"""What records and values show of themselves: in traces, consoles and failed tests nobody is named by accident."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, strategies as st

from loyaltycore.capabilities import core_record_types
from loyaltycore.customers import Customer
from loyaltycore.kernel import contact, messages, printing
from loyaltycore.kernel.money import Money
from loyaltycore.ports import DeliveryStatus, Receipt
from loyaltycore.storing.registry import RecordType
from loyaltycore.testing.strategies import record_of
from loyaltycore.testing.strategies.records import value_of
from loyaltycore.work.journal import FieldChange

SHOWN: Final[Mapping[str, set[str]]] = {
    "activities": {"id", "action", "subject_table", "subject_id"},
    "aliases": {"id", "customer_id"},
    "appointment_links": {"appointment_id", "purpose"},
    "appointment_notices": {"id", "appointment_id"},
    "appointments": {"id"},
    "card_orders": {"id", "customer_id"},
    "cards": {"id", "customer_id"},
    "commands": {"name", "result_table", "result_key"},
    "completion_prompts": {"id", "customer_id"},
    "customer_properties": {"id", "customer_id", "property"},
    "customers": {"id", "number", "title", "first_name", "name_extension", "last_name", "company"},
    "deletion_marks": {"id", "customer_id"},
    "erasures": {"id", "erased_id"},
    "inbox": {"id", "source", "event_id"},
    "information_requests": {"id"},
    "merge_changes": {"id", "merge_id", "changed_table"},
    "merge_moves": {"id", "moved_key"},
    "merges": {"id", "survivor_id", "loser_id"},
    "message_fates": {"id"},
    "message_template_versions": {"id"},
    "not_duplicates": {"id", "customer_id", "other_id"},
    "outbox": {"id", "kind"},
    "presences": {"id"},
    "processes": {"id", "customer_id", "template"},
    "program_assignments": {"id", "program", "customer_id"},
    "program_moves": {"id", "holder_id"},
    "program_periods": {"id"},
    "program_revisions": {"id"},
    "rate_windows": set(),
    "reminders": {"id"},
    "reservations": {"id", "order_ref"},
    "selections": {"id", "name"},
    "settlements": {"id", "order_ref"},
    "tallies": {"id", "program", "customer_id"},
    "voucher_batches": {"id", "program"},
    "vouchers": {"id", "program", "hint"},
    "waiting_entries": {"id"},
}
"""The texts that the records of a table show: ids, numbers, keys; of a customer also the name."""

IMPERSONAL: Final = {
    "appointment_templates",
    "branches",
    "card_order_services",
    "cursors",
    "day_sheets",
    "issuers",
    "message_templates",
    "number_ranges",
    "process_templates",
    "programs",
    "property_types",
    "resources",
    "settings",
}
"""Tables that say nothing about customers or staff, and may show all."""

VALUES: Final = (
    *(
        cls
        for module in (contact, messages, printing)
        for _, cls in inspect.getmembers(module, attrs.has)
        if cls.__module__ == module.__name__ and cls is not printing.PrintEvent
    ),
    FieldChange,
)
ALLOWED: Final = {"message_id", "media_type", "reference", "product", "slot", "country", "field"}
"""What values may show, which have no id of their own."""


def marked(value: Any, name: str = "x") -> Any:
    """The same value with every text and date in it replaced by a mark that names its place."""
    if isinstance(value, Enum | bool | Money) or value is None:
        return value
    if isinstance(value, str):
        return f"<{name}>"
    if isinstance(value, date) and not isinstance(value, datetime):
        return date(1964, 8, 12)
    if isinstance(value, tuple):
        return tuple(marked(each, name) for each in value)
    if isinstance(value, Mapping):
        return {f"<{name}>": marked(each, name) for each in value.values()}
    if attrs.has(type(value)):
        parts = {
            each.name: marked(getattr(value, each.name), each.name) for each in attrs.fields(type(value))
        }
        return attrs.evolve(value, **{name: part for name, part in parts.items() if name != "version"})
    return value


def marks(value: object) -> set[str]:
    """The places whose text the value shows."""
    text = repr(value)
    assert "1964" not in text
    return set(re.findall(r"<(\w+)>", re.sub(r"<\w+\.\w+: ", "", text)))


def personal() -> list[RecordType[Any]]:
    """The record types that may say something about people."""
    return [each for each in core_record_types() if each.table not in IMPERSONAL]


@given(data=st.data())
def test_a_record_shows_what_is_stated(data: st.DataObject) -> None:
    """Whatever a record holds: only the texts stated above are shown, whole values and parts alike."""
    record_type = data.draw(st.sampled_from(personal()))
    record = marked(data.draw(record_of(record_type)))
    assert marks(record) <= SHOWN[record_type.table]
    assert type(record).__name__ in repr(record)


@given(data=st.data())
def test_a_value_shows_nobody(data: st.DataObject) -> None:
    """Addresses, phones, mails, texts, print orders and receipts, wherever they are shown."""
    value = marked(data.draw(value_of(data.draw(st.sampled_from(VALUES)))))
    assert marks(value) <= ALLOWED


def test_a_receipt_shows_nobody() -> None:
    """Neither the address nor what the other side says about it."""
    receipt = Receipt(DeliveryStatus.REJECTED, recipient="<a>", code="<b>", detail="<c>", raw="<d>")
    assert marks(receipt) == set()


def test_every_record_type_is_judged() -> None:
    """A new table is either impersonal, and refers to no customer, or says what it shows."""
    tables = {each.table: each for each in core_record_types()}
    assert set(tables) == set(SHOWN) | IMPERSONAL
    assert not set(SHOWN) & IMPERSONAL
    assert [name for name in IMPERSONAL if tables[name].customer is not None] == []


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"first_name": "Erika", "last_name": "Mustermann"}, "Erika Mustermann"),
        ({"company": "Optik GmbH"}, "Optik GmbH"),
    ],
)
def test_a_customer_shows_id_number_and_name(fields: dict[str, str], name: str) -> None:
    """What the desk calls a customer by, so that a trace is of use."""
    kind = Customer("k-1").kind.__class__("company" if "company" in fields else "person")
    customer = Customer("k-1", number="K7", kind=kind, email="erika@example.org", **fields)
    assert repr(customer) == f"Customer(id='k-1', number='K7', display_name='{name}', ...)"
