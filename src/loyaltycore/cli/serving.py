"""Serves a WSGI application with waitress while a block lasts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import frozen

from loyaltycore.errors import MissingExtra

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from waitress.server import BaseWSGIServer

_BOUNDS: Final[dict[str, Any]] = {
    "threads": 8,
    "connection_limit": 200,
    "max_request_header_size": 32_768,
    # Taken from the caller and thrown away: it would not hear the answer to what nobody reads.
    "max_request_body_size": 1_048_576,
    # `select` stops at file 1024, wherever the limit of connections stands.
    "asyncore_use_poll": True,
    "ident": "loyaltycore",
}
_PATIENCE: Final = 8
"""Seconds for the calls in hand."""


@frozen
class Server:
    """A server at work."""

    port: int
    _thread: threading.Thread

    @property
    def is_running(self) -> bool:
        """Whether it still takes calls."""
        return self._thread.is_alive()


@contextmanager
def serving(application: WSGIApplication, host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Serve while the block lasts; at its end the calls in hand are finished.

    Args:
        application: What answers.
        port: 0 takes a free one.

    Raises:
        MissingExtra: `waitress` is not installed.
        OSError: The port is taken.
    """
    try:
        from waitress.server import create_server  # noqa: PLC0415  an extra of this command

        from loyaltycore.cli.connection import Connection  # noqa: PLC0415  made of what the extra brings
    except ModuleNotFoundError:
        raise MissingExtra("webhooks", "waitress") from None
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        channels: dict[int, Any] = {}
        server = cast("BaseWSGIServer", create_server(application, channels, sockets=[listener], **_BOUNDS))
        server.channel_class = Connection
        thread = threading.Thread(target=server.run, name="webhooks")
        thread.start()
        try:
            yield Server(listener.getsockname()[1], thread)
        finally:
            server.task_dispatcher.shutdown(timeout=_PATIENCE)
            _end_loop(server, channels, thread)


def _end_loop(server: BaseWSGIServer, channels: dict[int, Any], thread: threading.Thread) -> None:
    """End the loop that waits for calls, and close what it has open."""
    left = dict(channels)
    while thread.is_alive():
        # It runs as long as it has something to wait for; a caller that connects at this moment is something new.
        left.update(channels)
        channels.clear()
        server.pull_trigger()
        thread.join(0.05)
    for channel in left.values():
        channel.close()
