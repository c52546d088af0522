"""``loyaltycore receive-bounce``: takes in a mail that came back, which a mail server hands over."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import complain, say
from loyaltycore.errors import DeliveryFailed, WebhookRejected

MOST_BYTES: Final = 4_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.epilog = (
        "The mail is read from standard input, headers included. What is no bounce of ours is passed over with the code 0, "
        "so that a mail server does not send it back once more."
    )


def run(options: argparse.Namespace) -> int:
    """Take one mail in."""
    with open_loyalty(options.config) as loyalty:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            news = loyalty.receive_webhook("mailer", {}, raw)
        except WebhookRejected as error:
            complain(f"passed over: {error}")
            return 0
        except DeliveryFailed:
            complain(f"{options.config}: no mails come back: set `bounce_address` in [mailer]")
            return 2
    say(f"{news.taken} taken in, {news.repeated} known already, {news.unknown} about mails that are not ours")
    return 0


COMMAND: Final = Command("receive-bounce", "take in a mail that came back", configure, run)
