"""The receiver mounted as the how-to mounts it, under real servers: whoever hosts it, the vendor gets the same answers."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from loyaltycore.cards import OrderState
from loyaltycore.webhooks import LONGEST_BODY
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import new_secret, running_vendor
from tests.cli.shop import PATIENCE, wait_for
from tests.house import dump
from tests.webhooks.calls import NO_ANSWER, call, event_of, headers_of, in_chunks, lines, raw
from tests.webhooks.hosts import HOSTS, Site, on_page, serving_page


@pytest.fixture(scope="module", params=HOSTS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One application after the other, each for all the tests of this module."""
    with serving_page(request.param, tmp_path_factory.mktemp(request.param)) as site:
        yield site


@pytest.mark.parametrize("name", HOSTS)
def test_the_commands_stand_on_the_page(name: str) -> None:
    """What is run here is what people read there."""
    assert on_page(HOSTS[name].command)


def test_genuine_news_are_taken_in(site: Site) -> None:
    """A signed call is answered with 204 when its news stand in the database; repeated, it is answered the same way."""
    body = event_of(site.order, "in_production", revision=2)
    for _ in range(2):
        response = call(site.webhooks, body, headers_of(body, site.secret))
        assert response.status == 204
        assert "Content-Length" not in response.headers
    assert site.loyalty.session("anna").cards.get_order(site.order).state is OrderState.IN_PRODUCTION


def test_a_forged_call_changes_nothing(site: Site) -> None:
    """Another secret, a body changed after it was signed, and a call out of time get 401."""
    before, body = dump(site.loyalty), event_of(site.order)
    changed = body.replace(b"dispatched", b"delivered!")
    assert call(site.webhooks, body, headers_of(body, new_secret())).status == 401
    assert call(site.webhooks, changed, headers_of(body, site.secret)).status == 401
    assert call(site.webhooks, body, headers_of(body, site.secret, age=3600)).status == 401
    assert dump(site.loyalty) == before


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("first", [True, False])
def test_a_header_that_is_there_twice_is_refused(site: Site, name: str, *, first: bool) -> None:
    """Whichever of two is the right one, and whatever the server makes of them: 400, and nothing is believed."""
    before, body = dump(site.loyalty), event_of(site.order)
    headers = headers_of(body, site.secret)
    other = lines({name: "v1,AAAA" if name == "webhook-signature" else "1"})
    twice = f"{other}{lines(headers)}" if first else f"{lines(headers)}{other}"
    assert raw(site.webhooks, f"{twice}Content-Length: {len(body)}\r\n", body) == 400
    assert dump(site.loyalty) == before


def test_what_cannot_be_read_is_refused(site: Site) -> None:
    """Missing headers and signed nonsense get 400."""
    before, body = dump(site.loyalty), event_of(site.order)
    assert call(site.webhooks, body, {}).status == 400
    nonsense = b'{"id": "evt_1"}'
    assert call(site.webhooks, nonsense, headers_of(nonsense, site.secret)).status == 400
    assert dump(site.loyalty) == before


def test_bodies_are_limited(site: Site) -> None:
    """The longest body is still judged by its headers, one byte more is 413, and a body of unknown length 411."""
    before = dump(site.loyalty)
    longest = b" " * LONGEST_BODY
    assert call(site.webhooks, longest, {"webhook-id": "evt_1"}).status == 400
    assert call(site.webhooks, longest + b" ", {}).status == 413
    assert raw(site.webhooks, "", b"") == 411
    assert raw(site.webhooks, "Content-Length: 5\r\nContent-Length: 7\r\n", b"12345") == 400
    assert raw(site.webhooks, "Content-Length: -5\r\n", b"") == 400
    assert raw(site.webhooks, "Content-Length: 999999999999\r\n", b"1") == 413
    assert raw(site.webhooks, "Content-Length: 100\r\n", b"short", breaks_off=True) in {400, NO_ANSWER}
    assert dump(site.loyalty) == before


def test_a_body_in_chunks(site: Site) -> None:
    """Where the server puts chunks together a genuine body is believed and a forged one is not; elsewhere it is 411."""
    body = event_of(site.order, "accepted", revision=1)
    forged = f"{lines(headers_of(body, new_secret()))}Transfer-Encoding: chunked\r\n"
    signed = f"{lines(headers_of(body, site.secret))}Transfer-Encoding: chunked\r\n"
    answers = [raw(site.webhooks, headers, in_chunks(body)) for headers in (forged, signed)]
    assert answers in ([401, 204], [411, 411])
    too_long = in_chunks(b" " * (LONGEST_BODY + 1))
    assert raw(site.webhooks, "Transfer-Encoding: chunked\r\n", too_long) in {413, 411}


def test_one_path_and_one_method(site: Site) -> None:
    """Everything but POST is refused, and a GET here, where no vendor calls like that."""
    body = event_of(site.order)
    for path in (f"{site.webhooks}/more", f"{site.url}{site.path}/nobody"):
        assert call(path, body, headers_of(body, site.secret)).status == 404
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
        response = call(site.webhooks, None, {}, method)
        left = "POST" if method == "GET" else "GET, POST"
        assert (response.status, response.headers["Allow"]) == (405, left)


def test_the_rest_belongs_to_the_application(site: Site) -> None:
    """What does not lie below the mount is answered by the host in its own words; alone, the receiver is the root."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=PATIENCE)
    connection.request("POST", "/card-printer", b"{}")
    response = connection.getresponse()
    answered = response.status, response.read() == b""
    connection.close()
    assert answered == ((404, False) if site.path else (400, True))


def test_the_vendor_itself_is_heard(site: Site) -> None:
    """The reference vendor makes a card, and what it reports arrives in the shop through the application."""
    cards = site.loyalty.session("anna").cards
    with (
        running_vendor(webhook_url=site.webhooks, secret=site.secret, retry_seconds=0.2) as vendor,
        HttpCardPrinter(base_url=vendor.url, token=vendor.token) as printer,
    ):
        site.loyalty.card_printer = printer
        site.loyalty.deliver()
        vendor.control("advance", state="dispatched")
        wait_for(lambda: vendor.control("webhooks")["owed"] == 0)
    assert cards.get_order(site.order).state is OrderState.DISPATCHED
    assert "Traceback" not in site.log.read_text("utf-8")
