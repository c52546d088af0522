"""``loyaltycore remind``: puts reminders of appointments into the outbox."""

from __future__ import annotations

import argparse
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--branch", metavar="KEY", help="remind the customers of one branch alone")
    parser.epilog = "Run it every hour or so, with `deliver` after it. Nobody is reminded twice."


def run(options: argparse.Namespace) -> int:
    """Remind, in small portions."""
    total = 0
    with open_loyalty(options.config) as loyalty:
        desk = loyalty.session("reminders")
        keys = [options.branch] if options.branch else [each.id for each in desk.branches.all()]
        for key in keys:
            appointments = loyalty.session("reminders", key).appointments
            while reminded := appointments.remind():
                total += reminded
    say(f"{total:,} put into the outbox")
    return 0


COMMAND: Final = Command(
    "remind", "remind customers of their appointments, as the templates say", configure, run
)
