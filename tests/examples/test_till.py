"""The till, request by request: the whole way, and what goes wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape

import pytest
import requests
from attrs import frozen
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from loyaltycore import Desk, Loyalty
from loyaltycore.memory import MemoryStorage
from loyaltycore.vouchers import CodeKey
from tests.bounded import line_with, running
from tests.examples.running import EXAMPLES
from till.app import make_app
from till.shop import BRANCH, Customer, enter_customer, set_up

SCRIPT = "<script>alert(1)</script>"


@frozen
class Counter:
    """The till, and the shop behind it."""

    client: FlaskClient
    desk: Desk
    erika: Customer

    def begin(self) -> TestResponse:
        return self.client.get("/")

    def send(self, page: TestResponse, do: str = "", **fields: str) -> TestResponse:
        """Fill in the form of a page, and press a button."""
        return self.client.post("/", data={**filled(page), "do": do, **fields}, follow_redirects=True)

    def buy(self, *articles: str, **fields: str) -> TestResponse:
        """A page with articles in the basket, and fields filled in one after the other."""
        page = self.begin()
        for article in articles:
            page = self.send(page, f"add:{article}")
        for name, text in fields.items():
            page = self.send(page, **{name: text})
        return page


def filled(page: TestResponse) -> dict[str, str | list[str]]:
    """What the form of a page sends: what is hidden, and what was typed."""
    found: dict[str, str | list[str]] = {"codes": []}
    for field in re.findall(r"<input[^>]*>", page.text):
        facts = dict(re.findall(r'(\w+)="([^"]*)"', field))
        value = unescape(facts["value"])
        if facts["name"] == "codes":
            found["codes"] = [*found["codes"], value]
        else:
            found[facts["name"]] = value
    language = re.search(r'<option value="(\w+)" selected', page.text)
    return {**found, "language": language[1] if language else "en"}


def alert(page: TestResponse) -> str:
    """What is said in red."""
    found = re.search(r'role="alert"[^>]*>([^<]*)<', page.text)
    return unescape(found[1]) if found else ""


@pytest.fixture
def counter() -> Iterator[Counter]:
    with Loyalty(MemoryStorage(), code_keys=[CodeKey("test", "only for tests, and long enough")]) as loyalty:
        set_up(loyalty)
        set_up(loyalty)
        erika = enter_customer(loyalty)
        client = make_app(loyalty, clerk="bert").test_client()
        yield Counter(client, loyalty.session("anna", BRANCH), erika)


def test_from_the_card_to_the_refund(counter: Counter) -> None:
    """F191: a card, articles, two codes and points; the sale happens once; one lens comes back for what it had cost."""
    erika = counter.erika
    page = counter.buy("frame", "lens", "cloth", "cloth", "cloth", card=erika.card)
    for offer in ("Erika Mustermann", "Club: 800 points", "30 batteries: 30 articles"):
        assert offer in page.text
    assert "Three for two applies." in page.text
    for fields in ({"code": erika.fifth}, {"code": erika.gift.lower()}, {"points": "300"}):
        page = counter.send(page, **fields)
    due = 15920 + 10800 + 798 - 5000 - 300
    assert f"Take {due / 100:.2f} EUR" in page.text
    receipt = counter.send(page, "pay")
    assert receipt.request.path == counter.send(page, "pay").request.path
    assert "Gift voucher: -50.00 EUR" in receipt.text
    order = receipt.request.path.rpartition("/")[2]
    sale = counter.desk.sales.settlement(order)
    assert (sale.due, sale.settled_by) == (due, "bert")
    back = {"number": "G-1", "line": "lens", "reason": "does not fit"}
    for _ in range(2):
        page = counter.client.post(f"/receipts/{order}/refunds", data=back, follow_redirects=True)
    assert page.text.count("does not fit") == 1
    (refund,) = counter.desk.sales.settlement(order).refunds
    assert refund.price.amount == 10800
    assert f"G-1: {refund.due}" in page.text


def test_every_reason_in_both_languages(counter: Counter) -> None:
    """What does not apply says why, and what is missing; the receipt is in the same language."""
    page = counter.buy("lens")
    assert "5 % from 300 EUR begins at 300.00 EUR; 180.00 EUR is missing." in page.text
    assert "To pay" in page.text
    page = counter.send(page, language="de")
    assert "5 % from 300 EUR gilt ab 300,00 EUR; es fehlen 180,00 EUR." in page.text
    assert "Zu zahlen" in page.text
    assert 'lang="de" class="receipt"' in page.text
    assert "Noch 2 x Lens: 5 % from 300 EUR" in page.text
    assert "2 more of Lens" in counter.send(page, language="en").text


def test_a_code_that_cannot_be_used(counter: Counter) -> None:
    """It is said and stays in its field; the price is that without it. A code that was used can be taken out."""
    page = counter.buy("frame", code="NONSENSE")
    assert alert(page) == "there is no voucher with that code"
    assert filled(page)["code"] == "NONSENSE"
    assert "Take 199.00 EUR" in page.text
    page = counter.send(page, code=counter.erika.fifth)
    assert (alert(page), "Take 159.20 EUR" in page.text) == ("", True)
    page = counter.send(page, f"remove:{counter.erika.fifth}")
    assert "Take 199.00 EUR" in page.text


def test_cards_that_are_not_good(counter: Counter) -> None:
    """They are said, and nothing of theirs joins."""
    page = counter.buy("lens", card="4711")
    assert "there is no card with this number" in page.text
    assert "10 % off lenses" not in page.text
    counter.desk.programs.issuers.save(
        "city", name="City card", prefixes=["98"], message="Points at their desk"
    )
    assert "City card: Points at their desk" in counter.buy("lens", card="9812 3456").text


def test_a_battery_is_handed_over_once(counter: Counter) -> None:
    """Sending the form again hands over nothing more."""
    page = counter.buy(card=counter.erika.card)
    button = re.search(r'value="(use:[^"]+)"', page.text)
    assert button
    for _ in range(2):
        after = counter.send(page, button[1])
        assert "30 batteries: 29 articles" in after.text


def test_a_voucher_is_sold_and_its_code_is_shown(counter: Counter) -> None:
    """It is sold to a customer, and its code pays; whoever asks for it is written down."""
    nobody = counter.buy("gift")
    assert "programs are sold to customers" in alert(counter.send(nobody, "pay"))
    receipt = counter.send(counter.buy("gift", card=counter.erika.card), "pay")
    assert '<li class="code">' not in receipt.text
    shown = counter.client.post(f"{receipt.request.path}/codes")
    (code,) = re.findall(r'<li class="code">([^<]+)<', shown.text)
    assert "Take 149.00 EUR" in counter.buy("frame", code=code).text


def test_a_price_that_has_changed_is_shown_first(counter: Counter) -> None:
    """Somebody else has used the voucher in the meantime."""
    page = counter.buy("frame", code=counter.erika.gift)
    counter.send(counter.buy("cloth", code=counter.erika.gift), "pay")
    again = counter.send(page, "pay")
    assert again.status_code == 409
    assert alert(again).startswith("the order comes to something else by now")
    assert "Take 152.99 EUR" in again.text
    assert "came back" not in counter.send(again, "pay").text


def test_what_is_typed_is_shown_and_nothing_more(counter: Counter) -> None:
    """No script runs, and what is no number counts as nothing."""
    page = counter.buy("frame", card=SCRIPT, code=SCRIPT, points="-5")
    assert SCRIPT not in page.text
    assert filled(page)["code"] == SCRIPT
    page = counter.send(page, **{"quantity-frame": "1e9"})
    assert "Nothing is bought yet." in page.text
    assert counter.send(page, "pay").request.path == "/"
    assert counter.send(page, "add:shoe").status_code == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_no_other_site_works_the_till(counter: Counter) -> None:
    """A form of another site is refused, and so is a name that leads here."""
    form = filled(counter.buy("frame"))
    for headers in ({"Origin": "https://shop.example"}, {"Origin": "null"}):
        assert counter.client.post("/", data=form, headers=headers).status_code == 403
    assert counter.client.get("/", headers={"Host": "shop.example"}).status_code == 400
    assert counter.client.post("/", data=form, headers={"Origin": "http://localhost"}).status_code == 200


def test_receipts_that_are_none(counter: Counter) -> None:
    """Unknown ones, and more coming back than was bought."""
    assert counter.client.get("/receipts/R-9").status_code == 404
    sold = counter.send(counter.buy("cloth"), "pay").request.path
    for number, status in (("G-1", 303), ("G-2", 409)):
        back = {"number": number, "line": "cloth", "reason": ""}
        assert counter.client.post(f"{sold}/refunds", data=back).status_code == status
    assert counter.client.post(f"{sold}/refunds", data={"number": "G-3"}).status_code == 400


def test_it_runs_with_one_command() -> None:
    """It says where it stands, and what to scan."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / "till" / "run.py"), "--port", "0"]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        address = line_with("The till stands at", process.stdout).split()[-1]
        card = line_with("A card to scan", process.stdout).split()[-1]
        page = requests.post(address, data={"card": card, "do": "add:lens"}, timeout=30)
        assert "Take 108.00 EUR" in page.text
