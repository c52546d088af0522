"""The receiver as an application alone: what it reads, what it hands on, what it answers and what it logs."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from loyaltycore import Capability, Loyalty, WebhookReceiver
from loyaltycore.cards import OrderState
from loyaltycore.errors import (
    DeliveryFailed,
    InvalidInput,
    NotFound,
    StorageBusy,
    WebhookRejected,
)
from loyaltycore.memory import MemoryStorage
from loyaltycore.outbox import NEWS, Intake
from loyaltycore.webhooks import LONGEST_BODY
from tests.webhooks.calls import event_of, headers_of


class Desk:
    """Takes a note of what it is handed, and answers as it was told."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.taken: list[tuple[str, Mapping[str, str], bytes]] = []
        self._answer = answer

    def receive_webhook(self, source: str, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take a call in."""
        self.taken.append((source, headers, body))
        if self._answer is not None:
            raise self._answer
        return Intake(taken=1)


class Stream(io.BytesIO):
    """An input that gives little at a time, and knows how much was asked for."""

    def __init__(self, content: bytes, *, breaks: bool = False) -> None:
        super().__init__(content)
        self._breaks = breaks

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0, "reads without a limit"
        portion = super().read(min(size, 1000))
        if not portion and self._breaks:
            raise TimeoutError("nothing more came")
        return portion


class Endless(io.RawIOBase):
    """An input without an end."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "reads without a limit"
        self.given += size
        return b" " * size


def ask(
    desk: Any, body: bytes | Any = b"", *, checked: bool = True, **changes: Any
) -> tuple[int, dict[str, str]]:
    """Make one call, under the eyes of the validator of WSGI unless it is wrong itself; answers status and headers."""
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/card-printer",
        "SCRIPT_NAME": "/webhooks",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)) if isinstance(body, bytes) else "10",
        "wsgi.input": stream,
        **changes,
    }
    environ = {name: value for name, value in environ.items() if value is not None}
    setup_testing_defaults(environ)
    answered: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        answered.append((status, dict(headers)))
        return lambda _: None

    receiver = WebhookReceiver(desk)
    result: Any = (validator(receiver) if checked else receiver)(environ, start_response)
    assert b"".join(result) == b""
    if checked:
        result.close()
    ((status, headers),) = answered
    return int(status.split()[0]), headers


def test_a_call_is_handed_on_as_it_came() -> None:
    """Source, every header with its name in lower case, and the body byte for byte reach the shop; the answer is 204."""
    desk = Desk()
    body = bytes(range(256))
    status, headers = ask(
        desk,
        Stream(body * 20),
        CONTENT_LENGTH="5120",
        CONTENT_TYPE="application/json",
        HTTP_WEBHOOK_ID="evt_1",
        HTTP_X_SAID_TWICE="one, two",
        HTTP_HOST="shop",
    )
    assert (status, headers) == (204, {})
    assert desk.taken == [
        (
            "card-printer",
            {
                "content-length": "5120",
                "content-type": "application/json",
                "webhook-id": "evt_1",
                "x-said-twice": "one, two",
                "host": "shop",
            },
            body * 20,
        )
    ]


def test_where_it_is_mounted_does_not_matter() -> None:
    """What stands in front of its own path belongs to whoever has mounted it."""
    desk = Desk()
    assert ask(desk, b"x", SCRIPT_NAME="/shop/webhooks")[0] == 204
    assert desk.taken[0][0] == "card-printer"


@pytest.mark.parametrize("path", ["", "/", "/card-printer/", "/card-printer/more", "//card-printer"])
def test_a_path_that_is_no_source_reads_nothing(path: str) -> None:
    """A path that can be nobody's is 404 before the body is looked at."""
    desk, stream = Desk(), Endless()
    assert ask(desk, stream, PATH_INFO=path, SCRIPT_NAME="/webhooks")[0] == 404
    assert (desk.taken, stream.given) == ([], 0)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_every_other_method_is_refused(method: str) -> None:
    """Whatever is not posted is 405, and the answer says what may be done."""
    desk, stream = Desk(), Endless()
    status, headers = ask(desk, stream, REQUEST_METHOD=method)
    assert (status, headers["Allow"]) == (405, "POST")
    assert (desk.taken, stream.given) == ([], 0)


class AskedDesk(Desk):
    """Takes calls with GET, too."""

    def receive_query(self, source: str, query: str) -> Intake:
        """Take a call in that says everything in its query."""
        return self.receive_webhook(source, {}, query.encode())


def test_calls_that_say_everything_in_the_query() -> None:
    """They are taken up to the length of a body; other methods leave both; and where none is taken, only POST is left."""
    desk = AskedDesk()
    longest = "x" * LONGEST_BODY
    assert ask(desk, b"", REQUEST_METHOD="GET", QUERY_STRING=longest)[0] == 204
    assert ask(desk, b"", REQUEST_METHOD="GET", QUERY_STRING=longest + "x")[0] == 414
    status, headers = ask(desk, b"", REQUEST_METHOD="PUT")
    assert (status, headers["Allow"]) == (405, "GET, POST")
    nobody = AskedDesk(DeliveryFailed("no_webhooks", "no", permanent=True))
    status, headers = ask(nobody, b"", REQUEST_METHOD="GET")
    assert (status, headers["Allow"]) == (405, "POST")
    assert [len(query) for _, _, query in desk.taken] == [LONGEST_BODY]


@pytest.mark.parametrize(
    ("announced", "expected"),
    [
        (None, 411),
        ("", 411),
        ("-5", 400),
        ("5, 7", 400),
        ("1e3", 400),
        ("٣", 400),
        ("9" * 40, 400),
        (str(LONGEST_BODY + 1), 413),
        ("999999999999", 413),
        ("9999999999999", 413),
    ],
)
def test_a_body_that_is_announced_wrongly_is_not_read(announced: str | None, expected: int) -> None:
    """A body of unknown or impossible length, or one that is too long, is refused unread."""
    desk, stream = Desk(), Endless()
    assert ask(desk, stream, checked=expected == 413, CONTENT_LENGTH=announced)[0] == expected
    assert (desk.taken, stream.given) == ([], 0)


def test_the_longest_body_is_taken() -> None:
    """A body of the greatest length is read in whole, and not a byte behind it."""
    desk = Desk()
    stream = Stream(b" " * LONGEST_BODY + b"the next call")
    assert ask(desk, stream, CONTENT_LENGTH=str(LONGEST_BODY))[0] == 204
    assert len(desk.taken[0][2]) == LONGEST_BODY
    assert stream.tell() == LONGEST_BODY


def test_a_body_in_chunks_is_read_where_the_server_takes_them_apart() -> None:
    """Without a length the body is read to its end, if the server says that it ends by itself; otherwise it is 411."""
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": None}
    desk = Desk()
    assert ask(desk, b"news", **chunked)[0] == 411
    assert ask(desk, b"news", **chunked, **{"wsgi.input_terminated": False})[0] == 411
    assert ask(desk, b"news", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="4")[0] == 411
    assert desk.taken == []
    assert ask(desk, Stream(b"news" * 1000), **chunked, **{"wsgi.input_terminated": True})[0] == 204
    assert desk.taken[0][2] == b"news" * 1000
    # HTTP/2 needs neither a length nor chunks.
    unannounced = {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert ask(desk, Stream(b"news"), checked=False, SERVER_PROTOCOL="HTTP/2", **unannounced)[0] == 204
    assert ask(desk, Stream(b""), checked=False, SERVER_PROTOCOL="HTTP/1.1", **unannounced)[0] == 411


def test_a_body_in_chunks_has_the_same_limit() -> None:
    """Of a body without an end no more is read than shows that it is too long."""
    desk, stream = Desk(), Endless()
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert ask(desk, stream, **chunked)[0] == 413
    assert stream.given == LONGEST_BODY + 1
    assert desk.taken == []


@pytest.mark.parametrize("breaks", [False, True])
def test_a_body_that_breaks_off_is_not_judged(*, breaks: bool) -> None:
    """A body that is shorter than announced is 400, whether the server shows an end or an error."""
    desk = Desk()
    assert ask(desk, Stream(b"short", breaks=breaks), CONTENT_LENGTH="100")[0] == 400
    assert desk.taken == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (WebhookRejected("bad_signature", "no signature matches"), 401),
        (WebhookRejected("stale", "too old"), 401),
        (WebhookRejected("malformed", "no JSON"), 400),
        (WebhookRejected("too_large", "too long"), 413),
        (WebhookRejected("made_up", "a code of somebody else's adapter"), 400),
        (NotFound("source of news", "card-printer"), 404),
        (DeliveryFailed("no_webhooks", "this card printer sends no webhooks", permanent=True), 404),
    ],
    ids=lambda value: getattr(value, "code", getattr(value, "kind", value)),
)
def test_what_the_caller_has_to_answer_for_is_one_line(
    error: Exception, expected: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What is wrong with the call is a status for the caller, and a line without a trace for us."""
    assert ask(Desk(error), b"x", REMOTE_ADDR="192.0.2.7")[0] == expected
    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    source, code = ('""', "no_source") if isinstance(error, NotFound) else ("card-printer", error.code)
    assert record.message == (
        f"webhook refused: source={source} sender=192.0.2.7 status={expected} code={code}"
    )


@pytest.mark.parametrize(
    "error",
    [
        StorageBusy("locked"),
        OSError("disk full"),
        RuntimeError("a bug"),
        NotFound("customer", "card-printer"),
        DeliveryFailed("unreachable", "the vendor does not answer", permanent=False),
        InvalidInput([]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_everything_else_is_our_fault(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever else happens is 500, so that the vendor tries again, and the log says what it was and where."""
    assert ask(Desk(error), b"x")[0] == 500
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert f"error={type(error).__name__} at=webhooks:" in record.message


def test_who_wants_an_end_is_heard() -> None:
    """What ends a program passes through."""
    with pytest.raises(KeyboardInterrupt):
        ask(Desk(KeyboardInterrupt()), b"x")


def test_nothing_of_a_call_fakes_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A path with a line break stays on one line, and neither body nor headers are written down."""
    caplog.set_level(logging.DEBUG)
    shop = Loyalty(MemoryStorage())
    secret = {"HTTP_WEBHOOK_SIGNATURE": "v1,c2VjcmV0"}
    assert ask(shop, b"the-body", PATH_INFO="/x\nINFO all is well", **secret)[0] == 404
    (message,) = [record.message for record in caplog.records if record.name == "loyaltycore.webhooks"]
    assert "\n" not in message
    assert "the-body" not in message
    assert "c2VjcmV0" not in message
    caplog.clear()
    assert (
        ask(shop, b"x", PATH_INFO="/" + "x" * 100_000, REMOTE_ADDR="192.0.2.7\nINFO", checked=False)[0] == 404
    )
    (message,) = [record.message for record in caplog.records if record.name == "loyaltycore.webhooks"]
    assert "\n" not in message
    assert len(message) < 400


class Courier:
    """A source of news of the host application."""

    name = "courier"
    is_set_up = sends_webhooks = True

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take in a call of the vendor."""
        if headers["x-courier"] != "it is me":
            raise WebhookRejected("bad_signature", "somebody else")
        self.bodies.append(body)
        return Intake(taken=1)

    def catch_up(self) -> Intake:
        """Ask nobody."""
        return Intake()


def test_a_source_of_the_host_has_its_path() -> None:
    """What a capability of the host adds to the sources of news is called at its name, beside ours."""
    courier = Courier()
    host = Capability(name="parcels", adds=(NEWS.by(lambda _: (courier,)),))
    shop = Loyalty(MemoryStorage(), capabilities=[host])
    assert ask(shop, b"parcel 1", PATH_INFO="/courier", HTTP_X_COURIER="it is me")[0] == 204
    assert ask(shop, b"parcel 2", PATH_INFO="/courier", HTTP_X_COURIER="trust me")[0] == 401
    assert courier.bodies == [b"parcel 1"]


def test_a_shop_without_a_printer_takes_nothing() -> None:
    """Where nobody sends webhooks the path leads nowhere."""
    assert ask(Loyalty(MemoryStorage()), b"x")[0] == 404


def test_news_are_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """What became of the news stands in one line."""
    caplog.set_level(logging.INFO)
    ask(Desk(), b"x")
    assert caplog.messages == ["webhook taken in: source=card-printer taken=1 repeated=0 unknown=0"]


def test_many_threads_may_call_at_once(loyalty: Loyalty, order: str, secret: str) -> None:
    """Eight threads bring forty events, each of them twice: every call is answered with 204, every event counts once."""
    bodies = [event_of(order, revision=revision) for revision in range(9, 49)] * 2
    receiver = WebhookReceiver(loyalty)

    def bring(body: bytes) -> int:
        signed = {f"HTTP_{name.upper().replace('-', '_')}": v for name, v in headers_of(body, secret).items()}
        environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": "/card-printer", **signed}
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        statuses: list[str] = []
        receiver(environ, lambda status, *_: statuses.append(status))
        return int(statuses[0].split()[0])

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(bring, bodies)) == {204}
    moved = loyalty.session("anna").cards.get_order(order)
    assert (moved.state, moved.vendor_revision) == (OrderState.DISPATCHED, 48)
