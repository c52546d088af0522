"""The main job on real parts: SQL storage, mail server and card vendor as processes of their own, webhooks over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyaltycore import Loyalty
from loyaltycore.cards import Cancellation, CardState, OrderState
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import new_secret, running_vendor
from loyaltycore_email import Security, SmtpMailer
from loyaltycore_holidays import BranchHolidays
from loyaltycore_sql import SqlStorage
from tests.adapters.email.servers import MailServer
from tests.engines import ENGINES, fresh_database
from tests.house import COSTS, GOLD, HOME, SHOP
from tests.webhooks.calls import receiving

PATIENCE = 20.0
ORDERS = 12


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server in a process of its own, without encryption on loopback."""
    folder = tmp_path / "smtp"
    folder.mkdir()
    server = MailServer(folder, [{"name": "plain"}])
    yield server
    server.stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_cards_are_ordered_printed_dispatched_and_confirmed(engine: str, mail: MailServer) -> None:
    """Every order reaches the vendor once, every customer gets one mail, every card ends active with its date."""
    secret, token = new_secret(), "token-of-the-vendor"
    with fresh_database(engine) as url:
        storage = SqlStorage(url)
        waiting = HttpCardPrinter(base_url="http://127.0.0.1:9/", token=token, webhook_secrets=(secret,))
        mailer = SmtpMailer(
            host="127.0.0.1", port=mail.ports["plain"], security=Security.NONE, sender="laden@example.org"
        )
        loyalty = Loyalty(storage, mailer=mailer, card_printer=waiting, calendar=BranchHolidays())
        with (
            receiving(loyalty) as webhook_url,
            running_vendor(webhook_url=webhook_url, token=token, secret=secret, step_seconds=0.05) as vendor,
        ):
            loyalty.card_printer = HttpCardPrinter(
                base_url=vendor.url, token=token, webhook_secrets=(secret,)
            )
            loyalty.session("admin").branches.create(
                "berlin", name="Optik Berlin", subdivision="BE", address=SHOP
            )
            desk = loyalty.session("anna", "berlin")
            desk.cards.setup.save(provider="Kartendruck GmbH", templates=[GOLD], costs=COSTS)
            customers = [
                desk.customers.create(
                    last_name=f"Müller{n}",
                    first_name="Jürgen",
                    email=f"kunde{n}@example.org",
                    addresses=[HOME],
                )
                for n in range(ORDERS)
            ]
            orders = [desk.cards.order(customer.id) for customer in customers]
            report = loyalty.deliver()
            assert (report.done, report.paused) == (2 * ORDERS, ())
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                states = {desk.cards.get_order(order.id).state for order in orders}
                if states == {OrderState.DELIVERED}:
                    break
                time.sleep(0.1)
            assert states == {OrderState.DELIVERED}
            assert sorted(vendor.prints()) == sorted(order.id for order in orders)
            assert loyalty.catch_up().taken == 0
        for customer, order in zip(customers, orders, strict=True):
            (card,) = desk.cards.of_customer(customer.id)
            assert (card.state, card.order_id) == (CardState.ACTIVE, order.id)
            assert desk.cards.present(card.number).require().id == customer.id
            assert len(mail.inbox(customer.email)) == 1
            assert desk.cards.get_order(order.id).expected_dispatch > order.ordered_at.date()
        mailer.close()
        storage.close()


def test_cancelling_at_the_vendor_over_http() -> None:
    """Before production the vendor confirms; in production it refuses, and the card is out of use here all the same."""
    secret, token = new_secret(), "token-of-the-vendor"
    with fresh_database("sqlite") as url, running_vendor(token=token, secret=secret) as vendor:
        storage = SqlStorage(url)
        printer = HttpCardPrinter(base_url=vendor.url, token=token, webhook_secrets=(secret,))
        loyalty = Loyalty(storage, card_printer=printer)
        desk = loyalty.session("anna")
        desk.cards.setup.save(provider="Kartendruck GmbH", templates=[GOLD], costs=COSTS)
        erika = desk.customers.create(last_name="Mustermann", addresses=[HOME])
        early, late = desk.cards.order(erika.id), desk.cards.order(erika.id)
        loyalty.deliver()
        vendor.control("advance", reference=late.id, state="in_production")
        loyalty.catch_up()
        desk.cards.cancel_order(early.id, reason="doppelt")
        desk.cards.cancel_order(late.id, reason="doppelt")
        loyalty.deliver()
        assert desk.cards.get_order(late.id).cancellation is Cancellation.REQUESTED
        vendor.control("cancellation", reference=late.id, granted=False)
        loyalty.catch_up()
        assert desk.cards.get_order(early.id).cancellation is Cancellation.CONFIRMED
        assert desk.cards.get_order(late.id).cancellation is Cancellation.REFUSED
        vendor.control("advance", reference=late.id, state="dispatched")
        loyalty.catch_up()
        assert desk.cards.get_order(late.id).state is OrderState.DISPATCHED
        assert {card.state for card in desk.cards.of_customer(erika.id)} == {CardState.CANCELLED}
        assert late.id in vendor.prints()
        assert early.id not in vendor.prints()
        storage.close()
