"""``loyaltycore receive-webhooks``: a small HTTP server for what the card vendor reports by itself."""

from __future__ import annotations

import argparse
import logging
import time
from typing import Final

from loyaltycore.cli.numbers import port
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import log_to_stderr
from loyaltycore.cli.stopping import wish_to_stop
from loyaltycore.cli.webhook_server import DEFAULT_PATH, receiving_webhooks

NAME: Final = "receive-webhooks"
HELP: Final = "take in what the card vendor reports by webhook"

_LOOK: Final = 0.1

_log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    add("--port", type=port, default=8080, help="0 takes a free one (8080)")
    add("--path", default=DEFAULT_PATH, help=f"where the vendor posts to ({DEFAULT_PATH})")
    parser.epilog = (
        "For demonstrations and small shops: it speaks plain HTTP, so put a web server with TLS in front of it "
        "before the vendor reaches it over a network."
    )


def run(options: argparse.Namespace) -> int:
    """Serve until somebody wants an end."""
    log_to_stderr()
    with (
        wish_to_stop() as wish,
        open_loyalty(options.config) as loyalty,
        receiving_webhooks(loyalty, options.host, options.port, options.path) as url,
    ):
        _log.info("receiving webhooks at %s", url)
        while not wish.made:
            time.sleep(_LOOK)
    return 0
