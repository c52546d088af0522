"""The processes around the story: mail server, card vendor, workers at the outbox, and a receiver of webhooks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from loyaltycore_cardvendor import RunningVendor
from order_cards.fixtures import CLOSED_EVERY
from order_cards.waiting import wait_for

_PATIENCE: Final = 30.0

_CONFIG: Final = """\
[storage]
use = "sql"
url = "sqlite:///{folder}/shop.db"

[calendar]
use = "holidays"
closed_every = {closed_every}

[mailer]
use = "smtp"
host = "127.0.0.1"
port = {mail_port}
security = "none"       # the server runs on this machine
sender = "karten@optik.example"
sender_name = "Optik Beispiel"

[card_printer]
use = "http"
base_url = "{vendor_url}"
token = {{ file = "card-vendor.token" }}
webhook_secrets = [{{ file = "card-vendor.secret" }}]
"""


class MailServer:
    """The mail server while it runs."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._folder = folder

    def mails(self) -> list[EmailMessage]:
        """Every mail that it has taken, in the order of arrival."""
        return [
            message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
            for path in sorted(self._folder.glob("*.eml"))
        ]


@contextmanager
def running_mail_server(folder: Path) -> Iterator[MailServer]:
    """Run a mail server while the block lasts."""
    folder.mkdir()
    command = [sys.executable, str(Path(__file__).with_name("mail_server.py")), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  ourselves
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            if not port:
                raise SystemExit('the mail server did not start: pip install "loyaltycore[demo]"')
            yield MailServer(int(port), folder)
        finally:
            if process.stdin:
                process.stdin.close()
            _end(process)


@contextmanager
def running_workers(config: Path, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Run workers at the outbox while the block lasts: the command line, as a shop would run it."""
    workers = []
    try:
        for number in range(1, count + 1):
            log = config.parent / f"worker-{number}.log"
            workers.append(_started(config, log, "deliver", "--watch", "--poll", "0.2"))
        yield workers
    finally:
        stop_workers(workers)


@contextmanager
def running_receiver(config: Path) -> Iterator[str]:
    """Let the command line take webhooks in while the block lasts; answers the address to tell the vendor."""
    log = config.parent / "receiver.log"
    receiver = _started(config, log, "receive-webhooks", "--port", "0")
    try:
        wait_for(
            "the receiver listens", lambda: "http://" in log.read_text("utf-8") or receiver.poll() is not None
        )
        found = re.search(r"http://\S+", log.read_text("utf-8"))
        if found is None:
            raise SystemExit(f"the receiver did not start: {log.read_text('utf-8')}")
        yield found[0]
    finally:
        stop_workers([receiver])


def stop_workers(workers: list[subprocess.Popen[str]]) -> list[int]:
    """Ask them to end after the message in hand; answers their exit codes."""
    for worker in workers:
        worker.terminate()
    return [_end(worker) for worker in workers]


def write_config(folder: Path, mail_server: MailServer, vendor: RunningVendor) -> Path:
    """Write the configuration of the shop; its secrets stand in files of their own."""
    for name, secret in {"card-vendor.token": vendor.token, "card-vendor.secret": vendor.secret}.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(secret, "utf-8")
    config = folder / "loyaltycore.toml"
    config.write_text(
        _CONFIG.format(
            folder=folder.as_posix(),
            closed_every=[list(day) for day in CLOSED_EVERY],
            mail_port=mail_server.port,
            vendor_url=vendor.url,
        ),
        "utf-8",
    )
    return config


def _started(config: Path, log: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command as a shop would run it, with a log of its own."""
    command = [sys.executable, "-m", "loyaltycore.cli", "--config", str(config), *arguments]
    with log.open("w", encoding="utf-8") as stream:
        return subprocess.Popen(command, stdout=stream, stderr=stream, text=True)  # noqa: S603  ourselves


def _end(process: subprocess.Popen[str]) -> int:
    try:
        return process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(_PATIENCE)
