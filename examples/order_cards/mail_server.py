"""A real SMTP server, run as a process of its own: keeps every mail as a file, and ends with its standard input.

    python mail_server.py FOLDER

The first line that it prints is its port.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Postbox:
    """Keeps what comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  named by aiosmtpd
        """Write one mail down; a file appears under its name only when it is complete."""
        name = f"{next(self._numbers):05}"
        part = self._folder / f"{name}.part"
        part.write_bytes(envelope.original_content or b"")
        part.rename(self._folder / f"{name}.eml")
        return f"250 2.0.0 Ok: kept as {name}"


async def serve(folder: Path) -> None:
    """Serve on a free port of this machine until the standard input ends."""
    loop = asyncio.get_running_loop()
    postbox = Postbox(folder)
    server = await loop.create_server(
        lambda: SMTP(postbox, hostname="mail.optik.example", enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        0,
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    # Ctrl-C reaches every process of the terminal; this one ends when the story has cleaned up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # aiosmtpd warns about an attribute that it sets itself; only what breaks is worth reading.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    asyncio.run(serve(Path(sys.argv[1])))
