"""`receive-webhooks` as a process, from its first line to its end."""

from __future__ import annotations

import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loyaltycore import cli
from loyaltycore.cards import OrderState
from loyaltycore.cli.serving import Server
from loyaltycore_cardvendor import RunningVendor, new_secret
from tests.cli.shop import PATIENCE, Shop, order_cards, wait_for
from tests.house import dump
from tests.webhooks.calls import call, event_of, headers_of


def test_the_command_serves_until_it_is_told_to_end(card_shop: Shop, vendor: RunningVendor) -> None:
    """The vendor's own call is taken in, a forged one gets 401 and changes nothing, SIGTERM ends it with 0 at once."""
    with card_shop.opened() as loyalty:
        order = order_cards(loyalty, 1)[0]
        loyalty.deliver()
        with card_shop.running("receive-webhooks", "--port", "0", "--path", "/news") as server:
            assert server.stderr
            found = re.search(
                r"receiving webhooks at (http://127\.0\.0\.1:\d+/news/card-printer)$",
                server.stderr.readline().rstrip(),
            )
            assert found
            body = event_of(order)
            before = dump(loyalty)
            assert call(found[1], body, headers_of(body, new_secret())).status == 401
            assert dump(loyalty) == before
            vendor.control("settings", webhook_url=found[1])
            vendor.control("advance", state="dispatched")
            cards = loyalty.session("anna").cards
            wait_for(lambda: cards.get_order(order).state is OrderState.DISPATCHED)
            wait_for(lambda: vendor.control("webhooks")["owed"] == 0)
            begin = time.monotonic()
            server.terminate()
            _, log = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0
    assert time.monotonic() - begin < 3
    assert "webhook refused: source=card-printer" in log
    assert "webhook taken in: source=card-printer taken=1" in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("given", "mount"), [("", "/webhooks"), ("--path=/", ""), ("--path=a/b/", "/a/b"), ("--path=/x", "/x")]
)
def test_sources_lie_below_the_path(card_shop: Shop, given: str, mount: str) -> None:
    """Each source has its name below the path, however its slashes are written; beside it there is nothing."""
    arguments = [given] if given else []
    with card_shop.running("receive-webhooks", "--port=0", *arguments) as server:
        assert server.stderr
        url = server.stderr.readline().split()[-1]
        base, found = url.removesuffix("/card-printer"), url.removeprefix("http://")
        assert found[found.index("/") :] == f"{mount}/card-printer"
        assert call(url, b"{}", {}).status == 400
        assert call(f"{base}/nobody", b"{}", {}).status == 404
        if mount:
            root = base.removesuffix(mount)
            for path in ("/card-printer", mount, f"{mount}card-printer", f"/x{mount}/card-printer"):
                assert call(f"{root}{path}", b"{}", {}).status == 404
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE) == 0


def test_a_path_that_is_none(card_shop: Shop) -> None:
    """What cannot stand in an address is refused before anything is opened."""
    ended = card_shop.run("receive-webhooks", "--path", "/a b")
    assert ended.returncode == 2
    assert "--path" in ended.stderr


def test_a_port_that_is_taken(card_shop: Shop) -> None:
    """A port that somebody else has is one line and exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = card_shop.run("receive-webhooks", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert "in use" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_shop_to_which_nobody_reports(shop: Shop) -> None:
    """Where no vendor sends webhooks the server does not begin, and says what would have to be set up."""
    ended = shop.run("receive-webhooks", "--port", "0")
    assert ended.returncode == 2
    assert (
        ended.stderr
        == f"loyaltycore: {shop.config}: nobody sends webhooks: set up [mailer] or [sms] or [card_printer] with somebody who does\n"
    )


def test_a_server_that_ends_by_itself(
    card_shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nobody listens any more the command ends, so that whoever looks after it starts it again."""

    @contextmanager
    def serving(*_: object) -> Iterator[Server]:
        yield Server(8080, threading.Thread())

    monkeypatch.setattr("loyaltycore.cli.commands.receive_webhooks.serving", serving)
    with card_shop.opened():
        assert cli.main(["--config", str(card_shop.config), "receive-webhooks"]) == 2
    assert "the server has ended by itself" in capsys.readouterr().err


def test_without_the_extra(
    card_shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where waitress is missing, one line is the command that installs it."""
    monkeypatch.setitem(sys.modules, "waitress.server", None)
    assert cli.main(["--config", str(card_shop.config), "receive-webhooks", "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert said == 'loyaltycore: waitress is missing: run `pip install "loyaltycore[webhooks]"`\n'
