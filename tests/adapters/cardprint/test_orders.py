"""Placing, finding and cancelling orders, and reading events, with a vendor that is well."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from loyaltycore.errors import DeliveryFailed, InvalidInput
from loyaltycore.kernel.printing import PrintEvent, PrintState
from loyaltycore.ports.card_printing import (
    CancelOutcome,
    EncodingKind,
    PrintCancellation,
    PrinterCapabilities,
    SupportsEvents,
    SupportsWebhooks,
)
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor
from tests.bounded import all_at_once

from .conftest import Printer
from .values import EAN, a_key, an_order

ACCEPTED = DeliveryStatus.ACCEPTED


def test_the_printer_has_the_optional_powers(printer: HttpCardPrinter) -> None:
    """Webhooks and events are offered, and every capability is there."""
    assert isinstance(printer, SupportsWebhooks)
    assert isinstance(printer, SupportsEvents)
    assert printer.capabilities == PrinterCapabilities(encodings=frozenset(EncodingKind))


def test_an_order_is_taken_and_found(printer: HttpCardPrinter) -> None:
    """What the vendor answers to an order is what it answers when asked later."""
    order = an_order(cover_letter="welcome", letter_variables=(("name", "Erika"),), language="de", bulk=True)
    answer = printer.submit(order, a_key(order))
    assert answer.receipt.status is ACCEPTED
    assert answer.status is not None
    assert answer.receipt.vendor_id == answer.status.vendor_id
    assert (answer.status.reference, answer.status.state) == (order.reference, PrintState.RECEIVED)
    assert abs(datetime.now(UTC) - answer.status.occurred_at) < timedelta(minutes=5)
    assert printer.find(order.reference) == answer.status


def test_nothing_is_found_under_a_foreign_reference(printer: HttpCardPrinter) -> None:
    """None for a reference that was never used, and without a question for one that cannot be one."""
    assert printer.find("never-used") is None
    assert printer.find("../orders?reference=x") is None


def test_a_repetition_is_recognised(vendor: RunningVendor, printer: HttpCardPrinter) -> None:
    """The same key again answers with the order as it is by then, and makes no second card."""
    order = an_order()
    first = printer.submit(order, a_key(order))
    vendor.control("advance", reference=order.reference, state="dispatched")
    again = printer.submit(order, a_key(order))
    assert again.receipt == first.receipt
    assert again.status is not None
    assert again.status.state is PrintState.DISPATCHED
    assert vendor.prints().count(order.reference) == 1


def test_many_threads_with_one_order_make_one_card(vendor: RunningVendor, printer: HttpCardPrinter) -> None:
    """Eight workers that deliver the same message at once are all accepted, and one card is made."""
    order = an_order()

    def submit(_: int) -> DeliveryStatus:
        return printer.submit(order, a_key(order)).receipt.status

    assert set(all_at_once(8, submit)) == {ACCEPTED}
    vendor.control("advance", reference=order.reference, state="produced")
    assert vendor.prints().count(order.reference) == 1


def test_an_order_of_our_own_under_another_key_is_recognised(printer: HttpCardPrinter) -> None:
    """After a restore that lost the key, the vendor's `reference_in_use` is resolved by looking at the order."""
    order = an_order()
    first = printer.submit(order, a_key(order))
    assert printer.submit(order, a_key(order, 2)).receipt == first.receipt


def test_a_foreign_order_with_our_reference_is_not_taken_for_ours(printer: HttpCardPrinter) -> None:
    """The same reference with other content is rejected: our card would never be made."""
    order = an_order()
    printer.submit(order, a_key(order))
    other = evolve(order, encodings=(evolve(EAN, value="9783161484100"),))
    answer = printer.submit(other, a_key(order, 2))
    assert (answer.receipt.status, answer.receipt.code) == (DeliveryStatus.REJECTED, "reference_in_use")


def test_a_key_of_another_order_is_rejected(printer: HttpCardPrinter) -> None:
    """A key that belongs to another order is refused, and the order that it belongs to stays as it is."""
    order, other = an_order(), an_order()
    printer.submit(order, a_key(order))
    answer = printer.submit(other, a_key(order))
    assert (answer.receipt.status, answer.receipt.code) == (DeliveryStatus.REJECTED, "idempotency_key_reused")
    assert printer.find(other.reference) is None


def test_a_refused_order_can_be_mended_and_sent_with_its_key(printer: HttpCardPrinter) -> None:
    """A key is bound by the first accepted order, never by a refused one."""
    order = an_order()
    wrong = evolve(order, encodings=(evolve(EAN, value="4006381333930"),))
    refused = printer.submit(wrong, a_key(order))
    assert [(fault.field, fault.code) for fault in refused.faults] == [
        ("encodings[0].value", "bad_check_digit")
    ]
    assert refused.receipt.raw.startswith("{")
    assert printer.submit(order, a_key(order)).receipt.status is ACCEPTED


@pytest.mark.parametrize("key", ["short", "x" * 129, "with blank in the middle", "line\nbreak.........", ""])
def test_a_malformed_key_never_leaves(printer: HttpCardPrinter, key: str) -> None:
    """A key outside the port's alphabet is the caller's fault and is named as such."""
    with pytest.raises(InvalidInput) as raised:
        printer.submit(an_order(), key)
    assert raised.value.fields == ("key",)


def test_an_order_that_is_too_large_for_the_vendor_is_rejected(printer: HttpCardPrinter) -> None:
    """A body beyond the vendor's limit comes back as a rejection and not as a broken connection."""
    answer = printer.submit(an_order(comment="x" * 100_000), "k" * 16)
    assert (answer.receipt.status, answer.receipt.code) == (DeliveryStatus.REJECTED, "too_large")


def test_cancelling_before_production(vendor: RunningVendor, printer: HttpCardPrinter) -> None:
    """A cancelled order is never made, and asking twice is asking once."""
    order = an_order()
    printer.submit(order, a_key(order))
    wish = PrintCancellation(order.reference, "", "changed her mind\x00" + "x" * 600)
    first, second = printer.cancel(wish), printer.cancel(wish)
    assert first == second
    assert first.outcome is CancelOutcome.CANCELLED
    assert first.status is not None
    assert first.status.state is PrintState.CANCELLED
    vendor.control("advance", reference=order.reference)
    assert order.reference not in vendor.prints()


def test_cancelling_too_late(vendor: RunningVendor, printer: HttpCardPrinter) -> None:
    """A card that is made cannot be cancelled, and the answer says where it is."""
    order = an_order()
    printer.submit(order, a_key(order))
    vendor.control("advance", reference=order.reference, state="dispatched")
    answer = printer.cancel(PrintCancellation(order.reference, "", ""))
    assert (answer.outcome, answer.code) == (CancelOutcome.TOO_LATE, "too_late")
    assert answer.status is not None
    assert answer.status.state is PrintState.DISPATCHED


@pytest.mark.parametrize("granted", [True, False])
def test_cancelling_during_production(
    vendor: RunningVendor, printer: HttpCardPrinter, *, granted: bool
) -> None:
    """The vendor may think about it; its answer comes as an event, and only a refused card is made."""
    order = an_order()
    printer.submit(order, a_key(order))
    vendor.control("advance", reference=order.reference, state="in_production")
    wish = PrintCancellation(order.reference, "", "")
    assert [printer.cancel(wish).outcome for _ in range(2)] == [CancelOutcome.REQUESTED] * 2
    vendor.control("cancellation", reference=order.reference, granted=granted)
    told = [event.status for event in _all_events(printer) if event.status.reference == order.reference]
    assert told[-1] == printer.find(order.reference)
    assert told[-1].cancellation_refused is not granted
    assert (told[-1].state is PrintState.CANCELLED) is granted
    vendor.control("advance", reference=order.reference)
    assert (order.reference in vendor.prints()) is not granted
    expected = CancelOutcome.CANCELLED if granted else CancelOutcome.TOO_LATE
    assert printer.cancel(wish).outcome is expected


def test_cancelling_what_the_vendor_does_not_have(printer: HttpCardPrinter) -> None:
    """An unknown order is named as such, by reference and by the vendor's id."""
    for vendor_id in ("", "ord_unknown", "../../_control/prints"):
        answer = printer.cancel(PrintCancellation("never-used", vendor_id, ""))
        assert answer.outcome is CancelOutcome.UNKNOWN_ORDER
    strange = printer.cancel(PrintCancellation("no/reference", "", ""))
    assert strange.outcome is CancelOutcome.UNKNOWN_ORDER


def test_a_mix_up_of_ids_cancels_the_order_that_is_meant(printer: HttpCardPrinter) -> None:
    """With the vendor's id of another order, the reference decides, and the other order stays as it is."""
    order, other = an_order(), an_order()
    printer.submit(order, a_key(order))
    others_id = printer.submit(other, a_key(other)).receipt.vendor_id
    answer = printer.cancel(PrintCancellation(order.reference, others_id, ""))
    assert answer.outcome is CancelOutcome.CANCELLED
    assert answer.status == printer.find(order.reference)
    untouched = printer.find(other.reference)
    assert untouched is not None
    assert untouched.state is PrintState.RECEIVED


def _all_events(printer: HttpCardPrinter, limit: int = 200) -> list[PrintEvent]:
    events: list[PrintEvent] = []
    cursor, more = "", True
    while more:
        page = printer.events_after(cursor, limit)
        events += page.events
        cursor, more = page.cursor, page.more
    return events


def test_events_are_read_in_order_and_from_any_place(vendor: RunningVendor, printer: HttpCardPrinter) -> None:
    """Pages of any size give the same events in the same order, and a cursor goes on where it stood."""
    order = an_order()
    printer.submit(order, a_key(order))
    vendor.control(
        "advance", reference=order.reference, state="dispatched", carrier="DHL", tracking_number="00340 1"
    )
    everything = _all_events(printer)
    assert everything == _all_events(printer, limit=1) == _all_events(printer, limit=10**6)
    mine = [event.status for event in everything if event.status.reference == order.reference]
    assert [status.revision for status in mine] == [2, 3, 4, 5]
    assert mine[-1].tracking == "DHL 00340 1"
    assert {event.source for event in everything} == {"127.0.0.1"}
    end = printer.events_after("", 200).cursor
    assert printer.events_after(end) == evolve(printer.events_after(end), events=(), more=False)


@pytest.mark.parametrize("cursor", ["x" * 65, "a b", "?", "nonsense"])
def test_a_foreign_cursor_is_refused_for_good(printer: HttpCardPrinter, cursor: str) -> None:
    """A cursor that this vendor never gave is a permanent failure, here or there."""
    with pytest.raises(DeliveryFailed) as raised:
        printer.events_after(cursor)
    assert raised.value.permanent


def test_a_state_that_nobody_knows_is_kept_as_text(vendor: RunningVendor, printer: HttpCardPrinter) -> None:
    """A word of a later version leaves the state open and is handed on."""
    order = an_order()
    printer.submit(order, a_key(order))
    vendor.control("advance", reference=order.reference, state="laminating")
    status = printer.find(order.reference)
    assert status is not None
    assert (status.state, status.raw_state) == (None, "laminating")


def test_a_reason_is_handed_on(vendor: RunningVendor, printer: HttpCardPrinter) -> None:
    """Why an order failed arrives with its code and its words."""
    order = an_order()
    printer.submit(order, a_key(order))
    facts = {"reason_code": "card_defect", "reason_detail": "scratched\ntwice"}
    vendor.control("advance", reference=order.reference, state="failed", **facts)
    status = printer.find(order.reference)
    assert status is not None
    assert (status.state, status.reason_code, status.reason) == (
        PrintState.FAILED,
        "card_defect",
        "scratched twice",
    )


def test_the_environment_is_not_obeyed(
    make_printer: Printer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a proxy nor a netrc entry nor a bundle of certificates in the environment gets between."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password secret\n")
    netrc.chmod(0o600)
    for name, value in {
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "NETRC": str(netrc),
        "REQUESTS_CA_BUNDLE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    order = an_order()
    assert make_printer().submit(order, a_key(order)).receipt.status is ACCEPTED


def test_connections_are_kept_per_thread_and_process(
    printer: HttpCardPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread keeps its session, another thread and a forked process get their own."""
    transport = printer._calls.transport
    mine = transport._session()
    assert transport._session() is mine
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(transport._session).result() is not mine
    child = os.getpid() + 1
    monkeypatch.setattr(os, "getpid", lambda: child)
    assert transport._session() is not mine


def test_a_closed_printer_can_be_used_again(make_printer: Printer) -> None:
    """Closing, or leaving a block, ends idle connections and nothing else."""
    with make_printer() as printer:
        assert printer.find("never-used") is None
    assert printer.find("never-used") is None
    printer.close()
