"""Kannel as a counterparty: configured, started, asked and stopped by the tests alone, with everybody around it.

Around it are an operator that it hands texts to over HTTP, the fake SMS centre that it brings along, the web server that
one puts before it, and whoever takes its reports; all of them real servers on loopback.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from attrs import field, frozen

from tests.adapters.sms.around_kannel import PATIENCE, Front, Operator, Reports, whole
from tests.bounded import join, running, start
from tests.listening import free_ports

USER: Final = "loyalty"
PASSWORD: Final = "s3cret"
FAKE: Final = "FAKE"
"""The route to the fake SMS centre."""

CONFIGURATION: Final = """
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = adminpw
status-password = statuspw
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {smsbox}
smsbox-interface = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 1
dlr-storage = internal
store-type = file
store-location = "{folder}/store.dat"

group = smsc
smsc = http
smsc-id = OPERATOR
denied-smsc-id = FAKE
system-type = kannel
smsc-username = shop
smsc-password = operator
port = {answers}
connect-allow-ip = 127.0.0.1
send-url = "{operator}"
dlr-url = "http://127.0.0.1:{answers}/"

group = smsc
smsc = fake
smsc-id = FAKE
allowed-smsc-id = FAKE
host = 127.0.0.1
port = {fake}
connect-allow-ip = 127.0.0.1

group = smsbox
smsbox-id = box
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = "127.0.0.1"
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = loyalty
password = s3cret
default-sender = 13013
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
max-messages = 255
concatenation = true

group = sendsms-user
username = nobody
password = s3cret
default-sender = 13013
black-list-regex = "."
"""


def missing() -> str:
    """Say why Kannel cannot be used here, or nothing."""
    if not (shutil.which("bearerbox", path=_PATH) and shutil.which("smsbox", path=_PATH)):
        return "kannel is not installed (Debian: apt-get install --no-install-recommends kannel)"
    return ""


_PATH: Final = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


@frozen
class Kannel:
    """A running Kannel."""

    folder: Path
    admin: int
    sendsms: int
    fake: int
    operator: Operator
    reports: Reports
    front: Front
    processes: list[subprocess.Popen[bytes]] = field(factory=list)

    @property
    def url(self) -> str:
        """Its own address, without a web server before it."""
        return f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms"

    def settle(self) -> None:
        """Wait until it has handed on everything that it has taken."""
        deadline = time.monotonic() + PATIENCE
        while "store size 0" not in (status := self.status()):
            assert time.monotonic() < deadline, status
            time.sleep(0.005)

    def texts_to(self, number: str) -> list[str]:
        """The texts that have reached the operator for a number."""
        self.settle()
        return whole(self.operator.parts, number)

    def status(self) -> str:
        """What it says of itself."""
        url = f"http://127.0.0.1:{self.admin}/status.txt?password=statuspw"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.read().decode("utf-8", "replace")

    def logs(self) -> str:
        """Its own words, for a test that fails."""
        return "\n".join(file.read_text(errors="replace") for file in self.folder.glob("*.log"))


@contextlib.contextmanager
def running_kannel() -> Iterator[Kannel]:
    """Start Kannel on free ports in a folder of its own, with everybody around it; stop all and remove the folder."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kannel-")))
        admin, smsbox, answers, fake, sendsms = free_ports(5)
        operator, reports, front = Operator(), Reports(), Front(sendsms)
        for server in (operator, reports, front):
            stack.enter_context(_serving(server))
        kannel = Kannel(folder, admin, sendsms, fake, operator, reports, front)
        configuration = CONFIGURATION.format(
            folder=folder,
            admin=admin,
            smsbox=smsbox,
            answers=answers,
            fake=fake,
            sendsms=sendsms,
            operator=operator.url,
        )
        (folder / "kannel.conf").write_text(configuration, "utf-8")
        for program, port in (("bearerbox", smsbox), ("smsbox", sendsms)):
            command = [str(shutil.which(program, path=_PATH)), str(folder / "kannel.conf")]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            kannel.processes.append(stack.enter_context(running(command, cwd=folder, **quiet)))
            _wait_for(port, kannel)
        try:
            yield kannel
        finally:
            # It would wait for connections that are kept open; what it still has is thrown away with its folder.
            for process in kannel.processes:
                process.kill()


@contextlib.contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[None]:
    with server:
        thread = start(server.serve_forever, 0.01)
        try:
            yield
        finally:
            server.shutdown()
            join(thread)


def _wait_for(port: int, kannel: Kannel) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, kannel.logs()
            assert kannel.processes[-1].poll() is None, kannel.logs()
            time.sleep(0.02)
        else:
            return


def header_of(line: list[bytes]) -> bytes:
    """The header of a message that reached a phone, or nothing."""
    return unquote_to_bytes(line[3].split(b" ")[0]) if line[2] == b"udh" else b""
