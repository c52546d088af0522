"""The application of the page under a real server: two hundred requests at once, on real databases."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from loyaltycore import Loyalty
from loyaltycore_sql import SqlStorage
from tests.bounded import running
from tests.cli.shop import wait_for
from tests.docs.pages import ROOT, blocks
from tests.engines import fresh_database

PAGE: Final = ROOT / "docs" / "explanation" / "event-loops.md"
CROWD: Final = 200


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    with fresh_database(request.param) as found:
        yield found


@contextmanager
def serving(url: str, folder: Path) -> Iterator[tuple[str, int]]:
    """The application of the page on that database, behind uvicorn; what it warns of ends it."""
    (code,) = [block.code for block in blocks(PAGE) if block.code.startswith("# main.py\n")]
    assert '"sqlite:///shop.db"' in code
    (folder / "main.py").write_text(code.replace('"sqlite:///shop.db"', repr(url)), "utf-8")
    log = folder / "server.log"
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "uvicorn", "--port=0", "main:app"]
    with (
        log.open("w", encoding="utf-8") as said,
        running(command, cwd=folder, stdout=said, stderr=said) as server,
    ):
        found: list[str] = []

        def look() -> bool:
            assert server.poll() is None, log.read_text("utf-8")
            found.extend(re.findall(r"http://127\.0\.0\.1:(\d+)", log.read_text("utf-8")))
            return bool(found)

        wait_for(look)
        yield "127.0.0.1", int(found[0])
    assert server.returncode in {0, -15}, log.read_text("utf-8")


async def ask(address: tuple[str, int], method: str, path: str) -> tuple[int, Any]:
    """One request on a connection of its own."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), json.loads(body)


def test_two_hundred_requests_at_once(url: str, tmp_path: Path) -> None:
    """All are answered well, by `aio` and by FastAPI's own threads, while the loop goes on; and all is kept."""

    async def main(address: tuple[str, int]) -> tuple[list[Any], list[Any]]:
        made = await asyncio.gather(*(ask(address, "POST", f"/customers?name=Gast{n}") for n in range(CROWD)))
        ids = [answer["id"] for _, answer in made]
        shown = await asyncio.gather(*(ask(address, "GET", f"/customers/{each}") for each in ids))
        return made, shown

    with serving(url, tmp_path) as address:
        begun = time.monotonic()
        made, shown = asyncio.run(main(address))
        seconds = time.monotonic() - begun
    assert {status for status, _ in made} == {201}
    assert [answer["name"] for status, answer in shown if status == 200] == [f"Gast{n}" for n in range(CROWD)]
    assert seconds < 60
    storage = SqlStorage(url)
    assert Loyalty(storage).session("anna").customers.count() == CROWD
    storage.close()
