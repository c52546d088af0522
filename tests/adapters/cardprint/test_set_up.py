"""Options are judged at the start, and the connection is as safe as they say."""

from __future__ import annotations

import socket
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from loyaltycore.errors import InvalidInput, MissingExtra
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, new_secret
from loyaltycore_http.options import check_ca_file

from .conftest import Printer
from .proxy import Proxy, pass_on, proxy
from .values import a_key, an_order

TLS = Path(__file__).parent / "tls"
RIGHT: dict[str, Any] = {"base_url": "https://cards.example/v1", "token": "t0ken"}


@pytest.mark.parametrize(
    ("options", "field", "code"),
    [
        ({"base_url": "http://cards.example/v1"}, "base_url", "insecure"),
        ({"base_url": "http://10.0.0.1/v1"}, "base_url", "insecure"),
        ({"base_url": "http://localhost.example/v1"}, "base_url", "insecure"),
        ({"base_url": "ftp://cards.example"}, "base_url", "bad_format"),
        ({"base_url": "cards.example"}, "base_url", "bad_format"),
        ({"base_url": "https://"}, "base_url", "bad_format"),
        ({"base_url": "https://[::1"}, "base_url", "bad_format"),
        ({"base_url": "https://h:99999"}, "base_url", "bad_format"),
        ({"base_url": "https://user:pass@cards.example"}, "base_url", "bad_format"),
        ({"base_url": "https://cards.example/v1?x=1"}, "base_url", "bad_format"),
        ({"token": ""}, "token", "bad_format"),
        ({"token": "a\r\nX-Evil: 1"}, "token", "bad_format"),
        ({"webhook_secrets": ("whsec_c2hvcnQ=",)}, "webhook_secrets[0]", "bad_format"),
        ({"webhook_secrets": (new_secret(), "nonsense")}, "webhook_secrets[1]", "bad_format"),
        ({"webhook_secrets": (new_secret()[6:],)}, "webhook_secrets[0]", "bad_format"),
        ({"timeouts": (0, 5)}, "connect_timeout", "out_of_range"),
        ({"timeouts": (5, float("inf"))}, "read_timeout", "out_of_range"),
        ({"deadline": -1}, "deadline", "out_of_range"),
        ({"max_response_bytes": 0}, "max_response_bytes", "out_of_range"),
        ({"tolerance": float("nan")}, "tolerance", "out_of_range"),
        ({"ca_file": "/nowhere.pem"}, "ca_file", "not_found"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], field: str, code: str) -> None:
    """Every wrong option is found when the printer is made, by its name."""
    with pytest.raises(InvalidInput) as raised:
        HttpCardPrinter(**(RIGHT | options))
    assert [(fault.field, fault.code) for fault in raised.value.faults] == [(field, code)]


@pytest.mark.parametrize(
    ("mark", "encoding", "codes"),
    [("", "ascii", []), ("\ufeff", "utf-8", []), ("\ufeff", "utf-16-le", ["unreadable"])],
)
def test_certificates_are_read_at_the_start(
    mark: str, encoding: str, codes: list[str], tmp_path: Path
) -> None:
    """A file of certificates serves with an editor's mark; one that holds none shows before the first order."""
    path = tmp_path / "authority.pem"
    path.write_bytes((mark + (TLS / "authority.pem").read_text("ascii")).encode(encoding))
    assert [fault.code for fault in check_ca_file(str(path))] == codes
    path.write_text("no certificate")
    assert [fault.code for fault in check_ca_file(str(path))] == ["unreadable"]


def test_all_wrong_options_are_named_at_once_and_no_secret_is_shown() -> None:
    """Three mistakes make one error with three faults, and the message repeats neither token nor secret."""
    with pytest.raises(InvalidInput) as raised:
        HttpCardPrinter(base_url="x", token="my token", webhook_secrets=("my-secret",))
    assert raised.value.fields == ("base_url", "token", "webhook_secrets[0]")
    assert "my" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8/v1/", "http://[::1]:8/v1", "http://localhost:8/v1"])
def test_loopback_needs_no_encryption(url: str) -> None:
    """What does not leave the machine may be plain, and a slash at the end does not matter."""
    assert not HttpCardPrinter(base_url=url, token="t").base_url.endswith("/")


def test_the_source_is_the_host_unless_it_is_named() -> None:
    """Event ids of two vendors do not meet."""
    assert HttpCardPrinter(**RIGHT).source == "cards.example"
    assert HttpCardPrinter(**RIGHT, source="Kartendruck").source == "Kartendruck"


def test_secrets_are_not_shown() -> None:
    """The repr holds neither the token nor a secret."""
    secret = new_secret()
    shown = repr(HttpCardPrinter(**RIGHT, webhook_secrets=(secret,)))
    assert "t0ken" not in shown
    assert secret not in shown


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `requests` the error is the command that installs it."""
    monkeypatch.setitem(sys.modules, "requests", None)
    monkeypatch.delitem(sys.modules, "loyaltycore_http.transport", raising=False)
    with pytest.raises(MissingExtra) as raised:
        HttpCardPrinter(**RIGHT)
    assert 'pip install "loyaltycore[cardprint]"' in str(raised.value)


def test_the_printer_is_found_by_its_name() -> None:
    """A host that configures adapters by name gets this one for `http`."""
    (found,) = entry_points(group="loyaltycore.card_printer", name="http")
    assert found.load() is HttpCardPrinter


def test_an_authority_of_ones_own_is_trusted(vendor: RunningVendor, make_printer: Printer) -> None:
    """Over TLS, a certificate of the named authority for the named host is accepted."""
    order = an_order()
    with proxy(vendor.url, pass_on, TLS / "server.pem") as encrypted:
        printer = make_printer(base_url=encrypted.url, ca_file=TLS / "authority.pem")
        assert printer.submit(order, a_key(order)).receipt.status is DeliveryStatus.ACCEPTED
        printer.close()


@pytest.mark.parametrize(
    ("options", "host"), [({}, "127.0.0.1"), ({"ca_file": TLS / "authority.pem"}, "localhost")]
)
def test_a_stranger_is_told_nothing(
    vendor: RunningVendor, make_printer: Printer, options: dict[str, Any], host: str
) -> None:
    """An unknown authority or a certificate for another host ends the call before the order has left."""
    with proxy(vendor.url, pass_on, TLS / "server.pem") as encrypted:
        printer = make_printer(base_url=encrypted.url.replace("127.0.0.1", host), **options)
        receipt = printer.submit(an_order(), "k" * 16).receipt
        assert (receipt.status, receipt.code) == (DeliveryStatus.NOT_SENT, "tls_failed")
        assert encrypted.requests == []


def test_a_server_that_speaks_no_tls_is_told_nothing(vendor: RunningVendor, make_printer: Printer) -> None:
    """An https address of a server without TLS fails before the order has left."""
    printer = make_printer(base_url=vendor.url.replace("http", "https"))
    receipt = printer.submit(an_order(), "k" * 16).receipt
    assert (receipt.status, receipt.code) == (DeliveryStatus.NOT_SENT, "tls_failed")


def test_a_connection_that_breaks_over_tls_proves_nothing(
    vendor: RunningVendor, make_printer: Printer
) -> None:
    """Once the order is under way, TLS makes no difference: the outcome is unknown."""

    def cut(running: Proxy, client: socket.socket) -> None:
        running.ask(running.read_request(client))

    with proxy(vendor.url, cut, TLS / "server.pem") as encrypted:
        printer = make_printer(base_url=encrypted.url, ca_file=TLS / "authority.pem")
        assert printer.submit(an_order(), "k" * 16).receipt.status is DeliveryStatus.UNKNOWN
