"""One HTTP call, and what it proves: an answer or, without one, how far the request had come.

No retries: the outbox repeats, durably and visibly. No redirects: the credentials must not reach another host. Nothing
from the environment (proxies, netrc): a netrc entry would silently replace the credentials.
"""

from __future__ import annotations

import os
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import Any, Final, Self

import requests
from attrs import field, frozen
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    TimeoutError as ReadTimeoutError,
)
from urllib3.util.retry import Retry

from loyaltycore_http.answers import Answer, NoAnswer
from loyaltycore_http.packing import CODINGS, TooLong, unpacked

_CHUNK: Final = 65536
_REDIRECTION: Final = 3
_running: Final = threading.local()  # the deadline of the call that this thread makes
_BROKEN: Final = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)


class _NeverSent(Exception):
    """The connection could not be opened, TLS included: not one byte of the request has left."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail)


class _Connection(HTTPConnection):
    """A connection that tells a failure to connect from every other failure.

    The exceptions of `requests` do not: a timeout in the TLS handshake looks like a timeout after the request.
    """

    def connect(self) -> None:
        with _telling_apart():
            super().connect()
        _running.deadline.watch(self.sock)

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:
            _running.deadline.watch(self.sock)
        super().request(*args, **options)


class _TlsConnection(_Connection, HTTPSConnection):
    """A connection over TLS that tells a failure to connect from every other failure."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


@contextmanager
def _telling_apart() -> Iterator[None]:
    """Turn every failure to connect into `_NeverSent`."""
    try:
        yield
    except NameResolutionError as error:
        raise _NeverSent("unknown_host", "the host name cannot be resolved") from error
    except NewConnectionError as error:
        raise _NeverSent("unreachable", "no connection") from error
    except (ConnectTimeoutError, TimeoutError) as error:
        raise _NeverSent("connect_timeout", "no connection within the time") from error
    except (OSError, HTTPError) as error:
        raise _NeverSent("tls_failed", f"no TLS connection: {error}") from error


class _Deadline:
    """Ends a call that drips: the read timeout of a socket starts again with every byte."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.sock: socket.socket | None = None  # the connection lets go of it before the body is read
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _running.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self.sock = None

    def watch(self, sock: socket.socket) -> None:
        """Cut this one in time.

        Raises:
            _NeverSent: Connecting took so long that the time is over already.
        """
        self.sock = sock
        if self.passed:
            sock.close()
            raise _NeverSent("connect_timeout", "no connection within the time")

    def _cut(self) -> None:
        self.passed = True
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                # The plain method, since the one of an SSL socket throws its state away under the reading thread.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: even if it follows no redirect, `requests` would read its whole body, and unpack it."""


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


@frozen(kw_only=True)
class Transport:
    """Calls one vendor."""

    base_url: str
    """Without a slash at the end."""
    headers: Mapping[str, str] = field(repr=False)
    """What goes with every call: who calls, the credentials, what is read as an answer."""
    connect_timeout: float
    read_timeout: float
    """Seconds without a byte."""
    deadline: float
    max_bytes: int
    verify: bool | str
    """True for the usual authorities, or the path of a file with the trusted ones."""
    _local: threading.local = field(factory=threading.local, init=False, repr=False, eq=False)
    _sessions: weakref.WeakSet[requests.Session] = field(
        factory=weakref.WeakSet, init=False, repr=False, eq=False
    )

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | NoAnswer:
        """Make one call; never raises for what the network or the vendor does.

        Args:
            path: Begins with a slash, or is empty.
            body: None for none.
            headers: Beside those of every call.
        """
        session = self._session()
        try:
            request = requests.Request(method, self.base_url + path, params=query, data=body, headers=headers)
            prepared = _writable(session.prepare_request(request))
        except _BROKEN as error:
            detail = f"the request cannot be written: {type(error).__name__}"
            return NoAnswer(sent=False, code="unwritable", detail=detail)
        with _Deadline(self.deadline) as deadline:
            try:
                answer = self._exchange(session, prepared)
            except _NeverSent as error:
                return NoAnswer(sent=False, code=error.code, detail=str(error))
            except TooLong:
                detail = f"the answer is longer than {self.max_bytes} bytes"
                return NoAnswer(sent=True, code="contract_violation", detail=detail)
            except _BROKEN as error:
                return _broken(error, timed_out=deadline.passed)
        # A body without a length ends with the connection, so one that was cut here looks complete.
        return _timed_out() if deadline.passed else answer

    def close(self) -> None:
        """Close the connections of all threads; a later call opens new ones."""
        for session in list(self._sessions):
            session.close()

    def _exchange(self, session: requests.Session, prepared: requests.PreparedRequest) -> Answer:
        timeout = (self.connect_timeout, self.read_timeout)
        with session.send(
            prepared, timeout=timeout, verify=self.verify, allow_redirects=False, stream=True
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = self._read(response)
            if response.status_code // 100 != _REDIRECTION:  # nothing in one of those is looked at
                body = unpacked(body, headers.get("content-encoding", ""), self.max_bytes)
            return Answer(response.status_code, headers, body)

    def _read(self, response: requests.Response) -> bytes:
        """Read the body as it comes, without unpacking it."""
        body = bytearray()
        while chunk := response.raw.read(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > self.max_bytes:
                raise TooLong
        return bytes(body)

    def _session(self) -> requests.Session:
        """The session of this thread; a forked child must not share the parent's connections."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.session, self._local.pid = self._open(), os.getpid()
            self._sessions.add(self._local.session)
        session: requests.Session = self._local.session
        return session

    def _open(self) -> requests.Session:
        session = _Session()
        session.trust_env = False
        adapter = _Adapter(max_retries=Retry(total=0, read=False, redirect=False))
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.headers.update({"Accept-Encoding": CODINGS, **self.headers})
        return session


def _writable(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """A request whose headers can be written, which the library finds out when it is connected."""
    for value in prepared.headers.values():
        str(value).encode("latin-1")
    return prepared


def _broken(error: Exception, *, timed_out: bool) -> NoAnswer:
    """Name a failure after connecting; all of them look the same whether or not the vendor acted."""
    if timed_out or isinstance(error, requests.Timeout | ReadTimeoutError | TimeoutError):
        return _timed_out()
    return NoAnswer(sent=True, code="connection_lost", detail=f"the connection broke: {type(error).__name__}")


def _timed_out() -> NoAnswer:
    return NoAnswer(sent=True, code="timeout", detail="no complete answer within the time")
