"""``loyaltycore status``: how the outbox and what depends on it stand, and what was given up."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import say, say_table
from loyaltycore.outbox import MessageState, OutboxMessage

_SHOWN: Final = 50


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.epilog = "Messages that were given up get a new life by `loyaltycore requeue`."


def run(options: argparse.Namespace) -> int:
    """Show how the house stands."""
    with open_loyalty(options.config) as loyalty:
        outbox = loyalty.session(options.actor).outbox
        status, dead = outbox.status(), outbox.messages(MessageState.DEAD, limit=_SHOWN)
    say("Outbox")
    _say_counts(status.messages, {MessageState.PENDING: f"{status.overdue} due now"})
    if dead.items:
        say("\nGiven up")
        say_table(_row(message) for message in dead.items)
        if dead.next:
            say(f"  and {status.messages[MessageState.DEAD] - len(dead.items)} more")
    for label, counts in status.records.items():
        say(f"\n{label}")
        _say_counts(counts, {})
    return 0


def _say_counts(counts: Mapping[Any, int], remarks: Mapping[Enum, str]) -> None:
    width = max(len(f"{count:,}") for count in counts.values())
    say_table((state.value, f"{count:>{width},}", remarks.get(state, "")) for state, count in counts.items())


def _row(message: OutboxMessage) -> tuple[str, ...]:
    when = f"{message.finished_at:%Y-%m-%d %H:%M} UTC" if message.finished_at else ""
    return message.id, message.kind, when, message.code, message.detail


COMMAND: Final = Command(
    "status",
    "show the outbox and what depends on it by state, and why messages were given up",
    configure,
    run,
)
