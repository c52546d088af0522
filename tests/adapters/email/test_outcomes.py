"""What the server answers becomes the right receipt, for each recipient on its own."""

from __future__ import annotations

import pytest

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import Attachment, DeliveryStatus

from .conftest import MakeMailer
from .mails import fresh_address, make_mail
from .servers import MailServer

ACCEPTED, REJECTED, NOT_SENT = DeliveryStatus.ACCEPTED, DeliveryStatus.REJECTED, DeliveryStatus.NOT_SENT

REFUSALS = [
    ("rcpt", "550 5.1.1 no such user", REJECTED, "unknown_recipient"),
    ("rcpt", "550 no such user here", REJECTED, "unknown_recipient"),
    ("rcpt", "551 user not local", REJECTED, "unknown_recipient"),
    ("rcpt", "550 5.1.1 <x>: refused by relay.example.net", REJECTED, "unknown_recipient"),
    ("rcpt", "550 5.1.2 no such domain", REJECTED, "unknown_domain"),
    ("rcpt", "556 5.1.10 domain takes no mail", REJECTED, "unknown_domain"),
    ("rcpt", "553 5.1.3 bad address", REJECTED, "invalid_recipient"),
    ("rcpt", "501 bad address", REJECTED, "invalid_recipient"),
    ("rcpt", "550 5.7.1 relaying denied", REJECTED, "relay_denied"),
    ("rcpt", "554 5.7.1 <x@y>: Relay access denied", REJECTED, "relay_denied"),
    ("rcpt", "550 relay not permitted", REJECTED, "relay_denied"),
    ("rcpt", "550 5.7.1 blacklisted", REJECTED, "policy"),
    ("rcpt", "554 no", REJECTED, "policy"),
    ("rcpt", "550 5.2.1 disabled", REJECTED, "mailbox_disabled"),
    ("rcpt", "552 5.2.2 over quota", REJECTED, "mailbox_full"),
    ("rcpt", "552 over quota", REJECTED, "mailbox_full"),
    ("rcpt", "550 5.6.7 no SMTPUTF8 for this one", REJECTED, "utf8_not_supported"),
    ("rcpt", "599 5.0.0 odd", REJECTED, "refused"),
    ("rcpt", "452 4.2.2 mailbox full", NOT_SENT, "mailbox_full"),
    ("rcpt", "451 4.7.1 Greylisted, try again", NOT_SENT, "greylisted"),
    ("rcpt", "450 4.2.0 <x>: Recipient address rejected: Greylisting in action", NOT_SENT, "greylisted"),
    ("rcpt", "450 4.7.28 unusual rate of mail", NOT_SENT, "throttled"),
    ("rcpt", "451 4.7.1 not now", NOT_SENT, "policy"),
    ("rcpt", "451 local error", NOT_SENT, "temporary_failure"),
    ("data", "451 4.3.0 no room now", NOT_SENT, "temporary_failure"),
    ("data", "554 5.5.1 no valid recipients", REJECTED, "refused"),
    ("answer", "554 5.7.1 spam", REJECTED, "policy"),
    ("answer", "550 looks like spam", REJECTED, "policy"),
    ("answer", "552 5.3.4 too big after all", REJECTED, "too_large"),
    ("answer", "552 too big after all", REJECTED, "too_large"),
    ("answer", "550 5.6.0 bad header syntax", REJECTED, "content_refused"),
    ("answer", "451 4.3.0 try again", NOT_SENT, "temporary_failure"),
    ("answer", "550 authentication required", REJECTED, "policy"),
]


@pytest.mark.parametrize(("moment", "reply", "status", "code"), REFUSALS, ids=[row[1] for row in REFUSALS])
def test_a_refusal_becomes_its_word(
    server: MailServer,
    mailer: MakeMailer,
    moment: str,
    reply: str,
    status: DeliveryStatus,
    code: str,
) -> None:
    """4xx is not sent, 5xx is rejected; the reason has a word; the reply stands in `raw`; the session goes on."""
    refused = server.answer(fresh_address(), **{moment: reply})
    after = fresh_address()
    receipt, next_receipt = mailer().send(make_mail(refused, after))
    assert (receipt.status, receipt.code, receipt.recipient) == (status, code, refused)
    assert receipt.raw == reply
    assert reply[4:] in receipt.detail
    assert next_receipt.status is ACCEPTED


def test_one_good_and_two_bad(server: MailServer, mailer: MakeMailer) -> None:
    """Receipts come in the order of the recipients, and one's refusal is nobody else's."""
    unknown = server.answer(fresh_address(), rcpt="550 5.1.1 nobody")
    full = server.answer(fresh_address(), rcpt="452 4.2.2 full")
    good = fresh_address()
    receipts = mailer().send(make_mail(unknown, good, full))
    assert [(receipt.recipient, receipt.status) for receipt in receipts] == [
        (unknown, REJECTED),
        (good, ACCEPTED),
        (full, NOT_SENT),
    ]
    assert len(server.inbox(good)) == 1


def test_greylisting_passes_the_second_time(server: MailServer, mailer: MakeMailer) -> None:
    """A greylisted mail says when to come again, and is taken then."""
    to = server.answer(fresh_address(), rcpt=["451 4.7.1 greylisted", "250 ok"])
    shop, mail = mailer(), make_mail(to)
    (receipt,) = shop.send(mail)
    assert (receipt.code, receipt.retry_after) == ("greylisted", 300.0)
    (receipt,) = shop.send(mail)
    assert receipt.status is ACCEPTED


def test_an_announced_limit_is_met_before_the_content(server: MailServer, mailer: MakeMailer) -> None:
    """A mail that is larger than the server allows is refused for good, and small ones go through after it."""
    to = fresh_address()
    shop = mailer("small")
    (receipt,) = shop.send(make_mail(to, attachments=(Attachment("a", "application/pdf", b"x" * 30_000),)))
    assert (receipt.status, receipt.code) == (REJECTED, "too_large")
    assert receipt.raw == "552 Error: message size exceeds fixed maximum message size"
    assert shop.send(make_mail(to))[0].status is ACCEPTED
    assert len(server.inbox(to)) == 1


def test_a_sender_that_the_mail_brought_is_the_mails_fault(server: MailServer, mailer: MakeMailer) -> None:
    """Where the mail names the sender, its refusal rejects this mail alone."""
    sender = server.answer(fresh_address(), mail="553 5.7.1 not your address")
    (receipt,) = mailer().send(make_mail(fresh_address(), sender=sender))
    assert (receipt.status, receipt.code) == (REJECTED, "sender_refused")


@pytest.mark.parametrize("moment", ["mail", "rcpt"])
def test_our_own_sender_is_a_fault_of_the_set_up(server: MailServer, mailer: MakeMailer, moment: str) -> None:
    """Where the mailer's own sender is refused, no mail can leave: an error, not one rejection after the other."""
    own, to = fresh_address(), fresh_address()
    server.answer(own if moment == "mail" else to, **{moment: "553 5.7.1 Sender address rejected: not yours"})
    shop = mailer(sender=own)
    with pytest.raises(DeliveryFailed, match="not yours") as caught:
        shop.send(make_mail(to))
    assert (caught.value.code, caught.value.permanent) == ("sender_refused", True)


def test_a_sender_that_is_refused_for_now(server: MailServer, mailer: MakeMailer) -> None:
    """A temporary refusal at MAIL is no fault of the set-up."""
    own = server.answer(fresh_address(), mail="451 4.1.8 cannot look up your domain now")
    (receipt,) = mailer(sender=own).send(make_mail(fresh_address()))
    assert (receipt.status, receipt.code) == (NOT_SENT, "sender_refused")


def test_a_fault_of_the_set_up_after_a_mail_was_taken(server: MailServer, mailer: MakeMailer) -> None:
    """An error would hide that somebody has the mail already, so the others are not sent and say why."""
    own = server.answer(fresh_address(), mail=["250 ok", "550 5.7.1 too many messages today"])
    first, second, third = mailer(sender=own).send(
        make_mail(fresh_address(), fresh_address(), fresh_address())
    )
    assert first.status is ACCEPTED
    assert (second.status, second.code) == (NOT_SENT, "sender_refused")
    assert (third.status, third.code) == (NOT_SENT, "sender_refused")


def test_odd_octets_in_a_reply(mailer: MakeMailer) -> None:
    """What is not UTF-8 and what would move a cursor is made visible in the receipt."""
    (receipt,) = mailer("odd-bytes").send(make_mail(fresh_address()))
    assert receipt.code == "unknown_recipient"
    assert receipt.raw == "550 5.1.1 niemand hei\N{REPLACEMENT CHARACTER}t so?[2J"


def test_a_long_reply_is_shortened(server: MailServer, mailer: MakeMailer) -> None:
    """The receipt keeps what a person wants to see."""
    to = server.answer(fresh_address(), rcpt="550-5.1.1 a\r\n550 5.1.1 " + "b" * 2000)
    (receipt,) = mailer().send(make_mail(to))
    assert receipt.code == "unknown_recipient"
    assert receipt.raw.startswith("550 5.1.1 a 5.1.1 bbb")
    assert len(receipt.raw) == 500
