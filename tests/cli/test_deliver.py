"""`deliver`: once, watching, several at once, and how it ends."""

from __future__ import annotations

import re
import signal

import pytest

from loyaltycore.cli.parser import read_arguments
from loyaltycore.kernel.outbox import MessageState
from loyaltycore_cardvendor import RunningVendor
from tests.bounded import line_with
from tests.cli.shop import PATIENCE, Shop, order_cards, wait_for


def _handed_over(output: str) -> int:
    found = re.search(r"^(\d+) handed over", output, re.MULTILINE)
    assert found, output
    return int(found[1])


def _make_all(vendor: RunningVendor) -> list[str]:
    """Let the vendor make every card that it was asked for."""
    vendor.control("advance", state="produced")
    return sorted(vendor.prints())


def test_hands_over_what_is_due_and_ends(card_shop: Shop, vendor: RunningVendor) -> None:
    """One run hands over everything, says how much, and tells of each message in the log."""
    with card_shop.opened() as loyalty:
        orders = order_cards(loyalty, 3)
    ended = card_shop.run("deliver")
    assert ended.returncode == 0
    assert ended.stdout == "3 handed over, 0 put back, 0 given up, 0 withdrawn\n"
    assert len(re.findall(r"INFO message delivered: kind=card_print.submit .* tries=1", ended.stderr)) == 3
    assert _make_all(vendor) == sorted(orders)


def test_says_when_something_was_given_up(card_shop: Shop, vendor: RunningVendor) -> None:
    """What the vendor refuses for good ends the run with 1, and its reason stands in the log."""
    with card_shop.opened() as loyalty:
        order_cards(loyalty, 2)
    vendor.control("mishap", status=422, code="unknown_product")
    ended = card_shop.run("deliver")
    assert ended.returncode == 1
    assert "1 handed over, 0 put back, 1 given up" in ended.stdout
    assert re.search(
        r"ERROR message given up: kind=card_print.submit .* tries=1 code=unknown_product", ended.stderr
    )


def test_says_why_a_kind_has_to_wait(card_shop: Shop, vendor: RunningVendor) -> None:
    """Wrong credentials stop the kind and not the command: it ends with 1, names the reason, and keeps the message."""
    text = card_shop.config.read_text("utf-8").replace(vendor.token, "wrong")
    card_shop.config.write_text(text, "utf-8")
    with card_shop.opened() as loyalty:
        order_cards(loyalty, 1)
    ended = card_shop.run("deliver")
    assert ended.returncode == 1
    assert "kind of message has to wait: kind=card_print.submit code=" in ended.stderr
    assert "card_print.submit had to wait" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [m.state for m in card_shop.messages()] == [MessageState.PENDING]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_message_in_hand(
    card_shop: Shop, vendor: RunningVendor, number: signal.Signals
) -> None:
    """A watching worker that is told to end while messages wait ends with 0 and holds none of them any longer."""
    with card_shop.opened() as loyalty:
        orders = order_cards(loyalty, 60)
    with card_shop.running("deliver", "--watch") as worker:
        wait_for(lambda: len(vendor.control("orders")["orders"]) >= 3)
        worker.send_signal(number)
        output, log = worker.communicate(timeout=PATIENCE)
    messages = card_shop.messages()
    waiting = [m for m in messages if m.state is MessageState.PENDING]
    done = [m for m in messages if m.state is MessageState.DONE]
    assert worker.returncode == 0, log
    assert waiting, "the vendor was too fast for this test"
    assert not [m for m in waiting if m.leased_by or m.attempts]
    # Every message that left was written down, and no other one.
    assert len(done) == _handed_over(output) == len(vendor.control("orders")["orders"])
    assert "Traceback" not in log
    # So the next worker goes on at once, and every card is made once.
    assert _handed_over(card_shop.run("deliver").stdout) == len(waiting)
    assert _make_all(vendor) == sorted(orders)


def test_a_watching_worker_sees_what_comes_later(card_shop: Shop, vendor: RunningVendor) -> None:
    """What is ordered while the worker waits is handed over without a new start."""
    with card_shop.opened() as loyalty, card_shop.running("deliver", "--watch", "--poll", "0.1") as worker:
        line_with("delivering card_print.submit, card_print.cancel", worker.stderr)
        orders = order_cards(loyalty, 2)
        wait_for(lambda: len(vendor.control("orders")["orders"]) == 2)
        worker.terminate()
        output, _ = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, _handed_over(output)) == (0, 2)
    assert _make_all(vendor) == sorted(orders)


def test_a_watching_worker_outlives_the_vendor(card_shop: Shop, vendor: RunningVendor) -> None:
    """While the vendor is away the messages wait; when it is back they are handed over."""
    with card_shop.opened() as loyalty:
        orders = order_cards(loyalty, 2)
    vendor.kill()
    with card_shop.running("deliver", "--watch", "--poll", "0.1") as worker:
        line_with("put back", worker.stderr)
        vendor.start()
        wait_for(lambda: len(vendor.control("orders")["orders"]) == 2)
        worker.terminate()
        worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert _make_all(vendor) == sorted(orders)


def test_several_at_once_hand_nothing_over_twice(card_shop: Shop, vendor: RunningVendor) -> None:
    """Two processes of two workers each share the work: together they hand over each message once."""
    with card_shop.opened() as loyalty:
        orders = order_cards(loyalty, 60)
    with (
        card_shop.running("deliver", "--workers", "2") as one,
        card_shop.running("deliver", "--workers", "2") as other,
    ):
        outputs = [process.communicate(timeout=PATIENCE)[0] for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0)
    assert sum(map(_handed_over, outputs)) == len(orders)
    assert [m.attempts for m in card_shop.messages()] == [1] * len(orders)
    assert _make_all(vendor) == sorted(orders)


def test_without_an_adapter_there_is_nothing_to_do(shop: Shop) -> None:
    """A configuration with a storage alone cannot deliver, and says what is missing."""
    ended = shop.run("deliver")
    assert ended.returncode == 2
    assert "without a mailer, sms or card_printer" in ended.stderr


@pytest.mark.parametrize(
    "arguments", [("--workers", "0"), ("--workers", "x"), ("--poll", "0"), ("--poll", "nan"), ("--poll", "x")]
)
def test_wrong_numbers_are_refused(arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers that make no sense are refused before anything is opened."""
    with pytest.raises(SystemExit) as ended:
        read_arguments(["deliver", *arguments])
    assert ended.value.code == 2
    assert f"argument {arguments[0]}" in capsys.readouterr().err
