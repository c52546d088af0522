"""A wrong set-up is an error that loses no mail, tells what is wrong, and does not hammer the server."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loyaltycore.errors import DeliveryFailed, InvalidInput
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_email import Security, SmtpMailer

from .certificates import Authority
from .conftest import MakeMailer
from .mails import SENDER, fresh_address, make_mail
from .servers import MailServer, Watch

WRONG: dict[str, Any] = {"username": "shop", "password": "falsches-wort"}


def failure_of(shop: SmtpMailer) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        shop.send(make_mail(fresh_address(), fresh_address()))
    assert caught.value.permanent
    return caught.value


@pytest.mark.parametrize(
    ("listener", "settings", "code"),
    [
        ("login", WRONG, "credentials_refused"),
        ("old-login", WRONG, "credentials_refused"),
        ("login", {}, "login_required"),
        ("plain", {"username": "shop", "password": "pa55word"}, "login_missing"),
        ("plain", {"security": Security.STARTTLS}, "starttls_missing"),
        ("plain", {"security": Security.TLS}, "tls_failed"),
        ("must-starttls", {}, "tls_required"),
        ("other-name", {}, "certificate_refused"),
        ("ended", {}, "certificate_refused"),
        ("blocked", {}, "service_refused"),
        ("ascii", {"sender": "büro@laden.example"}, "utf8_not_supported"),
    ],
)
def test_each_wrong_set_up_has_a_word(
    mailer: MakeMailer, listener: str, settings: dict[str, Any], code: str
) -> None:
    """No recipient is rejected for what is our own fault; the error says what is wrong, and keeps the password."""
    error = failure_of(mailer(listener, **settings))
    assert error.code == code
    assert "falsches-wort" not in str(error)


@pytest.mark.parametrize("listener", ["starttls", "tls"])
def test_an_authority_that_we_do_not_trust(
    server: MailServer, mailer: MakeMailer, stranger: Authority, listener: str, watch: Callable[[str], Watch]
) -> None:
    """A certificate of somebody else's authority is refused before anything of ours is said."""
    seen = watch(listener)
    error = failure_of(mailer(listener, ca_file=stranger.file))
    assert error.code == "certificate_refused"
    assert "certificate" in str(error)
    assert seen.count("stored") == 0


def test_the_systems_authorities_do_not_know_the_test_server(mailer: MakeMailer) -> None:
    """Without a file, the system's authorities verify; nothing is taken on trust."""
    assert failure_of(mailer(ca_file=None)).code == "certificate_refused"


def test_a_context_of_ones_own(mailer: MakeMailer, authority: Authority) -> None:
    """A context that verifies can be given instead of a file."""
    context = ssl.create_default_context(cafile=authority.file)
    (receipt,) = mailer(ca_file=None, tls_context=context).send(make_mail(fresh_address()))
    assert receipt.status is DeliveryStatus.ACCEPTED


def test_a_client_that_postfix_does_not_want(server: MailServer, mailer: MakeMailer) -> None:
    """Postfix refuses a client only when it names the recipient; it is a fault of the set-up all the same."""
    to = server.answer(fresh_address(), rcpt="554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked")
    with pytest.raises(DeliveryFailed) as caught:
        mailer().send(make_mail(to))
    assert caught.value.code == "service_refused"


def test_a_queue_of_mails_tries_a_wrong_password_once(
    mailer: MakeMailer, watch: Callable[[str], Watch]
) -> None:
    """The fault is met again without the server for a while, because servers lock accounts; `close` forgets it."""
    seen, shop = watch("login"), mailer("login", **WRONG)
    for _ in range(5):
        assert failure_of(shop).code == "credentials_refused"
    assert (seen.count("connect"), seen.count("auth")) == (1, 1)
    shop.close()
    failure_of(shop)
    assert seen.count("auth") == 2


def test_the_pause_ends(mailer: MakeMailer, watch: Callable[[str], Watch]) -> None:
    """After the pause the server is asked again, so that a repaired server is found."""
    seen, shop = watch("login"), mailer("login", setup_pause=0.5, **WRONG)
    failure_of(shop)
    failure_of(shop)
    assert seen.count("auth") == 1
    time.sleep(0.55)
    failure_of(shop)
    assert seen.count("auth") == 2


def test_a_refused_sender_leaves_the_session_as_it_was(
    server: MailServer, mailer: MakeMailer, watch: Callable[[str], Watch]
) -> None:
    """After the error the same session goes on, as soon as the server agrees."""
    own = server.answer(fresh_address(), mail=["550 5.7.1 no", "250 ok"])
    seen, shop = watch("plain"), mailer("plain", sender=own)
    assert failure_of(shop).code == "sender_refused"
    (receipt,) = shop.send(make_mail(fresh_address()))
    assert receipt.status is DeliveryStatus.ACCEPTED
    assert seen.count("connect") == 1


def test_settings_that_cannot_work_are_named_all_at_once() -> None:
    """Every fault of the settings is in one error, before anything is dialled."""
    with pytest.raises(InvalidInput) as caught:
        SmtpMailer(
            host="mail example", port=70000, sender="Laden", sender_name="Laden\r\nBcc: x@y.example",
            username="shop", connect_timeout=0, answer_timeout=-1, time_budget=0, idle_limit=-1, setup_pause=-1, keep=-1,
            message_id_domain="a b", local_hostname="till\r\nQUIT", ca_file="x", tls_context=unverifying(),
        )  # fmt: skip
    assert set(caught.value.fields) == {
        "host", "port", "sender", "sender_name", "password", "connect_timeout", "answer_timeout", "time_budget", "idle_limit",
        "setup_pause", "keep", "message_id_domain", "local_hostname", "ca_file", "tls_context",
    }  # fmt: skip


def unverifying() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"security": "ssl"}, "security"),
        ({"security": ""}, "security"),
        ({"security": Security.NONE, "username": "shop", "password": "x"}, "security"),
        ({"username": "shop", "password": "a\r\nb"}, "password"),
        ({"password": "x"}, "password"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file"),
        ({"tls_context": unverifying()}, "tls_context"),
    ],
)
def test_a_setting_that_cannot_work(settings: dict[str, Any], field: str) -> None:
    """Each of these is refused; above all a password in the clear, and a TLS that verifies nobody."""
    with pytest.raises(InvalidInput) as caught:
        SmtpMailer(host="mail.example", sender=SENDER, **settings)
    assert caught.value.fields == (field,)


def test_a_file_without_certificates(tmp_path: Path) -> None:
    """A file that is no certificate is refused when the mailer is made, not with the first mail."""
    file = tmp_path / "ca.pem"
    file.write_text("hello")
    with pytest.raises(InvalidInput):
        SmtpMailer(host="mail.example", sender=SENDER, ca_file=file)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_login_without_tls_on_this_machine(host: str) -> None:
    """On this machine nobody listens in, so a login without TLS is allowed there."""
    with SmtpMailer(host=host, sender=SENDER, security=Security.NONE, username="shop", password="x") as shop:
        assert shop.host == host
