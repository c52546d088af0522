"""``python -m loyaltycore_cardvendor``: the reference card vendor as a separate process."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from loyaltycore_cardvendor.checks import KINDS, Checker
from loyaltycore_cardvendor.database import Database
from loyaltycore_cardvendor.sender import Sender
from loyaltycore_cardvendor.server import BASE, VendorServer
from loyaltycore_cardvendor.works import Works

_PAUSE = 0.02


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal, or until standard input ends; return the exit code."""
    options = _parser().parse_args(arguments)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.until_input_ends:
        Thread(target=_wait_for_end_of_input, args=(stop,), daemon=True).start()
    with _opened(options.database) as database:
        database.change_settings(_settings(options))
        _serve(options, database, stop)
    return 0


def _serve(options: argparse.Namespace, database: Database, stop: Event) -> None:
    works = Works(database, Checker(frozenset(options.product), frozenset(options.encoding or KINDS)))
    with VendorServer((options.host, options.port), works, options.token, stop) as server:
        workers = [
            Thread(target=server.serve_forever, args=(0.05,)),
            Thread(target=_repeat, args=(works.work, stop)),
            Thread(target=_repeat, args=(Sender(database, stop).send_due, stop)),
        ]
        for worker in workers:
            worker.start()
        _say(f"card vendor: http://{options.host}:{server.server_port}{BASE}")
        stop.wait()
        server.shutdown()
        for worker in workers:
            worker.join()


@contextmanager
def _opened(path: str) -> Iterator[Database]:
    """The database in a file, or in a temporary one if there is no path."""
    with (
        TemporaryDirectory(prefix="card-vendor-", ignore_cleanup_errors=True) as folder,
        closing(Database(path or str(Path(folder, "vendor.db")))) as database,
    ):
        yield database


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loyaltycore_cardvendor",
        description="A card vendor to develop and test against. It prints nothing but rows of a table.",
        epilog="Settings are kept in the database: what is left out stays as it was.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=0, help="0 takes a free one")
    add("--database", default="", help="SQLite file with all that survives a kill; none forgets at the end")
    add("--token", default=None, help="bearer token of the client; made up and shown where it is left out")
    add("--webhook-url", default=None, help="where events go")
    add("--secret", action="append", default=None, help="whsec_..., several while one is being replaced")
    add("--step-seconds", type=float, default=None, help="time in each state; 0 waits to be moved")
    add("--retry-seconds", type=float, default=None, help="first pause after a webhook that failed")
    add("--product", action="append", default=[], help="a design that may be ordered; none allows any")
    add("--encoding", action="append", default=[], choices=sorted(KINDS), help="none allows all")
    add("--until-input-ends", action="store_true", help="stop with the process that holds the other end")
    return parser


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """The settings from the command line, with a new token if it names none."""
    if options.token is None:
        options.token = secrets.token_urlsafe(24)
        _say(f"token: {options.token}")
    given = {
        "webhook_url": options.webhook_url,
        "secrets": options.secret,
        "step_seconds": options.step_seconds,
        "retry_seconds": options.retry_seconds,
    }
    return {name: value for name, value in given.items() if value is not None}


def _repeat(work: Callable[[], int], stop: Event) -> None:
    """Work without a pause while there is something to do."""
    while not stop.is_set():
        if not work():
            stop.wait(_PAUSE)


def _wait_for_end_of_input(stop: Event) -> None:
    # Past the buffer of `sys.stdin`, whose lock a daemon thread would still hold at the end of the process.
    while os.read(0, 4096):
        pass
    stop.set()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
