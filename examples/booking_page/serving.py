"""Everything put together and served, with a thread that hands the mails over."""

from __future__ import annotations

import argparse
import re
import secrets
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from waitress import serve

from booking_page.app import make_app
from booking_page.mails import FolderMailer
from booking_page.shop import set_up
from loyaltycore import Loyalty
from loyaltycore_holidays import BranchHolidays
from loyaltycore_sql import SqlStorage


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A page on which customers book appointments.")
    parser.add_argument("--port", type=int, default=8080, help="0 for any that is free (8080)")
    parser.add_argument(
        "--embed-in", type=origin, help="whose pages may frame it, such as https://shop.example"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("demo-output/booking-page"), help="where files go"
    )
    options = parser.parse_args(arguments)
    folder: Path = options.output.resolve()
    (folder / "mails").mkdir(parents=True, exist_ok=True)
    mailer = FolderMailer(folder / "mails")
    storage = SqlStorage(f"sqlite:///{folder.as_posix()}/shop.db")
    password = secrets.token_urlsafe(9)
    with (
        listening(options.port) as listener,
        Loyalty(storage, mailer=mailer, calendar=BranchHolidays()) as loyalty,
    ):
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        set_up(loyalty, address)
        app = make_app(loyalty, mailer, password=password, embed_in=options.embed_in or "")
        print(f"Customers book at  {address}/")
        print(f"The staff work at  {address}/staff/  (password {password})", flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        with delivering(loyalty):
            serve(app, sockets=[listener], threads=4)


def origin(given: str) -> str:
    """What a browser compares with the page around a frame: scheme and host; with a path it would fit no page."""
    if not re.fullmatch(r"https?://[\w.-]+(:\d+)?/?", given, re.ASCII):
        raise argparse.ArgumentTypeError(f"{given!r} is no origin such as https://shop.example")
    return given.removesuffix("/")


def listening(port: int) -> socket.socket:
    """A port of this machine, which no other machine reaches."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise SystemExit(
            f"cannot listen at port {port} ({error.strerror}): take another one with --port"
        ) from None


@contextmanager
def delivering(loyalty: Loyalty) -> Iterator[None]:
    """Hand over what is in the outbox while the block lasts."""
    stop = Event()
    thread = Thread(target=loyalty.worker().watch, args=(stop,), kwargs={"poll_seconds": 0.2})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
