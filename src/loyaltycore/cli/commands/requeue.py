"""``loyaltycore requeue``: requeues messages that were given up."""

from __future__ import annotations

import argparse
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import complain, say
from loyaltycore.errors import Fault, InvalidInput, NotFound, Refused
from loyaltycore.outbox import MessageState, Outbox


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="a message, as `loyaltycore status` shows it")
    parser.add_argument("--all", action="store_true", help="all that were given up")


def run(options: argparse.Namespace) -> int:
    """Requeue what can be requeued, and say why the rest cannot."""
    if options.all == bool(options.ids):
        raise InvalidInput([Fault("", "required", "name messages, or --all")])
    with open_loyalty(options.config) as loyalty:
        outbox = loyalty.session(options.actor).outbox
        ids = _given_up(outbox) if options.all else options.ids
        done = [_requeued(outbox, message_id) for message_id in ids]
    say(f"{sum(done)} due again, {len(done) - sum(done)} not")
    return 0 if all(done) else 1


def _given_up(outbox: Outbox) -> list[str]:
    """The ids of all messages that were given up; read as a whole before the first one changes."""
    found: list[str] = []
    after = ""
    while True:
        page = outbox.messages(MessageState.DEAD, limit=500, after=after)
        found.extend(message.id for message in page.items)
        if not page.next:
            return found
        after = page.next


def _requeued(outbox: Outbox, message_id: str) -> bool:
    try:
        outbox.requeue(message_id)
    except (NotFound, Refused) as error:
        complain(f"{message_id}: {error}")
        return False
    return True


COMMAND: Final = Command("requeue", "give messages that were given up a new life", configure, run)
