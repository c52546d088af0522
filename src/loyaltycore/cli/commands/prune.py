"""``loyaltycore prune``: removes the traces that have served their purpose."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.numbers import days
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = parser.add_argument
    add("--days", type=days, default=90, metavar="N", help="what is older than so many days (90)")
    parser.epilog = "Customers, cards, orders, activities, and messages that were given up stay for good."


def run(options: argparse.Namespace) -> int:
    """Prune, in small portions."""
    with open_loyalty(options.config) as loyalty:
        removed = loyalty.prune(older_than=timedelta(days=options.days))
    say(
        f"removed {removed.messages:,} messages, {removed.commands:,} commands, {removed.events:,} events, "
        f"what became of {removed.fates:,} messages, and {removed.windows:,} counts of tries"
    )
    return 0


COMMAND: Final = Command(
    "prune", "remove delivered messages and the traces of commands and events that are old", configure, run
)
