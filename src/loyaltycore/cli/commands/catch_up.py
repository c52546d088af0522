"""``loyaltycore catch-up``: asks the card vendor for everything that it has reported meanwhile."""

from __future__ import annotations

import argparse
from typing import Final

from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import complain, say

NAME: Final = "catch-up"
HELP: Final = "ask the card vendor for everything that it has reported meanwhile"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.epilog = "For what webhooks have missed, and for vendors that send none; may be run at any time."


def run(options: argparse.Namespace) -> int:
    """Catch up."""
    with open_loyalty(options.config) as loyalty:
        if loyalty.card_printer is None:
            complain(f"{options.config}: there is nobody to ask without a card_printer")
            return 2
        news = loyalty.catch_up()
    say(
        f"{news.taken} taken in, {news.repeated} known already, {news.unknown} about orders that are not ours"
    )
    return 0
