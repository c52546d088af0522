"""Card orders of earlier versions are there after the migration as they were, and go on from there."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from sqlalchemy import text

from loyaltycore.capabilities import core_record_types
from loyaltycore.cards import CardOrder, CardState, CustomerCard
from loyaltycore.cards.rules.order import Dealings
from loyaltycore.cards.rules.production import apply_status
from loyaltycore.cards.rules.settling import settled
from loyaltycore.kernel.printing import PrintState
from loyaltycore.storing.codec import from_json
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.migrating import run_revisions
from loyaltycore_sql.migrations.derived_0005 import dealings
from tests.domain.cards.samples import ORDER, news
from tests.engines import ENGINES, bare_database

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
COSTS: Final = '{"card":{"amount":1,"currency":"EUR"},"dispatch":{"amount":1,"currency":"EUR"},"print":{"amount":1,"currency":"EUR"}}'
ADDRESS: Final = (
    '{"city":"Berlin","company":"","country":"DE","lines":["Weg 1"],"name":"Erika","postal_code":"10115"}'
)
PLACED: Final[dict[str, Any]] = {
    "state": "placed",
    "production": None,
    "vendor_word": "",
    "vendor_id": "",
    "vendor_revision": 0,
    "reason_code": "",
    "reason": "",
    "tracking": "",
    "cancellation": "none",
    "ordered_at": 1_000_000,
    "cancelled_at": None,
    "dispatched_at": None,
    "delivered_at": None,
}


def _told(revision: int, word: str, **facts: Any) -> dict[str, Any]:
    """A row after some news, the last of which had this revision and this word."""
    said = {"production": word, "vendor_word": word.upper(), "vendor_id": "v1", "vendor_revision": revision}
    return {**PLACED, "state": word, **said, **facts}


OLD: Final = {
    "placed": PLACED,
    "received": _told(1, "received", state="placed"),
    "produced": _told(4, "produced", state="in_production", tracking="DHL 1"),
    "dispatched": _told(5, "dispatched", dispatched_at=5_000_000),
    "delivered": _told(6, "delivered", dispatched_at=5_000_000, delivered_at=6_000_000),
    "delivered alone": _told(6, "delivered", dispatched_at=6_000_000, delivered_at=6_000_000),
    "delivered at once": _told(1, "delivered", dispatched_at=6_000_000, delivered_at=6_000_000),
    "returned": _told(
        7, "returned", dispatched_at=5_000_000, reason_code="lost", reason="Straße \N{EURO SIGN}"
    ),
    "returned alone": _told(7, "returned"),
    "brought and returned": _told(8, "returned", dispatched_at=5_000_000, delivered_at=6_000_000),
    "failed": _told(5, "failed", reason_code="card_defect"),
    "a word that nobody knows": {**_told(3, "x", state="placed"), "production": None},
    "refused at once": {
        **PLACED,
        "state": "rejected",
        "production": None,
        "reason_code": "bad",
        "reason": "no such design",
    },
    "refused without a reason": {**PLACED, "state": "rejected"},
    "cancelled": {**PLACED, "state": "cancelled", "cancellation": "confirmed", "cancelled_at": 9_000_000},
    "asked": _told(1, "received", state="cancelled", cancellation="requested", cancelled_at=9_000_000),
    "asked in production": _told(3, "in_production", cancellation="requested", cancelled_at=9_000_000),
    "cancelled by the vendor": _told(3, "cancelled", cancellation="confirmed"),
    "sent all the same": _told(
        5, "dispatched", cancellation="refused", cancelled_at=9_000_000, dispatched_at=5_000_000
    ),
}
"""Rows of card orders, as earlier versions left them."""

READ: Final = ("state", "vendor_word", "vendor_id", "vendor_revision", "tracking", "reason_code", "reason")


def _order(row: dict[str, Any]) -> CardOrder:
    return settled(evolve(ORDER, dealings=from_json(dealings(row), Dealings)))


@pytest.mark.parametrize("name", OLD)
def test_what_followed_from_the_reports_follows_from_them_again(name: str) -> None:
    """Each fact of an old row is read from the reports that are put together, and again after a repetition."""
    row, order = OLD[name], _order(OLD[name])
    facts = {field: getattr(order, field) for field in READ}
    facts["state"] = facts["state"].value
    assert facts == {field: row[field] for field in READ}
    assert order.cancellation.value == row["cancellation"]
    for moment in ("dispatched_at", "delivered_at"):
        at = row[moment]
        assert getattr(order, moment) == (None if at is None else EPOCH + timedelta(microseconds=at))


def test_an_older_report_still_tells_its_facts() -> None:
    """An order that was returned before its dispatch was known learns of it after the migration."""
    order, card = (
        _order(OLD["returned alone"]),
        CustomerCard("k", "1", "c", "o1", "g", CardState.ORDERED, None, "", EPOCH),
    )
    after = apply_status(order, card, None, news(PrintState.DISPATCHED, 6), EPOCH).result
    assert (after.state, after.dispatched_at) == (order.state, news(None).occurred_at)


INSERT: Final = """
INSERT INTO loyalty_card_orders (id, customer_id, card_id, service_id, branch_id, template, product, valid_until, comment,
 target, recipient, costs, state, ordered_at, ordered_by, expected_dispatch, replaces, production, vendor_word, vendor_id,
 vendor_revision, reason_code, reason, tracking, cancellation, cancelled_at, cancelled_by, cancel_reason, dispatched_at,
 delivered_at, version)
VALUES (:id, 'c', 'k', 'chain', '', 'gold', 'gold', NULL, '', 'customer', :recipient, :costs, :state, :ordered_at, 'anna',
 '2026-01-16', '', :production, :vendor_word, :vendor_id, :vendor_revision, :reason_code, :reason, :tracking,
 :cancellation, :cancelled_at, '', '', :dispatched_at, :delivered_at, 3)
"""
CARD: Final = """
INSERT INTO loyalty_cards (id, number, customer_id, order_id, template, state, valid_until, replaces, created_at,
 activated_at, ended_at, end_reason, version)
VALUES (:id, :id, 'c', 'o', 'gold', :state, NULL, '', 0, NULL, :ended_at, '', 1)
"""
CARDS: Final = [
    {"id": "used", "state": "active", "ended_at": None},
    {"id": "lost", "state": "invalid", "ended_at": 5},
    {"id": "off", "state": "cancelled", "ended_at": 0},
]


@pytest.mark.parametrize("engine", ENGINES)
def test_orders_and_cards_of_earlier_versions_are_migrated(engine: str) -> None:
    """On every engine, more rows than one portion, and again after a migration that was cut short at its end."""
    rows = [{**row, "id": f"{name} {n:03}"} for name, row in OLD.items() for n in range(30)]
    with bare_database(engine) as url, closing(SqlStorage(url, migrate=True)) as storage:
        with storage._schema._changing() as connection:
            run_revisions(connection, storage.prefix, "0004")
            given = [{**row, "recipient": ADDRESS, "costs": COSTS} for row in rows]
            connection.execute(text(INSERT), given)
            connection.execute(text(CARD), CARDS)
        for _ in range(2):
            storage.bind(Registry(core_record_types()))
            with storage.transaction(read_only=True) as tx:
                for row in rows:
                    found = tx.get(CardOrder, row["id"])
                    assert found is not None
                    assert (found.dealings, found.version) == (_order(row).dealings, 3)
                ended = {card["id"]: tx.get(CustomerCard, card["id"]) for card in CARDS}
            assert {name: card and card.ended_here for name, card in ended.items()} == {
                "used": False,
                "lost": True,
                "off": True,
            }
            with storage._database.engine.begin() as connection:
                connection.execute(text("UPDATE loyalty_schema_version SET version_num = '0004'"))
