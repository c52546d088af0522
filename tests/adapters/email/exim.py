"""Exim as a counterparty: configured, started, asked and stopped by the tests alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from tests.listening import free_ports

from .certificates import Pair
from .reading import Arrived

PATIENCE = 10.0
USER = "Debian-exim"

CONFIGURATION = """
exim_user = {user}
exim_group = {user}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
primary_hostname = mx.loyalty.example
domainlist taken_domains = kunde.example : laden.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {starttls} : {tls} : {relay}
tls_on_connect_ports = {tls}
tls_advertise_hosts = *
tls_certificate = {folder}/server.crt
tls_privatekey = {folder}/server.key
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
never_users = root
host_lookup =
rfc1413_query_timeout = 0s
message_size_limit = 100K
smtputf8_advertise_hosts = *
smtp_accept_max_per_connection = 5
acl_smtp_mail = check_mail
acl_smtp_rcpt = check_rcpt
acl_smtp_data = check_data

begin acl
check_mail:
  accept condition = ${{if eq{{$received_port}}{{{relay}}}}}
  deny   !authenticated = *
         message = 5.7.0 Authentication required
  accept
check_rcpt:
  deny   !domains = +taken_domains
         message = 5.7.1 relaying denied
  deny   local_parts = niemand
         message = 5.1.1 no such user
  defer  local_parts = voll
         message = 4.2.2 mailbox full
  defer  local_parts = grau
         condition = ${{if !exists{{{folder}/seen}}}}
         message = 4.7.1 greylisted, try again
  accept
check_data:
  deny   !verify = header_syntax
         message = 5.6.0 bad header syntax: $acl_verify_message
  accept

begin routers
late:
  driver = redirect
  local_parts = spaet
  allow_fail
  data = :fail: 5.1.1 mailbox closed
everybody:
  driver = accept
  transport = box

begin transports
box:
  driver = appendfile
  directory = {folder}/box
  maildir_format
  create_directory
  user = {user}
  envelope_to_add
  return_path_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{shop}}}}{{eq{{$auth3}}{{pa55word}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = User Name : Password
  server_condition = ${{if and{{{{eq{{$auth1}}{{shop}}}}{{eq{{$auth2}}{{pa55word}}}}}}}}
  server_set_id = $auth1
"""


def missing() -> str:
    """Say why Exim cannot be used here, or nothing."""
    if shutil.which("exim4") is None:
        return "exim4 is not installed (Debian: apt-get install exim4-daemon-light)"
    if os.geteuid() != 0:
        return "exim4 changes users, which root alone may do"
    return ""


@frozen
class Exim:
    """A running Exim."""

    folder: Path
    """Configuration, spool, logs and mailbox."""
    starttls: int
    """Port for STARTTLS and login."""
    tls: int
    """Port for TLS from the start and login."""
    relay: int
    """Port that asks for no login."""

    def wait_for(self, recipient: str, *, count: int = 1) -> list[Arrived]:
        """Wait until so many mails for the recipient lie in the mailbox, and return them."""
        deadline = time.monotonic() + PATIENCE
        while len(found := self.delivered(recipient)) < count:
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)
        return found

    def delivered(self, recipient: str) -> list[Arrived]:
        """What lies in the mailbox for the recipient, oldest first."""
        wanted = f"Envelope-to: {recipient}\n".encode()
        files = sorted((self.folder / "box" / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        contents = [file.read_bytes() for file in files]
        # A maildir holds lines with bare line feeds; the wire had none.
        return [Arrived(raw.replace(b"\n", b"\r\n"), {}) for raw in contents if wanted in raw]

    def let_grey_pass(self) -> None:
        """End the greylisting."""
        (self.folder / "seen").touch()

    def log(self) -> str:
        """Exim's own words, for a test that fails."""
        return "\n".join(file.read_text(errors="replace") for file in (self.folder / "log").glob("*"))


@contextlib.contextmanager
def running(pair: Pair) -> Iterator[Exim]:
    """Start Exim on free ports in a folder of its own; stop it and remove the folder."""
    # Not in pytest's folder: that one is closed to the user that Exim becomes.
    with tempfile.TemporaryDirectory(prefix="exim-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        exim = Exim(folder, *free_ports(3))
        _prepare(exim, pair)
        command = [str(shutil.which("exim4")), "-C", str(folder / "exim.conf"), "-bd", "-q30s"]
        subprocess.run(command, check=True, timeout=PATIENCE)
        pid = _pid(folder / "exim.pid")
        try:
            for port in (exim.starttls, exim.relay):
                _wait_until_it_greets(port)
            yield exim
        finally:
            _stop(pid)


def _prepare(exim: Exim, pair: Pair) -> None:
    folder = exim.folder
    folder.chmod(0o755)
    for name in ("spool", "log"):
        (folder / name).mkdir()
    shutil.copy(pair.certificate, folder / "server.crt")
    shutil.copy(pair.key, folder / "server.key")
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, USER, USER)
    # Written last: Exim reads a configuration only where root owns it.
    ports = {"starttls": exim.starttls, "tls": exim.tls, "relay": exim.relay}
    (folder / "exim.conf").write_text(CONFIGURATION.format(folder=folder, user=USER, **ports), "utf-8")


def _pid(file: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < deadline, "Exim wrote no pid file"
        time.sleep(0.01)
    return int(file.read_text())


def _wait_until_it_greets(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as probe:
        assert probe.recv(4) == b"220 "
        probe.sendall(b"QUIT\r\n")


def _stop(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
