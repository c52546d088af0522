"""What a careful programmer would write with SQLAlchemy Core for cards and customers alone: the peer of the storage.

It does the same work: typed columns, instants as integers, phones and addresses as JSON, lookup keys in a table of
their own, a version check on every save, frozen records out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Index,
    Insert,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    event,
    insert,
    select,
    update,
)

from benchmarks.databases import bare_engine
from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.customers.rules.search import lookup_keys
from loyaltycore.errors import StaleRecord
from loyaltycore.kernel.contact import Address, AddressKind, ConsentState, Phone, PhoneKind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
META = MetaData()


def _text(engine_length: int) -> String:
    return String(engine_length)


CARDS = Table(
    "bare_cards",
    META,
    Column("id", _text(64), primary_key=True),
    Column("number", _text(40), unique=True, nullable=False),
    Column("customer_id", _text(64), nullable=False),
    Column("order_id", _text(64), nullable=False, index=True),
    Column("template", _text(40), nullable=False),
    Column("state", _text(30), nullable=False),
    Column("valid_until", Date),
    Column("replaces", _text(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("activated_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("end_reason", _text(500), nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("bare_cards_customer", "customer_id", "id"),
)

_CUSTOMER_TEXTS = {
    "id": 64, "number": 40, "kind": 30, "last_name": 80, "first_name": 80, "company": 120, "sort_name": 120,
}  # fmt: skip
CUSTOMERS = Table(
    "bare_customers",
    META,
    *(
        Column(name, _text(length), primary_key=name == "id", nullable=False)
        for name, length in _CUSTOMER_TEXTS.items()
    ),
    Column("created_at", BigInteger, nullable=False),
    Column("salutation", _text(30)),
    Column("title", _text(40), nullable=False),
    Column("name_extension", _text(40), nullable=False),
    Column("email", _text(254), nullable=False),
    Column("phones", Text, nullable=False),
    Column("addresses", Text, nullable=False),
    Column("birth_date", Date, index=True),
    Column("language", _text(8), nullable=False),
    Column("notes", Text, nullable=False),
    Column("preferred_channel", _text(30)),
    Column("privacy", _text(30), nullable=False),
    Column("privacy_date", Date),
    *(Column(f"consent_{c}", _text(30), nullable=False) for c in ("letter", "email", "phone", "sms")),
    Column("external_number", _text(40), nullable=False, index=True),
    Column("customer_since", Date),
    Column("branch_id", _text(64), nullable=False),
    Column("custom", Text, nullable=False),
    Column("birthday", _text(5), nullable=False, index=True),
    Column("postal_code", _text(12), nullable=False, index=True),
    Column("country", _text(2), nullable=False),
    Column("has_post", Boolean, nullable=False),
    Column("mobile", _text(16), nullable=False),
    Column("landline", _text(16), nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("bare_customers_number", "number", unique=True),
    Index("bare_customers_name", "sort_name", "id"),
)
KEYS = Table(
    "bare_customers_keys",
    META,
    Column("lookup", _text(40), primary_key=True),
    Column("value", _text(120), primary_key=True),
    Column("record_key", _text(64), primary_key=True, index=True),
)


def engine(url: str) -> Engine:
    """An engine with the same durability as the storage's: WAL, a full sync at each commit."""
    made = bare_engine(url)
    if made.dialect.name == "sqlite":

        @event.listens_for(made, "connect")
        def _prepare(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    META.create_all(made)
    return made


def card_row(card: CustomerCard) -> dict[str, Any]:
    """A card as a row."""
    return {
        "id": card.id, "number": card.number, "customer_id": card.customer_id, "order_id": card.order_id,
        "template": card.template, "state": card.state.value, "valid_until": card.valid_until,
        "replaces": card.replaces, "created_at": _micros(card.created_at), "activated_at": _micros(card.activated_at),
        "ended_at": _micros(card.ended_at), "end_reason": card.end_reason, "version": card.version,
    }  # fmt: skip


def _card(row: Any) -> CustomerCard:
    return CustomerCard(
        row[0], row[1], row[2], row[3], row[4], CardState(row[5]), row[6], row[7], _instant(row[8]), _instant(row[9]),
        _instant(row[10]), row[11], row[12],
    )  # fmt: skip


def customer_row(customer: Customer) -> dict[str, Any]:
    """A customer as a row."""
    row = {name: getattr(customer, name) for name in CUSTOMERS.columns.keys()}  # noqa: SIM118  a column collection
    row["created_at"] = _micros(customer.created_at)
    for name in ("kind", "privacy", "consent_letter", "consent_email", "consent_phone", "consent_sms"):
        row[name] = row[name].value
    row["salutation"] = customer.salutation and customer.salutation.value
    row["preferred_channel"] = customer.preferred_channel and customer.preferred_channel.value
    row["phones"] = json.dumps(
        [{"number": p.number, "kind": p.kind.value, "sms_allowed": p.sms_allowed} for p in customer.phones],
        ensure_ascii=False,
    )
    row["addresses"] = json.dumps(
        [{**attrs.asdict(a), "kind": a.kind.value} for a in customer.addresses], ensure_ascii=False
    )
    row["custom"] = json.dumps(dict(customer.custom), ensure_ascii=False)
    return row


def customer_of(row: Any) -> Customer:
    """The customer of a row."""
    values = row._asdict()
    values["created_at"] = _instant(values["created_at"])
    values["kind"] = CustomerKind(values["kind"])
    for name in ("privacy", "consent_letter", "consent_email", "consent_phone", "consent_sms"):
        values[name] = ConsentState(values[name])
    values["phones"] = tuple(
        Phone(p["number"], PhoneKind(p["kind"]), p["sms_allowed"]) for p in json.loads(values["phones"])
    )
    values["addresses"] = tuple(
        Address(**{**a, "kind": AddressKind(a["kind"])}) for a in json.loads(values["addresses"])
    )
    values["custom"] = json.loads(values["custom"])
    return Customer(**values)


def _key_rows(customer: Customer) -> list[dict[str, str]]:
    return [
        {"lookup": lookup, "value": value, "record_key": customer.id}
        for lookup, values in lookup_keys(customer).items()
        for value in dict.fromkeys(value[:120] for value in values if value)
    ]


_ADD_CARDS, _ADD_CUSTOMERS, _ADD_KEYS = insert(CARDS), insert(CUSTOMERS), insert(KEYS)
_GET_CARD = select(CARDS).where(CARDS.c.id == bindparam("wanted"))
_GET_CUSTOMER = select(CUSTOMERS).where(CUSTOMERS.c.id == bindparam("wanted"))
_CARDS_OF = select(CARDS).where(CARDS.c.customer_id == bindparam("wanted")).order_by(CARDS.c.id)
_SAVE_CARD = (
    update(CARDS)
    .where(CARDS.c.id == bindparam("wanted"), CARDS.c.version == bindparam("expected"))
    .values({name: bindparam(f"new_{name}") for name in CARDS.columns.keys() if name != "id"})  # noqa: SIM118  a column collection
)


def get_card(connection: Connection, key: str) -> CustomerCard | None:
    """Read one card."""
    row = connection.execute(_GET_CARD, {"wanted": key}).first()
    return _card(row) if row else None


def get_customer(connection: Connection, key: str) -> Customer | None:
    """Read one customer."""
    row = connection.execute(_GET_CUSTOMER, {"wanted": key}).first()
    return customer_of(row) if row else None


def cards_of(connection: Connection, customer_id: str) -> list[CustomerCard]:
    """Read the cards of a customer."""
    return [_card(row) for row in connection.execute(_CARDS_OF, {"wanted": customer_id})]


def add_cards(connection: Connection, cards: Sequence[CustomerCard]) -> None:
    """Insert cards."""
    connection.execute(_ADD_CARDS, [card_row(card) for card in cards])


def add_customers(connection: Connection, customers: Sequence[Customer]) -> None:
    """Insert customers with their lookup keys."""
    add_rows(connection, customer_rows(customers))


def customer_rows(customers: Sequence[Customer]) -> list[tuple[Insert, list[dict[str, Any]]]]:
    """Customers with their lookup keys as rows of both tables."""
    return [
        (_ADD_CUSTOMERS, [customer_row(customer) for customer in customers]),
        (_ADD_KEYS, [row for customer in customers for row in _key_rows(customer)]),
    ]


def add_rows(connection: Connection, rows: Sequence[tuple[Insert, list[dict[str, Any]]]]) -> None:
    """Insert rows: one executemany for each table."""
    for statement, some in rows:
        connection.execute(statement, some)


def save_card(connection: Connection, card: CustomerCard) -> None:
    """Replace a card that carries the version at which it was read."""
    row = {f"new_{name}": value for name, value in card_row(card).items() if name != "id"}
    row["new_version"] = card.version + 1
    done = connection.execute(_SAVE_CARD, {**row, "wanted": card.id, "expected": card.version})
    if done.rowcount != 1:
        raise StaleRecord("cards", card.id)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - EPOCH) // MICROSECOND


def _instant(value: int | None) -> Any:
    return None if value is None else EPOCH + timedelta(microseconds=value)
