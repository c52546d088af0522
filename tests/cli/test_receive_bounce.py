"""`receive-bounce` as a mail server calls it: with a mail on its standard input."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loyaltycore.kernel.fates import FateState
from loyaltycore.outbox.rules.fates import new_fate
from tests.adapters.email.test_bounces import OWN_ID, PATH, SECRETS, block, bounce
from tests.cli.shop import Shop

MAILER = f"""
[mailer]
use = "smtp"
host = "127.0.0.1"
security = "none"
sender = "shop@laden.example"
bounce_address = "bounces@laden.example"
bounce_secrets = ["{SECRETS[0]}"]
"""


@pytest.fixture
def mailing(shop: Shop) -> Shop:
    """A shop to which mails come back."""
    with shop.config.open("a", encoding="utf-8") as stream:
        stream.write(MAILER)
    return shop


def test_a_mail_that_came_back_is_taken_in(mailing: Shop) -> None:
    """It is read as it comes, and what became of the mail is known afterwards; the same one again changes nothing."""
    raw = bounce(PATH.of(OWN_ID), block()).decode()
    with mailing.opened() as loyalty, loyalty.storage.transaction() as tx:
        tx.add(new_fate("handed-over", OWN_ID, datetime.now(UTC), recipient="erika@kunde.example"))
    first, second = (mailing.run("receive-bounce", said=raw) for _ in range(2))
    assert (first.returncode, first.stdout.split(",")[0]) == (0, "1 taken in")
    assert (second.returncode, second.stdout.split(",")[:2]) == (0, ["0 taken in", " 1 known already"])
    with mailing.opened() as loyalty:
        (fate,) = loyalty.session("anna").outbox.fate_of(OWN_ID)
    assert (fate.state, fate.recipient) == (FateState.UNDELIVERABLE, "erika@kunde.example")


@pytest.mark.parametrize(
    "said", ["", "To: bounces@laden.example\n\nI am away.\n", bounce("x@y.example").decode()]
)
def test_anything_else_is_passed_over(mailing: Shop, said: str) -> None:
    """What is no bounce of ours is said, and the mail server is content: it must not send it back once more."""
    ended = mailing.run("receive-bounce", said=said)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "passed over" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_shop_to_which_nothing_comes_back(shop: Shop) -> None:
    """Without an address for it, the command says what would have to be set up."""
    ended = shop.run("receive-bounce", said="To: x@y.example\n\n")
    assert ended.returncode == 2
    assert "set `bounce_address` in [mailer]" in ended.stderr
