"""Mails that come back: what proves them, what they say, and what becomes of the mail that they are about."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore import Decision, Dispatch, Loyalty
from loyaltycore.errors import InvalidInput, WebhookRejected
from loyaltycore.kernel.fates import FateState, MailReport
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import Email
from loyaltycore_email import SmtpMailer
from loyaltycore_email.bounces import ReturnPath, read_bounce
from tests.house import dump

from . import exim
from .certificates import Authority
from .conftest import MakeMailer
from .mails import SENDER, fresh_address, make_mail
from .reading import Arrived
from .servers import MailServer
from .test_exim import make_shop, server as exim_server

SECRETS = ("a-secret-that-nobody-guesses", "the-secret-of-last-year-still-valid")
BOUNCES = "bounces@laden.example"
PATH = ReturnPath("bounces", "laden.example", SECRETS)
OWN_ID = "01a229b0-ab6a-7000-a256-95541daf250c"
SET_UP = {"bounce_address": BOUNCES, "bounce_secrets": SECRETS}
IDS = st.text(st.sampled_from("abcdef0123456789-"), min_size=1, max_size=36)

server_of_exim = exim_server


def bounce(to: str, *blocks: str, kind: str = "delivery-status", name: str = "To") -> bytes:
    """A report as mail servers write it."""
    status = "\r\n\r\n".join(
        ("Reporting-MTA: dns; mx.example\r\nArrival-Date: Wed, 1 Jul 2026 12:00:00 +0200", *blocks)
    )
    return (
        f"From: Mail Delivery System <mailer-daemon@mx.example>\r\n{name}: {to}\r\nSubject: Undelivered\r\n"
        f'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={kind}; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/{kind}\r\n\r\n{status}\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Ihre Karte\r\n\r\nx\r\n--b--\r\n"
    ).encode()


def block(
    action: str = "failed", status: str = "5.1.1", address: str = "erika@kunde.example", **more: str
) -> str:
    """What is said of one recipient."""
    lines = [f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}"]
    return "\r\n".join([*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in more.items())])


def refusal(raw: bytes, path: ReturnPath = PATH) -> str:
    """The code of the refusal."""
    with pytest.raises(WebhookRejected) as raised:
        read_bounce(raw, path)
    return raised.value.code


@given(IDS)
def test_an_address_says_which_mail_it_was_made_for(own_id: str) -> None:
    """In any case of its letters; a mail server takes it, because its left side has at most 64 characters."""
    address = PATH.of(own_id)
    assert len(address.rpartition("@")[0]) <= 64
    for written in (address, address.upper(), address.title()):
        assert PATH.message_of(written) == own_id
    assert ReturnPath("bounces", "laden.example", SECRETS[1:]).message_of(PATH.of(own_id)) == ""
    older = ReturnPath("bounces", "laden.example", SECRETS[1:])
    assert PATH.message_of(older.of(own_id)) == own_id


@given(own_id=IDS, data=st.data())
@settings(max_examples=60)
def test_a_changed_address_proves_nothing(own_id: str, data: st.DataObject) -> None:
    """One changed character of the id or of the proof, another domain, or none of it: nobody is believed."""
    left, _, domain = PATH.of(own_id).rpartition("@")
    place = data.draw(st.integers(len("bounces+"), len(left) - 1))
    other = data.draw(st.sampled_from("abcdef0123456789").filter(lambda each: each != left[place]))
    changed = f"{left[:place]}{other}{left[place + 1 :]}@{domain}"
    for address in (
        changed,
        f"{left}@other.example",
        f"bounces@{domain}",
        f"bounces+{own_id}@{domain}",
        "",
        "@",
    ):
        assert PATH.message_of(address) == ""


@pytest.mark.parametrize("own_id", ["x" * 60, "appointment/1", "A-1", "käse", ""])
def test_an_id_that_does_not_fit_is_not_followed(own_id: str) -> None:
    """The mail comes back to the plain address, about which nothing is believed."""
    assert PATH.of(own_id) == BOUNCES


@pytest.mark.parametrize(
    ("action", "status", "state"),
    [
        ("failed", "5.1.1", FateState.UNDELIVERABLE),
        ("failed", "4.4.7", FateState.EXPIRED),
        ("Failed", "5.0.0 (permanent failure)", FateState.UNDELIVERABLE),
        ("delayed", "4.2.2", FateState.QUEUED),
        ("delivered", "2.0.0", FateState.DELIVERED),
        ("relayed", "2.0.0", FateState.SENT),
        ("eaten", "5.9.9", None),
    ],
)
def test_a_report_is_read(action: str, status: str, state: FateState | None) -> None:
    """Every action of RFC 3464 has its meaning; another word is kept and means nothing."""
    raw = bounce(PATH.of(OWN_ID), block(action, status, Diagnostic_Code="smtp; 550 no\r\n such user"))
    (report,) = read_bounce(raw, PATH)
    assert (report.state, report.message_id, report.recipient) == (state, OWN_ID, "erika@kunde.example")
    assert report.raw == f"{action.lower()} {status.split(' ', maxsplit=1)[0]} smtp; 550 no such user"
    assert report.at is not None
    assert report.at.isoformat() == "2026-07-01T10:00:00+00:00"


@pytest.mark.parametrize(
    "odd",
    [
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Fri, 31 Dec 2026 23:59:59 +9999",
        "Fri, 31 Dec 2026 23:59:59 -0000",
        "Fri, 31 Dec 2026 25:61:00 +0100",
        "yesterday",
        "0 " * 900,
    ],
)
def test_an_odd_date_is_left_out(odd: str) -> None:
    """The report counts as if it did not stand there: the other date says when it was."""
    usual = "Wed, 1 Jul 2026 12:00:00 +0200"
    for arrival, attempt in ((usual, odd), (odd, usual)):
        raw = bounce(PATH.of(OWN_ID), block(Last_Attempt_Date=attempt)).replace(
            usual.encode(), arrival.encode(), 1
        )
        (report,) = read_bounce(raw, PATH)
        assert (report.state, report.at) == (FateState.UNDELIVERABLE, datetime(2026, 7, 1, 10, tzinfo=UTC))


def test_the_first_recipient_is_meant() -> None:
    """A mail that was passed on is about whom it was sent to, and several recipients are told apart."""
    passed_on = block(address="other@away.example", Original_Recipient="rfc822;erika@kunde.example")
    raw = bounce(PATH.of(OWN_ID), passed_on, block(address="max@kunde.example"))
    assert [report.recipient for report in read_bounce(raw, PATH)] == [
        "erika@kunde.example",
        "max@kunde.example",
    ]


def test_the_address_may_stand_in_another_header() -> None:
    """Where the mail was delivered to counts, whatever its `To` says."""
    for name in ("Delivered-To", "X-Original-To", "Envelope-To"):
        raw = bounce(PATH.of(OWN_ID), block(), name=name).replace(
            b"Subject:", b"To: somebody@else.example\r\nSubject:", 1
        )
        assert len(read_bounce(raw, PATH)) == 1


def test_what_is_no_report_is_refused() -> None:
    """An answer of somebody on holiday, a report about reading, a mail without parts, and one to nobody of ours."""
    answer = EmailMessage()
    answer["To"] = PATH.of(OWN_ID)
    answer.set_content("I am away until Monday.")
    assert refusal(answer.as_bytes()) == "malformed"
    assert refusal(bounce(PATH.of(OWN_ID), block(), kind="disposition-notification")) == "malformed"
    assert refusal(bounce(PATH.of(OWN_ID))) == "malformed"
    assert refusal(b"") == "bad_signature"
    assert refusal(bounce(BOUNCES, block())) == "bad_signature"
    assert refusal(b"x" * 4_000_001) == "too_large"


def nested(levels: int) -> bytes:
    """Parts within parts."""
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="%(n)04d%(x)s"\r\n\r\n--%(n)04d%(x)s\r\n'
        % {b"n": number, b"x": b"x" * 60}
        for number in range(levels)
    )


@pytest.mark.parametrize("to", ["somebody@else.example", PATH.of(OWN_ID)])
@pytest.mark.parametrize(
    "body",
    [
        nested(800),
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n' + nested(1600),
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n' + b"--b\r\n" * 600_000,
        b'Content-Type: multipart/report; boundary="' + b";" * 3_000_000,
        b"Delivered-To: " + b'("<,' * 900_000,
        b"To: a\r\n" * 400_000,
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        + b"Action: failed\r\n \r\n" * 150_000,
    ],
    ids=["nested", "nested in a report", "parts", "quoted", "addresses", "headers", "recipients"],
)
def test_no_mail_holds_the_process(to: str, body: bytes) -> None:
    """Whatever is nested or repeated in it, reading a mail of 4 MB takes a moment, proved or not."""
    began = time.monotonic()
    raw = f"To: {to}\r\n".encode() + body
    try:
        found = read_bounce(raw, PATH)
    except WebhookRejected:
        found = ()
    assert time.monotonic() - began < 2
    assert len(found) <= 100


def test_the_mail_that_was_sent_may_be_long() -> None:
    """What a server returns behind its report is not read, so a mail with large files is followed like any other."""
    raw = bounce(PATH.of(OWN_ID), block()).replace(b"x\r\n--b--", b"x\r\n" * 500_000 + b"--b--")
    assert len(raw) > 1_000_000
    assert [report.state for report in read_bounce(raw, PATH)] == [FateState.UNDELIVERABLE]


@given(
    st.binary(max_size=300)
    | st.text('TocniontentType: multipart/reb;="\r\n<>@', max_size=200).map(str.encode)
)
def test_any_mail_is_read_or_refused(raw: bytes) -> None:
    """Nothing that a stranger can write does more harm than a refusal."""
    head = f"To: {PATH.of(OWN_ID)}\r\n".encode()
    for each in (raw, head + raw):
        try:
            found = read_bounce(each, PATH)
        except WebhookRejected:
            continue
        assert all(isinstance(report, MailReport) for report in found)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"bounce_address": BOUNCES}, ("bounce_secrets",)),
        ({"bounce_address": "bounces", "bounce_secrets": SECRETS}, ("bounce_address",)),
        ({"bounce_address": "bounces+x@laden.example", "bounce_secrets": SECRETS}, ("bounce_address",)),
        ({"bounce_address": "rück@laden.example", "bounce_secrets": SECRETS}, ("bounce_address",)),
        ({"bounce_secrets": ("short", SECRETS[0])}, ("bounce_secrets[0]",)),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, object], fields: tuple[str, ...]) -> None:
    """Every wrong option is found when the mailer is made, and no secret is repeated."""
    with pytest.raises(InvalidInput) as raised:
        SmtpMailer(host="mail.example", sender=SENDER, **options)
    assert raised.value.fields == fields
    assert "short" not in str(raised.value)
    assert SECRETS[0] not in repr(SmtpMailer(host="mail.example", sender=SENDER, **SET_UP))


def test_a_mail_goes_out_with_its_own_return_path(mailer: MakeMailer, server: MailServer) -> None:
    """The envelope names the address for this mail, and the From that people see stays what it was."""
    to = fresh_address()
    mailer(**SET_UP).send(make_mail(to, message_id=OWN_ID))
    (arrived,) = server.inbox(to)
    assert arrived.envelope["sender"] == PATH.of(OWN_ID)
    assert arrived.header("From") == SENDER


def test_advertising_can_be_ended_with_one_touch(mailer: MakeMailer, server: MailServer) -> None:
    """Both headers of RFC 8058 stand there, and neither where there is nothing to end."""
    to, url = fresh_address(), "https://shop.example/stop?who=a1%20b2&x=(1)"
    mailer().send(make_mail(to, unsubscribe=url))
    mailer().send(make_mail(to))
    first, second = server.inbox(to)
    assert first.header("List-Unsubscribe") == f"<{url}>"
    assert first.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert not [name for name, _ in second.headers if name.startswith("List-")]


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/stop",
        "https://shop.example/a>,<mailto:x@y.example",
        "https://",
        "mailto:x@y.example",
        "https://shop.example/ä",
        "https://shop.example/a\r\nBcc: x@y.example",
        f"https://shop.example/{'a' * 900}",
    ],
)
def test_only_an_address_of_the_web_is_one_touch(mailer: MakeMailer, url: str) -> None:
    """What readers would not fetch, or what could become another header, is rejected."""
    (receipt,) = mailer().send(make_mail(fresh_address(), unsubscribe=url))
    assert (receipt.status.value, receipt.code) == ("rejected", "invalid_message")


def dispatch(loyalty: Loyalty, *to: str, own_id: str = OWN_ID) -> None:
    """Put a mail into the outbox."""
    desk = loyalty.session("anna")
    mail = Email(own_id, to, "Ihre Karte", "Sie liegt bereit.\n")
    with desk.transaction() as unit:
        unit.apply(Decision(None, dispatch=(Dispatch("email.send", mail, own_id, desk.branch),)))


@pytest.fixture
def shop(mailer: MakeMailer) -> Loyalty:
    return Loyalty(MemoryStorage(), mailer=mailer(**SET_UP))


def ends(loyalty: Loyalty) -> dict[str, FateState]:
    """What became of the mail, by recipient."""
    return {fate.recipient: fate.state for fate in loyalty.session("anna").outbox.fate_of(OWN_ID)}


def test_a_mail_is_followed_to_each_recipient(shop: Loyalty) -> None:
    """Whoever was taken is followed, and a report about one says nothing of the other, however the address is written."""
    erika, maxi = fresh_address(), fresh_address()
    dispatch(shop, erika, maxi)
    assert shop.deliver().done == 1
    assert ends(shop) == {erika: FateState.SUBMITTED, maxi: FateState.SUBMITTED}
    for _ in range(2):
        shop.receive_webhook("mailer", {}, bounce(PATH.of(OWN_ID), block(address=erika.upper())))
    assert ends(shop) == {erika: FateState.UNDELIVERABLE, maxi: FateState.SUBMITTED}


def test_a_forged_bounce_changes_nothing(shop: Loyalty) -> None:
    """A mail that came to no address of ours leaves no trace."""
    dispatch(shop, fresh_address())
    shop.deliver()
    before = dump(shop)
    with pytest.raises(WebhookRejected):
        shop.receive_webhook("mailer", {}, bounce("bounces+1.0000000000000000@laden.example", block()))
    assert dump(shop) == before


def test_the_staff_see_it_in_the_record(shop: Loyalty) -> None:
    """Once, with the address and the reason; and what was delivered, or is only late, needs no line."""
    desk, address = shop.session("anna"), fresh_address()
    erika = desk.customers.create(last_name="Muster", email=address)
    with desk.transaction() as unit:
        mail = Email(OWN_ID, (address,), "Ihre Karte", "Sie liegt bereit.\n")
        unit.apply(Decision(None, dispatch=(Dispatch("email.send", mail, OWN_ID, erika),)))
    shop.deliver()

    def lines() -> list[str]:
        feed = desk.activities.of_customer(erika.id).items
        return [each.comment for each in feed if each.action == "message.not_delivered"]

    for action, count in (("delayed", 0), ("failed", 1), ("failed", 1)):
        shop.receive_webhook(
            "mailer",
            {},
            bounce(PATH.of(OWN_ID), block(action, address=address, Diagnostic_Code="smtp; 550 no")),
        )
        assert len(lines()) == count
    assert lines() == [f"{address}: failed 5.1.1 smtp; 550 no"]


@pytest.mark.parametrize("address", ["", "else@kunde.example"])
def test_nobody_else_is_written_down(shop: Loyalty, address: str) -> None:
    """A report about a mail that is not known, or of two recipients about neither, leaves no trace: nobody could erase it."""
    raw = bounce(PATH.of(OWN_ID), block(address=address, Diagnostic_Code=f"smtp; 550 <{address}>"))
    empty = dump(shop)
    assert shop.receive_webhook("mailer", {}, raw).unknown == 1
    assert dump(shop) == empty
    dispatch(shop, fresh_address(), fresh_address())
    shop.deliver()
    before = dump(shop)
    assert shop.receive_webhook("mailer", {}, raw).unknown == 1
    assert dump(shop) == before


@pytest.mark.parametrize("address", ["", "else@kunde.example"])
def test_a_mail_that_was_passed_on_is_that_of_its_only_recipient(shop: Loyalty, address: str) -> None:
    """Whomever the last server names, if it names anybody."""
    erika = fresh_address()
    dispatch(shop, erika)
    shop.deliver()
    shop.receive_webhook("mailer", {}, bounce(PATH.of(OWN_ID), block(address=address)))
    assert ends(shop) == {erika: FateState.UNDELIVERABLE}


def test_a_mailer_that_hears_nothing_follows_nothing(mailer: MakeMailer) -> None:
    """Without an address for what comes back, mails leave as before and nothing is kept of them."""
    loyalty = Loyalty(MemoryStorage(), mailer=mailer())
    dispatch(loyalty, fresh_address())
    assert loyalty.deliver().done == 1
    assert ends(loyalty) == {}


def test_a_real_bounce_is_believed(server_of_exim: exim.Exim, authority: Authority) -> None:
    """Exim takes the mail, cannot deliver it, and writes to the address of the envelope: that mail ends its journey."""
    with make_shop(server_of_exim, authority, **SET_UP) as mailer:
        loyalty = Loyalty(MemoryStorage(), mailer=mailer)
        dispatch(loyalty, "spaet@kunde.example")
        assert loyalty.deliver().done == 1
        (arrived,) = server_of_exim.wait_for(PATH.of(OWN_ID))
        assert isinstance(arrived, Arrived)
        found = loyalty.receive_webhook("mailer", {}, arrived.raw)
    assert (found.taken, found.unknown) == (1, 0)
    assert ends(loyalty) == {"spaet@kunde.example": FateState.UNDELIVERABLE}
