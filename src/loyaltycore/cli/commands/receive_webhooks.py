"""``loyaltycore receive-webhooks``: an HTTP server for what vendors report."""

from __future__ import annotations

import argparse
import logging
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from loyaltycore import WebhookReceiver
from loyaltycore.cli.command import Command
from loyaltycore.cli.numbers import port
from loyaltycore.cli.opening import open_loyalty, sections_of
from loyaltycore.cli.saying import complain, log_to_stderr
from loyaltycore.cli.serving import serving
from loyaltycore.cli.stopping import wish_to_stop
from loyaltycore.outbox import NEWS

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_DEFAULT_PATH: Final = "/webhooks"
_LOOK: Final = 0.1

_log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    add("--port", type=port, default=8080, help="0 takes a free one (8080)")
    add(
        "--path",
        type=_path,
        default=_DEFAULT_PATH,
        help=f"each vendor posts to its own name below it ({_DEFAULT_PATH})",
    )
    parser.epilog = "It speaks plain HTTP: put a web server with TLS in front of it before a vendor reaches it over a network."


def run(options: argparse.Namespace) -> int:
    """Serve until asked to stop."""
    log_to_stderr()
    # That calls wait for one another for a moment is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    with wish_to_stop() as wish, open_loyalty(options.config) as loyalty:
        sources = loyalty.added(NEWS).values()
        senders = [source.name for source in sources if source.sends_webhooks]
        if not senders:
            complain(
                f"{options.config}: nobody sends webhooks: set up {sections_of(sources)} with somebody who does"
            )
            return 2
        with serving(_below(options.path, WebhookReceiver(loyalty)), options.host, options.port) as server:
            host = f"[{options.host}]" if ":" in options.host else options.host
            for name in senders:
                _log.info("receiving webhooks at http://%s:%d%s/%s", host, server.port, options.path, name)
            while server.is_running and not wish.made:
                time.sleep(_LOOK)
    if wish.made:
        return 0
    complain("the server has ended by itself")
    return 2


def _path(text: str) -> str:
    """A path without a slash at its end; the root is empty."""
    path = text.strip("/")
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", path):
        raise argparse.ArgumentTypeError("must be made of letters, digits and ._~- between slashes")
    return f"/{path}" if path else ""


def _below(path: str, application: WSGIApplication) -> WSGIApplication:
    """The application mounted at a path, and nothing beside it."""

    def mounted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = environ["PATH_INFO"]
        if found.startswith(f"{path}/"):
            inside = {**environ, "SCRIPT_NAME": path, "PATH_INFO": found.removeprefix(path)}
            return application(inside, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []

    return mounted


COMMAND: Final = Command("receive-webhooks", "take in what vendors report by webhook", configure, run)
