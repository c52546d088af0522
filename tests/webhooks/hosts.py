"""The applications of the how-to, out of its page, under the servers that it names."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from loyaltycore import Loyalty
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_sql import SqlStorage
from tests import bounded
from tests.cli.shop import order_cards, wait_for
from tests.docs.pages import ROOT, Block, blocks

PAGE: Final = ROOT / "docs" / "how-to" / "receive-vendor-news.md"
BLOCKS: Final = list(blocks(PAGE))

DJANGO_SETTINGS: Final = """\
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "mysite.urls"
SECRET_KEY = "a key for tests"
"""
"""What `django-admin startproject` would have written beside the file of the page."""


@frozen
class Host:
    """How an application of the page is served."""

    command: str
    """As it stands on the page; it ends with the application."""
    free_port: str
    """Makes the server take a free port."""
    path: str
    """Where the page mounts the receiver."""


HOSTS: Final = {
    "flask": Host("gunicorn --threads 4 app:app", "--bind=127.0.0.1:0", "/webhooks"),
    "django": Host("gunicorn --threads 4 mysite.wsgi", "--bind=127.0.0.1:0", "/webhooks"),
    "fastapi": Host("uvicorn main:app", "--port=0", "/webhooks"),
    "alone": Host("waitress-serve --listen=127.0.0.1:8080 shop:receiver", "--listen=127.0.0.1:0", ""),
}
_MODULES: Final = {"waitress-serve": "waitress"}
"""Programs that are run by the name of another module."""


@frozen
class Site:
    """A running application."""

    url: str
    """Of the server."""
    path: str
    """Where the receiver is mounted."""
    loyalty: Loyalty
    """The same shop, in this process."""
    order: str
    """An order of the shop."""
    secret: str
    """What the page shares with the vendor."""
    log: Path

    @property
    def webhooks(self) -> str:
        """Where the vendor of the card printer posts to."""
        return f"{self.url}{self.path}/card-printer"


def on_page(code: str) -> bool:
    """Whether a block of the page says exactly this."""
    return any(block.code == f"{code}\n" for block in BLOCKS)


def write_files(folder: Path) -> None:
    """Write every file of the page, and what Django wants beside its own."""
    write_blocks(BLOCKS, folder)
    (folder / "mysite" / "settings.py").write_text(DJANGO_SETTINGS, "utf-8")
    (folder / "mysite" / "urls.py").write_text("urlpatterns = []\n", "utf-8")


def write_blocks(found: list[Block], folder: Path) -> None:
    """Write the blocks that begin with the name of a file."""
    for path, code in _files(found):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(code, "utf-8")


def _files(found: list[Block]) -> Iterator[tuple[str, str]]:
    """The blocks that begin with the name of a file."""
    for block in found:
        name = re.match(r"# (\S+\.py)\n", block.code)
        if name and block.is_python:
            yield name[1], block.code


@contextmanager
def serving_page(name: str, folder: Path) -> Iterator[Site]:
    """Serve an application of the page while the block lasts."""
    host = HOSTS[name]
    write_files(folder)
    secret = re.search(r"whsec_\w+", (folder / "shop.py").read_text("utf-8"))
    assert secret
    with (
        closing(SqlStorage(f"sqlite:///{folder.as_posix()}/shop.db")) as storage,
        HttpCardPrinter(base_url="http://127.0.0.1:9/v1", token="t", webhook_secrets=[secret[0]]) as printer,
    ):
        loyalty = Loyalty(storage, card_printer=printer)
        (order,) = order_cards(loyalty, 1)
        log = folder / "server.log"
        with running(host, folder, log) as url:
            yield Site(url, host.path, loyalty, order, secret[0], log)


@contextmanager
def running(host: Host, folder: Path, log: Path) -> Iterator[str]:
    """The server as a process of its own; answers its address."""
    program, *arguments, application = shlex.split(host.command)
    arguments = [each for each in arguments if not each.startswith("--listen=")]
    command = [sys.executable, "-m", _MODULES.get(program, program), *arguments, host.free_port, application]
    with (
        log.open("w", encoding="utf-8") as said,
        bounded.running(command, cwd=folder, stdout=said, stderr=said) as process,
    ):
        yield _address(log, process)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    """What the server says about where it listens."""
    found: list[str] = []

    def look() -> bool:
        assert process.poll() is None, log.read_text("utf-8")
        found.extend(re.findall(r"http://127\.0\.0\.1:[1-9]\d*", log.read_text("utf-8")))
        return bool(found)

    wait_for(look)
    return found[0]
