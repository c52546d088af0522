"""``loyaltycore forget``: removes history that has been kept long enough."""

from __future__ import annotations

import argparse
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.epilog = (
        "Three years for the change log, one for former texts, ten for what belongs to customers. "
        "Run it once a day or so."
    )


def run(options: argparse.Namespace) -> int:
    """Forget, in small portions."""
    with open_loyalty(options.config) as loyalty:
        forgotten = loyalty.session("retention").privacy.forget_old()
    removed = [f"{each.count:,} of the {each.name}" for each in forgotten if each.count]
    say(f"removed {', '.join(removed) or 'nothing'}")
    return 0


COMMAND: Final = Command("forget", "remove history that has been kept long enough", configure, run)
