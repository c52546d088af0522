"""Calls from the vendor are believed if they are proved, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest

from loyaltycore.errors import WebhookRejected
from loyaltycore.ports.card_printing import CardPrinter, SupportsWebhooks
from loyaltycore.testing.card_printer_checks.base import Call, PrinterChecks
from loyaltycore.testing.suite import needs

_HUGE: Final = 8 * 1024 * 1024
_DAY: Final = timedelta(days=1)


def with_webhooks(printer: CardPrinter) -> SupportsWebhooks:
    """The printer as one that reads its vendor's calls."""
    assert isinstance(printer, SupportsWebhooks), "the printer reads no calls: declare `webhooks` as a gap"
    return printer


def flipped(body: bytes) -> Iterator[bytes]:
    """The body with one bit changed, at several places."""
    for place in range(0, len(body), max(1, len(body) // 20)):
        yield body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]


class WebhookChecks(PrinterChecks, kit=True):
    """`parse_webhook`."""

    def _called(self, printer: CardPrinter) -> tuple[str, Call]:
        order = self.placed(printer)
        if self.capabilities.movable:
            self.move(printer, order.reference, self.way[0])
        return order.reference, self.call(printer, order.reference)

    @needs("webhooks")
    def test_a_genuine_call_is_read(self) -> None:
        """A call from the vendor says what `find` says: "Prove that a call comes from the vendor and read it"."""
        with self.open() as printer:
            reference, call = self._called(printer)
            (event,) = with_webhooks(printer).parse_webhook(call.headers, call.body, call.at)
            assert event.status.reference == reference
            found = printer.find(reference) if printer.capabilities.lookup else event.status
            assert found is not None
            assert (event.status.state, event.status.revision) == (found.state, found.revision)

    @needs("webhooks")
    def test_header_names_come_in_any_case(self) -> None:
        """Web frameworks write header names as they like: "names in any case"."""
        with self.open() as printer:
            reader = with_webhooks(printer)
            _, call = self._called(printer)
            expected = reader.parse_webhook(call.headers, call.body, call.at)
            for changed in (str.lower, str.upper, str.title):
                headers = {changed(name): value for name, value in call.headers.items()}
                assert reader.parse_webhook(headers, call.body, call.at) == expected

    @needs("webhooks")
    def test_a_repeated_call_is_the_same_event(self) -> None:
        """A call that comes twice is recognised by its id: "The same for every repetition of the event"."""
        with self.open() as printer:
            reader = with_webhooks(printer)
            _, call = self._called(printer)
            first, second = (reader.parse_webhook(call.headers, call.body, call.at) for _ in range(2))
        assert first == second

    @needs("webhooks")
    def test_a_forged_call_is_refused(self) -> None:
        """A changed body, the headers of another call, or none prove nothing: "Nothing was believed"."""
        with self.open() as printer:
            _, call = self._called(printer)
            _, other = self._called(printer)
            for body in [
                *flipped(call.body),
                call.body + b" ",
                call.body[:-1],
                b"",
                b" " * _HUGE,
                other.body,
            ]:
                self._refused(printer, Call(call.headers, body, call.at))
            for headers in ({}, other.headers):
                self._refused(printer, Call(headers, call.body, call.at))

    @needs("webhooks")
    def test_an_old_call_is_refused(self) -> None:
        """A call that is too old, or from the future, is not believed: "``stale``"."""
        with self.open() as printer:
            _, call = self._called(printer)
            for now in (call.at + _DAY, call.at - _DAY):
                assert self._refused(printer, Call(call.headers, call.body, now)) == "stale"

    @staticmethod
    def _refused(printer: CardPrinter, call: Call) -> str:
        with pytest.raises(WebhookRejected) as caught:
            with_webhooks(printer).parse_webhook(call.headers, call.body, call.at)
        code = caught.value.code
        assert code in {"bad_signature", "stale", "malformed", "too_large"}, f"{code} is no code of the port"
        return code
