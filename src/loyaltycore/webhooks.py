"""Where vendors' calls arrive: a WSGI application for the host's web server, or for one of its own."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from loyaltycore.errors import DeliveryFailed, NotFound, RegistrationError, WebhookRejected
from loyaltycore.kernel.given import shown
from loyaltycore.ports.logs import Log, about, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from wsgiref.types import InputStream, StartResponse, WSGIEnvironment

    from loyaltycore.outbox.news import Intake

LONGEST_BODY: Final = 65_536
"""In bytes."""

_LONGEST_SENDER: Final = 60

_log: Final = Log("webhooks")

_DIGITS: Final = re.compile(r"[0-9]{1,20}")

_REJECTED: Final = {
    "bad_signature": HTTPStatus.UNAUTHORIZED,
    "stale": HTTPStatus.UNAUTHORIZED,
    "malformed": HTTPStatus.BAD_REQUEST,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


class TakesWebhooks(Protocol):
    """What the receiver passes calls to: a `Loyalty`.

    If it has `receive_query`, as a `Loyalty` has, vendors that call with ``GET`` are heard, too.
    """

    def receive_webhook(self, source: str, headers: Mapping[str, str], body: bytes, /) -> Intake:
        """Take in a call of a vendor."""
        ...


class WebhookReceiver:
    """Takes in webhooks, at one path for each source of news: its name, such as ``/card-printer``.

    Vendors post to it; one that says everything in the address, as Kannel does, calls with ``GET``.

    It answers 204 if the news is stored; 401 if the call does not prove that it comes from the vendor, or is too old;
    400 if it cannot be read; 404, 405, 411, 413 and 414 if it does not belong here; and 500 if the fault is ours, so
    that the vendor tries again. The log says why a call was refused; the answer never does.

    Any number of threads may call it at once. It reads at most one byte more than `LONGEST_BODY`, and refuses a query
    that is longer.
    """

    def __init__(self, loyalty: TakesWebhooks) -> None:
        """Receive for a `Loyalty`.

        Raises:
            RegistrationError: It takes in no webhooks.
        """
        if not callable(getattr(loyalty, "receive_webhook", None)) or isinstance(loyalty, type):
            raise RegistrationError(f"`loyalty` is a Loyalty, not {shown(loyalty)}")
        self._loyalty = loyalty

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one call with a status and no body."""
        try:
            self._take(environ)
            status, headers = HTTPStatus.NO_CONTENT, []
        except _NotTaken as error:
            status, headers = error.status, [("Content-Type", "text/plain"), ("Content-Length", "0")]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", self._left(environ["REQUEST_METHOD"])))
        start_response(f"{status.value} {status.phrase}", headers)
        return []

    def _take(self, environ: WSGIEnvironment) -> None:
        source = environ.get("PATH_INFO", "").removeprefix("/")
        take = self._taker(environ, source)
        try:
            news = take()
            counts = {"taken": news.taken, "repeated": news.repeated, "unknown": news.unknown}
        except _NotTaken:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the vendor must hear whose fault it is
            raise _NotTaken(self._explained(environ, source, error)) from None
        _log.info("webhook taken in", source=source, **counts)

    def _taker(self, environ: WSGIEnvironment, source: str) -> Callable[[], Intake]:
        """How the call is taken in; its body is read before anything else happens."""
        if environ["REQUEST_METHOD"] == "GET":
            return lambda: self._asked(source, environ.get("QUERY_STRING", ""))
        if environ["REQUEST_METHOD"] != "POST":
            raise _NotTaken(HTTPStatus.METHOD_NOT_ALLOWED)
        if not source or "/" in source:
            raise _NotTaken(HTTPStatus.NOT_FOUND)
        headers, body = _headers(environ), _body(environ)
        return lambda: self._loyalty.receive_webhook(source, headers, body)

    def _left(self, method: str) -> str:
        """The methods that are left when one was refused."""
        asks = method != "GET" and hasattr(self._loyalty, "receive_query")
        return "GET, POST" if asks else "POST"

    def _asked(self, source: str, query: str) -> Intake:
        """Take in a call with ``GET``; where nobody takes such calls, only posting is allowed."""
        receive: Callable[[str, str], Intake] | None = getattr(self._loyalty, "receive_query", None)
        if receive is None or not source or "/" in source:
            raise _NotTaken(HTTPStatus.METHOD_NOT_ALLOWED)
        if len(query) > LONGEST_BODY:
            raise _NotTaken(HTTPStatus.REQUEST_URI_TOO_LONG)
        try:
            return receive(source, query)
        except (NotFound, DeliveryFailed) as error:
            if _is_nobody(error, source):
                raise _NotTaken(HTTPStatus.METHOD_NOT_ALLOWED) from None
            raise

    def _explained(self, environ: WSGIEnvironment, source: str, error: Exception) -> HTTPStatus:
        """The status for an error, and a line in the log."""
        if isinstance(error, WebhookRejected):
            status = _REJECTED.get(error.code, HTTPStatus.BAD_REQUEST)
        elif _is_nobody(error, source):
            status = HTTPStatus.NOT_FOUND
        else:
            _log.error("webhook not taken in", source=word(source), **about(error))
            return HTTPStatus.INTERNAL_SERVER_ERROR
        sender = environ.get("REMOTE_ADDR", "")[:_LONGEST_SENDER]
        code = word(getattr(error, "code", "no_source"))
        # Paths that strangers make up are no sources.
        known = "" if isinstance(error, NotFound) else word(source)
        _log.warning("webhook refused", source=known, sender=sender, status=status.value, code=code)
        return status


class _NotTaken(Exception):
    """The call is answered with a status other than 204."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


def _is_nobody(error: Exception, source: str) -> bool:
    """Whether no source of news has this path; anything else that cannot be found or delivered is our fault."""
    match error:
        case NotFound(kind=kind, key=key):
            # The error cuts a path that is very long.
            return (kind, key) == ("source of news", NotFound("source of news", source).key)
        case DeliveryFailed(code=code):
            return code == "no_webhooks"
        case _:
            return False


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """The headers as the server passes them on; a repeated one appears once, its values joined with commas."""
    names = {name: name.removeprefix("HTTP_") for name in environ if name.startswith("HTTP_")}
    names |= {name: name for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)}
    return {header.replace("_", "-").lower(): environ[name] for name, header in names.items()}


def _body(environ: WSGIEnvironment) -> bytes:
    length = _length(environ)
    if length is not None and length > LONGEST_BODY:
        raise _NotTaken(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = _read(environ["wsgi.input"], LONGEST_BODY + 1 if length is None else length)
    if len(body) > LONGEST_BODY:
        raise _NotTaken(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if length is not None and len(body) < length:
        raise _NotTaken(HTTPStatus.BAD_REQUEST)
    return body


def _length(environ: WSGIEnvironment) -> int | None:
    """The announced length; None if the server marks the end of a body that came in chunks."""
    is_chunked = "HTTP_TRANSFER_ENCODING" in environ
    length = environ.get("CONTENT_LENGTH", "")
    # From HTTP/2 on, a body needs neither a length nor chunks.
    is_framed = not length and not environ.get("SERVER_PROTOCOL", "HTTP/1").startswith("HTTP/1")
    if (is_chunked or is_framed) and environ.get("wsgi.input_terminated"):
        return None
    if is_chunked or not length:
        raise _NotTaken(HTTPStatus.LENGTH_REQUIRED)
    if not _DIGITS.fullmatch(length):
        raise _NotTaken(HTTPStatus.BAD_REQUEST)
    return int(length)


def _read(stream: InputStream, most: int) -> bytes:
    """Read this many bytes, or fewer if there are no more."""
    portions = []
    try:
        while most > 0 and (portion := stream.read(most)):
            portions.append(portion)
            most -= len(portion)
    except Exception:  # noqa: BLE001  the caller has broken off, which each server says in its own way
        raise _NotTaken(HTTPStatus.BAD_REQUEST) from None
    return b"".join(portions)
