"""Reports over HTTP, from a Kannel or as one would send them, to the record of what became of a text."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loyaltycore import Loyalty, WebhookReceiver
from loyaltycore.cli.serving import serving
from loyaltycore.kernel.fates import FateState
from loyaltycore.memory import MemoryStorage
from loyaltycore_sms import KannelSms
from loyaltycore_sms.references import reference
from tests.adapters.sms.around_kannel import Phones
from tests.adapters.sms.kannel import FAKE, PASSWORD, USER, missing, running_kannel
from tests.adapters.sms.texts import SECRET
from tests.cli.shop import wait_for
from tests.faults.texting import dispatch_texts
from tests.house import dump


@contextmanager
def receiving(url: str = "http://127.0.0.1:9/x", smsc: str = "") -> Iterator[tuple[Loyalty, int]]:
    """A shop that hands texts to a Kannel, with a server for its reports; answers the port of the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gateway = KannelSms(
        url=url,
        username=USER,
        password=PASSWORD,
        smsc=smsc,
        report_url=f"http://127.0.0.1:{port}/sms",
        report_secrets=[SECRET],
    )
    with Loyalty(MemoryStorage(), sms=gateway) as loyalty, serving(WebhookReceiver(loyalty), port=port):
        yield loyalty, port


def ask(port: int, query: str, *, path: str = "/sms", method: str = "GET") -> int:
    """Call as Kannel does; answers the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, f"{path}?{query}")
        response = connection.getresponse()
        assert response.read() == b""
        return response.status
    finally:
        connection.close()


@pytest.fixture
def shop() -> Iterator[tuple[Loyalty, int]]:
    with receiving() as found:
        yield found


def test_a_report_is_taken_in(shop: tuple[Loyalty, int]) -> None:
    """Kannel calls with GET; the record says what became of the text, whatever comes again or late."""
    loyalty, port = shop
    desk = loyalty.session("anna")
    dispatch_texts(desk, 1, at_most_once=True)
    own = reference("text-0", SECRET)
    for kind in ("8", "1", "1", "8"):
        assert ask(port, f"ref={own}&type={kind}&at=1782864000&answer=") == 204
    (fate,) = desk.outbox.fate_of("text-0")
    assert (fate.state, {each.raw for each in fate.reports}) == (FateState.DELIVERED, {"8", "1"})


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("ref=text-0&type=1", 401),
        (f"ref={reference('text-0', 'another-secret-of-24-and-more')}&type=1", 401),
        ("", 400),
        ("type=1", 400),
        (f"ref={reference('text-0', SECRET)}&type=delivered", 400),
        (f"ref={reference('text-0', SECRET)}&type=1&answer={'a' * 9000}", 413),
    ],
)
def test_what_proves_nothing_changes_nothing(shop: tuple[Loyalty, int], query: str, status: int) -> None:
    """A forged report is 401 and one that cannot be read is 400, and nothing is stored."""
    loyalty, port = shop
    dispatch_texts(loyalty.session("anna"), 1, at_most_once=True)
    before = dump(loyalty)
    assert ask(port, query) == status
    assert dump(loyalty) == before


def test_nobody_else_may_be_asked(shop: tuple[Loyalty, int]) -> None:
    """Where no reports come with GET, and where nobody is, only posting is allowed, as before."""
    _, port = shop
    query = f"ref={reference('text-0', SECRET)}&type=1"
    assert [ask(port, query, path=path) for path in ("/card-printer", "/nobody", "/", "/sms/more")] == [
        405
    ] * 4
    assert [ask(port, query, method=method) for method in ("PUT", "DELETE", "HEAD")] == [405] * 3


def test_a_report_is_kept_although_nothing_else_is_known(shop: tuple[Loyalty, int]) -> None:
    """A reference proves that the text is ours: its report may come before anything else is written down."""
    loyalty, port = shop
    assert ask(port, f"ref={reference('early', SECRET)}&type=1") == 204
    (fate,) = loyalty.session("anna").outbox.fate_of("early")
    assert (fate.state, fate.customer_id) == (FateState.DELIVERED, None)


def test_a_real_kannel_reports_to_the_receiver() -> None:
    """From the outbox through Kannel to a phone, and back into the record, with nothing in between that is ours."""
    why = missing()
    if why and os.environ.get("CI") and os.environ.get("LOYALTYCORE_TEST_KANNEL") == "1":
        pytest.fail(f"these tests were asked for, but {why}")
    if why:
        pytest.skip(why)
    with running_kannel() as kannel, receiving(kannel.url, FAKE) as (loyalty, _):
        phones = Phones(kannel.fake)
        desk = loyalty.session("anna")
        dispatch_texts(desk, 3, at_most_once=True)
        assert loyalty.deliver().done == 3
        wait_for(
            lambda: (
                [fate.state for number in range(3) for fate in desk.outbox.fate_of(f"text-{number}")]
                == [FateState.DELIVERED] * 3
            )
        )
        assert len(phones.wait_for("+49301234567", 3)) == 3
        phones.close()
