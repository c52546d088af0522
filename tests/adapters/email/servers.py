"""The test's end of the mail server process: start, stop, faults, and what arrived."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from tests.bounded import end, line_with

from .reading import Arrived

SCRIPT = Path(__file__).with_name("aiosmtpd_process.py")
PATIENCE = 10


class MailServer:
    """A running mail server with several listeners."""

    def __init__(self, folder: Path, listeners: Sequence[Mapping[str, Any]]) -> None:
        self.folder = folder
        self._faults: dict[str, Mapping[str, Any]] = {}
        self._write_faults()
        plan = json.dumps({"folder": str(folder), "listeners": listeners}, default=str)
        with (folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, str(SCRIPT), plan],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        try:
            self.ports: dict[str, int] = json.loads(line_with("", self._process.stdout))
        except AssertionError as error:
            error.add_note((folder / "stderr").read_text())
            raise

    def stop(self) -> None:
        """End the process; it ends with its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            end(self._process)

    def answer(self, address: str, **moments: str | Sequence[str]) -> str:
        """Say what the server does at these moments for this address, and return the address."""
        self._faults[address] = moments
        self._write_faults()
        return address

    @contextmanager
    def answering(self, address: str, **moments: str) -> Iterator[None]:
        """Let the server do that for this address, or with ``*`` for all others, as long as the block lasts."""
        self.answer(address, **moments)
        try:
            yield
        finally:
            del self._faults[address]
            self._write_faults()

    def inbox(self, address: str) -> list[Arrived]:
        """Everything that was stored for the address, oldest first."""
        box = self.folder / "mail" / hashlib.sha256(address.encode()).hexdigest()
        return [
            Arrived(file.read_bytes(), json.loads(file.with_suffix(".json").read_text("utf-8")))
            for file in sorted(box.glob("*.eml"))
        ]

    def events(self, listener: str) -> list[str]:
        """What happened at a listener, in order."""
        lines = (self.folder / "events.jsonl").read_text("utf-8").splitlines()
        return [found["event"] for found in map(json.loads, lines) if found["listener"] == listener]

    def _write_faults(self) -> None:
        fresh = self.folder / "faults.fresh"
        fresh.write_text(json.dumps(self._faults), "utf-8")
        fresh.rename(self.folder / "faults.json")


@frozen
class Watch:
    """Sees what happens at a listener from now on."""

    server: MailServer
    listener: str
    skip: int

    @classmethod
    def start(cls, server: MailServer, listener: str) -> Watch:
        """Begin to look."""
        return cls(server, listener, len(server.events(listener)))

    def events(self) -> list[str]:
        """What has happened since the start: ``connect``, ``auth``, ``stored``, ``quit``."""
        return self.server.events(self.listener)[self.skip :]

    def count(self, event: str) -> int:
        """How often since the start."""
        return self.events().count(event)

    def wait_for(self, event: str) -> None:
        """Wait until it has happened."""
        deadline = time.monotonic() + PATIENCE
        while not self.count(event):
            assert time.monotonic() < deadline, f"no {event}"
            time.sleep(0.01)
