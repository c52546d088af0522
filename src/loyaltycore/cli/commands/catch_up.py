"""``loyaltycore catch-up``: asks every vendor for what it has reported since the last time."""

from __future__ import annotations

import argparse
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty, sections_of
from loyaltycore.cli.saying import complain, say
from loyaltycore.outbox import NEWS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.epilog = "For what webhooks have missed, and for vendors that send none; may be run at any time."


def run(options: argparse.Namespace) -> int:
    """Catch up."""
    with open_loyalty(options.config) as loyalty:
        sources = loyalty.added(NEWS).values()
        if not any(source.is_set_up for source in sources):
            complain(f"{options.config}: there is nobody to ask: set up {sections_of(sources)}")
            return 2
        news = loyalty.catch_up()
    say(
        f"{news.taken} taken in, {news.repeated} known already, {news.unknown} about records that are not ours"
    )
    return 0


COMMAND: Final = Command("catch-up", "ask every vendor for what it has reported meanwhile", configure, run)
