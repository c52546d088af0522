"""A mail server in a process of its own, with faults on demand. Run as a script by `servers.MailServer`.

Its only argument is a JSON object: the working folder and the listeners. It prints the port of each listener as one
line of JSON as soon as all of them listen, and ends when its standard input does.

What it does is decided by the address, read from ``faults.json`` in the working folder at each step: for each
address, or for ``*``, an object from moment (``mail``, ``rcpt``, ``data``, ``content``, ``answer``, ``after``) to a
reply, to a list of replies that are used up one by one (the last stays), to ``cut`` or to ``wait <seconds>``. The moment
``login`` of ``*`` refuses every password. What it accepts goes to ``mail/<hash of the recipient>/``, what happens to
``events.jsonl``.
"""

# ruff: noqa: N802 - aiosmtpd calls its hooks by these names and with all of these arguments

from __future__ import annotations

import asyncio
import collections
import contextlib
import hashlib
import itertools
import json
import logging
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

ACCOUNTS = {b"shop": b"pa55word", "küche".encode(): "größe".encode()}


class Desk:
    """What all listeners share: the faults, the folder, the log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: collections.Counter[tuple[str, str]] = collections.Counter()
        self.numbers = itertools.count(1)
        self.events = (folder / "events.jsonl").open("a", buffering=1, encoding="utf-8")

    def fault(self, address: str, moment: str) -> str:
        faults = json.loads((self.folder / "faults.json").read_text("utf-8"))
        found = faults.get(address, faults.get("*", {})).get(moment, "")
        if isinstance(found, str):
            return found
        turn = self.used[address, moment]
        self.used[address, moment] += 1
        return str(found[min(turn, len(found) - 1)])

    def log(self, listener: str, event: str, **facts: Any) -> None:
        self.events.write(json.dumps({"listener": listener, "event": event, **facts}) + "\n")

    def store(self, facts: dict[str, Any], content: bytes) -> None:
        box = self.folder / "mail" / hashlib.sha256(facts["recipient"].encode()).hexdigest()
        box.mkdir(parents=True, exist_ok=True)
        number = next(self.numbers)
        (box / f"{number:06}.json").write_text(json.dumps(facts), "utf-8")
        (box / f"{number:06}.part").write_bytes(content)
        (box / f"{number:06}.part").rename(box / f"{number:06}.eml")


class Server(SMTP):
    """aiosmtpd's server, which can break off at any moment of a transaction."""

    def __init__(self, name: str, desk: Desk, handler: Handler, **options: Any) -> None:
        super().__init__(handler, hostname="mx.loyalty.example", authenticator=check_login, **options)
        self.name = name
        self.desk = desk

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # aiosmtpd comes by here a second time when STARTTLS is through.
        if transport.get_extra_info("sslcontext") is None or self.transport is None:
            self.desk.log(self.name, "connect")
        super().connection_made(transport)

    async def act(self, address: str, moment: str) -> str | None:
        """Do what the faults say; return a reply, or None to go on as usual."""
        fault = self.desk.fault(address, moment)
        if fault == "cut":
            assert self.transport is not None
            self.transport.abort()
            return "421 cut"
        if fault.startswith("wait "):
            await asyncio.sleep(float(fault.removeprefix("wait ")))
            return None
        return fault or None

    async def smtp_DATA(self, arg: str) -> None:
        recipient = self.envelope.rcpt_tos[0] if self.envelope and self.envelope.rcpt_tos else ""
        reply = await self.act(recipient, "data")
        if reply is not None:
            await self.push(reply)
            return
        if self.desk.fault(recipient, "content") == "cut":
            await self.push("354 go on")
            await self._reader.read(1000)
            assert self.transport is not None
            self.transport.abort()
            return
        await super().smtp_DATA(arg)
        if self.desk.fault(recipient, "after") == "close":
            assert self.transport is not None
            self.transport.close()

    async def smtp_QUIT(self, arg: str) -> None:
        self.desk.log(self.name, "quit")
        await super().smtp_QUIT(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        self.desk.log(self.name, "auth")
        await super().smtp_AUTH(arg)


class Handler:
    """What to answer, and where to put what came."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def handle_MAIL(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await server.act(address, "mail")
        if reply is None or reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 OK"

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await server.act(address, "rcpt")
        if reply is None or reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        facts = {
            "recipient": recipient,
            "recipients": envelope.rcpt_tos,
            "sender": envelope.mail_from,
            "options": envelope.mail_options,
            "encrypted": session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
            "login": session.auth_data.login.decode() if session.auth_data else "",
            "greeting": session.host_name,
        }
        self.desk.store(facts, envelope.original_content or b"")
        self.desk.log(server.name, "stored", recipient=recipient)
        return await server.act(recipient, "answer") or f"250 2.0.0 Ok: queued as {recipient[:8].upper()}1"


def check_login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    """Know two accounts."""
    known = ACCOUNTS.get(data.login) == data.password and not server.desk.fault("*", "login")
    return AuthResult(success=known, handled=False, auth_data=data)


async def play(script: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say one line of a script for each line that comes (after 354: for each mail), then hang up.

    An empty line of the script says nothing and waits until the other side goes.
    """
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        for number, line in enumerate(script):
            if number:
                await reader.readuntil(b"\r\n.\r\n" if script[number - 1].startswith("354") else b"\r\n")
            if not line:
                await reader.read()
            writer.write(line.encode("latin-1") + b"\r\n")
            await writer.drain()
    writer.close()


async def listen(spec: dict[str, Any], desk: Desk) -> asyncio.Server:
    if "script" in spec:
        script = spec["script"]
        return await asyncio.start_server(lambda reader, writer: play(script, reader, writer), "127.0.0.1", 0)
    context = None
    if spec.get("certificate"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(spec["certificate"], spec["key"])
    implicit = bool(spec.get("implicit"))
    loop = asyncio.get_running_loop()

    def make() -> Server:
        return Server(
            spec["name"],
            desk,
            Handler(desk),
            tls_context=None if implicit else context,
            auth_required=bool(spec.get("auth_required")),
            auth_require_tls=bool(spec.get("auth_require_tls", not implicit)),
            auth_exclude_mechanism=spec.get("auth_exclude"),
            enable_SMTPUTF8=spec.get("utf8", True),
            data_size_limit=spec.get("size", 2**26),
            timeout=spec.get("timeout", 60),
            require_starttls=bool(spec.get("require_starttls")),
            loop=loop,
        )

    return await loop.create_server(make, "127.0.0.1", 0, ssl=context if implicit else None)


async def main() -> None:
    plan = json.loads(sys.argv[1])
    desk = Desk(Path(plan["folder"]))
    servers = {spec["name"]: await listen(spec, desk) for spec in plan["listeners"]}
    ports = {name: server.sockets[0].getsockname()[1] for name, server in servers.items()}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in servers.values():
        server.close()


if __name__ == "__main__":
    # aiosmtpd warns about an attribute that it sets itself; only its errors are worth reading.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    asyncio.run(main())
