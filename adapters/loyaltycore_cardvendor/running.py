"""Starts, stops, kills and controls the reference vendor, a separate process."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

_STOPPING = 10.0
_CALLING = 10.0


class VendorFailed(Exception):
    """The vendor did not start, or refused an action."""


class RunningVendor:
    """A vendor in a separate process."""

    def __init__(self, database: Path, token: str, secret: str) -> None:
        self.url = ""
        """Its address, the same after a restart."""
        self.token = token
        """The bearer token that it expects."""
        self.secret = secret
        """The secret that it signs webhooks with."""
        self._database = database
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, options: Sequence[str] = ()) -> None:
        """Start, on the old port if there was one, from what the database remembers.

        Raises:
            VendorFailed: It ended before it was ready.
        """
        port = urlsplit(self.url).port or 0
        command = [sys.executable, "-m", "loyaltycore_cardvendor", "--until-input-ends"]
        # With "=", since a token may begin with a hyphen.
        command += [f"--database={self._database}", f"--token={self.token}", f"--port={port}", *options]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  this package's own program
        line = self._process.stdout.readline() if self._process.stdout else b""
        self.url = line.decode().strip().rpartition(" ")[2]
        if not self.url:
            raise VendorFailed(f"the vendor ended with {self._end()}")

    def stop(self) -> int:
        """Ask it to end, wait, and return its exit code."""
        if self._process:
            self._process.terminate()
        return self._end()

    def kill(self) -> None:
        """Kill it without warning, whatever it is doing."""
        if self._process:
            self._process.kill()
        self._end()

    def restart(self, *options: str) -> None:
        """Start again after `stop` or `kill`, or stop first."""
        self.stop()
        self.start(options)

    def control(self, action: str, **arguments: Any) -> dict[str, Any]:
        """Control it: advance, cancellation, mishap, settings, prints, orders, webhooks.

        Raises:
            VendorFailed: It refused.
        """
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=_CALLING)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request("POST", f"/_control/{action}", json.dumps(arguments), headers)
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != HTTPStatus.OK:
            raise VendorFailed(f"{action}: {answer}")
        return answer

    def prints(self) -> list[str]:
        """The references of the cards that were really made, one entry per card, in order."""
        return [card["reference"] for card in self.control("prints")["prints"]]

    def _end(self) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        try:
            return process.wait(_STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()


def new_secret() -> str:
    """A fresh secret for webhooks."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


@contextmanager
def running_vendor(
    *,
    database: Path | str | None = None,
    webhook_url: str = "",
    token: str = "",
    secret: str = "",
    step_seconds: float = 0.0,
    retry_seconds: float = 5.0,
    options: Sequence[str] = (),
) -> Iterator[RunningVendor]:
    """Run a vendor while the block lasts.

    Args:
        database: Its SQLite file; by default a temporary one.
        webhook_url: Where it sends events; empty for nowhere.
        token: The bearer token; by default a random one.
        secret: The secret for webhooks; by default a random one.
        step_seconds: How long a card stays in each state; with 0 only `control` moves it.
        retry_seconds: First pause after a webhook that failed.
        options: Further options of the command line.
    """
    with TemporaryDirectory(prefix="card-vendor-", ignore_cleanup_errors=True) as folder:
        path = Path(database) if database else Path(folder, "vendor.db")
        vendor = RunningVendor(path, token or secrets.token_urlsafe(24), secret or new_secret())
        settings = [f"--secret={vendor.secret}", f"--step-seconds={step_seconds}"]
        settings += [f"--retry-seconds={retry_seconds}", f"--webhook-url={webhook_url}"]
        vendor.start([*settings, *options])
        try:
            yield vendor
        finally:
            vendor.stop()
