"""What the tests of mailers and of gateways ask of a receipt."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.trouble import WAIT

AGAIN: Final = frozenset({DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN})
"""What may be tried again."""


def check_receipt(receipt: Any, recipients: set[str]) -> None:
    """Demand a receipt that is one, and is about one of these."""
    assert isinstance(receipt, Receipt), f"the answer is {receipt!r}, and no receipt"
    assert isinstance(receipt.status, DeliveryStatus), f"the status is {receipt.status!r}"
    assert receipt.recipient in recipients, f"a receipt is about {receipt.recipient!r}"
    for name in ("vendor_id", "code", "detail", "raw"):
        assert isinstance(getattr(receipt, name), str), f"`{name}` is {getattr(receipt, name)!r}, and no text"
    wait = receipt.retry_after
    assert wait is None or (math.isfinite(wait) and wait >= 0), f"`retry_after` is {wait!r}"


def said(receipt: Receipt) -> str:
    """What a receipt says, with the words that its own representation keeps to itself."""
    words = {name: getattr(receipt, name) for name in ("code", "detail", "raw", "retry_after")}
    told = ", ".join(f"{name} {word!r}" for name, word in words.items() if word not in {"", None})
    return f"{receipt.status.name} with {told or 'no word'}"


def check_reason(receipt: Receipt) -> None:
    """Demand a word for the reason."""
    assert receipt.code, "a receipt gives no reason: `code` is empty"
    assert not any(map(str.isspace, receipt.code)), (
        f"`code` is {receipt.code!r}: a word is needed, and the other side's own words belong in `detail` or `raw`"
    )


def check_wait(receipt: Receipt) -> None:
    """Demand that a receipt passes on for how long the other side asks to wait."""
    assert receipt.status is DeliveryStatus.NOT_SENT, (
        f"the other side asked to be tried again later, and the receipt says {receipt.status}"
    )
    wait = receipt.retry_after
    asked = f"the other side asked to wait {WAIT} seconds, and `retry_after` is {wait!r}"
    assert wait is not None, asked
    # Time has passed since the other side spoke, and some add a second to be sure.
    assert WAIT / 2 <= wait <= WAIT + 1, asked


@contextmanager
def in_bounded_time() -> Iterator[None]:
    """Demand that the block does not take as long as the other side wants."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < WAIT / 2, f"the adapter took {took:.0f} seconds, and with it its caller"


def refusal_to_work(send: Callable[[], object]) -> str:
    """The code of the error that says that the adapter is not let in."""
    try:
        answer = send()
    except DeliveryFailed as error:
        code: object = error.code
        permanent: object = error.permanent
    else:
        receipts = answer if isinstance(answer, tuple) else (answer,)
        words = [said(each) if isinstance(each, Receipt) else repr(each) for each in receipts]
        raise AssertionError(
            f"the other side does not let the adapter in, which raises nothing and says {', '.join(words)}: "
            "what waits would use up its tries, or be lost"
        )
    assert isinstance(code, str), f"the error's `code` is {code!r}, and no word"
    assert isinstance(permanent, bool), f"the error's `permanent` is {permanent!r}"
    assert code, "the error gives no reason: `code` is empty"
    return code
